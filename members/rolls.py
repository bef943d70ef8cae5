"""Two truths, labelled: who belongs to a branch (隶属), who takes part there (管理) — and where they clash.

Rows are handed in scoped; everything here only counts and pairs them (SYS-04, SYS-05, house §1.3).
"""

import datetime as dt
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    FilteredRelation,
    OuterRef,
    Q,
    Subquery,
    Sum,
    When,
)
from django.db.models.functions import Coalesce
from django.utils.timezone import localdate

from branches.models import Branch
from core.models import User
from core.pinyin import list_order
from members.enums import AffiliationKind, RollSide
from members.models import Affiliation, Member
from members.parameters import LinkPolicy
from members.querysets import in_force

HOME = AffiliationKind.HOME
# 对不上 (SYS-05), by what the index of the list holds: the register itself is not read for it.
_PLACELESS = Q(missing_fields__contains="community")


@dataclass
class Line:
    """One person on a roll, with the other places he takes part in or belongs to."""

    member: Member
    ties: list[Affiliation] = field(default_factory=list)


@dataclass(frozen=True)
class TwoSided:
    """The two rolls of one branch on one day, None for today."""

    branch: Branch
    day: dt.date | None
    home: list[Line]
    guests: list[Line]

    @property
    def placed(self) -> int:
        """How many of those who belong here take part somewhere else too."""
        return sum(1 for line in self.home if line.ties)

    @property
    def coverage(self) -> int:
        """Their share, in per cent."""
        return round(self.placed * 100 / len(self.home)) if self.home else 0


def two_sided(branch: Branch, user: User, day: dt.date | None = None) -> TwoSided:
    """Return both rolls of BRANCH on DAY as USER may see them; three queries."""
    at_home = _at_home(branch, user) if day is None else _was_at_home(branch, user, day)
    lines = {member.pk: Line(member) for member in at_home}
    links = _links(day).visible_to(user)
    of_ours = Q(member__branch=branch) if day is None else Q(member__in=list(lines))
    for link in links.filter(of_ours).select_related("branch").order_by("pk"):
        if link.member_id in lines:
            lines[link.member_id].ties.append(link)
    guests: dict[int, Line] = {}
    here = _sides(day)[RollSide.GUESTS].rows.visible_to(user).filter(branch=branch)
    for link in here.select_related("member__branch").order_by("pk"):
        guests.setdefault(link.member_id, Line(link.member)).ties.append(link)
    by_name = sorted(guests.values(), key=lambda line: list_order(line.member.name))
    return TwoSided(branch, day, list(lines.values()), by_name)


def _at_home(branch: Branch, user: User) -> list[Member]:
    members = Member.objects.visible_to(user).on_register().filter(branch=branch)
    found = members.select_related("group").order_by("pk")
    return sorted(found, key=lambda each: (_group_path(each), list_order(each.name)))


def _group_path(member: Member) -> str:
    return member.group.path if member.group else ""


def _was_at_home(branch: Branch, user: User, day: dt.date) -> list[Member]:
    """Whoever has moved on since is named, too; of Party groups only today's are known."""
    ties = Affiliation.objects.visible_to(user).on_roll(day).filter(branch=branch, kind=HOME)
    found = [tie.member for tie in ties.select_related("member").order_by("pk")]
    return sorted(found, key=lambda each: list_order(each.name))


class Side(NamedTuple):
    """A side of the roll: its rows, which count at their ``branch``, and their column of the PERSON."""

    rows: Any
    person: str

    def column(self, name: str) -> str:
        """Return where the rows have the column NAME of the person."""
        return name if self.person == "pk" else f"{self.person}__{name}"


def _sides(day: dt.date | None) -> dict[RollSide, Side]:
    """Return the sides on DAY by the ties in force then; those of today (None) by the register."""
    links = _links(day)
    if day is None:
        here = Side(Member.objects.on_register(), "pk")
        guests = links.filter(member__deceased_on__isnull=True)
    else:
        here, guests = Side(Affiliation.objects.on_roll(day).filter(kind=HOME), "member"), links
    unplaced = here.rows.exclude(Exists(links.filter(member=OuterRef(here.person))))
    return {
        RollSide.AT_HOME: here,
        RollSide.UNPLACED: here._replace(rows=unplaced),
        RollSide.GUESTS: Side(guests, "member"),
    }


def with_rolls(branches: Any, day: dt.date | None = None) -> Any:
    """Annotate BRANCHES with the number of each ``RollSide`` on DAY: counted, never typed."""
    here = OuterRef("pk")
    counted = {
        name: _count(side.rows.filter(branch=here), side.person)
        for name, side in _sides(day).items()
    }
    return branches.annotate(**counted)


def people(branches: Any, name: RollSide, day: dt.date | None = None) -> Any:
    """Return whom ``with_rolls`` and ``sums`` count on the side NAME of BRANCHES, each once a branch.

    Rows of branch, its name, member, his name and birth date, in the order of the branches.
    """
    side = _sides(day)[name]
    rows = side.rows.filter(branch__in=branches.order_by().values("pk"))
    order = ("branch__area_path", "branch__path", side.column("name_pinyin"), side.person)
    about = (side.person, side.column("name"), side.column("birth_date"))
    found = rows.order_by(*order).values_list("branch", "branch__name", *about)
    return found if side.person == "pk" else found.distinct()


def sums(branches: Any, day: dt.date | None = None) -> dict[RollSide, int]:
    """Return what ``with_rolls`` says of all BRANCHES together; three queries.

    Whoever takes part in several of them counts in each.
    """
    sides, keys = _sides(day), branches.order_by().values("pk")
    here = sides[RollSide.AT_HOME]
    rows = here.rows.filter(branch__in=keys).order_by()
    placed = rows.filter(**{f"{here.person}__in": _links(day).order_by().values("member")})
    guests = sides[RollSide.GUESTS].rows.filter(branch__in=keys).order_by()
    at_home = _people_of(rows, here.person)
    return {
        RollSide.AT_HOME: at_home,
        RollSide.UNPLACED: at_home - _people_of(placed, here.person),
        RollSide.GUESTS: _people_of(guests, "member"),
    }


