"""A reason given for a list or a roster may quote somebody's number: it is kept nowhere whole."""

import datetime as dt

import pytest

from members.actions import undo_links
from members.actions.roster_rows import Answer, decide_rows
from members.models import LinkBatch, RosterBatch, RosterRow
from tests.factories.members import make_link_batch, make_member
from tests.members.actions.test_typed_reasons import HIDDEN, ID, PHONE, SAID, kept_of
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, undone, written

pytestmark = pytest.mark.django_db


def test_reasons_of_lists_and_rosters(bureau_staff, branch, other_branch, write_csv):
    people = [make_member(branch, "李秀英", gender="2")]
    undo_links(
        by=bureau_staff, reason=SAID, batch=make_link_batch(other_branch, *people, by=bureau_staff)
    )
    born = dt.date(1950, 1, 1)
    make_member(branch, "张建国", id_number=number(1), birth_date=born, former_unit="老厂")
    heading = ("姓名", "公民身份号码", "所在党支部", "原工作单位")
    row = ["张建国", number(5, area="999901"), branch.name, "新厂"]
    batch = checked(bureau_staff, write_csv([row], heading=heading))
    answer = Answer(2, "number", ("former_unit",), reason=SAID)
    batch = decide_rows(by=bureau_staff, batch=batch, answers=[answer])
    assert RosterRow.objects.get().reason == HIDDEN
    undone(bureau_staff, written(bureau_staff, batch, answers={"ID_AREA": SAID}), SAID)
    kept = kept_of(LinkBatch, RosterBatch)
    assert (ID in kept, PHONE in kept) == (False, False)
    assert LinkBatch.objects.get().undo_reason == HIDDEN
    assert RosterBatch.objects.get().undo_reason == HIDDEN
    assert RosterBatch.objects.get().answers == {"ID_AREA": HIDDEN}
