"""Security §5a 19, 20: another document than the identity card, or no number, by the column 证件类型."""

import datetime as dt

import pytest

from core.runs import run_now
from members.enums import RosterState
from members.models import Affiliation, Member, RosterRow
from members.roster.reporting import summarise
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.test_pages import act, checked, page, written

pytestmark = pytest.mark.django_db
HEADING = "姓名,证件类型,身份证号,支部代码,性别,出生日期\n"


@pytest.fixture
def office(client_for, bureau_staff):
    return client_for(bureau_staff)


def told(batch):
    """The findings of each row, by row."""
    rows = RosterRow.objects.filter(batch=batch).exclude(problems=None).order_by("row")
    return dict(rows.values_list("row", "problems"))


def test_each_document_is_taken_as_it_is_and_says_nothing_of_birth_or_gender(office, branch):
    rows = (
        "张建国,护照,e12345678,QL0001,男,1950-01-01\n"
        "李秀英,回乡证,H12345678,QL0001,女,1951-02-01\n"
        "王志明,台胞证,12345678,QL0001,男,1952-03-01\n"
        "赵德胜,无证号,,QL0001,男,1953-04-01\n"
        f"钱玉兰,身份证,{number(6)},QL0001,,\n"
        f"孙大川,,{number(7)},QL0001,,\n"
    )
    batch = checked(office, HEADING + rows)
    assert (told(batch), batch.counts["N"], batch.totals["distinct_ids"]) == ({}, 6, 5)
    written(office, batch)
    members = Member.objects.order_by("pk").values_list("id_type", "id_number", "gender")
    assert list(members)[:4] == [
        ("2", "E12345678", "1"),
        ("3", "H12345678", "2"),
        ("4", "12345678", "1"),
        ("9", "", "1"),
    ]
    assert [each[0] for each in members[4:]] == ["", ""]
    assert Member.objects.get(name="赵德胜").birth_date == dt.date(1953, 4, 1)
    assert "id_number" not in Member.objects.get(name="赵德胜").missing_fields.split(",")
    assert Affiliation.objects.filter(kind="HOME").count() == 6


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("护照,12,QL0001,男,1950-01-01", "ID_DOCUMENT_FORM"),
        ("护照,,QL0001,男,1950-01-01", "ID_EMPTY"),
        ("港澳通行证,E12345678,QL0001,男,1950-01-01", "ID_DOCUMENT_FORM"),
        (f"其他证件,{number(1)},QL0001,男,1950-01-01", "ID_DOCUMENT_FORM"),
        ("身份证,E12345678,QL0001,男,1950-01-01", "ID_OTHER_DOCUMENT"),
        ("其他证件,1.23E+10,QL0001,男,1950-01-01", "ID_SCIENTIFIC"),
        ("其他证件,=HYPERLINK(1),QL0001,男,1950-01-01", "ID_DOCUMENT_FORM"),
        (",E12345678,QL0001,男,1950-01-01", "ID_OTHER_DOCUMENT"),
        (",,QL0001,男,1950-01-01", "ID_EMPTY"),
        (f"无证号,{number(1)},QL0001,男,1950-01-01", "ID_NOT_NONE"),
        ("无证号,,QL0001,男,", "BIRTH_NEEDED"),
        ("护照,E12345678,QL0001,,1950-01-01", "GENDER_NEEDED"),
        ("驾驶证,E12345678,QL0001,男,1950-01-01", "CODE_UNKNOWN"),
    ],
)
def test_what_does_not_fit_is_rejected(office, branch, cells, code):
    batch = checked(office, HEADING + f"张建国,{cells}\n")
    assert batch.counts.get("R") == 1
    assert f'"{code}"' in told(batch)[2]


