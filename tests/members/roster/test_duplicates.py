"""People who are on the register already, twice in the file, or in somebody else's branch."""

import pytest

from core.models import User
from members.actions import transfer_out
from members.actions.roster_rows import Answer, decide_rows
from members.models import Member, RosterChunk
from members.roster.changing import unpacked
from members.roster.reporting import findings
from tests.cast import TODAY
from tests.factories.branches import make_user
from tests.factories.members import make_member
from tests.members.roster.conftest import number
from tests.members.roster.steps import checked, written

pytestmark = pytest.mark.django_db
HEADING = ("姓名", "公民身份号码", "支部代码", "联系电话", "居住地址", "原工作单位", "入党日期")


@pytest.fixture
def zhang(branch):
    return make_member(
        branch,
        "张建国",
        id_number=number(1),
        phone="16112345678",
        address="槐荫里1号",
        former_unit="",
    )


def row(phone="", address="", unit="", joined=""):
    return ["张建国", number(1), "QL0001", phone, address, unit, joined]


def test_the_same_again_changes_nothing(write_csv, import_roster, bureau_staff, zhang):
    before = Member.objects.get()
    path = write_csv([row("16112345678", "槐荫里1号", "", "1980-07-01")], heading=HEADING)
    report = import_roster(path, bureau_staff, "--on-duplicate", "overwrite")
    assert (report.code, report.figures) == (0, (1, 0, 0, 1, 0, 0))
    assert Member.objects.get().version == before.version


def test_the_same_file_twice_adds_nobody(write_csv, import_roster, bureau_staff, branch):
    path = write_csv([["张建国", number(1), "QL0001"], ["李秀英", number(2), "QL0001"]])
    assert import_roster(path, bureau_staff).figures == (2, 2, 0, 0, 0, 0)
    assert import_roster(path, bureau_staff).figures == (2, 0, 0, 2, 0, 0)
    assert Member.objects.count() == 2


@pytest.mark.parametrize(
    ("choice", "figures", "stored"),
    [
        ("ask", (1, 0, 0, 0, 0, 1), ("16112345678", "")),
        ("skip", (1, 0, 0, 1, 0, 0), ("16112345678", "")),
        ("fill", (1, 0, 1, 0, 0, 0), ("16112345678", "第一机械厂")),
        ("overwrite", (1, 0, 1, 0, 0, 0), ("16187654321", "第一机械厂")),
    ],
)
def test_what_each_choice_does_to_one_who_differs(
    write_csv, import_roster, bureau_staff, zhang, choice, figures, stored
):
    path = write_csv([row("16187654321", "", "第一机械厂")], heading=HEADING)
    report = import_roster(path, bureau_staff, "--on-duplicate", choice)
    member = Member.objects.get()
    assert (report.code, report.figures) == (0, figures)
    assert (member.phone, member.former_unit, member.address) == (*stored, "槐荫里1号")


def test_asking_says_in_what_he_differs_and_not_the_values(
    write_csv, import_roster, bureau_staff, zhang
):
    path = write_csv([row("16187654321", "别处2号")], heading=HEADING)
    (found,) = import_roster(path, bureau_staff)["problems"]
    assert (found["code"], found["message"]) == (
        "DIFFERS",
        "这位同志已登记，名册与登记不一致：联系电话、居住地址。请确认以哪个为准。",
    )


def test_a_blank_never_overwrites(write_csv, import_roster, bureau_staff, zhang):
    path = write_csv([row("", "无", "", "")], heading=HEADING)
    assert import_roster(path, bureau_staff, "--on-duplicate", "overwrite").figures == (
        1,
        0,
        0,
        1,
        0,
        0,
    )
    assert Member.objects.get().address == "槐荫里1号"


def test_a_month_does_not_replace_the_day_of_that_month(
    write_csv, import_roster, bureau_staff, zhang
):
    path = write_csv([row(joined="1980.07")], heading=HEADING)
    report = import_roster(path, bureau_staff, "--on-duplicate", "overwrite")
    assert report.figures == (1, 0, 0, 1, 0, 0)


