"""Near names are near in what sets them apart, not in how they all end."""

import pytest

from members.rules.near import NearNames

NAMES = (
    "青澜区教育局离退休干部党支部",
    "青澜区卫生局离退休干部党支部",
    "东城街道第一离退休干部党支部",
    "柳岸社区离退休干部党支部",
    "槐荫社区离退休干部党支部",
    "书画协会党支部",
    "区老干部局党支部",
)
NEAR = NearNames(NAMES, places=["青澜区"])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("教育局退休支部", ["青澜区教育局离退休干部党支部"]),
        ("中共教育局支部委员会", ["青澜区教育局离退休干部党支部"]),
        ("东城一支部", ["东城街道第一离退休干部党支部"]),
        ("东城街道柳岸社区党支部", ["柳岸社区离退休干部党支部"]),
        ("老干部局离退休支部", ["区老干部局党支部"]),
        ("槐荫社区老干部党支部", ["槐荫社区离退休干部党支部"]),
        ("松涛社区离退休干部党支部", []),
        ("青澜区交通运输局离退休干部党支部", []),
        ("离退休干部党支部", []),
        ("", []),
    ],
)
def test_near_is_what_a_person_would_call_near(typed: str, found: list[str]) -> None:
    assert NEAR.to(typed) == found


def test_of_many_near_names_the_nearest_three_come_first() -> None:
    names = [f"东风机械厂第{number}离退休党支部" for number in "一二三四五"]
    found = NearNames(names, places=[]).to("东风机械厂三支部")
    assert (found[0], len(found)) == (names[2], 3)


def test_old_cadres_at_the_end_of_a_name_tell_nobody_apart() -> None:
    assert NEAR.core("槐荫社区老干部党支部") == "槐荫"
