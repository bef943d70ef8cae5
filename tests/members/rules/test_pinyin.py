"""Search forms of names."""

import time

import pytest

from members.rules.pinyin import spell


@pytest.mark.parametrize(
    ("name", "spelling"),
    [
        ("张建国", ("zhangjianguo", "zjg", "建国")),
        ("单田芳", ("shantianfang", "stf", "田芳")),
        ("仇英", ("qiuying", "qy", "英")),
        ("曾国藩", ("zengguofan", "zgf", "国藩")),
        ("欧阳修", ("ouyangxiu", "oyx", "修")),
        ("尉迟恭", ("yuchigong", "ycg", "恭")),
        ("令狐", ("linghu", "lh", "狐")),
        ("买买提·吐尔逊", ("maimaitituerxun", "mmttex", "吐尔逊")),
        ("𠮷田", ("tian", "t", "田")),
        ("", ("", "", "")),
    ],
)
def test_surnames_read_as_surnames(name: str, spelling: tuple[str, str, str]) -> None:
    assert spell(name) == spelling


def test_fifty_thousand_names_take_less_than_a_second() -> None:
    spell("张建国")
    begun = time.process_time()
    for _ in range(50_000):
        spell("张建国")
    assert time.process_time() - begun < 1