def test_a_day_completes_a_month(write_csv, import_roster, bureau_staff, branch):
    make_member(branch, "张建国", id_number=number(1), month_only="join_date")
    path = write_csv([row(joined="1980-07-16")], heading=HEADING)
    report = import_roster(path, bureau_staff, "--on-duplicate", "fill")
    member = Member.objects.get()
    assert report.figures == (1, 0, 1, 0, 0, 0)
    assert (str(member.join_date), member.month_only) == ("1980-07-16", "")


def test_what_follows_is_kept_up_and_the_telephone_is_found(
    write_csv, import_roster, bureau_staff, branch, zhang
):
    path = write_csv([["张建华", number(1), "QL0001", "16187654321"]], heading=HEADING[:4])
    import_roster(path, bureau_staff, "--on-duplicate", "overwrite")
    member = Member.objects.get()
    index = Member._meta.get_field("phone_index")
    assert (member.name, member.name_initials, member.given_name) == ("张建华", "zjh", "建华")
    assert member.phone_index == index.digest("16187654321")
    assert member.version == zhang.version + 1


def test_missing_data_follows_what_was_filled(write_csv, import_roster, bureau_staff, branch):
    make_member(branch, "张建国", id_number=number(1), phone="", ethnicity="")
    path = write_csv([row("16112345678")], heading=HEADING)
    import_roster(path, bureau_staff, "--on-duplicate", "fill")
    assert Member.objects.get().missing_fields == "ethnicity"


def test_what_was_before_is_kept_for_the_undoing(write_csv, import_roster, bureau_staff, zhang):
    path = write_csv([row("16187654321", "", "第一机械厂")], heading=HEADING)
    import_roster(path, bureau_staff, "--on-duplicate", "overwrite")
    chunk = RosterChunk.objects.get()
    ((pk, before, version),) = unpacked(chunk.changes)
    assert (pk, before["phone"], before["former_unit"]) == (zhang.pk, "16112345678", "")
    assert version == Member.objects.get().version


def test_who_signs_in_by_telephone_goes_on_with_the_new_one(
    write_csv, import_roster, bureau_staff, zhang
):
    account = make_user("zhang", phone="16112345678")
    Member.objects.update(user=account)
    path = write_csv([row("16187654321", "", "第一机械厂")], heading=HEADING)
    import_roster(path, bureau_staff, "--on-duplicate", "overwrite")
    account.refresh_from_db()
    assert account.phone == "16187654321"
    assert User.objects.get_by_natural_key("16187654321") == account


def test_the_first_of_two_rows_with_one_number_is_good(
    write_csv, import_roster, bureau_staff, branch
):
    path = write_csv([["张建国", number(1), "QL0001"], ["张建國", number(1), "QL0001"]])
    report = import_roster(path, bureau_staff, "--accept-good")
    assert (report.code, report.codes) == (1, ["ID_TWICE"])
    assert Member.objects.get().name == "张建国"


def test_of_two_rows_with_one_number_none_is_said_to_be_taken_that_was_returned(
    write_csv, import_roster, bureau_staff, branch
):
    path = write_csv(
        [
            ["张建国", number(1), "QL0001"],
            ["张建国", number(1), "QL0001"],
            ["李秀英", number(2), "QL9999"],
            ["李秀英", number(2), "QL0001"],
        ]
    )
    report = import_roster(path, bureau_staff, "--accept-good")
    said = {each["row"]: each["message"] for each in report["problems"]}
    assert said[3] == "证件号码与第2行相同，只收前面那一行。请核对后删去一行。"
    assert said[5] == "证件号码与第4行相同，那一行也退回了，两行都没有收。请留下一行，改好再上传。"


