"""Exports of a register: a resource's columns, row by row into a file, at once or in the background.

The admin's export page is the face (``core.exchange``). Below the rule parameter
``export.rows_at_once`` it answers itself; above, it starts the run here, which asks the same list
again, with the rights and the scope its owner has then, and keeps the file as his private one.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from operator import itemgetter
from pathlib import Path
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import SuspiciousOperation
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils import timezone
from import_export.widgets import Widget

from core import audit, crypto
from core.enums import Verb
from core.files import belongs_to_a_row, new_file, open_file, private_writer, remove_file
from core.long_numbers import hide_long_numbers
from core.models import BackgroundRun, StoredFile, User
from core.parameters import Parameters
from core.runs import Progress, RunFailed, runner
from core.scope import Reach
from core.spreadsheets import RefusedFile, Sink
from core.spreadsheets.formats import FORMATS, SafeTable

ROWS_AT_ONCE, KEEP_DAYS = "export.rows_at_once", "export.keep_days"
KIND = "register.export"
_PAGE = 2_000
_SEALED_FOR, _TYPED = "export.order", ("purpose", "asked")
_NOT_ALLOWED = "您现在没有导出这份名册的权限，没有导出。请联系上级老干部局。"
_ASKED_WRONGLY = "名册的筛选条件已经变了，没有导出。请回到列表重新筛选，再导出一次。"


@dataclass(frozen=True)
class Order:
    """What an export page asked for; a run keeps it as its arguments.

    ``register`` is the model's label, ``kind`` the title of a format, ``asked`` the list's
    question as in its address. No columns are all. What was typed may name a person: purpose and
    question are sealed in the arguments.
    """

    register: str
    columns: Sequence[str]
    kind: str
    purpose: str
    asked: str = ""
    resource: int = 0

    def as_arguments(self) -> dict[str, Any]:
        """Return it for JSON, with what was typed sealed."""
        typed = {name: crypto.seal(getattr(self, name), _SEALED_FOR) for name in _TYPED}
        return asdict(self) | {"columns": list(self.columns)} | typed

    @classmethod
    def of_run(cls, run: BackgroundRun) -> "Order":
        """Return the order that RUN keeps. RunFailed: what was typed is not sealed, or by another key."""
        kept = run.arguments
        try:
            return cls(**kept | {name: crypto.unseal(kept[name], _SEALED_FOR) for name in _TYPED})
        except crypto.Unreadable as error:
            raise RunFailed(_ASKED_WRONGLY) from error

    def digest(self) -> str:
        """Return a keyed digest by which equal orders are known."""
        plain = json.dumps(asdict(self) | {"columns": list(self.columns)}, sort_keys=True)
        return crypto.blind_index(plain, _SEALED_FOR)


class Sheet:
    """The columns of a resource of ROWS, as many as asked for, and how each row fills them.

    Every column of the resource is a path of columns of the database: only those are read, sealed
    ones opened only when asked for, and no object is made of a row (a quarter of the time).
    A widget may name the column that it reads ``beside`` its own. FieldError: a column is something else.
    """

    def __init__(
        self, resource: Any, rows: "QuerySet[Any]", columns: Sequence[str] | None = None
    ) -> None:
        resource.before_export(rows)
        fields = resource.get_export_fields(columns)
        self.headings = [str(field.column_name) for field in fields]
        beside = [field.widget.beside for field in fields if hasattr(field.widget, "beside")]
        paths = list(dict.fromkeys(("pk", *(field.attribute for field in fields), *beside)))
        self.rows = resource.filter_export(rows).values_list(*paths)
        self._cells = [_cell(field, paths) for field in fields]

    def lines(self, rows: Iterable[Sequence[Any]]) -> Iterator[list[Any]]:
        """Yield the cells of each of ROWS, which are rows of ``rows``."""
        cells = self._cells
        for row in rows:
            yield [cell(row) for cell in cells]

    def write(
        self,
        stream: Sink,
        file_format: SafeTable,
        rows: Iterable[Sequence[Any]],
        *,
        title: str,
        signature: str = "",
    ) -> int:
        """Write headings, ROWS and a last line with the SIGNATURE to STREAM; return how many rows."""
        count = 0

        def everything() -> Iterator[list[Any]]:
            nonlocal count
            yield self.headings
            for line in self.lines(rows):
                count += 1
                yield line
            if signature:
                yield [signature]

        file_format.write(stream, title, everything())
        return count


def signature_of(by: User, purpose: str, what: str = "") -> str:
    """Return who exports when, WHAT and for what, for the last line of a file (domain §6.5)."""
    moment = timezone.localtime().strftime("%Y-%m-%d %H:%M")
    return f"{by}于{moment}导出{what}，用途：{hide_long_numbers(purpose) or '未写'}"


def record_export(
    *, by: User, title: str, rows: int, file_format: SafeTable, purpose: str, area_path: str = ""
) -> None:
    """Put the leaving of a file on record: who, when, how many rows, what for (domain §6.5)."""
    audit.record(
        by=by,
        act="导出",
        label=title,
        area_path=area_path or next(iter(by.standing.reach_for(Verb.VIEW).area_paths), ""),
        note=f"{rows}行，{file_format.get_title()}。{purpose}",
    )


def registers_of(runs: Iterable[BackgroundRun]) -> dict[int, str]:
    """Return the names of the registers that RUNS export; one that is no longer exported has none."""
    names = {}
    for run in runs:
        with suppress(LookupError):
            names[run.pk] = str(register_of(run.arguments["register"]).opts.verbose_name)
    return names


@runner(KIND, name="导出表格", subjects=registers_of)
def export(run: BackgroundRun, progress: Progress) -> dict[str, Any]:
    """Write the file that was asked for; one that was cut off is begun again, and none is half there."""
    if run.checkpoint:  # the file is kept, only the end was not told
        return run.checkpoint
    order, user = Order.of_run(run), run.by
    if user is None:
        raise RunFailed(_NOT_ALLOWED)
    reach = user.standing.reach_for(Verb.VIEW)
    register, sheet = _asked_again(order, user)
    file_format = next(each() for each in FORMATS if each.title == order.kind)
    title = str(register.opts.verbose_name)
    progress.expect(sheet.rows.count(), done=0)
    try:
        with new_file(
            by=user,
            name=file_name(title, file_format),
            content_type=file_format.get_content_type(),
            keep_days=Parameters(KEEP_DAYS).number(KEEP_DAYS),
        ) as new:
            what = register.export_note(_request_of(user, order.asked))
            signature = signature_of(user, order.purpose, what) if register.export_is_signed else ""
            rows = _told(by_key(sheet.rows), progress)
            count = sheet.write(new, file_format, rows, title=title, signature=signature)
            kept = {"file": str(new.stored.pk), "rows": count, "reach": asdict(reach)}
            with progress.chunk(checkpoint=kept):
                new.keep()
                record_export(
                    by=user, title=title, rows=count, file_format=file_format, purpose=order.purpose
                )
    except RefusedFile as refused:
        raise RunFailed(refused.message) from refused
    return kept


def may_fetch(user: User, stored: StoredFile) -> bool:
    """Say whether USER may still have STORED: an export only while he may export as far as it reaches.

    What belongs to a row (a roster, a photo) is opened by that row's own page.

    What the file holds was asked with the rights and the reach of its making (security X11).
    """
    run = BackgroundRun.objects.filter(kind=KIND, by=user, result__file=str(stored.pk)).first()
    if run is None:
        return not belongs_to_a_row(stored)
    register = register_of(run.arguments["register"])
    if not register.has_export_permission(_request_of(user)):
        return False
    reached = Reach(**run.result.get("reach", {"everything": True}))
    return user.standing.reach_for(Verb.VIEW).covers(reached)


def take_out(run: BackgroundRun, place: Path) -> None:
    """Write the file of a finished RUN to PLACE, for its owner only, and remove ours."""
    stored = StoredFile.objects.get(pk=run.result["file"])
    with private_writer(place) as stream:
        for piece in open_file(stored):
            stream.write(piece)
    remove_file(stored)


def file_name(title: str, file_format: SafeTable) -> str:
    """Name a file after the noun and the day here, not in Greenwich."""
    return f"{title}-{timezone.localdate().isoformat()}.{file_format.get_extension()}"


def by_key(rows: "QuerySet[Any]") -> Iterator[list[Any]]:
    """Yield ROWS, tuples that begin with their key, in pages in its order; each is a query of its own.

    Neither the register nor a snapshot of it is held: exports may take minutes.
    """
    rows, last = rows.order_by("pk"), 0
    while page := list(rows.filter(pk__gt=last)[:_PAGE]):
        yield page
        last = page[-1][0]


def _told(pages: Iterable[list[Any]], progress: Progress) -> Iterator[Any]:
    for page in pages:
        yield from page
        progress.beat(len(page))


def register_of(label: str) -> Any:
    """Return the admin of the register with the model's LABEL. LookupError: none that is exported."""
    try:
        register = admin.site.get_model_admin(apps.get_model(label))
    except NotRegistered as error:
        raise LookupError(label) from error
    if not hasattr(register, "export_is_signed"):
        raise LookupError(label)
    return register


