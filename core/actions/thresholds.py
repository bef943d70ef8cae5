"""Changing a rule parameter: a new value from a day on, the old one stays for the days before."""

import datetime as dt

from django.db import transaction

from core import audit
from core.long_numbers import hide_long_numbers
from core.models import RuleParameter, User


@transaction.atomic
def change_parameter(
    *,
    by: User,
    parameter: RuleParameter,
    value: str,
    valid_from: dt.date,
    source: str,
    area_code: str = "",
    note: str = "",
) -> RuleParameter:
    """Keep VALUE from VALID_FROM on (for AREA_CODE, if given); a row of that very day is corrected.

    Name, unit and type are the old row's. Returns the row. ValidationError: no such value or day.
    """
    row = RuleParameter.objects.filter(
        key=parameter.key, area_code=area_code, valid_from=valid_from
    ).first()
    before = audit.snapshot(row or parameter)
    if row is None:
        row = RuleParameter(
            key=parameter.key,
            name=parameter.name,
            value_type=parameter.value_type,
            unit=parameter.unit,
            area_code=area_code,
            valid_from=valid_from,
        )
    row.value, row.source, row.note = value.strip(), source, hide_long_numbers(note)
    row.full_clean()
    row.save()
    audit.record(by=by, act="修改规则参数", instance=row, before=before, after=audit.snapshot(row))
    return row
