"""Grids: who works there, the office telephone, the buildings; listed, taken out, filled by a table (SYS-02)."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from branches.actions import keep_grid
from branches.admin import area as area_admin
from branches.models import Area
from branches.refusal import ChangedMeanwhile
from core import audit
from core.models import AuditEvent, User
from tests.branches.addresses import Signed, sent_from
from tests.factories.branches import make_area

AREAS = reverse("admin:branches_area_changelist")
PHONE, MASKED = "0516-83210001", "051******0001"
HEADINGS = "区划代码,网格员,网格员办公电话,楼栋\n"


@pytest.fixture
def grid(community: Area) -> Area:
    """A grid of C1."""
    return make_area(make_area(community, "第一小组"), "槐荫第一网格")


def upload(client: Client, content: str) -> Any:
    sent = SimpleUploadedFile("网格.csv", content.encode())
    form = {"import_file": sent, "format": "1", "resource": ""}
    return client.post(reverse("admin:branches_area_import"), form)


def confirm(client: Client, checked: Any) -> Any:
    answer = checked.context["confirm_form"].initial
    return client.post(reverse("admin:branches_area_process_import"), answer, follow=True)


def exported(client: Client, asked: str = "?level=5") -> list[str]:
    """Export all columns as CSV; return the lines."""
    address = reverse("admin:branches_area_export") + asked
    form = client.get(address).context["form"]
    kind = next(key for key, title in form.fields["format"].choices if "CSV" in title.upper())
    sent = {name: "on" for name in form.fields if name.startswith("arearesource_")}
    answer = client.post(address, sent | {"format": kind, "purpose": "核对网格", "resource": ""})
    return answer.content.decode("utf-8-sig").splitlines()


def test_a_grid_is_filled_on_its_page_and_the_telephone_is_sealed(
    client_for: Signed, bureau_staff: User, grid: Area
) -> None:
    client = client_for(bureau_staff)
    address = reverse("admin:branches_area_change", args=[grid.pk])
    sent = {
        "name": grid.name,
        "parent": grid.parent_id,
        "grid_worker": "林 晓",
        "grid_phone": PHONE,
        "buildings": "1号楼\r\n2号楼、3号楼，1号楼",
    }
    assert client.post(address, sent).status_code == 302
    grid.refresh_from_db()
    assert (grid.grid_worker, grid.grid_phone) == ("林 晓", PHONE)
    assert grid.buildings == "1号楼、2号楼、3号楼"
    assert PHONE in client.get(address).text
    with connection.cursor() as cursor:
        cursor.execute("SELECT grid_phone FROM branches_area WHERE id = %s", [grid.pk])
        assert "8321" not in cursor.fetchone()[0]
    event = AuditEvent.objects.get(act="登记网格")
    assert event.by == bureau_staff
    assert "8321" not in str(event.after)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("grid_phone", "请打门卫"),
        ("grid_worker", "林" * 21),
        ("grid_worker", "13912345678"),
        ("grid_worker", "林晓 0516-8321 0001"),
        ("grid_worker", "110101195003071234"),
        ("buildings", "楼" * 1001),
    ],
)
def test_what_cannot_be_is_refused_by_its_field(grid: Area, field: str, typed: str) -> None:
    with pytest.raises(ValidationError) as refusal:
        keep_grid(by=None, area=grid, **{field: typed})
    assert list(refusal.value.message_dict) == [field]


def test_no_other_area_has_a_grid_worker(
    client_for: Signed, bureau_staff: User, community: Area
) -> None:
    with pytest.raises(ValidationError):
        keep_grid(by=None, area=community, grid_worker="林晓")
    with pytest.raises(IntegrityError), transaction.atomic():
        Area.objects.filter(pk=community.pk).update(grid_worker="林晓")
    page = client_for(bureau_staff).get(reverse("admin:branches_area_change", args=[community.pk]))
    assert "网格员" not in page.text


def test_grids_are_listed_with_community_worker_and_buildings_in_so_many_queries(
    client_for: Signed, bureau_staff: User, street_staff: User, outsider: User,
    grid: Area, other_community: Area,
) -> None:  # fmt: skip
    keep_grid(by=None, area=grid, grid_worker="林晓", grid_phone=PHONE, buildings="1号楼")
    far = make_area(make_area(other_community, "第一小组"), "柳岸第一网格")
    client = client_for(bureau_staff)
    page = client.get(AREAS).text
    assert '<a href="?level=5">网格名单</a>' in page
    with CaptureQueriesContext(connection) as one:
        listed = client.get(AREAS, {"level": "5"}).text
    for words in (grid.name, far.name, "槐荫社区", "林晓", MASKED, "1号楼"):
        assert words in listed, words
    assert PHONE not in listed
    for number in range(2):
        make_area(grid.parent, f"又一网格{number}")
    with CaptureQueriesContext(connection) as three:
        client.get(AREAS, {"level": "5"})
    assert len(one) == len(three) <= 12
    of_street = client_for(street_staff).get(AREAS, {"level": "5"}).text
    assert grid.name in of_street
    assert far.name not in of_street
    assert grid.name not in client_for(outsider).get(AREAS, {"level": "5"}).text


def test_what_goes_out_comes_back_in_with_the_telephone_as_it_was(
    client_for: Signed, bureau_staff: User, grid: Area
) -> None:
    keep_grid(by=None, area=grid, grid_worker="林晓", grid_phone=PHONE, buildings="1号楼")
    client = client_for(bureau_staff)
    headings, line = exported(client)
    assert headings == "区划代码,名称,层级,上级区划,社区,网格员,网格员办公电话,楼栋"
    assert line == f"{grid.code},{grid.name},网格,第一小组,槐荫社区,林晓,{MASKED},1号楼"
    checked = upload(client, f"{headings}\n{line.replace('林晓', '安宁')}\n")
    done = confirm(client, checked)
    assert "修改1个网格，没有变化0个。" in done.text
    grid.refresh_from_db()
    assert (grid.grid_worker, grid.grid_phone, grid.buildings) == ("安宁", PHONE, "1号楼")
    assert AuditEvent.objects.get(act="按表格登记网格").note == "修改1个网格"
    told = client.get(reverse("admin:branches_area_history", args=[grid.pk])).text
    assert "登记网格。按表格登记" in told
    assert "网格员：“林晓”改成“安宁”" in told
    again = confirm(client, upload(client, f"{HEADINGS}{grid.code},,,\n"))
    assert "修改0个网格，没有变化1个。" in again.text


def test_what_a_table_overwrites_is_on_record_without_the_telephone(
    client_for: Signed, bureau_staff: User, grid: Area
) -> None:
    keep_grid(by=None, area=grid, grid_worker="林晓", grid_phone=PHONE, buildings="1号楼")
    still = make_area(grid.parent, "第二网格")
    client = client_for(bureau_staff)
    rows = f"{grid.code},,0516-83210002,2号楼\n{still.code},,,\n"
    assert "修改1个网格，没有变化1个。" in confirm(client, upload(client, HEADINGS + rows)).text
    event, first = AuditEvent.objects.filter(act="登记网格")
    assert (event.object_id, first.object_id) == (str(grid.pk), str(grid.pk))
    assert event.by == bureau_staff
    assert event.before == {"grid_phone": audit.CHANGED, "buildings": "1号楼"}
    assert event.after == {"grid_phone": audit.CHANGED, "buildings": "2号楼"}


def test_a_row_is_checked_by_its_columns_as_on_the_page(
    client_for: Signed, bureau_staff: User, grid: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(value: object) -> None:
        if value == "2号楼":
            raise ValidationError("没有这栋楼。")

    field: Any = Area._meta.get_field("buildings")
    monkeypatch.setattr(field, "validators", [refuse])
    page = upload(client_for(bureau_staff), f"{HEADINGS}{grid.code},,,2号楼\n")
    assert [str(row.error) for row in page.context["result"].invalid_rows] == [
        "{'楼栋': ['没有这栋楼。']}"
    ]


def test_a_table_with_a_fault_writes_nothing_and_names_every_row(
    client_for: Signed, street_staff: User, grid: Area, community: Area, other_community: Area
) -> None:
    far = make_area(make_area(other_community, "第一小组"), "柳岸第一网格")
    rows = [
        f"{grid.code},林晓,,",
        f"{community.code},安宁,,",
        f"{far.code},安宁,,",
        f"{grid.code},,请打门卫,",
        ",安宁,,",
    ]
    page = upload(client_for(street_staff), HEADINGS + "\n".join(rows))
    said = {row.number: str(row.error) for row in page.context["result"].invalid_rows}
    assert sorted(said) == [3, 4, 5, 6]
    assert "只有最低一级的区划才登记网格员和楼栋" in said[3]
    assert f"没有区划代码{far.code}，或不在您的管理范围内" in said[4]
    assert "重复" in said[5]
    assert "没有写区划代码" in said[6]
    grid.refresh_from_db()
    assert grid.grid_worker == ""


def test_who_takes_no_tables_in_takes_no_grids(
    client_for: Signed, sysadmin: User, secretary: User
) -> None:
    for user, code in ((sysadmin, 403), (secretary, 404)):
        for name in ("import", "export"):
            answer = client_for(user).get(reverse(f"admin:branches_area_{name}"))
            assert answer.status_code == code


def test_a_telephone_in_the_place_of_the_name_is_refused_with_its_row(
    client_for: Signed, bureau_staff: User, grid: Area
) -> None:
    checked = upload(client_for(bureau_staff), f"{HEADINGS}{grid.code},{PHONE},,1号楼\n")
    assert "网格员请写姓名，不写电话和证件号码。" in checked.text
    assert [row.number for row in checked.context["result"].invalid_rows] == [2]
    assert checked.context.get("confirm_form") is None


def test_the_preview_shows_the_telephone_masked(
    client_for: Signed, bureau_staff: User, grid: Area
) -> None:
    checked = upload(client_for(bureau_staff), f"{HEADINGS}{grid.code},林晓,{PHONE},1号楼\n")
    assert MASKED in checked.text
    assert PHONE not in checked.text


def test_what_somebody_else_wrote_on_the_grid_meanwhile_stays(
    client_for: Signed, bureau_staff: User, superuser: User, grid: Area
) -> None:
    keep_grid(by=None, area=grid, grid_worker="林晓", grid_phone=PHONE, buildings="1号楼")
    address = reverse("admin:branches_area_change", args=[grid.pk])
    mine, other = client_for(bureau_staff), client_for(superuser)
    stale = mine.get(address)
    theirs = sent_from(other.get(address), grid_worker="周梅", grid_phone="", name="槐荫新网格")
    assert other.post(address, theirs).status_code == 302
    assert mine.post(address, sent_from(stale, buildings="9号楼")).status_code == 302
    grid.refresh_from_db()
    assert (grid.grid_worker, grid.grid_phone, grid.buildings) == ("周梅", "", "9号楼")
    assert grid.name == "槐荫新网格"


@pytest.mark.parametrize(
    ("field", "theirs", "typed", "told"),
    [
        ("grid_worker", "周梅", "安宁", "刚才有人写成了“周梅”。"),
        ("grid_phone", "", "0516-83210002", "刚才有人把这里清空了。"),
        ("buildings", "1号楼、2号楼", "3号楼", "刚才有人写成了“1号楼、2号楼”。"),
        ("name", "槐荫新网格", "槐荫老网格", "刚才有人写成了“槐荫新网格”。"),
    ],
)
def test_of_two_who_write_the_same_the_second_is_told_and_loses_nothing(
    client_for: Signed, bureau_staff: User, superuser: User, grid: Area,
    field: str, theirs: str, typed: str, told: str,
) -> None:  # fmt: skip
    keep_grid(by=None, area=grid, grid_worker="林晓", grid_phone=PHONE, buildings="1号楼")
    address = reverse("admin:branches_area_change", args=[grid.pk])
    mine, other = client_for(bureau_staff), client_for(superuser)
    stale = mine.get(address)
    assert other.post(address, sent_from(other.get(address), **{field: theirs})).status_code == 302
    changes = {"buildings": "9号楼", field: typed}
    asked = mine.post(address, sent_from(stale, **changes))
    assert asked.context["adminform"].form.errors == {
        field: [f"{told}要用您写的，再按一次“保存”；不改，请照着写回去。"]
    }
    grid.refresh_from_db()
    assert getattr(grid, field) == theirs
    again = sent_from(asked)
    assert again[field] == typed
    assert again["buildings"] == changes["buildings"]
    assert mine.post(address, again).status_code == 302
    grid.refresh_from_db()
    assert (getattr(grid, field), grid.buildings) == (typed, changes["buildings"])


def test_two_who_write_the_same_words_are_not_asked(
    client_for: Signed, bureau_staff: User, superuser: User, grid: Area
) -> None:
    address = reverse("admin:branches_area_change", args=[grid.pk])
    mine, other = client_for(bureau_staff), client_for(superuser)
    stale = mine.get(address)
    for client, page in ((other, other.get(address)), (mine, stale)):
        assert client.post(address, sent_from(page, grid_worker="周梅")).status_code == 302


def test_a_field_that_was_left_out_is_no_fault_of_ours(
    client_for: Signed, bureau_staff: User, grid: Area
) -> None:
    keep_grid(by=None, area=grid, grid_worker="林晓", grid_phone=PHONE, buildings="1号楼")
    client = client_for(bureau_staff)
    address = reverse("admin:branches_area_change", args=[grid.pk])
    sent = sent_from(client.get(address))
    keep_grid(by=None, area=grid, grid_worker="周梅")
    del sent["grid_worker"]
    asked = client.post(address, sent)
    assert list(asked.context["adminform"].form.errors) == ["grid_worker"]


def test_what_is_no_longer_as_it_was_found_is_not_overwritten(grid: Area) -> None:
    keep_grid(by=None, area=grid, grid_worker="周梅")
    with pytest.raises(ChangedMeanwhile) as refusal:
        keep_grid(by=None, area=grid, seen={"grid_worker": "林晓"}, grid_worker="安宁")
    assert list(refusal.value.message_dict) == ["grid_worker"]
    grid.refresh_from_db()
    assert grid.grid_worker == "周梅"


def test_who_is_overtaken_between_the_check_and_the_act_has_his_page_read_again(
    client_for: Signed, bureau_staff: User, grid: Area, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = client_for(bureau_staff)
    address = reverse("admin:branches_area_change", args=[grid.pk])
    sent = sent_from(client.get(address), grid_worker="安宁", buildings="9号楼")
    overtaken: list[str] = []

    def overtake(**given: Any) -> Area:
        if not overtaken:
            overtaken.append("once")
            raise ChangedMeanwhile({"grid_worker": "刚才有人改过这里。"})
        return keep_grid(**given)

    monkeypatch.setattr(area_admin, "keep_grid", overtake)
    assert client.post(address, sent).status_code == 302
    grid.refresh_from_db()
    assert (grid.grid_worker, grid.buildings) == ("安宁", "9号楼")
    assert overtaken


def test_a_table_out_without_a_column_says_so_in_plain_words(
    client_for: Signed, bureau_staff: User, grid: Area
) -> None:
    sent = {"format": "1", "purpose": "核对网格", "resource": ""}
    page = client_for(bureau_staff).post(reverse("admin:branches_area_export"), sent)
    assert "请至少选一个栏目导出。" in page.text
    assert "AreaResource" not in page.text
