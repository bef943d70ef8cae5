"""Made-up rosters of any length: seventeen columns, sound numbers of the area block 99, which belongs to nobody."""

import csv
import datetime as dt
import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from core.models import User
from members.rules.id_number import check_digit
from tests.factories.branches import make_area, make_branch, make_district

HEADING = (
    *("姓名", "性别", "民族", "公民身份号码", "出生日期", "学历", "党员类别", "人员类别"),
    *("入党日期", "转正日期", "参加工作时间", "离退休时间", "原工作单位", "联系电话"),
    *("居住地址", "居住社区", "支部代码"),
)
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"
_GIVEN = "建国华明志强秀英玉兰德贵桂芳文武军红玲静敏伟杰丽娟淑珍春梅冬青福寿永祥庆海燕"
_BORN_FIRST, _BORN_DAYS = dt.date(1936, 1, 1), 9_000
_PER_DAY = 900
_AWAY_EVERY = 20


class Place(NamedTuple):
    """A branch: its code, and the name of the community it lies in."""

    code: str
    community: str


def ground(branches: int, communities: int) -> list[Place]:
    """Make a user who may import, and so many BRANCHES, spread over so many COMMUNITIES."""
    User.objects.create_superuser("boss", None, display_name="量者")
    street = make_area(make_district("青澜区", "990101000000"), "东城街道")
    areas = [make_area(street, f"第{number}社区") for number in range(communities)]
    places = []
    for number in range(branches):
        area, code = areas[number % communities], f"QL{number:04d}"
        make_branch(area, f"第{number}党支部", code=code)
        places.append(Place(code, area.name))
    return places


def rows(count: int, places: Sequence[Place], *, first: int = 0) -> Iterator[list[str]]:
    """Yield COUNT people of PLACES; FIRST counts those of earlier files, so that nobody comes twice.

    As in life most live in their branch's community: nineteen of twenty, the others anywhere.
    """
    chance = random.Random(first)
    met: set[int] = set()
    for order in range(first, first + count):
        born, number = _born(order)
        joined = born + dt.timedelta(days=chance.randrange(7_300, 14_600))
        full = joined + dt.timedelta(days=365)
        retired = born + dt.timedelta(days=21_950)
        place = chance.choice(places)
        branch, lives_away = place.code, chance.randrange(_AWAY_EVERY) == 0
        # Of one branch, name and birth month there is one: the next would be a question, not a row.
        while (likeness := hash((name := _name(chance), born.year, born.month, branch))) in met:
            pass
        met.add(likeness)
        unit = f"第{chance.randrange(300)}机械厂"
        home = f"槐荫里{chance.randrange(90)}号楼{chance.randrange(1, 7)}单元{chance.randrange(101, 699)}"
        yield [
            name,
            "男" if int(number[16]) % 2 else "女",
            "汉族",
            number + check_digit(number),
            born.isoformat(),
            chance.choice(("大学本科", "高中", "初中")),
            "正式党员",
            "退休干部",
            *(day.isoformat() for day in (joined, full, born.replace(year=born.year + 20, day=1))),
            retired.isoformat(),
            unit,
            f"161{order:08d}",
            home,
            (chance.choice(places) if lives_away else place).community,
            branch,
        ]


def _born(order: int) -> tuple[dt.date, str]:
    """Return the birth date of the person of ORDER and the first seventeen digits of his number."""
    area, day = divmod(order, _BORN_DAYS * _PER_DAY)
    born = _BORN_FIRST + dt.timedelta(days=day * 7919 % _BORN_DAYS)
    # Orders are spread over the days, as in life: else the numbers of one file end alike.
    nth = (day // _BORN_DAYS + day % _BORN_DAYS * 37) % _PER_DAY
    return born, f"9901{area:02d}{born:%Y%m%d}{nth:03d}"


def _name(chance: random.Random) -> str:
    given = chance.choices(_GIVEN, k=1 + (chance.random() < 0.7))
    return chance.choice(_SURNAMES) + "".join(given)


def write(path: Path, people: Iterator[list[str]]) -> Path:
    """Write a roster as the bureau's spreadsheet program would save it."""
    with path.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream).writerows([HEADING, *people])
    return path