def _asked_again(order: Order, user: User) -> tuple[Any, Sheet]:
    """Return the register's admin and the sheet of what USER may take of it now (security X11)."""
    request = _request_of(user, order.asked)
    register = register_of(order.register)
    if not register.has_export_permission(request):
        raise RunFailed(_NOT_ALLOWED)
    try:
        rows = register.get_export_queryset(request)
    except (IncorrectLookupParameters, SuspiciousOperation) as error:
        raise RunFailed(_ASKED_WRONGLY) from error
    resource_class = register.get_export_resource_classes(request)[order.resource]
    resource = resource_class(**register.get_export_resource_kwargs(request))
    return register, Sheet(resource, rows, order.columns or None)


def _request_of(user: User, asked: str = "") -> HttpRequest:
    request = HttpRequest()
    request.method, request.GET, request.user = "GET", QueryDict(asked), user
    return request


def _cell(field: Any, paths: list[str]) -> Callable[[Sequence[Any]], Any]:
    """Return what makes FIELD's cell of a row; a widget that would only make text of it is left out."""
    place, widget = paths.index(field.attribute), field.widget
    if type(widget).render is Widget.render:
        return itemgetter(place)
    render = widget.render
    if hasattr(widget, "beside"):
        beside = paths.index(widget.beside)
        return lambda row: render(row[place], row[beside])
    return lambda row: render(row[place])
