"""Exports of many rows: a run that asks the list again, and a file for its owner alone."""

import csv
import datetime as dt
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from django.core.management import CommandError, call_command
from django.test import Client, TestCase
from django.urls import reverse
from django.utils import timezone

from branches.models import Appointment, Area, Branch
from core import exports, files
from core.exports import Order
from core.management import progress
from core.models import AuditEvent, BackgroundRun, Notice, RuleParameter, StoredFile, User
from core.runs import cancel_run, engine, run_now
from core.spreadsheets import formats
from members.models import Member
from tests.factories.members import make_member

pytestmark = pytest.mark.django_db
Signed = Callable[[User], Client]
EXPORT = reverse("admin:members_member_export")
NAMES = ["张建国", "=李秀英", "王志强"]


@pytest.fixture(autouse=True)
def register(branch: Branch, far_branch: Branch, settings: Any, tmp_path: Path) -> None:
    """Three at home, one elsewhere, and at most one row is answered at once; files of the test's own."""
    for name in NAMES:
        make_member(branch, name, phone="16112345678")
    make_member(far_branch, "赵外区")
    RuleParameter.objects.filter(key=exports.ROWS_AT_ONCE).update(value="1")
    settings.MEDIA_ROOT = tmp_path / "private"


def asked(client: Client, address: str = EXPORT, kind: str = "CSV") -> Any:
    """Send the export page with every column and return the answer."""
    page = client.get(address)
    assert "超过 1 行的在后台导出" in page.text
    form = page.context["form"]
    ticked = {name: "on" for name in form.fields if name.startswith("memberresource_")}
    kinds = form.fields["format"].choices
    chosen = next(key for key, title in kinds if kind in title)
    return client.post(address, ticked | {"format": chosen, "purpose": "走访慰问"})


def begun(client: Client, **options: str) -> BackgroundRun:
    answer = asked(client, **options)
    run = BackgroundRun.objects.get()
    assert (answer.status_code, answer.url) == (302, reverse("run", args=[run.pk]))
    return run


def content_of(client: Client, run: BackgroundRun) -> bytes:
    return b"".join(client.get(reverse("file", args=[run.result["file"]])).streaming_content)


def on_disk() -> list[Path]:
    return [path for path in files.path_of(StoredFile()).parents[2].rglob("*") if path.is_file()]


def test_many_rows_leave_by_a_run_and_only_their_owner_fetches_them(
    client_for: Signed, bureau_staff: User, street_staff: User, superuser: User
) -> None:
    client = client_for(bureau_staff)
    run = begun(client)
    assert asked(client).url == reverse("run", args=[run.pk]), "asked twice is one run"
    assert "前面没有别的工作" in client.get(reverse("run", args=[run.pk])).text

    run = run_now(run)

    assert (run.state, run.done, run.total, run.result["rows"]) == ("DONE", 3, 3, 3)
    heads, *lines = csv.reader(io.StringIO(content_of(client, run).decode("utf-8-sig")))
    assert [dict(zip(heads, line, strict=False)).get("姓名") for line in lines[:3]] == [
        *("张建国", "'=李秀英", "王志强"),
    ]
    assert "161****5678" in lines[0]
    assert lines[3][0].startswith("顾明远于2026-11-22 10:00导出，用途：走访慰问")
    event = AuditEvent.objects.get(act="导出")
    assert (event.by, event.note) == (bureau_staff, "3行，CSV。走访慰问")
    notice = Notice.objects.get(user=bureau_staff)
    assert (notice.text, notice.url) == ("导出表格“党员”已经做完。", reverse("run", args=[run.pk]))
    page = client.get(notice.url).text
    assert "党员-2026-11-22.csv" in page
    assert "共3行，保留到11月29日 星期日，只有您能下载。" in page
    assert "导出表格" in client.get(reverse("runs")).text
    address = reverse("file", args=[run.result["file"]])
    strangers = [client_for(user).get(address).status_code for user in (street_staff, superuser)]
    assert strangers == [404, 404]
    assert all("张建国".encode() not in path.read_bytes() for path in on_disk())

    StoredFile.objects.update(expires_at=timezone.now() - dt.timedelta(minutes=1))
    with TestCase.captureOnCommitCallbacks(execute=True):
        files.sweep_files()

    assert (client.get(address).status_code, on_disk()) == (404, [])
    assert "已经按期删除，或者" in client.get(notice.url).text
    assert asked(client).url != notice.url, "what has ended is done anew"