def _people_of(rows: Any, person: str) -> int:
    """Return how many people ROWS name, each once a branch."""
    return rows.count() if person == "pk" else rows.values("branch", person).distinct().count()


def _count(rows: Any, people: str) -> Coalesce:
    """Count the PEOPLE of ROWS by branch, each once however many ties he has there."""
    by_branch = rows.order_by().values("branch")
    counted = by_branch.annotate(number=Count(people, distinct=people != "pk")).values("number")
    return Coalesce(Subquery(counted), 0)


@dataclass(frozen=True)
class Question:
    """One way in which the registers may clash: what it is called and why it matters."""

    key: str
    title: str
    explain: str


QUESTIONS = (
    Question("no-home", "没有隶属", "在册，却没有现行的隶属关系，或隶属与名册上的党支部不同：哪里的统计都会漏掉。"),
    Question("closed", "隶属的党支部已撤销", "请转到现在的党支部。"),
    Question("twice", "可能登记了两次", "同名同出生日期，请看证件号码末四位是不是同一人。"),
    Question("phone", "多人同一个电话", "超过规定人数的同志登记了同一个电话，请核对。"),
    Question("many", "活动组织超过规定", "比本区规定的个数多（临时的、功能组不算），请核对，结束多出的。"),
    Question("none", "没有活动组织", "只有隶属，没有就近参加活动的地方。"),
    Question("placeless", "对不上社区", "不知道住在哪个社区，家门口的党支部找不到他。问清住址，在资料里选居住社区。"),
)  # fmt: skip


@dataclass(frozen=True)
class Most:
    """How many members may share a telephone, and what LINKS they may have."""

    phone: int
    links: LinkPolicy


def clashes(members: Any, *, most: Most) -> dict[str, Any]:
    """Return the condition of each question on MEMBERS (scoped, on the register), by key."""
    ties = Affiliation.objects.current().filter(member=OuterRef("pk"))
    links = _links().filter(member=OuterRef("pk"))
    others = members.exclude(pk=OuterRef("pk"))
    same = others.filter(name=OuterRef("name"), birth_date=OuterRef("birth_date"))
    sharing = _more_than(members.exclude(phone_index=None), "phone_index", most.phone)
    counted = _links().filter(kind__in=most.links.counted).order_by().values("member")
    often = counted.annotate(number=Count("pk")).filter(
        most.links.exceeded("number", "member__branch__area__code")
    )
    return {
        "no-home": ~Q(Exists(ties.filter(kind=HOME, branch=OuterRef("branch")))),
        "closed": Q(branch__dissolved_on__isnull=False),
        "twice": Q(birth_date__isnull=False) & Q(Exists(same)),
        "phone": Q(phone_index__in=sharing),
        "many": Q(pk__in=often.values("member")),
        "none": ~Q(Exists(links)),
        "placeless": _PLACELESS,
    }


def _links(day: dt.date | None = None) -> Any:
    rows = Affiliation.objects
    return (rows.current() if day is None else rows.on_roll(day)).links()


def _more_than(rows: Any, by: str, most: int) -> Any:
    """Return the values of BY that more than MOST of ROWS have.

    Nothing of the asking row stands in it: it is worked out once, not once a member.
    """
    counted = rows.order_by().values(by).annotate(number=Count("pk"))
    return counted.filter(number__gt=most).values(by)


def count_clashes(members: Any, *, most: Most) -> dict[str, int]:
    """Return how many of MEMBERS each question finds, and ``all``: groups are counted, not people.

    Three queries, each one walk over the register, however often people clash.
    """
    rows = members.order_by()
    tie = FilteredRelation("affiliations", condition=in_force(localdate(), "affiliations__"))
    tied = (
        rows.annotate(tie=tie)
        .values("pk")
        .annotate(
            links=Count("tie", filter=~Q(tie__kind=HOME)),
            counted=Count("tie", filter=Q(tie__kind__in=most.links.counted)),
            homes=Count("tie", filter=Q(tie__kind=HOME, tie__branch=F("branch"))),
            closed=Count("pk", filter=Q(branch__dissolved_on__isnull=False)),
            nowhere=Count("pk", filter=_PLACELESS),
        )
    )
    over = most.links.exceeded("counted", "branch__area__code")
    found = tied.annotate(over=Case(When(over, then=1), default=0)).aggregate(
        all=Count("pk"),
        homeless=Count("pk", filter=Q(homes=0)),
        ended=Count("pk", filter=Q(closed__gt=0)),
        placeless=Count("pk", filter=Q(nowhere__gt=0)),
        linked=Count("pk", filter=Q(links__gt=0)),
        often=Sum("over"),
    )
    return {
        "all": found["all"],
        "no-home": found["homeless"],
        "closed": found["ended"],
        "twice": _alike(rows.filter(birth_date__isnull=False), 1, "name", "birth_date"),
        "phone": _alike(rows.filter(phone_index__isnull=False), most.phone, "phone_index"),
        "many": found["often"] or 0,
        "none": found["all"] - found["linked"],
        "placeless": found["placeless"],
    }


def _alike(rows: Any, most: int, *fields: str) -> int:
    """Return how many of ROWS share FIELDS with more than MOST - 1 others."""
    groups = rows.values(*fields).annotate(number=Count("pk")).filter(number__gt=most)
    return groups.aggregate(people=Sum("number"))["people"] or 0
