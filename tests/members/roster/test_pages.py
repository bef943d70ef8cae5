"""导入党员名册 in the admin, step by step, without JavaScript."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from core.runs import run_now
from members.enums import RosterState
from members.models import BranchAlias, Member, RosterBatch, RosterHeading
from tests.factories.members import make_member
from tests.members.roster.conftest import called, number

pytestmark = pytest.mark.django_db
ADD = "admin:members_rosterbatch_add"
HEADING = "姓名,公民身份号码,支部代码,联系电话,我的列\n"


@pytest.fixture
def office(client_for, bureau_staff):
    return client_for(bureau_staff)


def upload(client, text, *, name="名册.csv", encoding="gb18030", **fields):
    file = SimpleUploadedFile(name, text.encode(encoding) if isinstance(text, str) else text)
    return client.post(reverse(ADD), {"file": file, **fields}, follow=True)


def page(client, batch, **query):
    return client.get(reverse("admin:members_rosterbatch_change", args=[batch.pk]), query)


def act(client, batch, step, **data):
    return client.post(reverse(f"admin:roster-{step}", args=[batch.pk]), data, follow=True)


def columns_of(response):
    form = response.context["form"]
    return {name: field.initial for name, field in form.fields.items()}


def checked(client, text, **fields):
    """Upload and check; return the batch as it stands."""
    answer = upload(client, text, **fields)
    batch = RosterBatch.objects.latest("pk")
    act(client, batch, "columns", **columns_of(answer))
    batch.refresh_from_db()
    assert batch.check_run is not None
    run_now(batch.check_run)
    batch.refresh_from_db()
    return batch


def written(client, batch, **data):
    answer = act(client, batch, "confirm", **data)
    batch.refresh_from_db()
    assert batch.write_run is not None
    run_now(batch.write_run)
    batch.refresh_from_db()
    return answer


def test_from_upload_to_result(office, branch):
    text = HEADING + f"张建国,{number(1)},QL0001,16112345678,甲\n李秀英,{number(2)},QL0001,,乙\n"
    answer = upload(office, text)
    batch = RosterBatch.objects.get()
    assert answer.redirect_chain == [(f"/admin/members/rosterbatch/{batch.pk}/change/", 302)]
    assert list(columns_of(answer).values()) == ["name", "id_number", "branch_code", "phone", ""]

    assert "核对中" in act(office, batch, "columns", **columns_of(answer)).text
    batch.refresh_from_db()
    assert batch.check_run is not None
    run_now(batch.check_run)

    preview = page(office, batch).text
    assert "还没有写入" in preview
    assert "张建国" in preview
    assert number(1) not in preview
    assert f"{number(1)[:3]}***********{number(1)[-4:]}" in preview
    batch.refresh_from_db()
    assert [tab.key for tab in page(office, batch).context["tabs"]] == ["new"]

    assert "写入中" in written(office, batch).text
    assert Member.objects.count() == 2
    result = page(office, batch)
    assert "已新增" in result.text
    assert result.context["summary"].new == 2


def test_the_difference_is_shown_masked_and_written_as_chosen(office, branch):
    member = make_member(branch, "张建国", id_number=number(1), phone="16100000001")
    batch = checked(office, HEADING + f"张建国,{number(1)},QL0001,16187654321,\n")
    shown = page(office, batch, tab="different").text
    assert "原来是161****0001 → <ins>161****4321</ins>" in shown
    assert "16187654321" not in shown
    assert page(office, batch).context["summary"].to_confirm == 1

    written(office, batch, on_duplicate="overwrite")

    member.refresh_from_db()
    assert member.phone == "16187654321"
    assert page(office, batch).context["summary"].changed == 1


def test_rejected_rows_need_a_tick_and_come_back(office, client_for, street_staff, branch):
    batch = checked(office, HEADING + f"张建国,{number(1)},QL0001,,\n李秀英,12345,QL0001,,乙\n")
    refused = act(office, batch, "confirm")
    assert "要先写入其余的行，请勾选这一项" in refused.text
    above, _, _ = refused.text.partition('<nav class="tabs"')
    assert 'role="alert" tabindex="-1" autofocus' in above
    assert '<a href="#id_accept_good">退回的行不写，其余照写：' in above
    assert f'formaction="/admin/members/rosterbatch/{batch.pk}/keep/?tab=rejected"' in refused.text
    shown = page(office, batch, tab="rejected").text
    assert "补全或去掉多余的数字。<small>（编号A12）</small>" in shown

    sent = office.get(reverse("admin:roster-rejected", args=[batch.pk]))
    sheet = load_workbook(io.BytesIO(b"".join(sent.streaming_content))).active
    assert [cell.value for cell in sheet[2]][3:] == ["李秀英", "12345", "QL0001", None, "乙"]

    written(office, batch, accept_good="on")
    assert [member.name for member in Member.objects.all()] == ["张建国"]


def test_columns_are_matched_by_hand(office, branch):
    text = f"姓名,公民身份号码,支部代码,号码甲\n张建国,{number(1)},QL0001,16112345678\n"
    answer = upload(office, text)
    batch = RosterBatch.objects.get()
    chosen = columns_of(answer)
    wrong = act(office, batch, "columns", **chosen | {"column3": "name"})
    assert "“姓名”、“号码甲”都是“姓名”，请只留一列" in wrong.text

    act(office, batch, "columns", **chosen | {"column3": "phone"})
    batch.refresh_from_db()
    assert batch.check_run is not None
    run_now(batch.check_run)
    batch.refresh_from_db()
    written(office, batch)
    assert Member.objects.get().phone == "16112345678"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"MZ\x90\x00\x03", "这不是表格文件"),
        (b"\xff\xfe\x00\x59", "文件的文字编码是 UTF-16"),
        ('姓名,公民身份号码,支部代码\n"张建国,1,2\n', "引号没有成对"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_in_words(office, content, sentence):
    answer = upload(office, content)
    assert (answer.status_code, sentence in answer.text) == (200, True)
    assert RosterBatch.objects.get().state == RosterState.REFUSED


def test_an_example_of_an_address_is_hidden_like_the_rest_of_a_person(office, branch):
    upload(office, f"姓名,公民身份号码,支部代码,家庭住址\n张建国,{number(1)},QL0001,槐荫里3号楼\n")
    shown = page(office, RosterBatch.objects.get()).text
    assert ("例：槐荫里" in shown, "例：*" in shown, number(1) in shown) == (False, True, False)


def test_a_heading_that_is_not_found_is_pointed_out_and_remembered(
    office, branch, client_for, outsider, far_branch
):
    text = f"人名,证号,支部,年月\n张建国,{number(1)},QL0001,1975.06\n"
    answer = upload(office, text)
    batch = RosterBatch.objects.get()
    assert (batch.state, "没有认出表头" in answer.text) == (RosterState.UPLOADED, True)
    assert "第2行：张建国、340***********0018、QL0001、1975.06" in answer.text

    answer = act(office, batch, "heading", row="1")
    assert "还没有“公民身份号码”。请指出是哪一列" in answer.text
    assert "例：1975.06。" in answer.text
    refused = act(office, batch, "columns", column0="name", column3="join_date")
    assert "缺少“公民身份号码”这一列" in refused.text
    chosen = ("name", "id_number", "branch", "join_date")
    answers = {f"column{place}": field for place, field in enumerate(chosen)}
    assert "核对中" in act(office, batch, "columns", **answers).text

    again = upload(office, text.replace("张建国", "李秀英"))
    assert tuple(columns_of(again).values()) == chosen
    assert "上次这样认的（顾明远，2026年11月22日）。" in again.text
    stranger = upload(client_for(outsider), text)
    assert "没有认出表头" in stranger.text


def test_a_sheet_without_any_heading_is_read_from_its_first_row(office, branch):
    upload(office, f"张建国,{number(1)}\n李秀英,{number(2)}\n", branch=branch.name)
    batch = RosterBatch.objects.get()
    answer = act(office, batch, "heading", row="0")
    assert [field.label for field in answer.context["form"].visible_fields()] == ["第1列", "第2列"]
    act(office, batch, "columns", column0="name", column1="id_number")
    batch.refresh_from_db()
    run_now(batch.check_run)
    batch.refresh_from_db()
    assert batch.counts["rows"] == 2
    assert RosterHeading.objects.count() == 0


def test_an_ambiguous_heading_asks_on_the_page(office, branch):
    rows = f"张建国,{number(1)},QL0001,正式党员\n李秀英,{number(2)},QL0001,退休\n"
    answer = upload(office, "姓名,公民身份号码,支部代码,人员类别\n" + rows)
    batch = RosterBatch.objects.get()
    assert "分不清是党员类别还是人员类别。请选一个" in answer.text
    assert columns_of(answer)["column3"] == ""
    assert act(office, batch, "again").context["batch"].state == RosterState.UPLOADED
    act(office, batch, "columns", **columns_of(answer) | {"column3": "member_kind"})
    batch.refresh_from_db()
    run_now(batch.check_run)
    batch.refresh_from_db()
    assert (batch.counts["N"], batch.counts["R"]) == (1, 1)


def test_another_sheet_may_be_chosen(office, branch):
    """Security §5a 77."""
    book = Workbook()
    book.active.title = "说明"
    book.active.append(["本表由各支部填写"])
    sheet = book.create_sheet("在册")
    sheet.append(["姓名", "公民身份号码", "支部代码", "序号"])
    sheet.append(["张建国", number(1), "QL0001", 1])
    stream = io.BytesIO()
    book.save(stream)
    answer = upload(office, stream.getvalue(), name="名册.xlsx")
    assert "现在读的是“说明”" in answer.text
    batch = RosterBatch.objects.get()
    answer = act(office, batch, "heading", sheet="在册")
    act(office, batch, "columns", **columns_of(answer))
    batch.refresh_from_db()
    run_now(batch.check_run)
    shown = page(office, batch)
    assert "没有导入的列：序号。" in shown.text
    assert "只读了工作表“在册”，没有读：说明。" in shown.text
    assert shown.context["summary"].new == 1
    assert office.post(reverse("admin:roster-heading", args=[batch.pk])).status_code == 302


BRANCHES = "姓名,公民身份号码,所在党支部\n"


def test_unknown_branches_are_named_once_and_remembered(
    office, branch, far_branch, client_for, outsider, street_staff
):
    names = ["槐荫离退休支部", "槐荫离退休支部", "松涛社区支部"]
    rows = (f"{called(at)},{number(at)},{name}\n" for at, name in enumerate(names, 1))
    batch = checked(office, BRANCHES + "".join(rows))
    shown = page(office, batch)
    form = shown.context["branches_form"]
    assert [field.label for field in form.visible_fields()] == [
        "“槐荫离退休支部”（2行）是哪个党支部",
        "都不是的，填组织代码或完整名称",
        "“松涛社区支部”（1行）是哪个党支部（代码或完整名称）",
    ]
    assert f"<small>组织代码 {branch.code}</small>" in shown.text
    assert far_branch.name not in shown.text
    assert "没有找到这个党支部" in act(office, batch, "branches", named1=far_branch.code).text
    assert "请至少指出一个" in act(office, batch, "branches").text

    act(office, batch, "branches", near0=str(branch.pk))
    batch.refresh_from_db()
    assert batch.state == RosterState.CHECKING
    run_now(batch.check_run)
    batch.refresh_from_db()
    assert (batch.counts["N"], batch.counts["R"]) == (2, 1)
    assert "槐荫离退休支部" not in page(office, batch).context["branches_form"].as_p()

    # Next month nobody is asked, in the whole bureau; elsewhere the name is as unknown as before.
    again = BRANCHES + f"李秀英,{number(5)},槐荫离退休支部\n"
    assert checked(client_for(street_staff), again).counts["N"] == 1
    assert checked(client_for(outsider), again).counts["R"] == 1

    alias = BranchAlias.objects.get()
    listed = office.get(reverse("admin:members_branchalias_changelist")).text
    assert "槐荫离退休支部" in listed
    remove = reverse("admin:members_branchalias_delete", args=[alias.pk])
    assert client_for(outsider).post(remove, {"post": "yes"}).status_code == 404
    office.post(remove, {"post": "yes"})
    assert BranchAlias.objects.count() == 0


def test_what_is_wrong_with_the_form_is_said_beside_it(office, far_branch):
    assert "请选择名册文件" in office.post(reverse(ADD), {}).text
    assert "文件是空的" in upload(office, b"").text
    answer = upload(office, HEADING, branch=far_branch.code)
    assert "没有找到这个党支部" in answer.text
    assert RosterBatch.objects.count() == 0


def test_a_branch_for_the_whole_file(office, branch):
    batch = checked(office, f"姓名,公民身份号码\n张建国,{number(1)}\n", branch=branch.name)
    written(office, batch)
    assert Member.objects.get().branch == branch


def test_the_same_file_again_is_told_not_repeated(office, branch):
    """Security §5a 84."""
    text = HEADING + f"张建国,{number(1)},QL0001,,\n"
    batch = checked(office, text)
    assert upload(office, text).redirect_chain[-1][0].endswith(f"/{batch.pk}/change/")
    written(office, batch)

    again = upload(office, text)
    assert "已经导入过，没有再导入" in again.text
    assert RosterBatch.objects.count() == 1

    upload(office, text, again="on")
    assert RosterBatch.objects.count() == 2


def test_a_roster_can_be_given_up(office, branch):
    batch = checked(office, HEADING + f"张建国,{number(1)},QL0001,,\n")
    assert ">不放弃，回到这份名册</a>" in act(office, batch, "discard").text
    given_up = act(office, batch, "discard", sure="1").text
    assert "已放弃，没有写入" in given_up
    assert "<h1>名册已放弃</h1>" in given_up
    assert "这份名册已放弃，不能再做这一步" in act(office, batch, "confirm").text
    assert Member.objects.count() == 0


def test_a_stopped_writing_goes_on(office, branch):
    batch = checked(office, HEADING + f"张建国,{number(1)},QL0001,,\n")
    act(office, batch, "confirm")
    batch.refresh_from_db()
    office.post(reverse("run-cancel", args=[batch.write_run_id]))
    assert "停下了" in page(office, batch).text

    act(office, batch, "again")
    batch.refresh_from_db()
    assert batch.write_run is not None
    run_now(batch.write_run)
    assert Member.objects.count() == 1


def test_markup_in_a_file_is_text(office, branch):
    """Security §5a 28."""
    batch = checked(office, HEADING + "<script>alert(1)</script>,12345,QL0001,,\n", name="<b>.csv")
    shown = page(office, batch, tab="rejected").text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert" in shown


def test_the_template_is_a_roster_heading(office, branch):
    sent = office.get(reverse("admin:roster-template"))
    book = load_workbook(io.BytesIO(b"".join(sent.streaming_content)))
    sheet = book["党员名册"]
    sheet.append(["张建国", number(1), branch.name])
    stream = io.BytesIO()
    book.save(stream)
    answer = upload(office, stream.getvalue(), name="党员名册.xlsx")
    assert "" not in columns_of(answer).values()


def test_nobody_elses_roster_is_found(office, client_for, outsider, street_staff, branch):
    batch = checked(office, HEADING + f"张建国,{number(1)},QL0001,,\n")
    stranger = client_for(outsider)
    assert page(stranger, batch).status_code == 404
    for step in ("columns", "confirm", "discard", "again"):
        assert act(stranger, batch, step).status_code == 404
    assert stranger.get(reverse("admin:roster-rejected", args=[batch.pk])).status_code == 404
    # A colleague whose territory holds the whole roster sees it, but not the file of bad rows.
    colleague = client_for(street_staff)
    assert page(colleague, batch).status_code == 200
    assert colleague.get(reverse("admin:roster-rejected", args=[batch.pk])).status_code == 404


def test_who_may_not_import_finds_no_pages(client_for, auditor, sysadmin):
    for user in (auditor, sysadmin):
        client = client_for(user)
        assert client.get(reverse(ADD)).status_code == 403
        assert client.get(reverse("admin:members_rosterbatch_changelist")).status_code == 403


@pytest.mark.parametrize("people", [1, 3])
def test_the_preview_costs_the_same_for_one_row_and_three(
    office, branch, people, django_assert_num_queries
):
    for order in range(1, people + 1):
        make_member(branch, "张建国", id_number=number(order))
    rows = "".join(
        f"张建国,{number(order)},QL0001,161876543{order:02d},\n" for order in range(1, people + 1)
    )
    batch = checked(office, HEADING + rows)
    with django_assert_num_queries(12):  # one notes that the check's notice is seen
        page(office, batch, tab="different")


def test_the_list_shows_ones_rosters(office, branch):
    checked(office, HEADING + f"张建国,{number(1)},QL0001,,\n")
    shown = office.get(reverse("admin:members_rosterbatch_changelist")).text
    assert "名册.csv" in shown
    assert "共1行：新增1" in shown
