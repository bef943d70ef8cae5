"""What the pages of a roster say of its limits, and of what they do not list."""

import pytest
from django.urls import reverse

from members.models import RosterBatch
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked

pytestmark = pytest.mark.django_db


def test_sizes_are_those_of_the_installation(settings, client_for, bureau_staff, secretary, branch):
    limits = settings.SPREADSHEET_LIMITS
    settings.SPREADSHEET_LIMITS = limits | {"file_bytes": 30 * 1_048_576, "rows": 150_000}
    shown = client_for(bureau_staff).get(reverse("admin:members_rosterbatch_add")).text
    assert ".xlsx 或 .csv，最多30兆，.xlsx 最多15万行，.csv 最多60万行。" in shown
    shown = client_for(secretary).get(reverse("members:import", args=[branch.pk])).text
    assert "电子表格，最多30兆、15万行。" in shown


def test_branches_that_are_not_listed_are_counted(
    write_csv, client_for, bureau_staff, secretary, branch
):
    office = checked(bureau_staff, write_csv([["张建国", number(1), "QL0001"]]))
    hers = checked(secretary, write_csv([["张建国", number(1), "QL0001"]]), branch=branch)
    pages = (
        (bureau_staff, reverse("admin:members_rosterbatch_change", args=[office.pk]), 100),
        (secretary, reverse("members:batch", args=[hers.pk]), 20),
    )
    for user, address, most in pages:
        for more in (0, 3):
            names = [[f"第{each}党支部", 1] for each in range(most + more)]
            for batch in (office, hers):
                batch.totals["branch"] = names
                batch.save(update_fields=["totals"])
            shown = client_for(user).get(address).text.replace("<wbr>", "")
            assert (f"第{most - 1}党支部" in shown, f"另有{more}个" in shown) == (True, more > 0)
    assert RosterBatch.objects.count() == 2