def test_a_telephone_or_a_cut_card_as_another_document_is_ticked_first(office, branch):
    rows = f"张建国,其他证件,13912345678,QL0001,男,1950-01-01\n李秀英,其他证件,{number(2)[:17]},QL0001,女,1951-01-01\n"
    batch = checked(office, HEADING + rows)
    assert ['"ID_OTHER_PERHAPS"' in each for each in told(batch).values()] == [True, True]
    assert "像身份证号码少了几位，或者像手机号码" in act(office, batch, "confirm").text
    written(office, batch, doubt_ID_OTHER_PERHAPS="on")
    assert Member.objects.count() == 2


def test_the_number_of_a_document_is_one_persons(office, branch):
    known = {"id_type": "2", "id_number": "E12345678", "gender": "1"}
    make_member(branch, "张建国", birth_date=dt.date(1950, 1, 1), **known)
    rows = (
        "李秀英,护照,E99999999,QL0001,女,1950-01-01\n王志明,护照,e99999999,QL0001,男,1950-01-01\n"
        "张建国,护照,E12345678,QL0001,男,1950-01-01\n"
    )
    batch = checked(office, HEADING + rows)
    assert [batch.counts.get(state) for state in "NR"] == [1, 1]
    assert '"ID_TWICE"' in told(batch)[3]
    (row,) = RosterRow.objects.filter(batch=batch, row=4)
    assert row.member_id == Member.objects.get().pk


def test_who_has_no_number_is_asked_about_by_name_birth_month_and_branch(office, branch):
    known = {"id_type": "9", "id_number": "", "gender": "1"}
    make_member(branch, "张建国", birth_date=dt.date(1950, 1, 9), **known)
    rows = (
        "张建国,无证号,,QL0001,男,1950-01-01\n"
        "李秀英,无证号,,QL0001,女,1951-02-01\n"
        "李秀英,无证号,,QL0001,女,1951-02-08\n"
        "李秀英,无证号,,QL0001,女,1951-03-01\n"
    )
    batch = checked(office, HEADING + rows)
    states = RosterRow.objects.filter(batch=batch).order_by("row").values_list("row", "state")
    assert dict(states) == {2: "A", 3: "N", 4: "A", 5: "N"}
    shown = page(office, batch, tab="alike").text
    assert shown.count("没有两个号码可以对照") == 2
    assert "证件号码不同" not in shown
    assert "第3行对，就选“不写入这一行”" in shown


def test_who_has_no_number_is_not_registered_twice_by_two_rosters(office, branch):
    both = "张建国,无证号,,QL0001,男,1950-01-01\n李秀英,无证号,,QL0001,女,1951-02-01\n"
    other = "张建国,无证号,,QL0001,男,1950-01-20\n"
    one, two = checked(office, HEADING + both), checked(office, HEADING + both + other)
    act(office, two, "decide", **{"row": 4, "decide-4": "other"})  # than the man of row 2
    written(office, one)
    written(office, two)
    assert (two.counts["H"], two.counts["created"], Member.objects.count()) == (3, 0, 2)
    assert "核对以后，同支部登记了一位同名、同年月出生的同志" in page(office, two, tab="held").text

    again = checked(office, HEADING + both + other + "王志明,无证号,,QL0001,男,1952-03-01\n")
    for row in (2, 3, 4):
        act(office, again, "decide", **{"row": row, f"decide-{row}": "other"})
    written(office, again)
    assert (again.counts["created"], Member.objects.count()) == (4, 6)


@pytest.mark.parametrize(
    ("known", "row", "becomes"),
    [
        ({"id_type": "9", "id_number": ""}, f"身份证,{number(1)}", ("", number(1))),
        ({"id_type": "2", "id_number": "E12345678"}, f",{number(1)}", ("", number(1))),
        ({"id_type": "9", "id_number": ""}, "护照,E12345678", ("2", "E12345678")),
    ],
)
def test_where_the_rosters_number_is_right_the_document_is_the_one_that_has_it(
    office, branch, known, row, becomes
):
    make_member(branch, "张建国", gender="1", birth_date=dt.date(1950, 1, 1), **known)
    batch = checked(office, f"{HEADING}张建国,{row},QL0001,男,1950-01-01\n")
    act(office, batch, "decide", **{"row": 2, "decide-2": "number", "reason-2": "看了证件"})
    written(office, batch)
    member = Member.objects.get()
    assert ((member.id_type, member.id_number), batch.counts.get("H")) == (becomes, None)
    assert "id_number" not in member.missing_fields.split(",")


