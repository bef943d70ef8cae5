"""Names, telephones and plain cells as people write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from members.rules import cells, names, phones
from members.rules.names import ReadName
from members.rules.phones import ReadPhones


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        ("张建国", "张建国"),
        (" 张　三 ", "张三"),
        ("李 四", "李四"),
        ("买买提•吐尔逊", "买买提·吐尔逊"),
        ("买买提 . 吐尔逊", "买买提·吐尔逊"),
        ("买买提．　吐尔逊", "买买提·吐尔逊"),
        ("买买提 · 吐尔逊", "买买提·吐尔逊"),
        ("Anna Petrowna", "Anna Petrowna"),
        ("𠮷野㛃", "𠮷野㛃"),
        ("\u202e张三\u200b", "张三"),
    ],
)
def test_a_name_has_one_stored_form(cell: str, name: str) -> None:
    assert names.read(cell) == ReadName(name, None)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("", "NAME_EMPTY"),
        ("无", "NAME_EMPTY"),
        ("张", "NAME_LENGTH"),
        ("张" * 21, "NAME_LENGTH"),
        ("张三1", "NAME_CHARACTERS"),
        ("<script>", "NAME_CHARACTERS"),
        ("张\x00三", "TEXT_NUL"),
        ("张\ud800三", "TEXT_SURROGATE"),
    ],
)
def test_each_kind_of_bad_name_has_its_own_code(cell: str, code: str) -> None:
    assert names.read(cell).code == code


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("13912345678", ("13912345678",)),
        ("１３９１２３４５６７８", ("13912345678",)),
        (13912345678.0, ("13912345678",)),
        ("+86 139-1234-5678", ("13912345678",)),
        ("8613912345678", ("13912345678",)),
        ("02588886666", ("025-88886666",)),
        ("（025）8888 6666", ("025-88886666",)),
        ("0513-82212345", ("0513-82212345",)),
        ("025-8888", ("025-8888",)),
        ("13912345678；025-88886666", ("13912345678", "025-88886666")),
        ("13912345678 13912345679", ("13912345678", "13912345679")),
        ("", ()),
    ],
)
def test_telephones_have_one_stored_form(cell: object, numbers: tuple[str, ...]) -> None:
    assert phones.read(cell) == ReadPhones(numbers, None)


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        ("1.39E+10", "PHONE_SCIENTIFIC"),
        ("1;2;3;4", "PHONE_MANY"),
        ("12345", "PHONE_FORM"),
        ("88886666", "PHONE_NO_AREA_CODE"),
        ("139\x0012345678", "TEXT_NUL"),
    ],
)
def test_each_kind_of_bad_telephone_has_its_own_code(cell: str, code: str) -> None:
    assert phones.read(cell).code == code


@pytest.mark.parametrize(
    ("cell", "value"),
    [(101.0, "101"), (1.5, "1.5"), (None, ""), ("—", ""), ("N/A", ""), (" a\u3000b ", "a b")],
)
def test_cells_as_plain_text(cell: object, value: str) -> None:
    assert cells.plain(cell) == value


@given(st.one_of(st.text(), st.integers(), st.floats(), st.none()))
def test_nothing_that_is_typed_breaks_the_readers(cell: object) -> None:
    assert len(phones.read(cell).numbers) <= phones.MOST
    assert names.read(cell).code or len(names.read(cell).text) >= names.SHORTEST
