"""The stored forms of what people type: one form each, whatever the keyboard sent."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import text

# What keyboards, web pages and spreadsheets really mix in, besides every other character there is.
TYPED = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("张建国XｘＸ０１９ab　\u00a0\u200b\u200e\u202e\u2066\ufeff\u00ad\x00\x0b'"),
    ),
    max_size=40,
)
NORMALISERS = (text.clean, text.squeeze, text.login_name, text.id_number, text.phone)


@pytest.mark.parametrize("normalise", NORMALISERS)
@given(TYPED)
def test_a_stored_form_is_stored_as_itself(normalise, typed):
    once = normalise(typed)
    assert normalise(once) == once


@pytest.mark.parametrize("normalise", NORMALISERS)
@given(TYPED)
def test_nothing_unseen_is_stored(normalise, typed):
    stored = normalise(typed)
    assert stored == stored.strip()
    assert not {unicodedata.category(character) for character in stored} & {"Cc", "Zl", "Zp"}
    assert not set(stored) & set("\u200b\u200e\u202a\u202e\u2066\ufeff\u00ad\u3000\u00a0")


@given(st.text("0123456789", min_size=17, max_size=17), st.sampled_from("0123456789Xx"))
def test_an_id_number_survives_full_width_blanks_and_small_letters(digits, last):
    plain = digits + last
    wide = "".join(chr(ord(character) + 0xFEE0) for character in plain)
    spread = " ".join(f"\u200b{plain[:6]} {plain[6:14]}\ufeff {plain[14:]}".split())
    stored = {text.id_number(form) for form in (plain, wide, spread, plain.lower(), f" {plain}\n")}
    assert stored == {plain.upper()}


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_telephone_survives_every_way_to_write_it(number):
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in number)
    forms = (
        number,
        wide,
        f"{number[:3]}-{number[3:7]}-{number[7:]}",
        f" {number[:3]} {number[3:]}",
    )
    assert {text.phone(form) for form in forms} == {number}
    assert text.phone(f"+86 {number}") == f"+86{number}"


@given(TYPED)
def test_a_sign_in_name_has_no_capitals_and_no_blanks(typed):
    stored = text.login_name(typed)
    assert stored == stored.casefold()
    assert not any(character.isspace() for character in stored)


@pytest.mark.parametrize("name", ["𠮷野", "㛃", "阿依古丽·买买提", "😀"])
def test_rare_characters_stay(name):
    assert text.clean(name) == name


def test_line_ends_inside_a_cell_are_blanks():
    assert text.clean("一\r\n二\r三\t四") == "一 二 三 四"


def test_prose_keeps_what_was_typed_and_drops_what_cannot_be_seen() -> None:
    assert text.prose(" 学讲话，谋\u200b新年：\u202e\n（重阳）\x00 ") == "学讲话，谋新年： （重阳）"


@pytest.mark.parametrize(
    ("said", "whole"),
    [
        (["太短了。", "太常见了。"], "太短了。太常见了。"),
        (["是哪一天？", "请写明"], "是哪一天？请写明"),
        (["写了两次", "是空的。"], "写了两次；是空的。"),
        (["一句。"], "一句。"),
        ([], ""),
    ],
)
def test_sentences_follow_each_other_with_one_mark_between(said: list[str], whole: str) -> None:
    assert text.sentences(said) == whole