def test_where_a_roster_brings_no_number_none_can_be_right_and_the_document_stays(office, branch):
    known = {"id_type": "8", "id_number": "A1234", "gender": "1", "major": ""}
    make_member(branch, "张建国", birth_date=dt.date(1950, 1, 1), **known)
    heading = HEADING.strip() + ",专业\n"
    batch = checked(office, f"{heading}张建国,无证号,,QL0001,男,1950-01-01,会计\n")
    (line,) = page(office, batch, tab="alike").context["lines"]
    assert [value for value, _ in line.question.options] == ["", "same", "other"]
    assert [change.field for change in line.changes] == ["", "major"]
    ticks = ["id_type", "major"]
    act(office, batch, "decide", **{"row": 2, "decide-2": "same", "take-2": ticks})
    written(office, batch)
    member = Member.objects.get()
    assert (member.id_type, member.id_number, member.major) == ("8", "A1234", "会计")


@pytest.mark.parametrize("third", ["无证号,", f"身份证,{number(1, '19500109')}"])
def test_a_dry_run_says_of_who_has_no_number_what_the_run_says(
    office, branch, write_csv, import_roster, bureau_staff, third
):
    """Whether the third is asked about is the same whichever of the two has a number."""
    who = "张建国,无证号,,QL0001,男,1950-01-01\n李秀英,无证号,,QL0001,女,1951-02-01\n"
    text = f"{HEADING}{who}张建国,{third},QL0001,男,1950-01-09\n"
    heading, *rows = [line.split(",") for line in text.splitlines()]
    path = write_csv(rows, heading=heading)
    tried = import_roster(path, bureau_staff, "--dry-run")
    batch = checked(office, text)
    figures = summarise(batch)
    assert (figures.new, figures.to_confirm) == (2, 1)
    assert (tried["new"], tried["to_confirm"]) == (2, 1)
    assert list(told(batch)) == [4]
    assert tried.codes.count("ALIKE_ROW_NO_NUMBER") == 1


def test_a_card_that_is_said_otherwise_is_shown_in_full(office, branch):
    text = (
        HEADING
        + f"张建国,二代身份证,{number(1)},QL0001,,\n李秀英,台胞证,12345678,QL0001,女,1951-02-01\n"
    )
    (first, second) = page(office, checked(office, text), tab="mended").context["lines"]
    assert [(each.before, each.after) for each in first.mended] == [("二代身份证", "居民身份证")]
    assert [(each.before, each.after) for each in second.mended] == [
        ("台胞证", "台湾居民来往大陆通行证")
    ]


def test_a_link_of_who_has_no_number_is_said_to_be_left(office, branch, other_branch):
    text = HEADING.strip() + ",活动组织\n赵德胜,无证号,,QL0001,男,1953-04-01,QL0002\n"
    batch = checked(office, text)
    assert '"LINK_NUMBERLESS"' in told(batch)[2]
    written(office, batch, doubt_LINK_NUMBERLESS="on")
    assert Affiliation.objects.get().kind == "HOME"


def test_a_roster_with_such_people_is_taken_back(office, branch):
    batch = checked(office, HEADING + "赵德胜,无证号,,QL0001,男,1953-04-01\n")
    written(office, batch)
    assert Member.objects.count() == 1
    act(office, batch, "undo", reason="传错了")
    batch.refresh_from_db()
    run_now(batch.undo_run)
    batch.refresh_from_db()
    assert (batch.state, Member.objects.count()) == (RosterState.UNDONE, 0)
