"""What a check tells of people out of reach is little, and on record (security §5a 61)."""

import base64
import datetime as dt
from unittest.mock import Mock

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from core.models import AuditEvent, RuleParameter
from core.runs import run_now, start_run
from core.spreadsheets import Refusal, RefusedFile
from members.actions.roster import discard_roster
from members.enums import RosterRowState, RosterState
from members.models import RosterBatch, RosterTried
from members.roster.guesses import Alike, Guessed, refuse_guesses
from tests.factories.branches import make_user
from tests.factories.members import make_member
from tests.members.roster.conftest import called, number
from tests.members.roster.steps import checked

pytestmark = pytest.mark.django_db
NAMES = "张王李赵陈刘杨黄吴周徐孙马朱胡林郭何高罗郑梁谢宋"


@pytest.fixture
def candidates(write_csv, branch):
    """Check as SECRETARY the numbers that differ from each other at their end only."""

    def check(user, names, orders):
        rows = [
            [name, number(order), branch.code] for name, order in zip(names, orders, strict=True)
        ]
        return checked(user, write_csv(rows))

    return check


def test_trying_the_numbers_that_a_mask_leaves_is_refused_whole(
    candidates, secretary, far_branch, client_for
):
    hidden = make_member(far_branch, "王建国", id_number=number(3))
    batch = candidates(secretary, ["王建国"] * 4, range(1, 8, 2))
    assert (batch.state, batch.rows.count()) == (RosterState.REFUSED, 0)
    page = client_for(secretary).get(reverse("members:batch", args=[batch.pk])).text
    assert "超过3行的姓名相同、证件号码只有几位不同" in page
    assert "其他组织" not in page
    told = AuditEvent.objects.get(act="核对名册")
    assert (told.by, told.note) == (secretary, batch.refusals[0]["message"])
    assert hidden.id_number not in str(batch.refusals)


def test_other_names_do_not_help(candidates, secretary):
    """Numbers of one birth date whose check digit is known, too: one in eleven."""
    RuleParameter.objects.filter(key="roster.any_name_alike_max").update(value="4")
    alike = [order for order in range(1, 200) if number(order)[-1] == number(1)[-1]]
    names = [f"{sur}建国" for sur in NAMES]
    assert candidates(secretary, names[:4], alike[:4]).state == RosterState.READY
    refused = candidates(secretary, names[:5], alike[:5])
    assert refused.state == RosterState.REFUSED
    assert "超过4行的证件号码只有几位不同" in refused.refusals[0]["message"]


def test_every_check_says_in_the_trail_how_many_are_known_elsewhere(
    candidates, secretary, bureau_staff, far_branch
):
    make_member(far_branch, "王建国", id_number=number(3))
    candidates(secretary, ["张建国", "王建国", "王建国"], (1, 3, 5))
    told = AuditEvent.objects.visible_to(bureau_staff).get(act="核对名册")
    assert told.by == secretary
    assert told.note == "3行，其中1行的证件号码登记在管理范围以外。"


def test_the_digits_before_the_birth_date_are_hidden_as_well(secretary, write_csv, branch):
    """A mask shows three digits and four: the area is tried as the birth date is, blanks do not help."""
    tried = {}
    for area in range(329000, 330000):
        for order in (3, 7):
            tried.setdefault(number(order, area=str(area))[-4:], []).append(
                number(order, area=str(area))
            )
    alike = max(tried.values(), key=len)
    names = ("王建国", "王 建国", "王建 国", "王建国")
    rows = [[name, one, branch.code] for name, one in zip(names, alike[:4], strict=True)]
    assert checked(secretary, write_csv(rows[:3])).state == RosterState.READY
    refused = checked(secretary, write_csv(rows))
    assert refused.state == RosterState.REFUSED
    assert "姓名相同、证件号码只有几位不同" in refused.refusals[0]["message"]


def test_every_row_of_a_long_file_is_looked_at_and_counting_takes_little_at_once(db, monkeypatch):
    met = Alike()
    for order in range(30_000):
        day = f"{1936 + order % 24}{1 + order % 12:02d}{1 + order // 300 % 28:02d}"
        met.meet(
            f"{NAMES[order % len(NAMES)]}{order}", f"3299{order % 89:02d}{day}{order % 9973:04d}"
        )
    refuse_guesses(met, rows=range(30_000), before=Alike(), hours=24)
    for order in range(1, 19, 2):
        met.meet("王建国", number(order))
    refuse_guesses(met, rows=range(30_009), before=Alike(), hours=24)  # one more of 5,000 rows
    met.meet("王建国", number(19))
    for at_once in (250_000, 5_000):
        monkeypatch.setattr("members.roster.guesses._COUNTED_AT_ONCE", at_once)
        with pytest.raises(Guessed, match="超过9行的姓名相同、证件号码只有几位不同") as refused:
            refuse_guesses(met, rows=range(30_010), before=Alike(), hours=24)
        assert refused.value.row == 30_009


def test_whoever_may_see_everybody_finds_nothing_out(candidates, far_branch):
    """A roster of one's own making, all of one name and birth date, is a roster all the same."""
    make_member(far_branch, "王建国", id_number=number(3))
    root = make_user("root", is_superuser=True)
    for orders in ((1, 3, 5, 7, 9), (11, 13, 15, 17, 19)):
        assert candidates(root, ["王建国"] * 5, orders).state == RosterState.READY
    assert not RosterTried.objects.exists()


