"""Registering and changing members: the same checks as everywhere, the trail, the version."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Model, QuerySet
from django.utils import timezone

from branches import trees
from branches.enums import PARTY_POSTS
from branches.models import Appointment, Area, Branch
from branches.paths import SEGMENT
from core import audit, dates, text
from core.long_numbers import hide_long_numbers
from core.models import User
from core.prepared import Prepared
from members.actions import grip
from members.cities import cities_of
from members.enums import AffiliationKind, MemberKind, Severity
from members.models import Affiliation, Member
from members.parameters import check_parameters
from members.querysets import listed_paths
from members.rules import affiliation as affiliation_rules
from members.rules import consents, names, phones
from members.rules.checks import PHONES, are_nested, check_member, check_places
from members.rules.derived import DERIVED, fill
from members.rules.namesakes import TOLD_BY, same_name
from members.rules.parameters import CheckParameters
from members.rules.problems import Problem, problem

# Written by acts of their own, or derived; never by a form.
MANAGED = frozenset(
    {
        "id",
        "user",
        "branch",
        "area_path",
        "deceased_on",
        "closed_by_death",
        "version",
        "created_at",
        "updated_at",
    }
    | {"id_number_index", "phone_index", "name_pinyin", "name_initials", "given_name"}
    | {"missing_fields", *consents.WITHDRAWN}
)


class Conflict(Exception):
    """Somebody saved the record since it was opened; ``current`` is what stands now."""

    def __init__(self, current: Member) -> None:
        super().__init__(current.pk)
        self.current = current


def register_member(
    *,
    by: User | None,
    branch: Branch,
    home_since: dt.date | None = None,
    user: User | None = None,
    note: str = "",
    **values: Any,
) -> Member:
    """Register a member with BRANCH as the home (隶属); gender and birth follow from the number.

    VALUES are columns of Member. NOTE is why warnings were confirmed. Raises ValidationError by
    field; warnings do not refuse. SYS-04: exactly one home.
    """
    _refuse_managed(values)
    grip.require_editable(by, branch)
    affiliation_rules.check_start(home_since, today=timezone.localdate())
    with transaction.atomic():
        branch = grip.steady_place(branch, is_home=True)
        member = Member(branch=branch, area_path=branch.area_path, user=user)
        _write(member, values, by)
        home = Affiliation(
            member=member, branch=branch, kind=AffiliationKind.HOME, started_on=home_since
        )
        # Both ends are held, and who is new has no other tie that this one could be in the way of.
        home.full_clean(
            exclude=["member", "branch"], validate_unique=False, validate_constraints=False
        )
        home.save()
        audit.record(by=by, act="登记党员", instance=member, after=_filled(member), note=note)
    return member


def update_member(
    *, by: User | None, member: Member, version: int, note: str = "", **values: Any
) -> Member:
    """Change columns of MEMBER as opened at VERSION; raises Conflict when it has changed since.

    NOTE is why warnings were confirmed. A day of consent that is taken out takes with it what was
    kept because of it. Home, links, account and 已故 have acts of their own.
    """
    _refuse_managed(values)
    grip.require_editable(by, member)
    with transaction.atomic():
        if group := values.get("group"):
            values["group"] = trees.steady_branch(group)
        current = grip.locked(member)
        if current.version != version:
            raise Conflict(current)
        before = audit.snapshot(current)
        values |= consents.following(before, values, today=timezone.localdate())
        number = current.phone
        _write(current, values, by)
        after = audit.snapshot(current)
        if before | {"updated_at": None} != after | {"updated_at": None}:
            current.version += 1
            current.save(update_fields=["version"])
            names = after.keys() - {"updated_at", "version"}
            audit.record(
                by=by,
                act="修改党员资料",
                instance=current,
                before={name: before[name] for name in names},
                after={name: after[name] for name in names},
                note=note,
            )
            follow_phone(current, number)
    return current


# Columns that people write as they like; codes, numbers and telephones have forms of their own.
WORDS = (
    *("birth_date_reason", "major", "native_place", "household_place", "floating_note"),
    *("former_unit", "former_post", "address", "building", "emergency_name"),
    *("emergency_relation", "remark"),
)


def findings(
    member: Member, *, asks_area: bool, known: CheckParameters | None = None
) -> list[Problem]:
    """Return everything wrong or doubtful about MEMBER as it stands, saved or not.

    Whether there is an area of his number is asked only with ASKS_AREA, where it has been typed
    (one query more): of a stored one it was asked then. KNOWN are his ``thresholds``, where they
    are at hand.
    """
    area = member.branch.area if member.branch else None
    # A post is a fault of a probationary member only: of nobody else it is asked.
    is_probationary = member.member_kind == MemberKind.PROBATIONARY
    around: dict[str, Any] = {"has_post": is_probationary and has_post(member.user_id)}
    if area is not None:
        around |= {
            "branch_area_path": area.path,
            "city_names": _cities_around(area, member.address),
        }
    if member.community is not None:
        around["community_path"] = here = member.community.path
        # Where he takes part tells only of somebody who lives away from his branch.
        if area is not None and member.pk and not are_nested(area.path, here):
            around["link_area_paths"] = _places_of_links(member)
    values = _values(member)
    found = check_member(
        values | around,
        today=timezone.localdate(),
        parameters=known or thresholds(member, asks_area=asks_area),
    )
    return found + check_places(values | around)


def thresholds(member: Member, *, asks_area: bool = False) -> CheckParameters:
    """Return the thresholds in force where MEMBER's home is; with ASKS_AREA, the area of his number too."""
    area = member.branch.area if member.branch else None
    return check_parameters(
        area_code=area.code if area else "",
        number=member.id_number if asks_area else "",
        demo=area.is_demo if area else None,
    )


