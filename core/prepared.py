"""Questions whose SQL is made once: the ORM says it, later askings only put in their values.

To build and compile a queryset costs several times what the database takes to answer it, and so does
planning it. The few questions that every page asks keep their words for each *shape* of their values:
types, numbers of items, and of a user his roles and how many paths his reach has; PostgreSQL keeps
their plans. Values are never kept, so nothing personal is, and each request is asked with its own
user's reach of today.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import NotSupportedError, connection, connections
from django.db.backends.postgresql.base import ServerBindingCursor
from django.db.models import QuerySet
from django.utils.timezone import localdate

from core.enums import Verb
from core.fields import PATH_DIGITS, PATH_SEGMENT, path_end
from core.models import User
from core.scope import Reach, Standing

# Stand-ins are longer, lower and older than anything real, so they are known again in the SQL.
_LONG = PATH_DIGITS[-2] * PATH_SEGMENT * 50
_LOW = -(2**62)
_OLD = 1000  # days
PLANNED_AFTER = 5  # times that a question is asked
_MOST = 600  # values in one question; there are no more stand-ins

Values = Sequence[Any]
Gap = Callable[[Values], Any]


class Varies(Exception):
    """The values do not fix the words; the question is asked the long way."""


class Words(NamedTuple):
    """A question of one shape: its queryset and compiler with stand-ins, SQL, and what fills each gap."""

    rows: "QuerySet[Any]"
    compiler: Any
    sql: str
    gaps: tuple[Gap, ...]

    @property
    def locks(self) -> bool:
        """Whether the rows are kept from others until the transaction ends."""
        return self.rows.query.select_for_update

    def bound(self, values: Values) -> "QuerySet[Any]":
        """Return the rows for VALUES; good for one reading, not for more conditions."""
        parameters = tuple(gap(values) for gap in self.gaps)
        compiler, query = _twin(self.compiler), _twin(self.rows.query)
        compiler.connection = connections[self.rows.db]
        compiler.as_sql = lambda *_, **__: (self.sql, parameters)
        query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
        bound = type(self.rows)(self.rows.model, query, self.rows.db)
        for name in ("_iterable_class", "_fields"):
            setattr(bound, name, getattr(self.rows, name))
        return bound

    def read(self, values: Values) -> list[Any]:
        """Return the rows for VALUES; one query.

        PostgreSQL plans these questions longer than it answers them. Values that are sent beside the
        words let it keep the plan; whoever logs the words wants to see the values in them.
        """
        rows = self.bound(values)
        database = connections[rows.db]
        if database.vendor != "postgresql" or database.queries_logged:
            return list(rows)
        database.ensure_connection()
        try:
            with _plans_kept(database.connection):
                return list(rows)
        except NotSupportedError:  # an upgrade has changed the type of a column under a kept plan
            if database.in_atomic_block:
                raise
            database.close()
            return list(self.bound(values))


def _twin(each: Any) -> Any:
    """Return a shallow copy; ``copy.copy`` finds out anew each time how, at several times the cost."""
    twin = object.__new__(type(each))
    vars(twin).update(vars(each))
    return twin


@contextmanager
def _plans_kept(driver: Any) -> Iterator[None]:
    """Let what is asked of DRIVER inside be planned once; outside it neither plans nor words are kept."""
    usual = driver.cursor_factory, driver.prepare_threshold
    driver.cursor_factory, driver.prepare_threshold = ServerBindingCursor, PLANNED_AFTER
    try:
        yield
    finally:
        driver.cursor_factory, driver.prepare_threshold = usual


class Prepared:
    """A question, by the function that says it as a queryset.

    Its values are whole numbers, text, days, users, or tuples of these, and go into the queryset as
    they are. Where the question itself asks for today, each asking has its own. TypeError: a value was
    changed on the way, or another day stands in the question.
    """

    def __init__(self, ask: Callable[..., "QuerySet[Any]"]) -> None:
        self.ask = ask
        self._kept: dict[Any, Words | None] = {}

    def rows(self, *values: Any) -> list[Any]:
        """Return what ``list(ask(*values))`` would; one query."""
        leaves: list[Any] = []
        try:
            shape = (connection.vendor, *(_shape(value, leaves) for value in values))
        except Varies:
            return list(self.ask(*values))
        if len(leaves) > _MOST:
            return list(self.ask(*values))
        if shape not in self._kept:
            self._kept[shape] = self._words(values, leaves)
        words = self._kept[shape]
        if words is None or (words.locks and not connection.in_atomic_block):
            return list(self.ask(*values))  # which refuses to lock what no transaction holds
        return words.read(leaves)

    def _words(self, values: Values, leaves: Values) -> Words | None:
        marks, today = [_mark(place, leaf) for place, leaf in enumerate(leaves)], localdate()
        left = iter(marks)
        rows = self.ask(*(_stand_in(value, left) for value in values))
        if vars(rows)["_prefetch_related_lookups"]:
            raise TypeError("A prepared question reads plain rows: nothing is fetched after.")
        compiler = rows.query.get_compiler(using=rows.db)
        try:
            sql, parameters = compiler.as_sql()
        except EmptyResultSet:  # perhaps only of the stand-ins
            return None
        if localdate() != today:  # midnight came between
            return self._words(values, leaves)
        filled: set[int] = set()
        gaps = tuple(_gap(parameter, marks, today, filled) for parameter in parameters)
        if not filled.issuperset(_asked_for(values)):
            raise TypeError("A prepared question has a value that its SQL does not ask for.")
        return Words(rows, compiler, sql, gaps)


# --- shapes and stand-ins --------------------------------------------------------------------


def _shape(value: Any, leaves: list[Any]) -> Any:
    """Return the shape of VALUE and add to LEAVES what fills it."""
    kind = type(value)
    if kind is tuple:
        return (tuple, *(_shape(each, leaves) for each in value))
    if isinstance(value, User):
        leaves.append(value.pk)
        reaches = (_shape_of_reach(value.standing.reach_for(verb), leaves) for verb in Verb)
        return (User, value.is_active, value.is_superuser, value.roles, *reaches)
    if kind not in {int, str, dt.date} or (kind is int and abs(value) >= -_LOW):
        raise Varies
    leaves.append(value)
    return kind


def _asked_for(values: Values) -> Iterator[int]:
    """Yield the places of the leaves that must stand in the SQL: all but what a user brings along."""
    leaves: list[Any] = []
    for value in values:
        before = len(leaves)
        _shape(value, leaves)
        if not isinstance(value, User):
            yield from range(before, len(leaves))


def _shape_of_reach(reach: Reach, leaves: list[Any]) -> Any:
    """Return the shape of REACH; several paths may become any number of ranges."""
    if max(len(reach.area_paths), len(reach.branch_paths)) > 1:
        raise Varies
    parts = (reach.area_paths, reach.branch_paths, reach.own_branch_ids)
    for part in parts:
        leaves.extend(part)
    return (reach.everything, *map(len, parts))


def _stand_in(value: Any, marks: Iterator[Any]) -> Any:
    """Return what VALUE is with MARKS for its leaves, in the order of ``_shape``."""
    if isinstance(value, tuple):
        return tuple(_stand_in(each, marks) for each in value)
    if not isinstance(value, User):
        return next(marks)
    user = User(pk=next(marks), is_active=value.is_active, is_superuser=value.is_superuser)
    reaches = {verb: _reach(value.standing.reach_for(verb), marks) for verb in Verb}
    vars(user)["standing"] = Standing(value.roles, reaches)
    return user


def _reach(reach: Reach, marks: Iterator[Any]) -> Reach:
    parts = (reach.area_paths, reach.branch_paths, reach.own_branch_ids)
    return Reach(reach.everything, *(tuple(next(marks) for _ in part) for part in parts))


def _mark(place: int, leaf: Any) -> Any:
    """Return the stand-in for the leaf at PLACE; every second one, for the ends of ranges between."""
    if isinstance(leaf, str):
        first, second = divmod(2 * place, len(PATH_DIGITS))
        return f"{_LONG}00{PATH_DIGITS[first]}{PATH_DIGITS[second]}"
    if isinstance(leaf, int):
        return _LOW + 2 * place
    return dt.date.fromordinal(_OLD + 2 * place)


def _ways(mark: Any) -> Iterator[tuple[Any, Callable[[Any, Any], Any]]]:
    """Yield as what MARK may stand in the SQL, and what makes the same of a parameter's and a real value."""
    if isinstance(mark, int):  # psycopg tells columns by types of its own
        yield mark, lambda parameter, value: type(parameter)(value)
        return
    yield mark, lambda parameter, value: value
    if isinstance(mark, dt.date):  # SQLite keeps days as text
        yield str(mark), lambda parameter, value: str(value)
    else:
        yield path_end(mark), lambda parameter, value: path_end(value)


