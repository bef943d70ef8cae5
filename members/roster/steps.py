"""A roster on its way, page by page: upload, columns, check, preview, confirm, result.

One page a batch, which shows what its state asks for; everything works without JavaScript. The
office has these pages in the admin, a secretary among her own; only frame and addresses differ.
"""

from collections.abc import Callable, Sequence
from typing import IO, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Exists, QuerySet
from django.forms import Form
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from branches.models import Branch
from branches.scoping import get_editable_or_404, get_visible_or_404
from core import drafts, impersonation, text
from core.actions import see_page
from core.models import Notice, StoredFile, User
from core.spreadsheets import RefusedFile
from members.actions import learnt as telling
from members.actions import roster as acts
from members.actions.roster_rows import Answer, decide_elsewhere, decide_rows, keep_choices
from members.enums import OnDuplicate, RosterState
from members.forms.roster import (
    BranchesForm,
    ColumnsForm,
    HeadingForm,
    SheetForm,
    UndoForm,
    UploadForm,
)
from members.forms.roster_confirm import ConfirmForm
from members.models import RosterBatch
from members.parameters import modules_off
from members.roster import learnt, preview, rejects, workbook
from members.roster import preview_page as pages
from members.roster.answering import read_answers
from members.roster.asking import importer, only_sent
from members.roster.reporting import findings, layout_of, summarise
from members.roster.strangers import strangers_of
from members.roster.template import template
from members.roster.undoing import people_written

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_SHEETS = {
    RosterState.UPLOADED: "columns",
    RosterState.CHECKING: "progress",
    RosterState.READY: "preview",
    RosterState.WRITING: "progress",
    RosterState.DONE: "preview",
    RosterState.REFUSED: "refused",
    RosterState.DISCARDED: "discarded",
    RosterState.UNDOING: "progress",
    RosterState.UNDONE: "undone",
}

_TYPED_INTO = (RosterState.UPLOADED, RosterState.READY)

_RUNS = {
    RosterState.CHECKING: "check_run",
    RosterState.WRITING: "write_run",
    RosterState.UNDOING: "undo_run",
}

_TITLES = {
    RosterState.UPLOADED: "认一认各列（第1步，共3步）",
    RosterState.CHECKING: "核对名册（第2步，共3步）",
    RosterState.READY: "核对名册（第2步，共3步）",
    RosterState.WRITING: "写入名册（第3步，共3步）",
    RosterState.DONE: "名册写好了（第3步，共3步）",
    RosterState.UNDOING: "撤回名册",
    RosterState.UNDONE: "名册已撤回",
}


