"""The verbs of each role: one table, kept as groups named after the roles (house §3, security §5c).

Rows are decided elsewhere (``visible_to``, ``editable_by``). Nobody may delete from a register.
Every migrate adds what a group lacks; verbs that somebody added by hand stay, a verb taken away by
hand comes back, so narrowing a role is a change of this table and a migration.
"""

from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from branches.enums import Role

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


def install() -> None:
    """Make the groups of all roles and add the verbs they lack; half-way migrated, what there is."""
    known = _permissions({verb for verbs in VERBS.values() for verb in verbs})
    for role, verbs in VERBS.items():
        group, _ = Group.objects.get_or_create(name=role.label)
        group.permissions.add(*(known[verb] for verb in verbs if verb in known))


def _permissions(verbs: set[str]) -> dict[str, Permission]:
    wanted = Q(pk__in=[])
    for verb in verbs:
        app_label, codename = verb.split(".")
        wanted |= Q(content_type__app_label=app_label, codename=codename)
    found = Permission.objects.filter(wanted).select_related("content_type")
    return {f"{each.content_type.app_label}.{each.codename}": each for each in found}