def test_a_file_cut_in_pieces_is_one_try(candidates, secretary, bureau_staff, far_branch):
    make_member(far_branch, "王建国", id_number=number(3))
    first = candidates(secretary, ["王建国"] * 2, (1, 3))
    assert first.state == RosterState.READY
    assert candidates(secretary, ["王建国"] * 2, (3, 5)).state == RosterState.READY
    refused = candidates(secretary, ["李秀英", "王建国"], (9, 7))
    assert (refused.state, refused.rows.count()) == (RosterState.REFUSED, 0)
    (why,) = refused.refusals
    assert why["message"].startswith("连同您24小时以内上传的其他名册，超过3行的姓名相同、")
    assert why["row"] == 3
    # Nobody is refused for what somebody else tried, nor for a number that comes again.
    assert candidates(bureau_staff, ["王建国"], (7,)).state == RosterState.READY
    for _ in range(2):
        assert candidates(secretary, ["王建国"] * 3, (1, 3, 5)).state == RosterState.READY
    RosterTried.objects.filter(batch__by=secretary).exclude(batch=first.pk).delete()
    assert candidates(secretary, ["王建国"] * 2, (1, 3)).state == RosterState.READY
    assert RosterTried.objects.get(batch__by=secretary).batch == first, "the same file again"


def test_what_was_tried_is_kept_sealed_and_for_a_day(candidates, secretary):
    candidates(secretary, ["王建国"] * 3, (1, 3, 5))
    with connection.cursor() as cursor:
        cursor.execute("SELECT numbers FROM members_rostertried")
        (kept,) = cursor.fetchone()
    assert base64.b64decode(kept)[:2] == bytes((1, 1)), "sealed with the first key"
    RosterTried.objects.update(at=timezone.now() - dt.timedelta(hours=24, minutes=1))
    assert candidates(secretary, ["王建国"], (7,)).state == RosterState.READY
    run_now(start_run(by=None, kind="nightly.sweep_rosters", key="t", ring=False))
    assert [each.batch.rows.count() for each in RosterTried.objects.all()] == [1]


@pytest.mark.parametrize(
    ("one_name", "most", "passport"),
    [(False, 20, "E1234{:04d}"), (True, 3, "E1234{:04d}"), (False, 20, "E12{:02d}5678")],
)
def test_passports_are_not_tried_one_after_the_other(
    secretary, write_csv, branch, one_name, most, passport
):
    heading = ("姓名", "证件类型", "身份证号", "支部代码", "性别", "出生日期")
    rows = [
        ["王建国" if one_name else called(at), "护照", passport.format(at), branch.code, "男", day]
        for at, day in enumerate(["1950-01-01"] * (most + 1))
    ]
    assert checked(secretary, write_csv(rows[:-1], heading=heading)).state == RosterState.READY
    refused = checked(secretary, write_csv(rows, heading=heading))
    assert refused.state == RosterState.REFUSED
    assert f"超过{most}行的" in refused.refusals[0]["message"]
    assert ("姓名相同" in refused.refusals[0]["message"]) == one_name


class CutShort(Exception):
    """A check is killed."""


@pytest.mark.parametrize("end", ["killed", "given up"])
def test_a_check_that_did_not_end_tells_nothing(
    candidates, secretary, far_branch, client_for, monkeypatch, end
):
    """All rows are staged by then, and who is registered elsewhere stands in them."""
    make_member(far_branch, "王建国", id_number=number(3))
    monkeypatch.setattr("members.roster.runs.say_of_both", Mock(side_effect=CutShort))
    with pytest.raises(CutShort):
        candidates(secretary, ["王建国"] * 2, (1, 3))
    batch = RosterBatch.objects.get()
    assert (batch.state, batch.rows.filter(state=RosterRowState.REJECTED).count()) == (
        RosterState.CHECKING,
        1,
    )
    if end == "given up":
        batch = discard_roster(by=secretary, batch=batch)
        assert not batch.rows.exists()
    client = client_for(secretary)
    assert client.get(reverse("members:batch-rejected", args=[batch.pk])).status_code == 404
    page = client.get(reverse("members:batch", args=[batch.pk])).text
    assert "退回" not in page
    assert "登记在管理范围以外" not in page
    assert batch.counts == batch.totals == {}
    assert not AuditEvent.objects.filter(act="核对名册").exists()


def test_rows_before_a_break_in_the_file_go_with_it(candidates, secretary, far_branch, monkeypatch):
    make_member(far_branch, "王建国", id_number=number(3))
    broken = RefusedFile(Refusal.BROKEN)
    monkeypatch.setattr("members.roster.runs.decide_again", Mock(side_effect=broken))
    batch = candidates(secretary, ["王建国"] * 2, (1, 3))
    assert (batch.state, batch.rows.count()) == (RosterState.REFUSED, 0)


def test_a_long_file_does_not_wash_out_what_was_tried_before_it(candidates, secretary):
    """Each file is read as a whole, whatever came since."""
    assert candidates(secretary, ["王建国"] * 3, (1, 3, 5)).state == RosterState.READY
    padding = Alike()
    for column in padding.columns:
        column.extend(range(250_000))
    other = candidates(secretary, ["李秀英"], (9,))
    RosterTried.objects.filter(batch=other).update(
        numbers=base64.b64encode(padding.packed()).decode()
    )
    assert candidates(secretary, ["王建国"], (7,)).state == RosterState.REFUSED
