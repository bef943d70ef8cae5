"""How many rows several questions have, asked of the database at once."""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import F, Func, IntegerField, QuerySet, Subquery


def counted(*rows: "QuerySet[Any]") -> list[int]:
    """Return how many rows each of ROWS has, in their order; one query for all."""
    counts: list[str] = []
    given: list[Any] = []
    for number, each in enumerate(rows):
        try:
            sql, parameters = each.order_by().values("pk").query.sql_with_params()
        except EmptyResultSet:  # who sees nothing
            counts.append("0")
            continue
        counts.append(f"(SELECT COUNT(*) FROM ({sql}) q{number})")  # noqa: S608 -- the ORM's own words, values apart
        given += parameters
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(counts)}", given)
        return list(cursor.fetchone())


def number_of(rows: "QuerySet[Any]") -> Subquery:
    """Return how many ROWS there are, to be asked with the rows of another question."""
    number = Func(F("pk"), function="COUNT", output_field=IntegerField())
    return Subquery(rows.order_by().annotate(number=number).values("number"))