def _places_of_links(member: Member) -> list[str]:
    """Return the areas where MEMBER takes part; asked only where they did not come with him."""
    if "link_paths" not in vars(member):
        member = Member.objects.with_link_paths().only("pk").get(pk=member.pk)
    return listed_paths(vars(member)["link_paths"])


def complete(member: Member, known: CheckParameters | None = None) -> None:
    """Bring names and telephones into their stored form and fill what follows; unsaved.

    KNOWN are his ``thresholds``, where they are at hand.
    """
    for field in WORDS:
        setattr(member, field, text.paragraphs(getattr(member, field)))
    member.birth_date_reason = hide_long_numbers(member.birth_date_reason)
    member.name = names.read(member.name).text
    for name in PHONES:
        setattr(member, name, phones.stored_form(text.clean(getattr(member, name))))
    area_code = member.branch.area.code if member.branch else ""
    known = known or check_parameters(area_code=area_code, number="", demo=False)
    filled = fill(_values(member), today=timezone.localdate(), parameters=known)
    for name in DERIVED:
        setattr(member, name, filled[name])


def _holders(digest: str) -> "QuerySet[Any, Any]":
    rows = Member.objects.filter(id_number_index=digest).order_by()
    return rows.values_list("pk", flat=True)


_HOLDERS = Prepared(_holders)


def taken(member: Member, by: User | None) -> Problem | None:
    """Return the finding that another member has MEMBER's number; not where, unless BY sees him."""
    digest = Member._meta.get_field("id_number_index").digest(member.id_number)
    others = [pk for pk in _HOLDERS.rows(digest) if pk != member.pk] if digest else []
    if not others:
        return None
    seen = by is None or Member.objects.visible_to(by).filter(pk__in=others).exists()
    return problem("ID_EXISTS" if seen else "ID_ELSEWHERE")


def holder(member: Member, by: User) -> Member | None:
    """Return who has MEMBER's number already, if BY looks after him (domain §3.3 item 15).

    Whoever may not open the whole number is not led from it to a name.
    """
    index = Member._meta.get_field("id_number_index")
    mine = Member.objects.editable_by(by).select_related("branch").exclude(pk=member.pk)
    return mine.filter(id_number_index=index.digest(member.id_number)).first()


def agreed_himself(
    member: Member, stored: Mapping[str, Any], values: Mapping[str, Any]
) -> list[Problem]:
    """Return the days, by what is STORED of MEMBER, that he gave himself and VALUES would overwrite.

    One query where another day of consent is written, else none.
    """
    if not (days := consents.other_days(stored, values)):
        return []
    own = audit.trail_of(member, member.pk).filter(act=consents.OWN_ACT)
    given = {(day, timezone.localdate(event.at)) for event in own for day in event.after}
    return [
        problem("AGREED_HIMSELF", day, day=dates.words(stored[day]))
        for day in days
        if (day, stored[day]) in given
    ]


