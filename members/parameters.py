"""Reading of the thresholds that the checks of members, and the policy of their links, need."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import Q
from django.db.models.functions import Left
from django.utils import timezone

from branches.enums import AreaLevel
from branches.models import Area, Region
from core.enums import CodeTable, Engine
from core.models import Code, Kind, User
from core.models.code import begun
from core.parameters import Parameters, parameters
from members.models import Member
from members.rules import modules
from members.rules.family import SHOWN_DAYS, is_past
from members.rules.missing import OLD_AGE, asks_for_contact
from members.rules.parameters import CheckParameters

_OFF = "_modules_off"


def check_parameters(
    *,
    on: dt.date | None = None,
    area_code: str = "",
    number: str | None = None,
    demo: bool | None = None,
) -> CheckParameters:
    """Return the thresholds in force on a day (today) in an area.

    NUMBER is the only identity number that will be checked, where there is but one: then no other
    area is read than its own, and none where it is empty. DEMO says whether the area is the
    demonstration's, whose numbers are no surprise there; None asks whether its province is in the
    division tables (one query more).
    """
    keys = CheckParameters.keys().values()
    values = parameters(*keys, on=on, area_code=area_code)
    demo = settings.DEMO_BANNER or (_has_demo() if demo is None else demo)
    return CheckParameters.from_values(
        values, areas=_areas(number, on or timezone.localdate()), demo=demo
    )


class LinkPolicy:
    """How many managing links are allowed where, and which kinds count (SYS-05); two queries.

    LIMITS, where they are at hand, hold those of ``MOST``: then one.
    """

    MOST = "affiliation.max_links"

    def __init__(self, limits: Parameters | None = None) -> None:
        kinds = Kind.objects.filter(engine=Engine.AFFILIATION).values_list("settings", flat=True)
        self.counted = frozenset(each["code"] for each in kinds if each.get("counts_to_limit"))
        self._limits = limits or Parameters(self.MOST)
        self._by_area: dict[str, int | None] = {}

    def most(self, area_code: str) -> int | None:
        """Return the limit for a home branch in an area; None is the 1+N mode."""
        if area_code not in self._by_area:
            value = self._limits.value(self.MOST, area_code=area_code)
            self._by_area[area_code] = None if value is None else int(value)
        return self._by_area[area_code]

    def exceeded(self, links: str, place: str) -> Q:
        """Return the condition that a count LINKS is more than the home's area allows.

        PLACE is where that area's code is found; it is read only where areas have limits of their own.
        """
        nobody = Q(**{f"{links}__lt": 0})  # grouped rows have no key of their own to say it by
        over = nobody
        for code in sorted(self._limits.area_codes(self.MOST), key=len):
            most = self.most(code)
            beyond = nobody if most is None else Q(**{f"{links}__gt": most})
            here = Q(**{f"{place}__startswith": code})
            over = (over & ~here | here & beyond) if code else beyond
        return over


def family_is_past(member: Member) -> bool:
    """Return whether MEMBER died so long ago that his family's contact is shown to nobody."""
    if member.deceased_on is None:
        return False
    days = Parameters(SHOWN_DAYS).number(SHOWN_DAYS)
    return is_past(member.deceased_on, today=timezone.localdate(), days=days)


def lacks_contact(member: Member, known: Parameters) -> bool:
    """Return whether MEMBER is so old, by KNOWN's ``OLD_AGE``, that a contact is asked for."""
    today = timezone.localdate()
    return asks_for_contact(vars(member), today=today, old_age=known.number(OLD_AGE))


def modules_off(area_code: str = "", known: Parameters | None = None) -> frozenset[str]:
    """Return the columns that are not kept in an area, for their module is off (domain §6.11).

    KNOWN, where they are at hand, are parameters with those of the modules among them: no query.
    """
    known = known or Parameters(*modules.COLUMNS)
    return modules.switched_off(
        {key: known.value(key, area_code=area_code) for key in modules.COLUMNS}
    )


def modules_off_for(user: User | AnonymousUser) -> frozenset[str]:
    """Return the columns that are not kept where USER works: for lists, files, people to be registered.

    One query a request, two where an area has a switch of its own.
    """
    kept = user.__dict__
    if _OFF not in kept:
        known = Parameters(*modules.COLUMNS)
        is_alike = all(known.area_codes(key) <= {""} for key in modules.COLUMNS)
        kept[_OFF] = modules_off("" if is_alike else highest_code(user), known)
    found: frozenset[str] = kept[_OFF]
    return found


def area_code_of(member: Member) -> str:
    """Return the code of the area of MEMBER's home, whose thresholds hold for him; empty without one."""
    return member.branch.area.code if member.branch else ""


def highest_code(user: User | AnonymousUser) -> str:
    """Return the code of the highest area that USER sees, whose thresholds hold for his lists.

    Empty, for the thresholds of everywhere, when he sees none (one query).
    """
    codes = Area.objects.visible_to(user).order_by("path").values_list("code", flat=True)
    return codes.first() or ""


def _areas(number: str | None, day: dt.date) -> frozenset[str] | None:
    """Return the six digits that a number may begin with, or of those only NUMBER's (one query).

    They are what GB/T 2260 ever listed, as the bureau keeps the table by DAY, and the districts loaded,
    some of which are newer.
    """
    if number == "":
        return None
    kept = Code.objects.filter(begun(day), table=CodeTable.TERRITORY, is_active=True)
    listed = kept.order_by()
    loaded = Area.objects.filter(level=AreaLevel.DISTRICT, is_demo=False).order_by()
    if number is not None:
        listed, loaded = listed.filter(code=number[:6]), loaded.filter(code__startswith=number[:6])
    six = loaded.annotate(six=Left("code", 6)).values_list("six")
    return frozenset(code for (code,) in listed.values_list("code").union(six, all=True))


def _has_demo() -> bool:
    return Region.objects.filter(is_demo=True).exists()
