"""The cities that a district lies in: of who lives in another a form and a roster take notice."""

from collections.abc import Iterable

from branches.models import Area, Region

_CITY = "市"
_ABOVE = (2, 4)  # digits of a code: province (a municipality is one), prefecture


def cities_of(districts: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return by the path of each of DISTRICTS the cities it lies in, itself perhaps; two queries.

    昆山市 lies in 苏州市 and is a city itself; what is called otherwise (青澜区, 市辖区) is none.
    """
    rows = Area.objects.filter(path__in=set(districts)).order_by()
    found = {
        path: (_above(code), name) for path, code, name in rows.values_list("path", "code", "name")
    }
    codes = {code for above, _ in found.values() for code in above}
    regions = dict(Region.objects.filter(code__in=codes).values_list("code", "name"))
    return {
        path: tuple(
            called
            for called in (*(regions.get(code, "") for code in above), name)
            if called.endswith(_CITY)
        )
        for path, (above, name) in found.items()
    }


def _above(code: str) -> list[str]:
    return [f"{code[:digits]:0<12}" for digits in _ABOVE]
