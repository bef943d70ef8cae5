"""``manage.py import_roster FILE --by USER``: the roster pipeline without the pages."""

import json
import os
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management.base import BaseCommand, CommandError

from branches.models import Branch
from branches.refusal import FileRefused, require_file
from core import text
from core.enums import RunState, Verb
from core.files import private_writer
from core.management.progress import add_progress, watch_of
from core.management.users import named_user
from core.models import BackgroundRun, User
from core.runs import run_now
from members.actions.learnt import read_as_october
from members.actions.roster import (
    check_roster,
    confirm_roster,
    discard_roster,
    keep_roster,
    open_roster,
)
from members.enums import OnDuplicate, RosterState, Severity
from members.models import RosterBatch
from members.roster import octobers
from members.roster.calm import calm_collector
from members.roster.decisions import KNOWN, WRITTEN
from members.roster.doubts import doubts_of, left_open
from members.roster.rejects import write_rejected
from members.roster.remembered import remembered_words
from members.roster.reporting import findings, idle_rows, layout_of, summarise
from members.roster.workbook import hidden_words, unread_sheets
from members.rules.numbering import code_of, number_of

SOME_REJECTED, REFUSED, NOT_FINISHED = 1, 2, 3
_WAIT_SECONDS = 1.0
# What was found in everybody's rows is only for who may read everybody's.
_NOBODY_ELSE = (
    "这一份是用 {name} 的名义导入的，区县、街道的同志在“名册导入”里看不到，也不能撤回；"
    "要让他们看到，--by 请写局或街道工作人员的登录名。"
)
_SHOWN = 50
# How a finding is called, the weightiest first.
_WEIGHTS = {Severity.ERROR: "退回", Severity.WARNING: "提醒", Severity.INFO: "提示"}


