"""转正日期, 离退休时间, 原工作单位 and 居住地址 are required too (domain §3.1): who lacks them is listed so."""

from functools import reduce
from operator import or_

from django.db import migrations
from django.db.models import Case, F, Max, Min, Q, Value, When
from django.db.models.functions import Concat, Substr

CHUNK = 5_000  # keys of the register: so many rows at a time are kept from other writers
WINDOW = ("member.no_probation_from", "member.no_probation_until")


def list_who_lacks_them(apps, schema_editor):
    alias = schema_editor.connection.alias
    rows = apps.get_model("members", "Member")._default_manager.using(alias)
    first, last = rows.aggregate(first=Min("pk"), last=Max("pk")).values()
    if last is None:  # nor are there thresholds before the first members
        return
    lacks = _lacks(_window(apps, alias))
    added = Concat(
        *(
            Case(When(lacking, then=Value(f",{name}")), default=Value(""))
            for name, lacking in lacks.items()
        )
    )
    longer = Case(
        When(missing_fields="", then=Substr(added, 2)), default=Concat(F("missing_fields"), added)
    )
    for start in range(first, last + 1, CHUNK):
        some = rows.filter(reduce(or_, lacks.values()), pk__gte=start, pk__lt=start + CHUNK)
        some.update(missing_fields=longer)


def _lacks(window):
    """Return by field, in the list's order, of whom it is to be listed: not of who is listed already."""
    conditions = {
        "full_date": Q(full_date=None, member_kind="FULL") & ~Q(join_date__range=window)
        | Q(full_date=None, member_kind="FULL", join_date=None),
        "retire_date": Q(retire_date=None) & ~Q(person_kind="E"),
        "former_unit": Q(former_unit=""),
        "address": Q(address=""),
    }
    return {
        name: lacking & ~Q(missing_fields__contains=name) for name, lacking in conditions.items()
    }


def _window(apps, alias):
    rows = apps.get_model("core", "RuleParameter")._default_manager.using(alias)
    everywhere = rows.filter(key__in=WINDOW, area_code="").order_by("valid_from")
    values = dict(everywhere.values_list("key", "value"))
    return tuple(values[key] for key in WINDOW)


class Migration(migrations.Migration):

    atomic = False  # half a million rows in one piece would keep everybody waiting

    dependencies = [
        ('core', '0015_uneven_probation_checked'),
        ('members', '0033_decision_words'),
    ]

    operations = [
        # The next saving of a record brings its list up to date: nothing to take back.
        migrations.RunPython(list_who_lacks_them, migrations.RunPython.noop),
    ]