def _gap(parameter: Any, marks: Values, today: dt.date, filled: set[int]) -> Gap:
    """Return what to put where PARAMETER stands: a value, the end of its range, or PARAMETER itself.

    FILLED takes the place of the value.
    """
    for place, mark in enumerate(marks):
        for stand_in, make in _ways(mark):
            if parameter == stand_in:
                filled.add(place)
                return lambda values: make(parameter, values[place])
    return _fixed(parameter, today)


def _fixed(parameter: Any, today: dt.date) -> Gap:
    """Return what to put for PARAMETER, which is none of the values: today's date is of each asking."""
    if parameter == today:
        return lambda values: localdate()
    if parameter == str(today):
        return lambda values: str(localdate())
    if _is_changed(parameter):
        raise TypeError(f"A prepared question changed one of its values: {parameter!r}")
    if isinstance(parameter, dt.date) or re.match(r"\d{4}-\d\d-\d\d", str(parameter)):
        raise TypeError(f"A prepared question has a day of its own, kept for ever: {parameter!r}")
    return lambda values: parameter


def _is_changed(parameter: Any) -> bool:
    text = str(parameter)
    is_old = re.match(r"000\d-", text) is not None
    return is_old or _LONG[:PATH_SEGMENT] * 4 in text or str(_LOW)[:12] in text