class RosterPages:
    """The steps of a roster; who shows them says which rows, in what frame, at which addresses."""

    def batches(self, user: User) -> "QuerySet[RosterBatch]":
        """Return the batches that may have a page here; row scope comes on top."""
        return RosterBatch.objects.visible_to(user)

    def page_of(self, batch: RosterBatch) -> str:
        """Return the address of a batch's page."""
        raise NotImplementedError

    def show(self, request: HttpRequest, sheet: str, context: dict[str, Any]) -> HttpResponse:
        """Draw one sheet in the frame of these pages."""
        raise NotImplementedError

    # --- upload ------------------------------------------------------------------------------

    def upload(self, request: HttpRequest, branch: Branch | None = None) -> HttpResponse:
        """Take the file and read its heading; what is wrong with the file is said on the batch.

        BRANCH: the rows that name none are its own; without it the form asks.
        """
        user = importer(request)
        form = UploadForm(drafts.data_for(request), request.FILES or None, user=user, branch=branch)
        context: dict[str, Any] = {"title": "导入党员名册", "form": form, "branch": branch}
        stored = _kept(user, form) if form.is_valid() else None
        if stored is None:
            return self.show(request, "upload", context)
        earlier = acts.earlier_import(by=user, file=stored)
        if earlier and not form.cleaned_data["again"]:
            same = earlier.branch == form.cleaned_data["branch"]
            repeats = same and pages.file_to_repeat(earlier, user) is not None
            return self.show(request, "upload", context | {"earlier": earlier, "repeats": repeats})
        return self._opened(user, stored, form.cleaned_data["branch"])

    def _opened(
        self, user: User, file: StoredFile, branch: Branch | None, sheet: str = ""
    ) -> HttpResponse:
        batch = acts.open_roster(by=user, file=file, branch=branch, sheet=sheet)
        if batch.state == RosterState.UPLOADED and not batch.layout:
            telling.read_heading(by=user, batch=batch)
        return redirect(self.page_of(batch))

    def blank(self, request: HttpRequest) -> HttpResponseBase:
        """Send the blank template."""
        return _workbook(template(importer(request)), "党员名册.xlsx")

    # --- one batch ---------------------------------------------------------------------------

    def batch(self, request: HttpRequest, pk: int | str) -> HttpResponse:
        """Show what the batch's state asks for."""
        user = importer(request)
        news = Notice.objects.editable_by(user).leading_to(request.path)
        rows = self.batches(user).select_related("branch", "check_run", "write_run", "undo_run")
        batch = get_visible_or_404(rows.annotate(has_news=Exists(news)), user, pk=pk)
        if getattr(batch, "has_news", False) and impersonation.of(request) is None:
            see_page(request.path, by=user)
        kept = drafts.found(request) if batch.state in _TYPED_INTO else None
        if kept:
            messages.warning(request, "您填好的内容都还在，只是还没有交上。请看一遍，再交一次。")
        return self._sheet(request, batch, user, kept=kept)

    def _sheet(
        self,
        request: HttpRequest,
        batch: RosterBatch,
        user: User,
        form: Form | None = None,
        answers: Sequence[Answer] = (),
        branches_form: BranchesForm | None = None,
        kept: QueryDict | None = None,
    ) -> HttpResponse:
        sheet = _SHEETS[RosterState(batch.state)]
        title = _TITLES.get(RosterState(batch.state), str(batch))
        if batch.state == RosterState.DISCARDED:
            title = f"名册{batch.state_words}"
        context: dict[str, Any] = {"title": title, "batch": batch, "original": batch}
        context["here"] = self.page_of(batch)  # a refused form stands at its own address
        if sheet == "columns":
            context |= self._columns(request, batch, user, form, kept)
        elif sheet == "progress":
            context["run"] = getattr(batch, _RUNS[RosterState(batch.state)])
            context["obstacles"] = preview.obstacles(batch, user=user)
        elif sheet == "preview":
            context |= pages.preview_of(request, batch, user, form, answers, kept)
            context["branches_form"] = branches_form or pages.branches_form(batch, user, kept)
        elif sheet == "refused":
            context["findings"] = list(findings(batch))
        return self.show(request, sheet, context)

    def _columns(
        self,
        request: HttpRequest,
        batch: RosterBatch,
        user: User,
        form: Form | None,
        kept: QueryDict | None,
    ) -> dict[str, Any]:
        area_code = learnt.area_code_of(user, batch.branch)
        said, off = learnt.said_of(area_code), modules_off(area_code)
        typed = kept.dict() if kept else {}
        every = request.GET.get("all") == "1" or bool(typed)
        has_sheets = workbook.sheets_of(batch)
        return {
            "is_pointing": request.GET.get("heading") == "1" or "row" in typed,
            "form": form
            or ColumnsForm(batch=batch, said=said, off=off, every=every, initial=typed),
            "heading_form": HeadingForm(batch=batch, initial=typed),
            "sheet_form": SheetForm(batch=batch, initial=typed) if has_sheets else None,
            "layout": layout_of(batch),
            "remembers": learnt.speaks_for_all(user, area_code),
        }

    # --- steps -------------------------------------------------------------------------------

    @only_sent
    def choose(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take the columns as chosen and start the check."""
        user, batch = self._mine(request, pk)
        off = modules_off(learnt.area_code_of(user, batch.branch))
        form = ColumnsForm(request.POST, batch=batch, off=off)
        try:
            if not form.is_valid():
                return self._sheet(request, batch, user, form)
            batch = telling.choose_columns(by=user, batch=batch, fields=form.chosen())
            acts.check_roster(by=user, batch=batch)
        except ValidationError as refused:
            form.add_error(None, refused.messages)
            batch.refresh_from_db()
            return self._sheet(request, batch, user, form)
        return redirect(self.page_of(batch))

    @only_sent
    def heading(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Read another sheet, or the heading where somebody says that it stands."""
        user, batch = self._mine(request, pk)
        form = (SheetForm if "sheet" in request.POST else HeadingForm)(request.POST, batch=batch)
        if not form.is_valid():
            for fault in form.errors.get_json_data().values():
                messages.warning(request, text.sentences(each["message"] for each in fault))
            return redirect(self.page_of(batch))
        if isinstance(form, HeadingForm):
            chosen: dict[str, Any] = {"at": form.place()}
        else:
            chosen = {"sheet": form.cleaned_data["sheet"]}
        return self._act(
            request, batch, lambda: telling.read_heading(by=user, batch=batch, **chosen)
        )

    @only_sent
    def branches(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take which branches the unknown names mean, and check again."""
        user, batch = self._mine(request, pk)
        if request.POST.get("check", str(batch.check_run_id)) != str(batch.check_run_id):
            messages.warning(request, "这份名册刚刚又核对过，请照现在列出的名称再指一次。")
            return redirect(self.page_of(batch))
        form = BranchesForm(request.POST, strangers=strangers_of(batch, user), user=user)
        if not form.is_valid():
            return self._sheet(request, batch, user, branches_form=form)
        try:
            telling.name_branches(by=user, batch=batch, answers=form.answers())
        except ValidationError as refused:
            batch.refresh_from_db()
            if batch.state == RosterState.READY:
                form.add_error(None, refused.messages)
                return self._sheet(request, batch, user, branches_form=form)
            messages.warning(request, text.sentences(refused.messages))
        return redirect(self.page_of(batch))

    @only_sent
    def confirm(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Start the writing with the choice made on the preview."""
        user, batch = self._mine(request, pk)
        if batch.state == RosterState.READY and (refused := self._keep(request, batch, user)):
            return refused
        form = ConfirmForm(request.POST, batch=batch)
        if not form.is_valid():
            return self._sheet(request, batch, user, form)
        given = form.cleaned_data
        return self._act(
            request,
            batch,
            lambda: acts.confirm_roster(
                by=user,
                batch=batch,
                on_duplicate=given.get("on_duplicate", OnDuplicate.ASK),
                moved_on=given.get("moved_on"),
                moved_document=given.get("moved_document", ""),
                answers=form.answers(),
            ),
        )

    @only_sent
    def decide(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Keep what was decided about the rows of one page, or about all members elsewhere."""
        user, batch = self._mine(request, pk)
        if refused := self._keep(request, batch, user):
            return refused
        messages.success(request, "已记下。确认写入以前，随时可以改。")
        return redirect(self.page_of(batch) + pages.place_of(request))

    @only_sent
    def keep(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Show other rows, compare with the paper, or read months anew; what was ticked is kept."""
        user, batch = self._mine(request, pk)
        if refused := self._keep(request, batch, user):
            return refused
        if "reread" in request.POST:
            typed = request.POST.get("octobers", "")
            return self._act(
                request, batch, lambda: telling.read_as_october(by=user, batch=batch, typed=typed)
            )
        return redirect(self.page_of(batch) + pages.place_of(request))

    def _keep(self, request: HttpRequest, batch: RosterBatch, user: User) -> HttpResponse | None:
        """Keep everything that the page of BATCH says so far; return the page that says why not."""
        answers = read_answers(request.POST)
        try:
            keep_choices(by=user, batch=batch, said=ConfirmForm.typed(request.POST))
            if "together" in request.POST:
                decision, kind = request.POST.get("all", ""), request.POST.get("kind", "")
                decide_elsewhere(by=user, batch=batch, decision=decision, kind=kind)
            elif answers:
                decide_rows(by=user, batch=batch, answers=answers)
        except ValidationError as refused:
            messages.error(request, "没有保存。" + text.sentences(refused.messages))
            batch.refresh_from_db()
            if batch.state == RosterState.READY:
                return self._sheet(request, batch, user, answers=answers)
            return redirect(self.page_of(batch))
        batch.refresh_from_db()
        return None

    def discard(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask first, then give the batch up; what stands in the form one came from is kept so long."""
        user, batch = self._mine(request, pk)
        if "sure" in request.POST:
            return self._act(request, batch, lambda: acts.discard_roster(by=user, batch=batch))
        if batch.state not in acts.UNWRITTEN:
            return redirect(self.page_of(batch))
        if request.method == "POST":
            drafts.keep(request)
            return redirect(request.path)
        context = {"title": "放弃这份名册", "batch": batch, "here": self.page_of(batch)}
        return self.show(request, "discard", context)

    @only_sent
    def again(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Go on with a check or a writing that was stopped, or check a written file once more."""
        user, batch = self._mine(request, pk)
        if batch.state == RosterState.UPLOADED:  # its columns are still to be looked at
            return redirect(self.page_of(batch))
        if file := pages.file_to_repeat(batch, user):
            return self._opened(user, file, batch.branch, batch.sheet)
        go_on: dict[str, Callable[..., object]] = {
            RosterState.WRITING: acts.confirm_roster,
            RosterState.UNDOING: acts.undo_roster,
        }
        act = go_on.get(batch.state, acts.check_roster)
        return self._act(request, batch, lambda: act(by=user, batch=batch))

    def undo(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Say what taking the roster back does, then do it for a typed reason."""
        user, batch = self._mine(request, pk)
        form = UndoForm(drafts.data_for(request))
        if not acts.may_take_back(batch):
            return redirect(self.page_of(batch))
        if request.method == "POST" and form.is_valid():
            reason = form.cleaned_data["reason"]
            return self._act(
                request, batch, lambda: acts.undo_roster(by=user, batch=batch, reason=reason)
            )
        title = "撤回这份名册"
        context = {"title": title, "batch": batch, "form": form, "summary": summarise(batch)}
        if batch.state == RosterState.WRITING:
            context["written"] = people_written(batch)
        return self.show(request, "undo", context)

    def rejected(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Send the rejected rows as a workbook; only to the batch's owner (security P16)."""
        user, batch = self._mine(request, pk)
        is_over = batch.file is not None and batch.file.is_over
        if batch.by_id != user.pk or is_over or batch.state not in RosterState.told_states():
            raise Http404("没有找到这份文件。")
        acts.record_rejected(by=user, batch=batch)
        return _workbook(rejects.rejected_workbook(batch), rejects.workbook_name(batch))

    def _act(
        self, request: HttpRequest, batch: RosterBatch, act: Callable[[], object]
    ) -> HttpResponse:
        try:
            act()
        except ValidationError as refused:
            messages.warning(request, text.sentences(refused.messages))
        return redirect(self.page_of(batch))

    def _mine(self, request: HttpRequest, pk: int) -> tuple[User, RosterBatch]:
        user = importer(request)
        return user, get_editable_or_404(self.batches(user), user, pk=pk)


def _kept(user: User, form: UploadForm) -> StoredFile | None:
    upload = form.cleaned_data["file"]
    try:
        return acts.keep_roster(by=user, name=upload.name, source=upload)
    except RefusedFile as refused:
        form.add_error("file", refused.message)
        return None


def _workbook(stream: IO[bytes], name: str) -> FileResponse:
    response = FileResponse(stream, as_attachment=True, filename=name, content_type=_XLSX)
    response["Cache-Control"] = "private, no-store"
    return response
