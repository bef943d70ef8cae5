"""A secretary brings a roster of her own branch (security P13, P14)."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from core.models import Notice
from core.runs import run_now
from members.enums import RosterState
from members.models import Member, RosterBatch
from tests.factories.members import make_member
from tests.members.roster.conftest import number

pytestmark = pytest.mark.django_db
HEADING = "姓名,身份证号,手机,我的列\n"


@pytest.fixture
def desk(client_for, secretary):
    return client_for(secretary)


def upload(client, branch, text, **fields):
    file = SimpleUploadedFile("名册.csv", text.encode("gb18030"))
    return client.post(
        reverse("members:import", args=[branch.pk]), {"file": file, **fields}, follow=True
    )


def act(client, batch, step, **data):
    return client.post(reverse(f"members:batch-{step}", args=[batch.pk]), data, follow=True)


def checked(client, branch, text):
    """Upload, take the columns as recognised, check."""
    page = upload(client, branch, text)
    form = page.context["form"]
    batch = RosterBatch.objects.latest("pk")
    act(client, batch, "columns", **{name: field.initial for name, field in form.fields.items()})
    return after_run(batch, "check_run")


def after_run(batch, run):
    batch.refresh_from_db()
    run_now(getattr(batch, run))
    batch.refresh_from_db()
    return batch


def test_from_upload_to_result(desk, secretary, branch):
    text = (
        HEADING + f"张建国,{number(1)},16112345678,甲\n李秀英,{number(2)},,乙\n周玉兰,12345,,丙\n"
    )
    batch = checked(desk, branch, text)
    assert batch.branch == branch
    preview = desk.get(reverse("members:batch", args=[batch.pk]))
    assert "还没有写入" in preview.text
    assert "ID_LENGTH" not in preview.text
    assert preview.context["summary"].new == 2
    assert batch.totals["distinct_ids"] == 3
    assert batch.totals["gender"] == [["男", 1], ["女", 1], ["未填", 1]]
    assert batch.totals["branch"] == [[branch.name, 3]]
    assert number(1) not in desk.get(f"/rosters/{batch.pk}/?tab=new").text
    assert "请勾选这一项" in act(desk, batch, "confirm").text

    act(desk, batch, "confirm", accept_good="on")
    batch = after_run(batch, "write_run")
    assert batch.state == RosterState.DONE
    assert [member.branch for member in Member.objects.all()] == [branch, branch]
    assert "名册写好了" in desk.get(f"/rosters/{batch.pk}/").text
    sent = desk.get(reverse("members:batch-rejected", args=[batch.pk]))
    sheet = load_workbook(io.BytesIO(b"".join(sent.streaming_content))).active
    assert [cell.value for cell in sheet[2]][3:] == ["周玉兰", "12345", None, "丙"]
    urls = set(Notice.objects.filter(user=secretary).values_list("url", flat=True))
    assert urls == {f"/rosters/{batch.pk}/"}
    assert "名册1" in desk.get(reverse("members:batches", args=[branch.pk])).text


def test_columns_not_recognised_are_asked_for(desk, branch):
    page = upload(desk, branch, HEADING + f"张建国,{number(1)},,16112345678\n").text
    assert "认出3列" in page
    assert page.count("<select") == 1
    batch = RosterBatch.objects.get()
    wrong = act(
        desk, batch, "columns", column0="name", column1="id_number", column2="name", column3=""
    ).text
    assert "都是“姓名”，请只留一列" in wrong
    assert wrong.count("<select") == 4


def test_people_and_branches_out_of_reach_are_not_told(desk, branch, other_branch):
    make_member(other_branch, "欧阳淑珍", id_number=number(2), gender="2")
    heading = "姓名,身份证号,支部代码\n"
    text = heading + f"欧阳淑珍,{number(2)},\n张建国,{number(3)},{other_branch.code}\n"
    batch = checked(desk, branch, text)
    shown = desk.get(f"/rosters/{batch.pk}/?tab=rejected").text
    assert "没有可写入的行" in shown
    assert "核对名册<wbr>（第2步，共3步）" in shown
    assert "下载退回的2行" in shown
    assert "确认写入" not in shown
    assert "放弃这份名册" in shown
    assert "已存在于其他组织" in shown
    assert "没有找到这个党支部" in shown
    assert other_branch.name not in shown.replace("<wbr>", "")
    assert batch.counts["rows"] == batch.counts["R"] == 2


def test_somebody_elses_roster_is_not_there(
    desk, client_for, other_secretary, bureau_staff, superuser, branch
):
    upload(desk, branch, HEADING + f"张建国,{number(1)},,\n")
    batch = RosterBatch.objects.get()
    page = reverse("members:batch", args=[batch.pk])
    assert desk.get(page).status_code == 200
    for user in (other_secretary, bureau_staff, superuser):
        client = client_for(user)
        assert client.get(page).status_code == 404
        for step in ("columns", "confirm", "discard", "again"):
            assert client.post(reverse(f"members:batch-{step}", args=[batch.pk])).status_code == 404


def test_another_branch_is_not_there_and_who_may_not_import_is_refused(
    desk, client_for, other_branch, group_leader, branch
):
    assert desk.get(reverse("members:import", args=[other_branch.pk])).status_code == 404
    leader = client_for(group_leader)
    assert leader.get(reverse("members:import", args=[branch.pk])).status_code == 403


def test_the_same_file_again_is_told(desk, branch):
    text = HEADING + f"张建国,{number(1)},,\n"
    batch = checked(desk, branch, text)
    act(desk, batch, "confirm")
    after_run(batch, "write_run")
    assert "已经导入过，没有再导入" in upload(desk, branch, text).text
    upload(desk, branch, text, again="on")
    assert RosterBatch.objects.count() == 2


def test_a_roster_can_be_given_up(desk, branch):
    upload(desk, branch, HEADING + f"张建国,{number(1)},,\n")
    batch = RosterBatch.objects.get()
    assert "返回这份名册</a>" in act(desk, batch, "discard").text
    assert "这份名册已放弃" in act(desk, batch, "discard", sure="1").text
    assert Member.objects.count() == 0