def phone_held(member: Member, by: User) -> Problem | None:
    """Return the doubt that others on the register have MEMBER's telephone; only those BY looks after.

    Couples share, so it is a warning. Of whom BY may not open the whole number nothing is said: a
    number could be guessed until the name comes.
    """
    if not member.phone:
        return None
    index = Member._meta.get_field("phone_index")
    others = Member.objects.editable_by(by).on_register().exclude(pk=member.pk)
    found = others.filter(phone_index=index.digest(member.phone)).order_by("pk")
    names = list(found.values_list("name", flat=True)[: phones.NAMED + 1])
    return phones.held_by(names) if names else None


def namesake(member: Member, by: User) -> Problem | None:
    """Return what is said of others of MEMBER's name in his branch whom BY sees (domain §3.3 14).

    Where one of them may be he himself it is a question, by the rule of the rosters; else a hint.
    """
    if not member.branch_id or not member.name:
        return None
    others = Member.objects.visible_to(by).on_register().exclude(pk=member.pk)
    same = others.filter(branch=member.branch_id, name=member.name).order_by("birth_date", "pk")
    found = list(same.values(*TOLD_BY))
    return same_name(_values(member), found) if found else None


def _cities_around(area: Area, address: str) -> tuple[str, ...]:
    """Return the cities AREA lies in; asked only where ADDRESS may name one."""
    district = area.path[:SEGMENT]
    return cities_of([district])[district] if "市" in address else ()


def _write(member: Member, values: dict[str, Any], by: User | None) -> None:
    before = _values(member)
    for name, value in values.items():
        setattr(member, name, value)
    known = thresholds(member)
    complete(member, known)
    after = _values(member)
    found = findings(member, asks_area=False, known=known)  # which is never an error
    problems = [each for each in found if each.severity == Severity.ERROR]
    changed = {name for name in values if after.get(name) != before.get(name)}
    problems += consents.unagreed(after, changed) + agreed_himself(member, before, values)
    if clash := taken(member, by):
        problems.append(clash)
    _refuse(problems)
    if "group" in values:
        _check_group(member)
    # The home is held, or stored as it was.
    member.full_clean(exclude=["id_number_index", "phone_index", "branch"])
    try:
        with transaction.atomic():
            member.save()
    except IntegrityError as error:
        if "id_number_index" not in str(error):
            raise
        _refuse([problem("ID_EXISTS")])


def _check_group(member: Member) -> None:
    group = member.group
    if group and not affiliation_rules.is_group_of(
        member.branch_id,
        kind=group.kind_id,
        parent=group.parent_id,
        dissolved=group.dissolved_on is not None,
    ):
        raise ValidationError({"group": "这个党小组不属于所在党支部，请重新选。"})


def follow_phone(member: Member, old: str) -> None:
    """Let who signed in by the telephone OLD go on doing so with MEMBER's new one.

    The account of an office is left alone: who keeps a roster must not lead it to another telephone.
    """
    user = member.user
    if user is None or not old or user.phone != old or user.phone == member.phone:
        return
    if user.is_staff:
        return
    index = User._meta.get_field("phone_index").digest(member.phone)
    if index is None or not User.objects.filter(phone_index=index).exists():
        user.phone = member.phone
        try:
            with transaction.atomic():
                user.save(update_fields=["phone", "phone_index"])
        except IntegrityError:  # somebody else took it at this moment
            user.phone = old


def has_post(user: int | None) -> bool:
    """Return whether the member with the account USER (its id) holds a Party post today."""
    if user is None:
        return False
    return Appointment.objects.current().filter(user=user, role__in=PARTY_POSTS).exists()


def _values(member: Model) -> dict[str, Any]:
    return {field.name: field.value_from_object(member) for field in member._meta.concrete_fields}


def _filled(member: Member) -> dict[str, Any]:
    return {
        name: value for name, value in audit.snapshot(member).items() if value not in ("", None)
    }


def _refuse(problems: list[Problem]) -> None:
    by_field: dict[str, list[str]] = {}
    for found in problems:
        by_field.setdefault(found.field, []).append(found.message)
    if by_field:
        raise ValidationError(by_field)


def _refuse_managed(values: dict[str, Any]) -> None:
    if managed := MANAGED & values.keys():
        raise TypeError(f"{sorted(managed)} have acts of their own")
