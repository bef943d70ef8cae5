"""Written tables: text that looks like a formula stays text, numbers stay numbers."""

import csv
import datetime
import io
import zipfile
from decimal import Decimal

import openpyxl
import pytest
import tablib
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st
from import_export.admin import ImportExportModelAdmin
from import_export.resources import ModelResource

from core.exchange import SafeExchangeMixin
from core.models import AuditEvent, Code
from core.spreadsheets import Choices, RefusedFile, XlsxFile, csv_chunks, open_table, safe_cell
from core.spreadsheets.formats import FORMATS, SafeCsv, SafeXlsx
from portal.admin import PortalAdminSite

FORMULAS = [
    '=HYPERLINK("http://x")',
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    *(" \t", "\u200b\r张", "\u3000\n1"),
    "＝1+1",
    "＋1",
    "－1",
    "＠x",
    " =1",
    "　=1",
    "\u200b=1",
    *(f"{unseen}=1" for unseen in "\u2060\u202e\u180e\u00ad\u3164\ufe0f\u0085"),
    *("\u2060 \u202e＋1", "﹢1", "﹣1", "﹦1", "﹫x", "⁺1", "₌1"),
    "=cmd|'/c calc'!A0",
]


@pytest.mark.parametrize("text", FORMULAS)
def test_a_formula_is_defended_in_csv(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize(
    "text",
    [
        *("张建国", "990101194803120017", "a=b", "2026-11-22", "", "'x"),
        *("（离休）", "\u2060张", "\ue000=1", "—", "\u2060"),
    ],
)
def test_ordinary_text_is_left_alone(text):
    assert safe_cell(text) == text


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (-5, -5),
        (Decimal("-1.50"), Decimal("-1.50")),
        (None, ""),
        (True, "是"),
        (False, "否"),
        (datetime.date(2026, 11, 22), "2026-11-22"),
        (datetime.datetime.fromisoformat("2026-11-22T09:05"), "2026-11-22 09:05"),
        (datetime.datetime.fromisoformat("2026-01-31T16:30+00:00"), "2026-02-01 00:30"),
        ("a\x00b\ud800c", "abc"),
    ],
)
def test_values_as_a_table_shows_them(value, shown):
    assert safe_cell(value) == shown


@given(st.text(max_size=30))
def test_no_text_leaves_as_a_formula(text):
    shown = str(safe_cell(text)).lstrip(" \u3000\u200b\ufeff")
    assert not shown.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠"))


def test_csv_is_read_back_by_excel_and_by_us(tmp_path):
    rows = [["姓名", "备注"], ["张建国", "=1+1"], ["李,秀英", '他说"好"']]
    data = b"".join(csv_chunks(rows))
    assert data.startswith(b"\xef\xbb\xbf")
    assert b"\r\n" in data
    back = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert back == [["姓名", "备注"], ["张建国", "'=1+1"], ["李,秀英", '他说"好"']]


def test_csv_comes_in_pieces():
    pieces = list(csv_chunks([["张" * 100]] * 2000))
    assert len(pieces) > 3
    assert max(map(len, pieces)) < 300_000


def written(*rows, name="名册", header=("甲", "乙")):
    stream = io.BytesIO()
    with XlsxFile(stream) as book:
        book.sheet(name, header)
        for row in rows:
            book.row(row)
    stream.seek(0)
    return openpyxl.load_workbook(stream)


@pytest.mark.parametrize("text", [*FORMULAS, "#N/A", " 空格 ", "<b>&\"'"])
def test_text_is_text_in_a_workbook(text):
    cell = written([text]).active["A2"]
    assert cell.data_type == "s"
    assert cell.value == text.replace("\r", "\n")
    assert cell.number_format == "@", "editing an ID number does not make it a number"


def test_blanks_at_the_end_of_a_cell_stay():
    for text in ("张 ", "张\n", "张\t", "张"):
        stream = io.BytesIO()
        with XlsxFile(stream) as book:
            book.sheet("名册", ["姓名"])
            book.row([text])
        assert openpyxl.load_workbook(stream).active["A2"].value == text


def test_numbers_are_numbers_in_a_workbook():
    sheet = written([-5, Decimal("1.50"), 2.5, float("nan"), True, None, ""]).active
    assert [cell.value for cell in sheet[2]] == [-5, 1.5, 2.5, "nan", "是", None, None]


def test_the_head_is_bold_and_stays_in_view():
    sheet = written(header=["姓名", "公民身份号码"]).active
    assert sheet["A1"].font.bold
    assert sheet.freeze_panes == "A2"
    assert sheet.title == "名册"


def test_several_sheets_and_awkward_names():
    stream = io.BytesIO()
    with XlsxFile(stream) as book:
        book.sheet("不能导入的行/第1批:[x]", ["原因"], widths=[30])
        book.row(["没有姓名"])
        book.sheet("说明<&>", ["字"])
    book = openpyxl.load_workbook(stream)
    assert book.sheetnames == ["不能导入的行 第1批  x ", "说明<&>"]


def test_a_workbook_without_a_sheet_still_opens():
    stream = io.BytesIO()
    with XlsxFile(stream):
        pass
    assert openpyxl.load_workbook(stream).sheetnames == ["表"]


