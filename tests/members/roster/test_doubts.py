"""Warnings are confirmed on the preview, kind by kind, and never ask for another upload."""

import pytest
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.urls import reverse

from core.models import AuditEvent
from members.actions.roster import confirm_roster
from members.enums import RosterState
from members.models import Member, RosterBatch
from tests.factories.branches import make_district
from tests.members.roster.conftest import called, number
from tests.members.roster.test_pages import HEADING, act, checked, page, written

pytestmark = pytest.mark.django_db
TEXT = (
    "姓名,公民身份号码,支部代码,出生日期,入党日期,转正日期\n"
    f"张建国,{number(1)},QL0001,1949-06-01,1980-07-01,1981-07-01\n"
    f"李秀英,{number(2)},QL0001,1949-06-02,1980-07-01,1985-07-01\n"
    f"王志明,{number(3)},QL0001,,1980-07-01,1985-07-02\n"
    f"赵大川,{number(5)},QL0001,,1980-07-01,1981-07-02\n"
)


@pytest.fixture
def office(client_for, bureau_staff):
    return client_for(bureau_staff)


@pytest.fixture
def batch(office, branch):
    return checked(office, TEXT)


def test_each_kind_is_shown_with_its_rows_and_must_be_answered(office, batch):
    form = page(office, batch).context["form"]
    assert [(doubt.code, doubt.rows, field.label) for field, doubt in form.doubts()] == [
        ("ID_BIRTH_DIFFERS", 2, "出生日期与证件号码不一致（2行）"),
        ("FULL_GAP", 2, "转正日期与入党日期相隔不是一年左右（2行）"),
    ]
    shown = page(office, batch, tab="warned", kind="FULL_GAP").context["lines"]
    assert [line.row for line in shown] == [3, 4]
    refused = act(office, batch, "confirm", doubt_FULL_GAP="预备期延长")
    assert "请写一句原因；要改的，请在表格里改好再上传。" in refused.text
    assert refused.context["form"]["doubt_FULL_GAP"].value() == "预备期延长"
    assert Member.objects.count() == 0


def test_a_reason_goes_where_the_register_keeps_it_or_into_the_trail(office, batch):
    written(office, batch, doubt_FULL_GAP="预备期延长过", doubt_ID_BIRTH_DIFFERS="以\u202e档案为准")
    reasons = dict(Member.objects.values_list("name", "birth_date_reason"))
    assert reasons == {"张建国": "以档案为准", "李秀英": "以档案为准", "王志明": "", "赵大川": ""}
    event = AuditEvent.objects.get(act="导入党员名册")
    assert event.after["answers"] == (
        "出生日期与证件号码不一致（2行）：以档案为准；"
        "转正日期与入党日期相隔不是一年左右（2行）：预备期延长过"
    )
    # Whoever is on the register with his reason is not asked about again.
    again = checked(office, TEXT + "\n")
    assert again.totals["doubts"] == []


def test_what_needs_no_reason_is_ticked(office, branch):
    rows = "".join(
        f"{called(order)},{number(order)},QL0001,16112345678,\n" for order in range(1, 6)
    )
    batch = checked(office, HEADING + rows)
    refused = act(office, batch, "confirm")
    assert "请先看一看这些行，再勾选。" in refused.text
    written(office, batch, doubt_PHONE_SHARED="on", doubt_PHONE_TWICE="on")
    assert Member.objects.count() == 5
    batch.refresh_from_db()
    assert batch.answers == {"PHONE_SHARED": "", "PHONE_TWICE": ""}


def test_a_reason_of_the_roster_itself_stays(office, branch):
    text = (
        "姓名,公民身份号码,支部代码,出生日期,入党日期,出生日期不一致的说明\n"
        f"张建国,{number(1)},QL0001,1949-06-01,1966-07-01,档案为准\n"
        f"李秀英,{number(2)},QL0001,1949-06-01,1966-07-01,\n"
    )
    batch = checked(office, text)
    assert [code for code, _, _ in batch.totals["doubts"]] == ["JOIN_YOUNG", "ID_BIRTH_DIFFERS"]
    written(office, batch, doubt_JOIN_YOUNG="档案年龄不同", doubt_ID_BIRTH_DIFFERS="户口登记有误")
    reasons = dict(Member.objects.values_list("name", "birth_date_reason"))
    assert reasons == {"张建国": "档案为准", "李秀英": "户口登记有误"}


def test_the_command_reports_warnings_and_writes(write_csv, import_roster, bureau_staff, branch):
    heading = ("姓名", "公民身份号码", "支部代码", "出生日期")
    path = write_csv([["张建国", number(1), "QL0001", "1949-06-01"]], heading=heading)
    report = import_roster(path, bureau_staff)
    assert (report.code, report["warnings"], report["written"]) == (0, 1, True)
    assert report["unconfirmed"] == {"ID_BIRTH_DIFFERS": 1}
    event = AuditEvent.objects.get(act="导入党员名册")
    assert event.after["answers"] == "出生日期与证件号码不一致（1行）：没有核对"