class Command(BaseCommand):
    """Import a roster of members; exit 0 none rejected, 1 some rejected, 2 the file refused.

    Without ``--accept-good`` a file with rejected rows is not written at all. The same file twice
    at once is one batch; after a kill the same command goes on where it stopped.
    """

    help = "导入党员名册（CSV或XLSX）。有退回的行时，加 --accept-good 才写入其余的行。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The arguments of issue and operator's guide."""
        parser.add_argument("file", type=Path, metavar="文件", help="CSV（UTF-8、GB18030）或XLSX")
        parser.add_argument("--by", required=True, metavar="登录名", help="以谁的名义和范围导入")
        parser.add_argument(
            "--branch", default="", metavar="组织代码", help="没有写支部的行归入这个党支部"
        )
        parser.add_argument(
            "--on-duplicate",
            default=OnDuplicate.ASK.value,
            choices=OnDuplicate.values,
            help="已登记且不一致的同志：ask 列出不写，skip 不动，fill 只补空白，overwrite 以名册为准",
        )
        parser.add_argument("--accept-good", action="store_true", help="有退回的行时，写入其余的行")
        parser.add_argument(
            "--confirm",
            action="append",
            default=[],
            metavar="编号[=原因]",
            help="核对过的提醒，可以写几次；不用写原因的可以一起写 all。没有核对的照写，记在操作记录里",
        )
        parser.add_argument(
            "--october",
            default="",
            metavar="行号",
            help="末尾写成 .1 的年月（如 1998.1）其实是10月的行，如 3,8；都是的写 all",
        )
        parser.add_argument("--dry-run", action="store_true", help="只核对，不写入")
        parser.add_argument(
            "--errors", type=Path, metavar="文件", help="退回的行带着原因写进这个XLSX文件"
        )
        parser.add_argument("--json", action="store_true", help="结果用JSON打印")
        add_progress(parser)

    def handle(self, *args: Any, **options: Any) -> None:
        """Check, write if allowed, report, and exit with the state of the file."""
        began = time.monotonic()
        self._watch = watch_of(self.stderr, asked=options["progress"])
        _require_place(options["errors"])
        try:
            with calm_collector():
                batch = self._import(options)
        except (PermissionDenied, ValidationError) as refused:
            raise CommandError(text.sentences(_sentences(refused)), returncode=REFUSED) from refused
        if options["errors"] and batch.state != RosterState.REFUSED:
            with private_writer(options["errors"]) as stream:
                write_rejected(batch, stream)
        report = self._report(batch, time.monotonic() - began, options["confirm"])
        idle = set() if options["json"] else idle_rows(batch)
        if batch.state == RosterState.READY:  # told by now, and not to be written
            batch = discard_roster(by=batch.by, batch=batch)
        as_json = options["json"]
        self.stdout.write(
            json.dumps(report, ensure_ascii=False) if as_json else _in_words(batch, report, idle)
        )
        if batch.state == RosterState.REFUSED:
            sys.exit(REFUSED)
        if options["errors"] and report["rejected"] and not as_json:
            alone = "，改好只传这一份" if report["written"] else ""
            self.stdout.write(f"退回的行在 {options['errors']}{alone}。")
        if report["rejected"]:
            sys.exit(SOME_REJECTED)

    def _import(self, options: dict[str, Any]) -> RosterBatch:
        by = named_user(options["by"])
        branch = _branch(by, options["branch"])
        path: Path = options["file"]
        try:
            require_file(path)
        except FileRefused as refused:
            raise CommandError(str(refused.problems[0]), returncode=REFUSED) from None
        batch = open_roster(
            by=by,
            file=keep_roster(by=by, name=path.name, source=path),
            branch=branch,
            on_duplicate=options["on_duplicate"],
            dry_run=options["dry_run"],
            october_rows=options["october"],
        )
        batch = self._checked(by, batch)
        if batch.state == RosterState.READY and (typed := options["october"]):
            batch = self._checked(by, _with_octobers(by, batch, typed))
        if batch.state == RosterState.READY:
            batch = self._settle(by, batch, options)
        if batch.state == RosterState.WRITING:
            batch = confirm_roster(by=by, batch=batch, ring=False)
            self._carry_out(batch.write_run)
            batch.refresh_from_db()
        return batch

    def _checked(self, by: User, batch: RosterBatch) -> RosterBatch:
        """Return BATCH with its check carried out, where one is to be."""
        if batch.state in {RosterState.UPLOADED, RosterState.CHECKING}:
            batch = check_roster(by=by, batch=batch, ring=False)
            self._carry_out(batch.check_run, notify=not batch.is_dry_run)
            batch.refresh_from_db()
        return batch

    def _settle(self, by: User, batch: RosterBatch, options: dict[str, Any]) -> RosterBatch:
        """Confirm what was checked; not a dry run, nor where nothing is in it, or bad rows."""
        summary = summarise(batch)
        refused = summary.rejected and not options["accept_good"]
        if batch.is_dry_run or refused or not summary.rows:
            return batch
        answers = _answers(batch, options["confirm"])
        return confirm_roster(by=by, batch=batch, answers=answers, passes_over=True, ring=False)

    def _carry_out(self, run: BackgroundRun | None, *, notify: bool = True) -> None:
        """Carry RUN out here, or wait for whoever has it; go on with it when he falls silent.

        Without NOTIFY nothing is left among the notices: who only checks reads it here.
        """
        while run is not None:
            run = run_now(run, watch=self._watch, notify=notify)
            if run.state == RunState.DONE:
                return
            if run.is_finished:
                raise CommandError(run.error or "已取消，没有写完。", returncode=NOT_FINISHED)
            if self._watch is not None:
                self._watch(run)
            time.sleep(_WAIT_SECONDS)  # another process does the work; only its row tells

    def _report(
        self, batch: RosterBatch, seconds: float, confirmed: Sequence[str]
    ) -> dict[str, Any]:
        is_written = batch.state == RosterState.DONE
        answers = batch.answers if is_written else _answers(batch, confirmed)
        return {
            **asdict(summarise(batch)),
            "unconfirmed": {each.code: each.rows for each in left_open(batch, answers)},
            "seconds": round(seconds, 2),
            "written": is_written,
            "batch": batch.pk,
            "ignored": layout_of(batch).ignored,
            "hidden_rows": batch.workbook.get("hidden_count", 0),
            "unread_sheets": unread_sheets(batch),
            "remembered": batch.totals.get("remembered", []),
            "problems": [vars(found) for found in findings(batch)],  # plain texts and numbers
        }


def _require_place(errors: Path | None) -> None:
    """Refuse a place for rejected rows where no file can be made, before anything is read."""
    if errors is None:
        return
    if errors.is_dir() or not os.access(errors if errors.exists() else errors.parent, os.W_OK):
        message = f"--errors 指的地方写不了文件：{errors}。请换一个能写的文件夹，并写上文件名。"
        raise CommandError(message, returncode=REFUSED)


def _branch(by: User, code: str) -> Branch | None:
    if not code:
        return None
    branch = Branch.objects.editable_by(by).filter(code=code).first()
    if branch is None:
        raise CommandError(f"没有找到代码为 {code} 的党支部。", returncode=REFUSED)
    return branch