def test_the_run_asks_the_list_and_the_rights_of_its_own_time(
    client_for: Signed, bureau_staff: User, branch: Branch, street: Area
) -> None:
    client = client_for(bureau_staff)
    run = begun(client, address=f"{EXPORT}?area={street.code}", kind="XLSX")
    assert Order.of_run(run).asked == f"area={street.code}"
    assert not {street.code, "走访慰问"} & {*map(str, run.arguments.values())}
    make_member(branch, "后来的人")
    run = run_now(run)
    book = openpyxl.load_workbook(io.BytesIO(content_of(client, run)))
    assert [row[1] for row in book.active.iter_rows(values_only=True)][1:-1] == [*NAMES, "后来的人"]

    late = BackgroundRun.objects.create(
        by=bureau_staff, kind=run.kind, key="late", arguments=run.arguments
    )
    post = Appointment.objects.get(user=bureau_staff)
    here = post.area
    Appointment.objects.filter(pk=post.pk).update(area=street)
    address = reverse("file", args=[run.result["file"]])
    assert client.get(address).status_code == 404, "the reach is narrower than the file"
    Appointment.objects.filter(pk=post.pk).update(area=here)
    assert content_of(client, run)
    Appointment.objects.all().delete()
    assert client.get(address).status_code == 404, "the post has ended"
    late = run_now(late)
    assert (late.state, late.error) == (
        "FAILED",
        "您现在没有导出这份名册的权限，没有导出。请联系上级老干部局。",
    )
    assert AuditEvent.objects.filter(act="导出").count() == 1


def test_a_filter_that_no_longer_means_anything_is_said(
    client_for: Signed, bureau_staff: User
) -> None:
    run = begun(client_for(bureau_staff))
    order = replace(Order.of_run(run), asked="member_kind__exact=A&person_kind__in=%FF&nonsense=1")
    in_the_clear = order.as_arguments() | {"asked": order.asked}
    for arguments in (order.as_arguments(), in_the_clear):
        BackgroundRun.objects.update(state="QUEUED", attempts=0, arguments=arguments)
        run = run_now(BackgroundRun.objects.get())
        assert (run.state, run.error[:13]) == ("FAILED", "名册的筛选条件已经变了，没")


