"""楼栋 is a part of somebody's address, and kept as his address is: sealed, masked, opened on record."""

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.urls import reverse

from branches.models import Branch
from core import crypto
from core.models import AuditEvent, User
from members.models import Member, RosterRow
from tests.factories.members import make_member
from tests.members.roster.conftest import HEADING, number
from tests.members.roster.steps import checked, undone, written

pytestmark = pytest.mark.django_db

STEP = import_module("members.migrations.0037_building_sealed")
BUILDING, ANOTHER = "锦绣花园12号楼", "锦绣花园3号楼"
MASKED = "锦绣花园12**"


def stored(table: str = "members_member") -> list[str]:
    """Return what a thief of the database reads there."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT building FROM {table}")  # noqa: S608 -- our own names
        return [text for (text,) in cursor.fetchall()]


def carry(step: Callable[..., None]) -> None:
    step(apps, SimpleNamespace(connection=connection))


def buildings() -> set[str]:
    return set(Member.objects.values_list("building", flat=True))


@pytest.mark.parametrize("chunk", [1, 5_000])
def test_what_was_written_in_clear_is_sealed_and_opened_again(
    branch: Branch, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(STEP, "CHUNK", chunk)
    for building in ("", BUILDING, ANOTHER):
        make_member(branch, building=building)
    plain = crypto.seal(BUILDING, STEP.CONTEXT)
    for batch, building in ((1, plain), (1, None), (2, plain)):
        row = RosterRow.objects.count() + 2
        RosterRow.objects.create(batch_id=batch, row=row, state="N", building=building)

    for _ in range(2):  # taken up again after it was cut off
        carry(STEP.open_again)
        assert sorted(stored()) == sorted(["", BUILDING, ANOTHER])
        rows = RosterRow.objects.order_by("row").values_list("building", flat=True)
        assert list(rows) == [BUILDING, None, BUILDING]

    for _ in range(2):
        carry(STEP.seal)
        assert buildings() == {"", BUILDING, ANOTHER}
        assert not any("楼" in text for text in stored())
        first, none, other = RosterRow.objects.order_by("row").values_list("building", flat=True)
        assert none is None
        for each in (first, other):
            assert crypto.unseal(each, STEP.CONTEXT) == BUILDING


def test_what_no_key_opens_is_not_cut_to_the_older_column(branch: Branch) -> None:
    member = make_member(branch, building=BUILDING)
    lost = crypto.seal(BUILDING, "members_member.address")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE members_member SET building = %s", [lost])
    with pytest.raises(crypto.Unreadable):
        carry(STEP.open_again)
    assert stored() == [lost]
    member.refresh_from_db()
    assert member.building == "无法解密"


def test_it_is_opened_with_a_reason_on_record(
    client_for: Callable[[User], Client], secretary: User, branch: Branch
) -> None:
    member = make_member(branch, building=BUILDING)
    client = client_for(secretary)
    edit = client.get(reverse("members:edit", args=[member.pk])).content.decode()
    assert f"现在登记：{MASKED}" in edit
    assert BUILDING not in edit
    asked = {"which": ["building"], "reason": "走访慰问"}
    shown = client.post(reverse("members:reveal", args=[member.pk]), asked).content.decode()
    assert BUILDING in shown.replace("<wbr>", "")
    assert AuditEvent.objects.filter(note="楼栋：走访慰问", by=secretary).count() == 1


def test_a_roster_brings_it_sealed_and_knows_it_again(
    write_csv: Callable[..., Path],
    client_for: Callable[[User], Client],
    bureau_staff: User,
    branch: Branch,
) -> None:
    def roster(building: str) -> Path:
        return write_csv([["张建国", number(1), branch.code, building]], heading=(*HEADING, "楼栋"))

    batch = checked(bureau_staff, roster(BUILDING))
    assert crypto.unseal(*stored("members_rosterrow"), STEP.CONTEXT) == BUILDING
    written(bureau_staff, batch)
    assert buildings() == {BUILDING}
    assert crypto.unseal(*stored(), STEP.CONTEXT) == BUILDING

    Member.objects.update(roster_mark="")  # else the row is known at a glance
    assert checked(bureau_staff, roster(BUILDING)).counts["S"] == 1
    other = checked(bureau_staff, roster(ANOTHER))
    preview = reverse("admin:members_rosterbatch_change", args=[other.pk])
    page = client_for(bureau_staff).get(preview).content.decode().replace("<wbr>", "")
    assert MASKED in page
    assert not any(building in page for building in (BUILDING, ANOTHER))
    written(bureau_staff, other, "overwrite")
    assert buildings() == {ANOTHER}
    undone(bureau_staff, other)
    assert buildings() == {BUILDING}
    assert crypto.unseal(*stored(), STEP.CONTEXT) == BUILDING
