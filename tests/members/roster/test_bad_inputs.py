"""Bad files, security §5a 66-84, through the whole pipeline; and that none of the 84 is left out."""

import re
import resource
import zipfile
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook

from core.files import shown_name
from core.models import StoredFile
from members.models import RosterBatch
from tests.core.files import cell, workbook
from tests.members.roster.bad_inputs import scene
from tests.members.roster.conftest import number

HEAD = "姓名,公民身份号码,支部代码"


def people(first: int, mark: str = ",", end: str = "\n") -> str:
    """Return a roster of two."""
    orders = (first, first + 1)
    rows = [HEAD, *(f"钱{chr(0x4E00 + each)},{number(each)},QL0001" for each in orders)]
    return end.join(rows).replace(",", mark) + end


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def sheets(path: Path) -> Path:
    """A workbook of three sheets, one of them hidden, with a hidden row in the first."""
    book = Workbook()
    book.active.title = "在册"
    for row in people(40).splitlines():
        book.active.append(row.split(","))
    book.active.row_dimensions[3].hidden = True
    book.create_sheet("转出").append(["姓名", "公民身份号码", "支部代码"])
    hidden = book.create_sheet("旧表")
    hidden.sheet_state, hidden["A1"] = "hidden", "旧"
    book.save(path)
    return path


SPARSE = f'<row r="1">{cell("A1", "姓名")}</row><row r="1048576">{cell("XFD1048576", "x")}</row>'
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd"><!ENTITY a "ha"><!ENTITY b "&a;&a;">]>'
)
TEXTS = {
    "a66": people(2).encode("gb18030"),
    "a67": people(4).encode("utf-8-sig"),
    "a68": people(6).encode("utf-16"),
    "a69": people(6).encode() + "王志明,1,青澜区老城\n".encode("gb18030"),
    "a70 carriage returns": people(8, end="\r").encode(),
    "a70 semicolons": people(10, mark=";").encode(),
    "a70 tabs": people(12, mark="\t").encode(),
    "a71": (HEAD + '\n张建国,"没有关,QL0001\n李秀英,1,QL0001\n').encode(),
    "a72": (HEAD + "\n张建国," + "1" * 140_000 + ",QL0001\n").encode(),
    "a73": (people(14) + "王志明,1\n").encode(),
    "a74": (HEAD + f",姓名\n张建国,{number(16)},QL0001,张建国\n").encode(),
    "a75 title": ("青澜区党员名册,,\n" + people(18)).encode(),
    "a75 two lines": f"基本情况,,组织\n{people(20)}".encode(),
    "a75 none": "尊敬的老同志：\n您好！\n".encode(),
    "a76 empty": b"",
    "a76": (HEAD + "\n").encode(),
    "a78": (HEAD + "\n" + "张,1,2\n" * 600_001).encode(),
    "a82 program": b"MZ\x90\x00\x03" + bytes(60),
    "a82 page": b"<!DOCTYPE html><html></html>",
    "a82 old": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
}
# By entry: exit code, codes of the findings, rows, people registered.
EXPECTED = {
    "a66": (0, [], 2, 2),
    "a67": (0, [], 2, 2),
    "a68": (2, ["utf16"], 0, 0),
    "a69": (2, ["mixed_encoding"], 0, 0),
    "a70 carriage returns": (0, [], 2, 2),
    "a70 semicolons": (0, [], 2, 2),
    "a70 tabs": (0, [], 2, 2),
    "a71": (2, ["open_quote"], 0, 0),
    "a72": (2, ["cell_too_long"], 0, 0),
    "a73": (1, ["ROW_RAGGED"], 3, 2),
    "a74": (2, ["duplicate_heading"], 0, 0),
    "a75 title": (0, [], 2, 2),
    "a75 two lines": (0, [], 2, 2),
    "a75 none": (2, ["no_heading"], 0, 0),
    "a76 empty": (2, ["empty"], 0, 0),
    "a76": (0, [], 0, 0),
    "a77": (0, [], 2, 2),
    "a78": (2, ["too_many_rows"], 0, 0),
    "a79": (2, ["bomb"], 0, 0),
    "a80": (2, ["too_many_rows"], 0, 0),
    "a81": (2, ["broken"], 0, 0),
    "a82 program": (2, ["not_a_table"], 0, 0),
    "a82 page": (2, ["not_a_table"], 0, 0),
    "a82 old": (2, ["old_or_locked"], 0, 0),
    "a82 macros": (2, ["macros"], 0, 0),
}
WHOSE = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
QUICK = ("a78", "a79", "a80", "a81", "a82 program", "a82 page", "a82 old", "a82 macros")