def test_cancelled_or_cut_off_no_half_file_is_there(
    client_for: Signed, bureau_staff: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_PAGE", 1)
    monkeypatch.setattr(engine, "BEAT_SECONDS", 0)
    pages = exports.by_key
    run = begun(client_for(bureau_staff))

    def cut(rows: Any) -> Any:
        yield next(pages(rows))
        raise KeyboardInterrupt

    def cancelled(rows: Any) -> Any:
        for number, page in enumerate(pages(rows)):
            yield page
            if number == 0:
                cancel_run(by=bureau_staff, run=run)

    monkeypatch.setattr(exports, "by_key", cut)
    with pytest.raises(KeyboardInterrupt):
        run_now(run)
    run.refresh_from_db()
    assert (run.state, run.done, on_disk(), StoredFile.objects.count()) == ("RUNNING", 1, [], 0)

    BackgroundRun.objects.update(heartbeat_at=timezone.now() - dt.timedelta(hours=1))
    monkeypatch.setattr(exports, "by_key", cancelled)
    run = run_now(run)
    assert (run.state, on_disk(), StoredFile.objects.count()) == ("CANCELLED", [], 0)

    BackgroundRun.objects.update(state="QUEUED", cancel_requested=False, attempts=0)
    monkeypatch.setattr(exports, "by_key", pages)
    run = run_now(run)
    assert (run.state, run.done, run.result["rows"], len(on_disk())) == ("DONE", 3, 3, 1)
    assert AuditEvent.objects.filter(act="导出").count() == 1

    BackgroundRun.objects.update(state="QUEUED", result={})  # killed before the end was told
    again = run_now(run)
    assert (again.state, again.result) == ("DONE", run.result)
    assert (AuditEvent.objects.filter(act="导出").count(), len(on_disk())) == (1, 1)


def test_few_rows_are_answered_at_once(client_for: Signed, bureau_staff: User) -> None:
    RuleParameter.objects.filter(key=exports.ROWS_AT_ONCE).update(value="3")
    client = client_for(bureau_staff)
    form = client.get(EXPORT).context["form"]
    ticked = {name: "on" for name in form.fields if name.startswith("memberresource_")}
    answer = client.post(EXPORT, ticked | {"format": "1", "purpose": "走访慰问"})
    assert answer["Content-Disposition"].startswith("attachment")
    assert len(answer.content.decode("utf-8-sig").splitlines()) == 5
    zhang, far = (Member.objects.get(name=name) for name in ("张建国", "赵外区"))
    wanted = ticked | {"format": "1", "purpose": "走访慰问", "export_items": [zhang.pk]}
    lines = client.post(EXPORT, wanted).content.decode("utf-8-sig").splitlines()
    assert (len(lines), "张建国" in lines[1]) == (3, True)
    for key in (far.pk, 2**70, "x"):
        refused = client.post(EXPORT, wanted | {"export_items": [zhang.pk, key]})
        assert ("Content-Disposition" in refused, "赵外区" in refused.text) == (False, False)
    assert not BackgroundRun.objects.exists()


def test_the_command_writes_the_same_file_and_leaves_none_behind(
    bureau_staff: User, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "党员.csv"
    given = ("--by", bureau_staff.username, "--purpose", "年报")
    with TestCase.captureOnCommitCallbacks(execute=True):
        call_command("export_register", "members.member", str(place), *given)
    assert capsys.readouterr().out == f"已导出3行：{place}\n"
    lines = place.read_text("utf-8-sig").splitlines()
    assert (len(lines), place.stat().st_mode & 0o777) == (5, 0o600)
    assert lines[-1].startswith("顾明远于2026-11-22 10:00导出，用途：年报")
    assert (on_disk(), StoredFile.objects.count()) == ([], 0)
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [place.name]


def test_the_command_says_how_far_it_is(
    bureau_staff: User,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for clock, name in ((engine, "BEAT_SECONDS"), (progress, "_SECONDS")):
        monkeypatch.setattr(clock, name, 0)
    monkeypatch.setattr(exports, "_PAGE", 2)
    given = ("--by", bureau_staff.username, "--purpose", "年报", "--progress")
    call_command("export_register", "members.member", str(tmp_path / "党员.csv"), *given)
    said = [line.partition("行")[0] for line in capsys.readouterr().err.splitlines()]
    assert said == [f"导出表格：已完成 {done} / 3 " for done in (2, 3, 3)]


@pytest.mark.parametrize(
    ("register_name", "name", "by", "said"),
    [
        ("members.member", "a.pdf", "", "文件名要以 .xlsx 或 .csv 结尾。"),
        ("members.nothing", "a.csv", "", "没有叫 members.nothing 的登记册，或者它不能导出。"),
        (
            "members.rosterbatch",
            "a.csv",
            "",
            "没有叫 members.rosterbatch 的登记册，或者它不能导出。",
        ),
        ("core.kind", "a.csv", "", "没有叫 core.kind 的登记册，或者它不能导出。"),
        ("members.member", "a.csv", "nobody", "没有登录名为 nobody 的用户。"),
    ],
)
def test_the_command_says_what_it_cannot_do(
    bureau_staff: User, tmp_path: Path, register_name: str, name: str, by: str, said: str
) -> None:
    asked_by = by or bureau_staff.username
    with pytest.raises(CommandError, match=said):
        call_command(
            *("export_register", register_name, str(tmp_path / name)),
            *("--by", asked_by, "--purpose", "年报"),
        )
    assert list(tmp_path.glob("a.*")) == []


def test_who_may_export_nothing_gets_no_file(auditor: User, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="没有导出这份名册的权限"):
        call_command(
            *("export_register", "members.member", str(tmp_path / "a.csv")),
            *("--by", auditor.username, "--purpose", "年报"),
        )


def test_what_no_sheet_can_hold_goes_on_in_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "MOST_ROWS", 3)
    stream = io.BytesIO()
    formats.SafeXlsx().write(stream, "党员", [["号"], *([number] for number in range(4))])
    book = openpyxl.load_workbook(stream)
    sheets = {sheet.title: [row[0] for row in sheet.values] for sheet in book}
    assert sheets == {"党员": ["号", 0, 1], "党员 2": ["号", 2, 3]}
