"""Territories for measuring: made up, with the numbers of real ones."""

import csv
import gzip
from collections.abc import Iterator
from pathlib import Path

Row = tuple[str, str, str]

# What Jiangsu has: 1 province, 13 cities, 104 districts, 1,487 streets, 21,958 communities.
CITIES, DISTRICTS, STREETS, COMMUNITIES = 13, 104, 1_487, 21_958
AREAS, REGIONS = DISTRICTS + STREETS + COMMUNITIES, 1 + CITIES
# A large district: 14 streets, 210 communities, 1,050 groups, 3,150 grids below it.
DISTRICT_NODES = 1 + 14 + 210 + 1_050 + 3_150


def province() -> Iterator[Row]:
    """Yield a province of Jiangsu's size, parents first."""
    yield "990000000000", "测试省", ""
    for city in range(1, CITIES + 1):
        yield f"99{city:02d}00000000", f"测试{city}市", "990000000000"
    districts = list(_districts())
    streets = [f"{districts[n % DISTRICTS][:6]}{n // DISTRICTS + 1:03d}000" for n in range(STREETS)]
    for number, code in enumerate(districts):
        yield code, f"测试{number}区", f"{code[:4]}00000000"
    for number, code in enumerate(streets):
        yield code, f"测试{number}街道", f"{code[:6]}000000"
    for number in range(COMMUNITIES):
        street = streets[number % STREETS]
        code = f"{street[:9]}{number // STREETS + 1:03d}"
        yield code, f"测试{number}社区", street


def _districts() -> Iterator[str]:
    for number in range(DISTRICTS):
        yield f"99{number % CITIES + 1:02d}{number // CITIES + 1:02d}000000"


def district(code: str) -> Iterator[Row]:
    """Yield a district of five levels and DISTRICT_NODES nodes; CODE has six digits."""
    top = f"{code}000000"
    yield top, f"{code}区", ""
    for street in range(1, 15):
        street_code = f"{code}{street:03d}000"
        yield street_code, f"{street}街道", top
        for community in range(1, 16):
            community_code = f"{code}{street:03d}{community:03d}"
            yield community_code, f"{street}-{community}社区", street_code
            for group in range(1, 6):
                group_code = f"{community_code}{group:02d}"
                yield group_code, f"{group}组", community_code
                for grid in range(1, 4):
                    yield f"{group_code}{grid:02d}", f"{grid}网格", group_code


def write(path: Path, rows: Iterator[Row]) -> Path:
    """Write ROWS as a gzipped file that ``import_divisions`` takes."""
    with gzip.open(path, "wt", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(("code", "name", "parent_code"))
        writer.writerows(rows)
    return path