def processor_seconds():
    """Seconds of this process and of its children that have ended: the parser is one."""
    return sum(sum(resource.getrusage(whose)[:2]) for whose in WHOSE)


@pytest.fixture(scope="module")
def came(tmp_path_factory, django_db_setup, django_db_blocker):
    folder = tmp_path_factory.mktemp("files")
    files = {
        "a77": sheets(folder / "a77.xlsx"),
        "a79": workbook(folder / "a79.xlsx", "", extra={"xl/bomb.xml": b" " * 5_000_000}),
        "a80": workbook(folder / "a80.xlsx", SPARSE),
        "a81": workbook(folder / "a81.xlsx", "", doctype=LAUGHS),
        "a82 macros": workbook(folder / "a82.xlsm", "", extra={"xl/vbaProject.bin": b"x"}),
    }
    found = {}
    with scene(folder, django_db_blocker) as made:
        files |= {name: made.file(f"{name}.csv", content) for name, content in TEXTS.items()}
        for name, path in files.items():
            began = processor_seconds()
            found[name] = (made.ask(path, "--accept-good"), processor_seconds() - began)
        found["words"] = RosterBatch.objects.get(file_name="a77.xlsx").workbook
        found["log"] = made.log.getvalue()
    return found


@pytest.mark.parametrize("name", [pytest.param(name, id=name) for name in EXPECTED])
def test_a_file(came, name):
    told, _ = came[name]
    assert (told.code, told.codes, told.rows, told.people) == EXPECTED[name]
    assert all(re.search("[一-龥]", found["message"]) for found in told.problems)


@pytest.mark.parametrize("name", QUICK)
def test_a_hostile_file_is_refused_within_a_second(came, name):
    assert came[name][1] <= 1


def test_a69_and_a71_name_the_line(came):
    assert [came[name][0].problems[0]["row"] for name in ("a69", "a71")] == [4, 2]


def test_a77_tells_what_was_hidden_and_what_was_not_read(came):
    assert came["words"] == {
        "sheets": ["在册", "转出"],
        "hidden_rows": [[3, 3]],
        "hidden_count": 1,
        "hidden_columns": [],
        "merged": [],
    }


def test_a81_echoes_nothing(came):
    assert "root" not in came["a81"][0].problems[0]["message"]


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("长" * 300 + ".csv", "长" * 197 + ".csv"),
        ("CON", "CON"),
        ("名册\u202evsc.exe", "名册vsc.exe"),
    ],
)
def test_a83_a_file_name_is_only_shown(typed, shown):
    assert shown_name(typed) == shown


@pytest.mark.django_db
def test_a83_and_a84_on_the_page(client_for, bureau_staff, branch):
    """A name is escaped and never a path; the same file is told with its link; a body has limits."""
    client, address = client_for(bureau_staff), reverse("admin:members_rosterbatch_add")

    def send(**fields):
        file = SimpleUploadedFile("<b>.csv", people(30).encode())
        return client.post(address, {"file": file, **fields}, follow=True)

    shown = send().text
    assert ("&lt;b&gt;.csv" in shown, "<b>.csv" in shown) == (True, False)
    batch = RosterBatch.objects.get()
    assert StoredFile.objects.get().pk.hex not in shown
    RosterBatch.objects.update(state="DONE", finished_at=batch.created_at)
    again = send().text
    assert "已经导入过" in again
    assert reverse("admin:members_rosterbatch_change", args=[batch.pk]) in again
    assert RosterBatch.objects.count() == 1
    kind = "application/x-www-form-urlencoded"
    for body in (b"file=" + b"a" * 40_000_000, b"a=1&" * 100_001):
        assert client.post(address, body, content_type=kind).status_code in {400, 413}


def test_nothing_of_a_row_stands_in_a_log(came):
    assert "钱" not in came["log"]
    assert re.findall(r"\d{17}[\dXx]", came["log"]) == []


def test_every_entry_of_the_catalogue_has_its_test():
    here = Path(__file__).parent
    sources = "".join(path.read_text("utf-8") for path in here.glob("test_bad_*.py"))
    named = re.findall(r'(?:"|_)a(\d\d)(?=["_ ])', sources)
    assert sorted(set(map(int, named))) == list(range(1, 85))
