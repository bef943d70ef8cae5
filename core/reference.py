"""Loading of the shipped reference data: code tables, kinds, rule parameters.

Called after every ``migrate`` (and after the flush of a test): rows that are missing are added,
rows that are there are left as the bureau keeps them. Files: ``fixtures/*.json``, and
``fixtures/territory.csv`` for the codes of GB/T 2260, of which there are thousands.
"""

import csv
import datetime
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.apps import apps as current_apps
from django.apps.registry import Apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS
from django.utils import timezone

from core.enums import CodeTable

_TERRITORY_SOURCE = "GB/T 2260 及1980—2021年历次变更"
_TERRITORY_FROM = 1980  # the first edition; what changed before has no date


def load_reference_data(
    *, apps: Apps = current_apps, using: str = DEFAULT_DB_ALIAS, **_: Any
) -> dict[str, int]:
    """Add the missing rows of all three tables; return how many were added to each.

    A receiver of ``post_migrate``: APPS is the state that the database is in, so a half-way
    migration without these tables adds nothing. One query for each table with nothing missing.
    """
    sources = {
        "Code": (("table", "code"), _codes),
        "Kind": (("key",), _kinds),
        "RuleParameter": (("key", "area_code", "valid_from"), _rule_parameters),
    }
    added = {}
    for name, (key, rows) in sources.items():
        try:
            model = apps.get_model("core", name)
        except LookupError:
            continue
        added[name] = _add_missing(model, key, rows(), using)
    return added


def _add_missing(
    model: Any, key: tuple[str, ...], rows: Iterator[dict[str, Any]], using: str
) -> int:
    table = model._default_manager.using(using)
    present = set(table.values_list(*key))
    missing = [model(**row) for row in rows if tuple(row[name] for name in key) not in present]
    if missing:
        # Two deployments may migrate at once: what the other one added is as good.
        table.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def _codes() -> Iterator[dict[str, Any]]:
    for table, content in _read("codes.json").items():
        for position, (code, name, *aliases) in enumerate(content["codes"]):
            yield {
                "table": table,
                "code": code,
                "name": name,
                "aliases": aliases,
                "position": position,
                "source": content["source"],
                "valid_from": datetime.date.fromisoformat(content["valid_from"]),
            }
    yield from _territory()


def _territory() -> Iterator[dict[str, Any]]:
    """Yield every division that had a code of six digits, also those abolished: people keep their numbers."""
    with _fixture("territory.csv").open(encoding="utf-8", newline="") as stream:
        for row in csv.DictReader(stream):
            yield {
                "table": CodeTable.TERRITORY.value,
                "code": row["code"],
                "name": row["name"] + (f"（至{row['last']}年）" if row["last"] else ""),
                "source": _TERRITORY_SOURCE,
                "valid_from": datetime.date(int(row["first"] or _TERRITORY_FROM), 1, 1),
            }


def _kinds() -> Iterator[dict[str, Any]]:
    for position, row in enumerate(_read("kinds.json")):
        engine = row["key"].partition(".")[0]
        day = datetime.date.fromisoformat(row["valid_from"])
        yield row | {"engine": engine, "position": position, "valid_from": day}


def _rule_parameters() -> Iterator[dict[str, Any]]:
    for row in _read("rule_parameters.json"):
        day = datetime.date.fromisoformat(row["valid_from"])
        # What is asked of every month is asked from the month on in which the portal begins.
        value = row["value"].format(this_month=f"{timezone.localdate():%Y-%m}")
        yield row | {"value": value, "area_code": "", "valid_from": day}


def _read(name: str) -> Any:
    return json.loads(_fixture(name).read_text(encoding="utf-8"))


def _fixture(name: str) -> Path:
    return settings.BASE_DIR / "fixtures" / name