def test_the_command_takes_what_was_confirmed_and_says_what_was_not(
    write_csv, bureau_staff, branch, capsys
):
    path = write_csv(
        [row.split(",") for row in TEXT.split("\n")[1:-1]], heading=TEXT[:29].split(",")
    )
    told = {"by": bureau_staff.username, "dry_run": True}
    call_command("import_roster", str(path), confirm=["all", "FULL_GAP=预备期延长"], **told)
    shown = capsys.readouterr().out
    assert "提醒2处还没有核对：出生日期与证件号码不一致（编号A14）。看过了" in shown
    answers = ["a14=以档案为准", "FULL_GAP=预备期延长"]
    call_command("import_roster", str(path), confirm=answers, by=bureau_staff.username)
    assert "没有核对" not in capsys.readouterr().out
    assert Member.objects.get(name="张建国").birth_date_reason == "以档案为准"


def test_nothing_is_written_while_a_warning_is_open_whoever_asks(bureau_staff, batch):
    """The rule of the pages is the act's; only the command passes over, and says so."""
    answers = {"ID_BIRTH_DIFFERS": "", "FULL_GAP": "预备期延长"}
    with pytest.raises(ValidationError, match=r"没有核对：出生日期与证件号码不一致（2行）。"):
        confirm_roster(by=bureau_staff, batch=batch, answers=answers)
    batch.refresh_from_db()
    assert (batch.state, Member.objects.count()) == (RosterState.READY, 0)


def test_a_stranger_answers_nothing(client_for, outsider, batch):
    address = reverse("admin:roster-confirm", args=[batch.pk])
    answers = {"doubt_FULL_GAP": "x", "doubt_ID_BIRTH_DIFFERS": "x"}
    assert client_for(outsider).post(address, answers).status_code == 404
    assert RosterBatch.objects.get(pk=batch.pk).answers == {}


def test_a_year_alone_stays_blank_is_ticked_and_is_still_to_be_found_out(office, branch):
    """Old files know no more of when somebody joined; that sends nobody back."""
    text = (
        "姓名,公民身份号码,支部代码,入党日期\n"
        f"张建国,{number(1)},QL0001,1975\n"
        f"李秀英,{number(2)},QL0001,1975.06\n"
    )
    batch = checked(office, text)
    assert (batch.counts.get("R", 0), batch.counts["N"]) == (0, 2)
    (line,) = page(office, batch, tab="mended").context["lines"]
    (change,) = [each for each in line.mended if each.label == "入党日期"]
    assert (line.row, change.before, change.after) == (3, "1975.06", "1975年6月")
    refused = act(office, batch, "confirm")
    assert "核对过了：日期只有年份，这一格先空着（1行）" in refused.text

    written(office, batch, doubt_DATE_YEAR_LEFT="on")
    zhang, li = Member.objects.order_by("pk")
    assert (zhang.join_date, "join_date" in zhang.missing_fields.split(",")) == (None, True)
    assert (str(li.join_date), li.month_only) == ("1975-06-01", "join_date")


def test_a_csv_whose_october_may_have_lost_its_zero_is_asked_about_and_nobody_is_sent_back(
    office, branch
):
    text = f"姓名,公民身份号码,支部代码,入党日期\n张建国,{number(1)},QL0001,1998.1\n"
    batch = checked(office, text)
    assert (batch.counts.get("R", 0), batch.counts["N"]) == (0, 1)
    (line,) = page(office, batch, tab="mended").context["lines"]
    (change,) = [each for each in line.mended if each.label == "入党日期"]
    assert (change.before, change.after) == ("1998.1", "1998年1月")
    refused = act(office, batch, "confirm")
    assert (
        "核对过了：末尾写成 .1 的年月，读成了1月（表格软件会把 .10 变成 .1）（1行）" in refused.text
    )

    written(office, batch, doubt_DATE_JANUARY="on")
    assert str(Member.objects.get().join_date) == "1998-01-01"


def test_an_area_that_nobody_listed_is_ticked_and_one_long_abolished_is_not(office, branch):
    make_district("新区", "320199000000")
    areas = ("320103", "110103", "320100", "320199", "329901")
    rows = "".join(
        f"{called(order)},{number(order, area=area)},QL0001,,\n"
        for order, area in enumerate(areas, 1)
    )
    batch = checked(office, HEADING + rows)
    ((field, doubt),) = page(office, batch).context["form"].doubts()
    assert (doubt.code, field.label) == (
        "ID_AREA",
        "核对过了：证件号码的前六位查不到是哪个地区（1行）",
    )
    shown = page(office, batch, tab="warned", kind="ID_AREA").context["lines"]
    assert [line.row for line in shown] == [6]
    assert "请先看一看这些行，再勾选。" in act(office, batch, "confirm").text
    written(office, batch, doubt_ID_AREA="on")
    assert Member.objects.count() == 5


@pytest.mark.parametrize("demo", [True, False])
def test_made_up_numbers_are_no_doubt_in_a_demonstration_only(office, branch, settings, demo):
    settings.DEMO_BANNER = demo
    row = f"张建国,{number(1, area='990399')},QL0001,,\n"
    doubts = checked(office, HEADING + row).totals["doubts"]
    assert [code for code, *_ in doubts] == ([] if demo else ["ID_AREA"])
