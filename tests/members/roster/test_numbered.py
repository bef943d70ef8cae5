"""A finding is told with sheet, row, column and a short number: pages, workbook, command, JSON."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from core.runs import run_now
from members.models import RosterBatch
from tests.members.roster.conftest import number
from tests.members.views import test_branch_import as desk_pages

pytestmark = pytest.mark.django_db
ROWS = [["张建国", number(1), "QL0001"], ["李秀英", "12345", "QL0001"]]


def workbook(*rows):
    """A workbook whose only sheet is 在册."""
    book, kept = Workbook(), io.BytesIO()
    book.active.title = "在册"
    for row in rows:
        book.active.append(row)
    book.save(kept)
    return kept.getvalue()


@pytest.fixture
def file():
    return workbook(["姓名", "身份证号", "支部代码"], *ROWS)


def checked(client, address, file):
    upload = SimpleUploadedFile("名册.xlsx", file)
    page = client.post(address, {"file": upload}, follow=True)
    batch = RosterBatch.objects.latest("pk")
    if form := page.context.get("form"):
        chosen = {name: field.initial for name, field in form.fields.items()}
        step = "admin:roster" if "/admin/" in address else "members:batch"
        client.post(reverse(f"{step}-columns", args=[batch.pk]), chosen)
        batch.refresh_from_db()
        run_now(batch.check_run)
    return batch


def test_the_secretarys_preview_names_sheet_row_column_and_number(
    client_for, secretary, branch, file
):
    desk = client_for(secretary)
    batch = checked(desk, reverse("members:import", args=[branch.pk]), file)
    shown = desk.get(reverse("members:batch", args=[batch.pk]), {"tab": "rejected"}).text
    assert '<p class="sub">“在册”第3行，' in shown
    assert (
        '身份证号：公民身份号码应为18位。请数一数，补全或去掉多余的数字。<span class="nb">（编号<span class="code">A12</span>）</span>'
        in shown
    )
    sent = desk.get(reverse("members:batch-rejected", args=[batch.pk]))
    _, row = load_workbook(io.BytesIO(b"".join(sent.streaming_content))).active.values
    assert row[:2] == ("在册", 3)
    assert row[2].endswith("去掉多余的数字。（编号A12）")


def test_the_offices_preview_does_too(client_for, bureau_staff, branch, file):
    office = client_for(bureau_staff)
    batch = checked(office, reverse("admin:members_rosterbatch_add"), file)
    address = reverse("admin:members_rosterbatch_change", args=[batch.pk])
    shown = office.get(address, {"tab": "rejected"}).text
    assert '<th scope="row">3</th><td>在册</td>' in shown
    assert "去掉多余的数字。<small>（编号A12）</small>" in shown


def test_a_table_without_sheets_names_none(client_for, secretary, branch):
    desk = client_for(secretary)
    batch = desk_pages.checked(desk, branch, "姓名,身份证号\n李秀英,12345\n")
    assert '<p class="sub">第2行，' in desk.get(reverse("members:batch", args=[batch.pk])).text


def test_the_command_prints_them_and_gives_them_to_programs(
    tmp_path, import_roster, bureau_staff, branch, file, capsys
):
    path = tmp_path / "名册.xlsx"
    path.write_bytes(file)
    (found,) = import_roster(path, bureau_staff, "--dry-run")["problems"]
    assert (found["sheet"], found["row"], found["column"]) == ("在册", 3, "身份证号")
    assert (found["number"], found["code"]) == ("A12", "ID_LENGTH")
    with pytest.raises(SystemExit):
        call_command("import_roster", str(path), by=bureau_staff.username, dry_run=True)
    said = capsys.readouterr().out
    assert "退回 “在册”第3行“身份证号”：公民身份号码应为18位。" in said
    assert "（编号A12）" in said


def test_a_refused_file_says_its_number(client_for, secretary, branch):
    desk = client_for(secretary)
    upload = SimpleUploadedFile("名册.csv", "姓名,身份证号\n张建国,11\x00".encode("utf-16"))
    address = reverse("members:import", args=[branch.pk])
    shown = desk.post(address, {"file": upload}, follow=True).text
    assert "文件的文字编码是 UTF-16，读不了。" in shown
    assert '编号<span class="code">K06</span>' in shown
