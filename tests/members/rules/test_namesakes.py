"""Telling people of one name apart."""

import datetime as dt

import pytest

from core.crypto import UnreadableText
from members.rules.namesakes import Person, number_tail, told_apart, with_mark

A, B = "990101194805030017", "990101194805030033"


def day(year: int, month: int = 5, day: int = 3) -> dt.date:
    return dt.date(year, month, day)


@pytest.mark.parametrize(
    ("births", "marks"),
    [
        ((day(1948), day(1952)), ("1948年生", "1952年生")),
        ((day(1948), day(1948, 8)), ("1948年5月生", "1948年8月生")),
        ((day(1948), day(1948, 5, 9)), ("尾号0017", "尾号0033")),
        ((day(1948), None), ("尾号0017", "尾号0033")),
    ],
)
def test_the_least_that_tells_two_apart(
    births: tuple[dt.date | None, dt.date | None], marks: tuple[str, str]
) -> None:
    one, other = births
    people = [
        Person(1, "张建国", one, A),
        Person(2, "张建国", other, B),
        Person(3, "周秀英", one, A),
    ]
    assert told_apart(people) == {1: marks[0], 2: marks[1]}


def test_what_cannot_be_told_apart_still_opens() -> None:
    assert told_apart([Person(1, "张建国", None, ""), Person(2, "张建国", None, "")]) == {
        1: "",
        2: "",
    }
    assert number_tail(UnreadableText("…")) == "尾号无法解密"


def test_as_a_sentence_has_it() -> None:
    assert with_mark("张建国", "1948年生") == "张建国（1948年生）"
    assert with_mark("周秀英", "") == "周秀英"
