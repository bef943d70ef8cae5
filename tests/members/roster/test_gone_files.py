"""A roster whose file is gone, or cannot be read any more, is told so on every way to it."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from core.files import keep_file, path_of
from core.runs import run_now
from members.actions.learnt import read_heading
from members.actions.roster import check_roster, open_roster
from members.enums import RosterState
from members.models import RosterRow
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked

pytestmark = pytest.mark.django_db
GONE = "这份文件已经不在了：导入过，或者已按期删除。请重新上传。"


def unlinked(stored):
    path_of(stored).unlink()


def damaged(stored):
    path_of(stored).write_bytes(b"x" * 100)


@pytest.mark.parametrize("lost", [unlinked, damaged])
def test_heading_check_and_rejected_rows(lost, write_csv, bureau_staff, branch, client_for):
    client = client_for(bureau_staff)
    path = write_csv([["张建国", number(1), "QL0001"], ["李秀英", "12345", "QL0001"]])
    written = checked(bureau_staff, path)
    RosterRow.objects.filter(batch=written).update(cells=None)
    waiting = open_roster(
        by=bureau_staff, file=keep_file(by=bureau_staff, name="二.csv", source=path), dry_run=True
    )
    waiting = check_roster(by=bureau_staff, batch=waiting, ring=False)
    stored = keep_file(by=bureau_staff, name="三.csv", source=path)
    asked = open_roster(by=bureau_staff, file=stored, branch=branch)
    read_heading(by=bureau_staff, batch=asked)
    for batch in (written, waiting, asked):
        lost(batch.file)

    assert run_now(waiting.check_run).error == "名册文件已按期删除，请重新上传。"
    address = reverse("admin:roster-heading", args=[asked.pk])
    shown = client.post(address, {"row": "1"}, follow=True)
    asked.refresh_from_db()
    assert (asked.state, GONE in shown.text) == (RosterState.REFUSED, True)
    sent = client.get(reverse("admin:roster-rejected", args=[written.pk]))
    sheet = load_workbook(io.BytesIO(b"".join(sent.streaming_content))).active
    assert [row[1] for row in sheet.iter_rows(values_only=True)] == ["原行号", 3]
