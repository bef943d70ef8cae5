"""Bad names, texts and formulas, security §5a 21-42, through the whole pipeline and out again."""

import io

import pytest
from django.template import Context, Template
from openpyxl import load_workbook

from core.spreadsheets import XlsxFile, csv_chunks
from tests.members.roster.bad_inputs import BRANCH, Entry, judge, scene
from tests.members.roster.conftest import number

NAME, UNIT, NOTE = "姓名", "原工作单位", "备注"


def unit(typed: str, kept: str) -> Entry:
    return Entry(UNIT, typed, field="former_unit", kept=kept)


ENTRIES = {
    "a21 beyond the plane": Entry(NAME, "𠮷野", field="name", kept="𠮷野"),
    "a21 extension A": Entry(NAME, "張㛃", field="name", kept="張㛃"),
    "a22": Entry(NAME, "阿依古丽·买买提", field="name", kept="阿依古丽·买买提"),
    "a24": Entry(NAME, "赵\x0b大\x01川", field="name", kept="赵大川"),
    "a26": Entry("专业", "机" * 51, "TEXT_LONG"),
    "a26 just so": Entry("专业", "机" * 50, field="major", kept="机" * 50),
    "a28 script": unit("<script>alert(1)</script>", "<script>alert(1)</script>"),
    "a28 image": unit("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
    "a29 braces": unit("{{7*7}}", "{{7*7}}"),
    "a29 tag": unit("{% load x %}", "{% load x %}"),
    "a30": Entry(NAME, "赵\u202e大川", field="name", kept="赵大川"),
    "a31": Entry(NOTE, "🌸", field="remark", kept="🌸"),
    "a32": unit(" \u3000 ", ""),
    "a33 NULL": unit("NULL", ""),
    "a33 nan": unit("nan", ""),
    "a33 n/a": unit("N/A", ""),
    "a33 无": unit("无", ""),
    "a33 —": unit("—", ""),
}
FORMULAS = {
    "a34": unit('=HYPERLINK("http://a","b")', '=HYPERLINK("http://a","b")'),
    "a35": unit("+1", "+1"),
    "a36": unit("-1", "-1"),
    "a37": unit("@SUM(A1)", "@SUM(A1)"),
    "a38": unit("\t=1", "=1"),
    "a39": unit("\r=1", "=1"),
    "a40": unit("＝1+1", "=1+1"),
    "a41": unit(" =1", "=1"),
    "a42": unit("=cmd|'/c calc'!A0", "=cmd|'/c calc'!A0"),
}
HEADING = f"姓名,公民身份号码,所在党支部,备注\n赵大川,{number(700)},{BRANCH},"


@pytest.fixture(scope="module")
def came(tmp_path_factory, django_db_setup, django_db_blocker):
    with scene(tmp_path_factory.mktemp("texts"), django_db_blocker) as made:
        found = made.outcomes(ENTRIES) | made.outcomes(FORMULAS)
        broken = HEADING.encode() + b"\xed\xa0\x80\n"
        for name, content in {
            "a23": HEADING.encode() + b"a\x00b\n",
            "a25": broken,
            "a27": HEADING.encode() + b"a" * 10_000_000,
        }.items():
            found[name] = made.ask(made.file(f"{name}.csv", content), "--accept-good")
    return found


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in ENTRIES | FORMULAS])
def test_a_text(came, name):
    judge((ENTRIES | FORMULAS)[name], came[name])


@pytest.mark.parametrize(
    ("name", "code"),
    [
        pytest.param("a23", "not_a_table", id="a23"),
        pytest.param("a25", "mixed_encoding", id="a25"),
        pytest.param("a27", "cell_too_long", id="a27"),
    ],
)
def test_a_file_that_no_database_could_keep_is_refused(came, name, code):
    told = came[name]
    assert (told.code, told.codes, told.people) == (2, [code], 0)


@pytest.mark.parametrize("name", [name for name in ENTRIES if name[:3] in {"a28", "a29"}])
def test_markup_is_shown_as_text(came, name):
    kept = came[name].member["former_unit"]
    shown = Template("{{ kept }}").render(Context({"kept": kept}))
    assert "<" not in shown
    assert "49" not in shown


@pytest.mark.parametrize("name", FORMULAS)
def test_a_formula_leaves_as_text(came, name):
    kept = came[name].member["former_unit"]
    assert b"".join(csv_chunks([[kept]])).decode("utf-8-sig").lstrip('"').startswith("'")
    stream = io.BytesIO()
    with XlsxFile(stream) as book:
        book.sheet("名册", ["原工作单位", "合计"])
        book.row([kept, -1])
    text, figure = load_workbook(stream).active[2]
    assert (text.data_type, text.value, figure.data_type) == ("s", kept, "n")