def test_what_is_written_is_read_back(tmp_path):
    path = tmp_path / "a.xlsx"
    with path.open("wb") as stream, XlsxFile(stream) as book:
        book.sheet("名册", ["姓名", "号码"])
        book.row(["张建国", "990101194803120017"])
        book.row(["=1+1", 5])
    with open_table(path) as table:
        assert table.sheet == "名册"
        assert list(table.rows()) == [
            (1, ["姓名", "号码"]),
            (2, ["张建国", "990101194803120017"]),
            (3, ["=1+1", 5]),
        ]


class TestExchange:
    """The formats and the admin of django-import-export."""

    @pytest.mark.parametrize("format_class", FORMATS)
    def test_export_and_import_agree(self, format_class):
        form = format_class()
        dataset = tablib.Dataset(["张建国", "是"], headers=["姓名", "在册"])
        back = form.create_dataset(form.export_data(dataset))
        assert back.headers == ["姓名", "在册"]
        assert back.dict == [{"姓名": "张建国", "在册": "是"}]
        assert (form.can_import(), form.can_export(), form.is_binary()) == (True, True, True)
        assert form.get_extension() == form.get_title().lower()

    def test_gb18030_reaches_the_reader_whatever_format_was_chosen(self):
        data = "组织代码,组织名称\n01,第一党支部\n02\n".encode("gb18030")
        assert SafeXlsx().create_dataset(data).dict == [
            {"组织代码": "01", "组织名称": "第一党支部"},
            {"组织代码": "02", "组织名称": ""},
        ]

    def test_more_cells_than_headings_are_refused(self):
        with pytest.raises(RefusedFile, match="第2行：比表头多出几格"):
            SafeCsv().create_dataset("甲,乙\n1,2,3\n".encode())

    def test_a_title_above_the_headings_is_no_fault(self):
        data = "青澜区党组织一览表\n组织代码,组织名称\n01,第一党支部\n".encode()
        dataset = SafeCsv().create_dataset(data)
        assert dataset.headers == ["青澜区党组织一览表", ""]
        assert list(dataset) == [("组织代码", "组织名称"), ("01", "第一党支部")]

    @pytest.fixture
    def code_admin(self):
        class CodeResource(ModelResource):
            class Meta:
                model = Code
                fields = ("code", "name", "position")

        class CodeAdmin(SafeExchangeMixin, ImportExportModelAdmin):
            resource_classes = [CodeResource]

        return CodeAdmin(Code, PortalAdminSite())

    def request(self, user):
        request = RequestFactory().get("/")
        request.user = user
        return request

    def test_an_export_is_safe_and_on_record(self, code_admin, superuser):
        Code.objects.create(table="gender", code="x", name="=1+1", position=7)
        rows = Code.objects.filter(code="x")
        data = code_admin.get_export_data(SafeCsv(), self.request(superuser), rows)
        assert data.decode("utf-8-sig").splitlines() == ["code,name,position", "x,'=1+1,7"]
        event = AuditEvent.objects.get()
        assert (event.by, event.act, event.object_label, event.note) == (
            superuser,
            "导出",
            "代码",
            "1行，CSV。",
        )

    @pytest.mark.django_db
    def test_an_export_needs_the_right(self, code_admin, settings):
        settings.IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
        with pytest.raises(PermissionDenied):
            code_admin.get_export_data(
                SafeCsv(), self.request(AnonymousUser()), Code.objects.none()
            )
        assert not AuditEvent.objects.exists()

    def test_a_refused_file_says_why_beside_its_field(self, code_admin):
        said = {}

        class Form:
            def add_error(self, field, message):
                said[field] = message

        with pytest.raises(RefusedFile) as caught:
            SafeCsv().create_dataset(b"")
        code_admin.add_data_read_fail_error_to_form(Form(), caught.value)
        assert said == {"import_file": "文件是空的，请检查后重新上传。"}
        with pytest.raises(ZeroDivisionError):
            code_admin.add_data_read_fail_error_to_form(Form(), ZeroDivisionError())


def test_lists_to_choose_from_stand_where_the_schema_wants_them():
    stream = io.BytesIO()
    with XlsxFile(stream) as book:
        lists = {27: Choices("选项", 1, 2, rows=9)}
        book.sheet("名册", ["栏"] * 28, choices=lists, text_columns=True)
        book.sheet("选项", ["甲", "乙"], is_hidden=True)
    with zipfile.ZipFile(stream) as archive:
        sheet = archive.read("xl/worksheets/sheet1.xml").decode()
    parts = [f"<{part}" for part in ("sheetViews", "cols", "sheetData", "dataValidations ")]
    places = [sheet.index(part) for part in parts]
    assert places == sorted(places)
    read = openpyxl.load_workbook(stream)
    (rule,) = read["名册"].data_validations.dataValidation
    assert (rule.type, str(rule.sqref), rule.formula1) == ("list", "AB2:AB10", "'选项'!$B$2:$B$3")
    assert (read["选项"].sheet_state, read["名册"].column_dimensions["A"].number_format) == (
        "hidden",
        "@",
    )
