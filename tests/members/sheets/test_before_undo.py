"""The database taken back to before whole-batch transfers could be taken back, with one that was."""

import datetime as dt

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from members.actions import HandOver, import_transfers, undo_transfers
from members.models import Member, Transfer, TransferBatch
from members.rules.transfer import Letter
from tests.factories.members import make_transfer_batch

DAY = dt.date(2026, 8, 1)


@pytest.mark.django_db(transaction=True)
def test_an_agreement_registered_anew_does_not_stand_in_the_way(bureau_staff, branch, other_branch):
    batch = make_transfer_batch(branch, other_branch, by=bureau_staff)
    undo_transfers(by=bureau_staff, batch=batch, reason="名单传错了")
    member = Member.objects.get()
    heading = ["党员编号", "姓名", "转出党支部", "转入党支部", "转接日期"]
    row = [member.number, member.name, branch.code, other_branch.code, DAY]
    import_transfers(
        by=bureau_staff,
        rows=[(1, heading), (2, row)],
        agreed=HandOver(batch.unit, batch.agreement, DAY, 1),
        letter=Letter("介字002", DAY, 90),
    )
    loader = MigrationLoader(connection)
    step = loader.get_migration("members", "0023_transfers_undone")

    with connection.schema_editor(atomic=True) as editor:
        before = step.unapply(loader.project_state(("members", "0022_member_account")), editor)
    lists = before.apps.get_model("members", "TransferBatch").objects.order_by("pk")
    agreements = list(lists.values_list("agreement", flat=True))
    with connection.schema_editor(atomic=True) as editor:
        step.apply(before, editor)

    assert agreements == [f"{batch.agreement}（已撤回{batch.pk}）", batch.agreement]
    assert (
        list(TransferBatch.objects.order_by("pk").values_list("agreement", flat=True)) == agreements
    )
    states = Transfer.objects.order_by("pk").values_list("state", "returned_on", "reason")
    today = dt.date(2026, 8, 20)
    assert list(states) == [("RETURNED", today, "名单传错了"), ("TRANSIT", None, "")]
