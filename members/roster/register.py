"""How the register stores a member: columns, sealed texts, digests; reading rows unopened."""

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.db import connection, models

from core import crypto, text
from core.fields import SealedTextField
from members.models import Member

Stored = Mapping[str, Any]

TABLE = Member._meta.db_table
_REMEMBERED = (
    2_000  # more than a chunk has; of many more each would be looked for far off in memory
)
_AMONG = (
    "IN (SELECT value FROM json_each(%s))"  # on SQLite, where a thousand marks take long to read
)

COLUMNS = {field.name: str(field.column) for field in Member._meta.concrete_fields}
# Contexts (table.column) of the sealed fields, by field.
SEALED = {
    field.name: field.context
    for field in Member._meta.concrete_fields
    if isinstance(field, SealedTextField)
}
DATES = frozenset(
    field.name for field in Member._meta.concrete_fields if type(field) is models.DateField
)


class Digests:
    """The digests by which the register finds numbers and telephones; made once for a file."""

    def __init__(self) -> None:
        # Asked twice for each row of a chunk: whether it is familiar, and whom it matches.
        self.id_number = lru_cache(_REMEMBERED)(crypto.indexer(SEALED["id_number"]))
        self._phone = crypto.indexer(SEALED["phone"])

    def phone(self, number: str) -> str:
        """Return the digest of a telephone in stored form, as ``Member.phone_index`` keeps it."""
        return self._phone(number if number.isdecimal() else text.phone(number))


def hold_members(keys: Iterable[int]) -> None:
    """Keep the members with KEYS from other writers until the transaction ends, the lowest key first.

    After the branches (docs/architecture.md). Nothing new can point at them either until then.
    """
    rows = Member.objects.select_for_update().filter(pk__in=set(keys)).order_by("pk")
    list(rows.values_list("pk"))


def read_members(
    columns: Sequence[str], key: str, keys: Sequence[Any], *, lock: bool = False
) -> list[dict[str, Any]]:
    """Return the stored COLUMNS of the members whose KEY column is in KEYS; sealed texts unopened.

    LOCK keeps others from writing them until the end of the transaction; taken in the order of ids.
    """
    if not keys:
        return []
    quote = connection.ops.quote_name
    listed = ", ".join(quote(column) for column in columns)
    on_postgres = connection.vendor == "postgresql"
    condition, bound = _among(keys) if on_postgres else (_AMONG, [json.dumps(keys)])
    suffix = " ORDER BY id FOR NO KEY UPDATE" if lock and on_postgres else ""
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {listed} FROM {quote(TABLE)} WHERE {quote(key)} {condition}{suffix}",  # noqa: S608 -- our own names
            bound,
        )
        return [dict(zip(columns, row, strict=True)) for row in cursor.fetchall()]


def _among(keys: Sequence[Any]) -> tuple[str, list[str]]:
    """Return PostgreSQL's condition for KEYS, ids or digests, and what to bind: all as one text.

    Quoted one by one, a thousand keys cost the driver as long as the server takes to find them.
    """
    kind = "bigint" if isinstance(keys[0], int) else "text"
    return f"= ANY(string_to_array(%s, ',')::{kind}[])", [",".join(map(str, keys))]
