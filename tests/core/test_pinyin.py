"""Search forms of names."""

import time
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.models import User
from core.pinyin import list_order, spell
from tests.factories.branches import make_user

STEP = import_module("core.migrations.0018_user_pinyin_filled")


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


def test_a_list_keeps_the_people_of_one_surname_together() -> None:
    wanted = "胡一民 黄建国 李 李春梅 李明 李淑芬 李志强 黎明 林德明 林永福 欧海 欧阳修"
    names = wanted.split()
    names.reverse()
    assert " ".join(sorted(names, key=list_order)) == wanted


def test_fifty_thousand_names_take_less_than_a_second() -> None:
    spell("张建国")
    begun = time.process_time()
    for _ in range(50_000):
        spell("张建国")
    assert time.process_time() - begun < 1


@pytest.mark.django_db
@pytest.mark.parametrize(("chunk", "statements"), [(1, 2), (1_000, 1)])
def test_accounts_opened_before_it_was_kept_have_their_pinyin_too(
    monkeypatch: pytest.MonkeyPatch, chunk: int, statements: int
) -> None:
    monkeypatch.setattr(STEP, "CHUNK", chunk)
    known = make_user(display_name="仇英")
    named, other, nameless = (make_user(display_name=name) for name in ("单田芳", "曾国藩", "安"))
    User.objects.exclude(pk=known.pk).update(name_pinyin="")
    User.objects.filter(pk=nameless.pk).update(display_name="")
    for expected in (statements, 0):  # taken up again after it was cut off
        with CaptureQueriesContext(connection) as asked:
            STEP.fill(apps, SimpleNamespace(connection=connection))
        assert sum(query["sql"].startswith("UPDATE") for query in asked) == expected
    for user, pinyin in (
        (known, "qiuying"),
        (named, "shantianfang"),
        (other, "zengguofan"),
        (nameless, ""),
    ):
        user.refresh_from_db()
        assert user.name_pinyin == pinyin
    assert not STEP.Migration.atomic, "between two chunks others write"


def test_who_is_renamed_is_spelled_anew(superuser: User) -> None:
    superuser.display_name = "安宁"
    superuser.full_clean(exclude=["password"])
    assert superuser.name_pinyin == "anning"
