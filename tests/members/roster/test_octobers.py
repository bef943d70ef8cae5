"""A month written 1998.1 may have been October: that is answered on the preview, nothing is uploaded again."""

import pytest

from core.models import AuditEvent
from core.runs import run_now
from members.enums import RosterState
from members.models import Member, RosterBatch
from members.roster.octobers import LONGEST
from tests.members.roster.conftest import number
from tests.members.roster.test_pages import act, checked, page, upload, written

pytestmark = pytest.mark.django_db
TEXT = (
    "姓名,公民身份号码,支部代码,入党日期\n"
    f"张建国,{number(1)},QL0001,1998.1\n"
    f"李秀英,{number(2)},QL0001,1985.1\n"
    f"王志明,{number(3)},QL0001,1985.2\n"
)


@pytest.fixture
def office(client_for, bureau_staff):
    return client_for(bureau_staff)


@pytest.fixture
def batch(office, branch):
    return checked(office, TEXT)


def read_again(client, batch, typed):
    answer = act(client, batch, "keep", reread="1", octobers=typed)
    batch.refresh_from_db()
    if batch.state == RosterState.CHECKING:
        run_now(batch.check_run)
        batch.refresh_from_db()
    return answer


def joined():
    return [str(day) for day in Member.objects.order_by("pk").values_list("join_date", flat=True)]


def doubted(batch):
    return {code: rows for code, rows, _ in batch.totals["doubts"]}


def test_the_rows_that_were_october_are_said_by_number_and_read_again(office, batch):
    assert doubted(batch) == {"DATE_JANUARY": 2}
    read_again(office, batch, "第3行")
    assert (batch.state, doubted(batch)) == (RosterState.READY, {"DATE_JANUARY": 1})
    shown = page(office, batch, tab="mended").context["lines"]
    assert [(line.row, line.mended[0].after) for line in shown] == [
        (2, "1998年1月"),
        (3, "1985年10月"),
        (4, "1985年2月"),
    ]
    assert 'name="octobers" value="3"' in page(office, batch).text
    written(office, batch, octobers="3", doubt_DATE_JANUARY="on")
    assert joined() == ["1998-01-01", "1985-10-01", "1985-02-01"]
    event = AuditEvent.objects.get(act="按10月读名册的年月")
    assert event.after == {"rows": "3"}


def test_all_of_them_at_once_and_back_again(office, batch):
    read_again(office, batch, "全部")
    assert doubted(batch) == {}
    read_again(office, batch, "")
    assert doubted(batch) == {"DATE_JANUARY": 2}
    read_again(office, batch, "都是")
    written(office, batch, octobers="全部")
    assert joined() == ["1998-10-01", "1985-10-01", "1985-02-01"]


def test_after_all_of_them_only_some_are_said_in_one_go(office, batch):
    read_again(office, batch, "全部")
    answer = read_again(office, batch, "3")
    assert "没有末尾写成 .1 的年月" not in answer.text
    assert (batch.octobers, doubted(batch)) == ([3], {"DATE_JANUARY": 1})
    written(office, batch, octobers="3", doubt_DATE_JANUARY="on")
    assert joined() == ["1998-01-01", "1985-10-01", "1985-02-01"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("4", "第4行没有末尾写成 .1 的年月。请照这项提醒列出的行号写（网页上按“看这几行”）。"),
        ("3、" * 150_000, "行号写得太多，一次最多2000个字。都是10月，写“全部”"),
        ("张建国", "行号请写数字，用顿号或逗号隔开，如 3、8；都是10月，写“全部”。"),
    ],
)
def test_what_is_no_such_row_is_said_and_stays_in_the_field(office, batch, typed, said):
    answer = read_again(office, batch, typed)
    assert said in answer.text
    assert batch.state == RosterState.READY
    assert f'name="octobers" value="{typed[:LONGEST]}"' in answer.text


def test_many_rows_stay_in_the_field_whatever_else_is_done_on_the_page(office, batch):
    """Cut, they would be other rows than were meant."""
    typed = "、".join(str(number) for number in range(2, 90))
    act(office, batch, "keep", octobers=typed)
    assert f'name="octobers" value="{typed}"' in page(office, batch).text


def test_nothing_is_written_before_the_rows_are_read_again(office, batch):
    refused = act(office, batch, "confirm", octobers="3", doubt_DATE_JANUARY="on")
    assert "写了行号，还没有重新核对。请按“按10月重新核对”" in refused.text
    assert Member.objects.count() == 0


def test_a_roster_without_such_months_does_not_ask(office, branch):
    batch = checked(office, f"姓名,公民身份号码,支部代码\n张建国,{number(1)},QL0001\n")
    assert "octobers" not in page(office, batch).text


def test_what_was_said_is_known_of_the_same_file_next_time(office, batch):
    read_again(office, batch, "全部")
    written(office, batch, octobers="全部")
    answer = upload(office, TEXT, again="on")
    again = answer.context["batch"]
    act(
        office,
        again,
        "columns",
        column0="name",
        column1="id_number",
        column2="branch_code",
        column3="join_date",
    )
    again.refresh_from_db()
    run_now(again.check_run)
    again.refresh_from_db()
    assert (again.counts.get("S"), doubted(again)) == (3, {})


def test_a_stranger_reads_nothing_again(client_for, outsider, batch):
    read_again(client_for(outsider), batch, "全部")
    assert batch.octobers == []


@pytest.fixture
def path(tmp_path, branch):
    path = tmp_path / "名册.csv"
    path.write_text(TEXT, encoding="utf-8")
    return path


def test_the_command_takes_the_rows_too_and_it_is_on_record(path, import_roster, bureau_staff):
    report = import_roster(path, bureau_staff, "--october", "3")
    assert (report["written"], report["unconfirmed"]) == (True, {"DATE_JANUARY": 1})
    assert joined() == ["1998-01-01", "1985-10-01", "1985-02-01"]
    assert AuditEvent.objects.get(act="按10月读名册的年月").after == {"rows": "3"}


@pytest.mark.parametrize("options", [[], ["--dry-run"]])
def test_the_command_refuses_rows_without_such_months_as_the_page_does(
    path, import_roster, bureau_staff, options
):
    refused = import_roster(path, bureau_staff, "--october", "4,777", *options)
    assert (refused.code, Member.objects.count()) == (2, 0)
    assert "第4、777行没有末尾写成 .1 的年月。" in refused.message
    assert not RosterBatch.objects.filter(state__in=RosterState.open_states()).exists()


def test_the_command_only_checks_with_the_rows_too(path, import_roster, bureau_staff):
    report = import_roster(path, bureau_staff, "--october", "all", "--dry-run")
    assert (report["written"], report["unconfirmed"], report.codes) == (False, {}, [])