def _with_octobers(by: User, batch: RosterBatch, typed: str) -> RosterBatch:
    """Have the months of BATCH read as TYPED; it is given up where a row has no such month."""
    if octobers.read(typed) == batch.octobers:  # by a command that was killed
        return batch
    try:
        return read_as_october(by=by, batch=batch, typed=typed, ring=False)
    except ValidationError:
        discard_roster(by=by, batch=batch)
        raise


def _answers(batch: RosterBatch, confirmed: Sequence[str]) -> dict[str, str]:
    """Return what CONFIRMED (``A14``, ``A14=reason`` or ``all``) says of the warnings of BATCH.

    The code does as well as the number.
    """
    parts = (each.partition("=") for each in confirmed)
    said = {code_of(named.strip()): reason.strip() for named, _, reason in parts}
    ticked = [doubt.code for doubt in doubts_of(batch) if "all" in said]
    return dict.fromkeys(ticked, "") | said


def _sentences(refused: PermissionDenied | ValidationError) -> list[str]:
    return refused.messages if isinstance(refused, ValidationError) else [str(refused)]


def _in_words(batch: RosterBatch, report: dict[str, Any], idle: set[int]) -> str:
    """Return the figures on one line, below it what of the file was read, the findings, what is left to do.

    Of IDLE rows nothing is to be confirmed, so the figures do not count their reminders either.
    """
    lines = [f"{summarise(batch).sentence()}；用时{report['seconds']}秒。"]
    lines += filter(None, [*hidden_words(batch), remembered_words(batch)])
    problems = [each for each in report["problems"] if each["row"] not in idle]
    lines += map(_said, sorted(problems, key=_by_weight)[:_SHOWN])
    if len(problems) > _SHOWN:
        lines.append(f"……共{len(problems)}条，全部内容请用 --json 或 --errors 查看。")
    if left := len(report["problems"]) - len(problems):
        lines.append(f"不变的行里还有提醒{left}处，不用核对，这里不列；要看请用 --json。")
    lines += _to_do(batch, report["to_confirm"])
    lines += _passed_over(batch, report)
    if not batch.area_path and batch.by.standing.reach_for(Verb.EDIT).everything:
        lines.append(_NOBODY_ELSE.format(name=batch.by.username))
    if report["rejected"] and not report["written"]:
        lines.append("有退回的行，整份没有写入。改好再导入，或加 --accept-good 先写其余的行。")
    else:
        lines.append("已写入。" if report["written"] else "没有写入。")
    return "\n".join(lines)


def _said(found: dict[str, Any]) -> str:
    """Return a finding with its weight and place; what is wrong with the whole file has no place."""
    weight = _WEIGHTS[found["severity"]]
    place = f"第{found['row']}行" if found["row"] else "整份文件"
    sheet = f"“{found['sheet']}”" if found["row"] and found["sheet"] else ""
    column = f"“{found['column']}”" if found["column"] else ""
    return f"{weight} {sheet}{place}{column}：{found['message']}（编号{found['number']}）"


def _by_weight(found: dict[str, Any]) -> int:
    return list(_WEIGHTS).index(found["severity"])


def _passed_over(batch: RosterBatch, report: dict[str, Any]) -> Iterator[str]:
    """Say which warnings nobody confirmed, and how they are."""
    rows = report["unconfirmed"]
    if not rows:
        return
    named = "；".join(
        f"{each.sentence}（编号{number_of(each.code)}）"
        for each in doubts_of(batch)
        if each.code in rows
    )
    done = "没有核对，照写了，操作记录里记着" if report["written"] else "还没有核对"
    yield (
        f"提醒{sum(rows.values())}处{done}：{named}。"
        "看过了，导入时加 --confirm 编号=原因；只要打勾的写 --confirm 编号，或一起写 --confirm all。"
    )


def _to_do(batch: RosterBatch, to_confirm: int) -> Iterator[str]:
    """Say what to do about the members who wait for a decision."""
    differing = 0
    if batch.on_duplicate != OnDuplicate.SKIP:
        written = WRITTEN[batch.on_duplicate]
        differing = sum(batch.counts.get(state, 0) for state in KNOWN if state not in written)
    if differing:
        yield (
            f"{differing}位已登记、与名册不一致，没有动。加 --on-duplicate fill（只补空白）、"
            "overwrite（以名册为准）或 skip（不动）再导入一次，或在网页上逐位选。"
        )
    if others := to_confirm - differing:
        yield (
            f"{others}位要逐位确认（可能是同一个人、在别的党支部，或核对以后改过），没有写入。"
            "请在网页“党员”“导入名册”上传这份文件，逐位选好再写入。"
        )
