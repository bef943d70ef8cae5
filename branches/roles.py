"""The verbs of each role: one table, kept as groups named after the roles (house §3, security §5c).

Rows are decided elsewhere (``visible_to``, ``editable_by``). Nobody may delete from a register.
Every migrate adds what a group lacks; verbs that somebody added by hand stay, a verb taken away by
hand comes back, so narrowing a role is a change of this table and a migration. Whatever changes the
verbs of a group stands in the trail.
"""

from collections.abc import Collection

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import Q

from branches.enums import Role
from core import audit
from core.models import User

_WORDS = {"add": "新增", "change": "修改", "delete": "删除", "view": "查看"}

_OWN_RECORD = ("members.view_member", "members.view_affiliation")
_PARTY_LIFE_READ = ("activities.view_activity", "activities.view_attendance")
_PARTY_LIFE_WRITE = (
    *_PARTY_LIFE_READ,
    "activities.add_activity",
    "activities.change_activity",
    "activities.record_activity",
    "activities.add_attendance",
    "activities.change_attendance",
)
_REGISTER_READ = ("branches.view_branch", *_OWN_RECORD)
_REGISTER_WRITE = (
    *_REGISTER_READ,
    "members.add_member",
    "members.change_member",
    "members.import_member",
    "members.export_member",
    "members.reveal_member",
    "members.add_affiliation",
    "members.change_affiliation",
    "activities.export_activity",
    "core.view_backgroundrun",
)
_OFFICE = (
    *_REGISTER_WRITE,
    *_PARTY_LIFE_WRITE,
    "activities.view_campaign",
    "activities.add_campaign",
    "activities.change_campaign",
    "members.transfer_member",
    "branches.view_area",
    "branches.view_region",
    "branches.add_area",
    "branches.change_area",
    "branches.add_branch",
    "branches.change_branch",
    "branches.import_branch",
    "branches.export_branch",
    "branches.view_appointment",
    "branches.add_appointment",
    "branches.change_appointment",
    "core.view_auditevent",
)
_SYSTEM = (
    *(
        f"core.{verb}_{noun}"
        for noun in ("user", "code", "kind", "ruleparameter")
        for verb in ("view", "add", "change")
    ),
    "branches.view_appointment",
    "branches.add_appointment",
    "branches.change_appointment",
    "core.view_backgroundrun",
)

VERBS: dict[Role, tuple[str, ...]] = {
    Role.BUREAU: _OFFICE,
    Role.STREET: _OFFICE,
    Role.SECRETARY: (*_REGISTER_WRITE, *_PARTY_LIFE_WRITE),
    Role.COMMITTEE: (*_REGISTER_READ, *_PARTY_LIFE_WRITE),
    Role.STATION_HEAD: (),
    Role.MEMBER: (*_OWN_RECORD, *_PARTY_LIFE_READ),
    Role.AUDITOR: ("core.view_auditevent", "core.view_backgroundrun"),
    Role.SYSADMIN: _SYSTEM,
}


@transaction.atomic
def install() -> None:
    """Make the groups of all roles and add the verbs they lack; half-way migrated, what there is.

    What is added to a group that was there is on record; a new one has changed nothing.
    """
    known = _permissions({verb for verbs in VERBS.values() for verb in verbs})
    for role, verbs in VERBS.items():
        group, is_new = Group.objects.get_or_create(name=role.label)
        lacking = {known[verb] for verb in verbs if verb in known} - set(group.permissions.all())
        group.permissions.add(*lacking)
        if not is_new:
            record_change(group, by=None, given=lacking, note="升级时补上系统自带的权限")


def record_change(
    group: Group,
    *,
    by: User | None,
    given: Collection[Permission],
    taken: Collection[Permission] = (),
    note: str = "",
) -> None:
    """Put the verbs that were GIVEN to a role and TAKEN from it into the trail, in words; nothing, no row."""
    changed = sorted(
        [(in_words(verb), True) for verb in given] + [(in_words(verb), False) for verb in taken]
    )
    if changed:
        audit.record(
            by=by,
            act="修改角色权限",
            instance=group,
            before={verb: not is_given for verb, is_given in changed},
            after=dict(changed),
            note=note,
        )


def in_words(permission: Permission) -> str:
    """Return a verb as 党员：修改; Django names its own four in English."""
    model = permission.content_type.model_class()
    noun = model._meta.verbose_name if model else permission.content_type.model
    verb = permission.codename.partition("_")[0]
    word = (
        _WORDS.get(verb, permission.name) if permission.name.startswith("Can ") else permission.name
    )
    return f"{noun}：{word}"


def _permissions(verbs: set[str]) -> dict[str, Permission]:
    wanted = Q(pk__in=[])
    for verb in verbs:
        app_label, codename = verb.split(".")
        wanted |= Q(content_type__app_label=app_label, codename=codename)
    found = Permission.objects.filter(wanted).select_related("content_type")
    return {f"{each.content_type.app_label}.{each.codename}": each for each in found}