def test_an_unknown_branch_and_one_out_of_scope_look_alike(
    write_csv, import_roster, bureau_staff, branch, far_branch
):
    heading = ("姓名", "公民身份号码", "所在党支部")
    path = write_csv(
        [
            ["张建国", number(1), "YL9999"],
            ["李秀英", number(2), far_branch.code],
            ["王志明", number(3), far_branch.name],
        ],
        heading=heading,
    )
    report = import_roster(path, bureau_staff)
    found = {(each["column"], each["code"], each["message"]) for each in report["problems"]}
    assert found == {
        (
            "所在党支部",
            "BRANCH_UNKNOWN",
            "没有找到这个党支部。请填完整的名称或组织代码。",
        )
    } or all("松涛" not in message for _, _, message in found)
    assert report.codes == ["BRANCH_UNKNOWN"] * 3


def test_a_person_of_another_district_is_not_named_nor_touched(
    write_csv, import_roster, bureau_staff, branch, far_branch
):
    make_member(far_branch, "韩立群", id_number=number(1))
    path = write_csv([["张建国", number(1), "QL0001"]])
    report = import_roster(path, bureau_staff, "--on-duplicate", "overwrite", "--accept-good")
    (found,) = report["problems"]
    assert (report.code, found["code"], found["message"]) == (
        1,
        "ID_ELSEWHERE",
        "这个证件号码已存在于其他组织，请联系上级老干部局核对。",
    )
    assert Member.objects.get().name == "韩立群"


def test_of_a_member_elsewhere_it_is_said_which_columns_are_not_written(
    write_csv, import_roster, bureau_staff, branch, other_branch
):
    make_member(other_branch, "张建国", id_number=number(1), former_unit="老厂")
    path = write_csv([["张建国", number(1), "QL0001", "", "", "新厂", ""]], heading=HEADING)
    report = import_roster(path, bureau_staff)
    assert report.codes == ["OTHER_BRANCH", "ELSEWHERE_LEFT"]
    assert report["problems"][1]["message"] == (
        "这几栏与登记不同，不写入：原工作单位。转接以后再导入一次，或到本人页面改。"
    )


def test_a_member_of_another_branch_in_scope_is_held_for_a_transfer(
    write_csv, import_roster, bureau_staff, branch, other_branch
):
    make_member(other_branch, "张建国", id_number=number(1))
    path = write_csv([["张建国", number(1), "QL0001"]])
    report = import_roster(path, bureau_staff, "--on-duplicate", "overwrite")
    assert (report.code, report.figures, report.codes) == (0, (1, 0, 0, 0, 0, 1), ["OTHER_BRANCH"])
    assert Member.objects.get().branch == other_branch


def test_who_was_transferred_out_comes_home_by_a_roster_of_his_last_territory(
    write_csv, import_roster, bureau_staff, secretary, outsider, branch, other_branch, far_branch
):
    gone = make_member(branch, "张建国", id_number=number(1))
    transfer_out(by=bureau_staff, member=gone, on=TODAY, document="8号", destination="云南昆明")
    # Who does not look after his last territory learns nothing of him.
    for user, place in ((outsider, far_branch), (secretary, branch)):
        report = import_roster(write_csv([["张建国", number(1), place.code]]), user)
        (found,) = report["problems"]
        assert found["message"] == "这个证件号码已存在于其他组织，请联系上级老干部局核对。"

    batch = checked(bureau_staff, write_csv([["张建国", number(1), other_branch.code]]))
    (said,) = findings(batch)
    assert (said.code, said.message) == (
        "NO_BRANCH",
        (
            "这位同志已经转出，现在不在任何党支部。"
            "回来了的，请选转接；没有回来的，请选不动，或登记为活动组织。"
        ),
    )
    decide_rows(by=bureau_staff, batch=batch, answers=[Answer(2, "move")])
    written(bureau_staff, batch, moved_on=TODAY, moved_document="介字12号")
    assert Member.objects.on_register().get().branch == other_branch


def test_the_deceased_are_left_in_peace(write_csv, import_roster, bureau_staff, zhang):
    Member.objects.update(deceased_on="2026-01-01")
    report = import_roster(write_csv([["张建国", number(1), "QL0001"]]), bureau_staff)
    assert (report.code, report.codes) == (1, ["DECEASED"])
