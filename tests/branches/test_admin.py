"""Territory, organisations and posts in the admin: scoped, through the actions, nothing deleted."""

import datetime as dt
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from branches.enums import BranchKind, Role
from branches.forms import BranchForm
from branches.models import Appointment, Area, Branch
from core.models import AuditEvent, Kind, StoredFile, User
from core.spreadsheets import open_table
from tests.factories.branches import make_area, make_branch, make_post, make_user

Signed = Callable[[User], Client]
LISTS = {Area: "area", Branch: "branch", Appointment: "appointment"}


def address(noun: str, action: str, *args: Any) -> str:
    return reverse(f"admin:branches_{noun}_{action}", args=args)


# --- lists -----------------------------------------------------------------------------------


@pytest.mark.parametrize("noun", ["area", "branch", "appointment"])
def test_lists_take_constant_queries(
    client_for: Signed,
    bureau_staff: User,
    branch: Branch,
    noun: str,
    django_assert_num_queries,
) -> None:
    client = client_for(bureau_staff)
    counts = []
    for more in (1, 3):
        for _ in range(more):
            make_post(Role.COMMITTEE, make_branch(make_area(branch.area.parent)))
        with django_assert_num_queries(10, exact=False) as taken:
            assert client.get(address(noun, "changelist")).status_code == 200
        counts.append(len(taken))
    assert counts[0] == counts[1]


def test_a_list_shows_what_is_in_reach_and_counts_it(
    client_for: Signed, bureau_staff: User, branch: Branch, far_branch: Branch
) -> None:
    from tests.factories.members import make_member  # noqa: PLC0415 -- the higher room's factory

    make_member(branch)
    page = client_for(bureau_staff).get(address("branch", "changelist")).content.decode()
    assert branch.name in page
    assert far_branch.name not in page
    assert f'/admin/members/member/?branch={branch.pk}">1</a>' in page


def test_filters_offer_nothing_out_of_reach(
    client_for: Signed, bureau_staff: User, branch: Branch, far_street: Area, far_branch: Branch
) -> None:
    client = client_for(bureau_staff)
    page = client.get(address("branch", "changelist"), {"area": far_street.code}).content.decode()
    assert far_street.name not in page
    assert branch.name not in page
    within = client.get(address("area", "changelist"), {"area": branch.area.parent.code})
    assert [area.name for area in within.context["cl"].result_list] == ["东城街道", "槐荫社区"]


def test_dissolved_branches_are_a_filter_away(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    client = client_for(bureau_staff)
    done = client.post(
        reverse("admin:branch-dissolve", args=[branch.pk]),
        {"on": "2026年11月1日", "document": "青老工委〔2026〕9号"},
        follow=True,
    )
    assert "已撤销，原来的任职同时结束" in done.content.decode()
    assert Branch.objects.get().dissolved_on == dt.date(2026, 11, 1)
    assert not list(client.get(address("branch", "changelist")).context["cl"].result_list)
    for state in ("ended", "all"):
        listed = client.get(address("branch", "changelist"), {"state": state}).context["cl"]
        assert list(listed.result_list) == [branch]
    assert reverse("admin:branch-dissolve", args=[branch.pk]) not in done.content.decode()
    assert 'name="name"' not in done.content.decode()


def test_dissolving_is_refused_beside_the_field(
    client_for: Signed, bureau_staff: User, branch: Branch, group: Branch, outsider: User
) -> None:
    page = reverse("admin:branch-dissolve", args=[branch.pk])
    client = client_for(bureau_staff)
    assert client.post(page, {"on": "无", "document": ""}).context["form"].errors == {
        "on": ["请把日期写到哪一天，如 2026-11-22。"],
        "document": ["这一项还没有填，请填一下。"],
    }
    refused = client.post(page, {"on": "2010-01-01", "document": "文"})
    assert refused.context["form"].errors == {"on": ["撤销日期不能早于成立日期。"]}
    below = client.post(page, {"on": "2026-11-01", "document": "文"})
    assert "下面还有 1 个党组织" in below.content.decode()
    assert client_for(outsider).get(page).status_code == 404


# --- writing ---------------------------------------------------------------------------------


def branch_form(**given: Any) -> dict[str, Any]:
    return {
        "code": "QL0100",
        "name": "新设党支部",
        "kind": BranchKind.BRANCH,
        "setting": "UNIT",
        "founded_on": "2026.11.1",
        **given,
    }


def test_a_branch_is_founded_and_changed_through_the_actions(
    client_for: Signed, bureau_staff: User, community: Area, other_community: Area, branch: Branch
) -> None:
    client = client_for(bureau_staff)
    made = client.post(address("branch", "add"), branch_form(area=community.pk))
    assert made.status_code == 302
    new = Branch.objects.get(code="QL0100")
    assert (new.founded_on, new.area_path) == (dt.date(2026, 11, 1), community.path)
    given = branch_form(unit="文化馆", name="不经文件改名", founded_on="2026年10月")
    changed = client.post(address("branch", "change", new.pk), given)
    assert changed.status_code == 302, changed.context["adminform"].form.errors
    new.refresh_from_db()
    assert (new.unit, new.name, new.founded_on) == ("文化馆", "新设党支部", dt.date(2026, 10, 1))
    acts = AuditEvent.objects.filter(by=bureau_staff).order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["成立党组织", "修改党组织"]


def act_on(client: Client, act: str, branch: Branch, **given: Any) -> Any:
    """Fill in and send an act's page, as it comes up but for GIVEN."""
    page = reverse(f"admin:branch-{act}", args=[branch.pk])
    form = client.get(page).context["form"]
    shown = {name: form[name].value() for name in form.fields}
    sent = {name: getattr(value, "pk", value) for name, value in shown.items() if value is not None}
    return client.post(page, sent | {"document": "青老工委〔2026〕8号"} | given, follow=True)


def test_a_branch_is_renamed_moved_and_relocated(
    client_for: Signed,
    bureau_staff: User,
    branch: Branch,
    group: Branch,
    other_branch: Branch,
    other_community: Area,
) -> None:
    client = client_for(bureau_staff)
    act_on(client, "rename", group, name="槐荫第二党小组")
    act_on(client, "move", group, parent=other_branch.pk)
    moved = act_on(client, "relocate", group, area=other_community.pk, on="2026-11-02")
    assert "“槐荫第二党小组”已调整" in moved.content.decode()
    risen = act_on(
        client, "rename", group, kind=BranchKind.JOINT_BRANCH, parent="", on="2026-11-03"
    )
    group.refresh_from_db()
    assert (group.name, group.kind_id, group.parent, group.area_path, group.depth) == (
        *("槐荫第二党小组", BranchKind.JOINT_BRANCH, None),
        *(other_community.path, 0),
    )
    shown = risen.content.decode()
    for words in (
        "组织名称：槐荫社区第一党小组 → 槐荫第二党小组",
        "上级组织：槐荫社区离退休干部党支部 → 柳岸社区离退休干部党支部",
        "所在区划：槐荫社区 → 柳岸社区",
        "组织类别：党小组 → 联合党支部",
    ):
        assert words in shown


def test_what_a_reorganisation_lacks_is_said(
    client_for: Signed,
    bureau_staff: User,
    street_staff: User,
    outsider: User,
    branch: Branch,
    group: Branch,
    other_branch: Branch,
    far_branch: Branch,
) -> None:
    client = client_for(bureau_staff)
    same = act_on(client, "rename", branch)
    assert same.context["form"].non_field_errors() == ["没有改动：填的和现在登记的一样。"]
    assert act_on(client, "move", group, parent=other_branch.pk, document=" ").context[
        "form"
    ].errors == {"document": ["这一项还没有填，请填一下。"]}
    for who, wrong in ((bureau_staff, far_branch), (street_staff, other_branch)):
        refused = act_on(client_for(who), "move", group, parent=wrong.pk)
        assert list(refused.context["form"].errors) == ["parent"]
    below = act_on(client, "rename", branch, kind=BranchKind.FUNCTIONAL_GROUP)
    assert "下面还有党小组" in below.content.decode()
    for act in ("rename", "move", "relocate"):
        page = reverse(f"admin:branch-{act}", args=[branch.pk])
        assert client_for(outsider).get(page).status_code == 404
    branch.refresh_from_db()
    assert (branch.name, group.parent) == ("槐荫社区离退休干部党支部", branch)


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"founded_on": "2062-01-01"}, "founded_on", "成立日期晚于今天，请检查年份。"),
        (
            {"kind": BranchKind.TEMP_BRANCH},
            "tie",
            "临时党支部请选三缘：“地缘”（住得近）、“趣缘”（爱好相同）或“业缘”（原来同行）。",
        ),
        ({"theme_day": "31"}, "__all__", "主题党日固定日请填 1 到 28。"),
        ({"code": "QL0001"}, "code", "已有这个组织代码，请换一个。"),
        ({"name": ""}, "name", "这一项还没有填，请填一下。"),
    ],
)
def test_what_does_not_fit_is_said_beside_its_field(
    client_for: Signed,
    bureau_staff: User,
    branch: Branch,
    given: dict[str, str],
    field: str,
    sentence: str,
) -> None:
    sent = branch_form(area=branch.area.pk, **given)
    page = client_for(bureau_staff).post(address("branch", "add"), sent)
    assert page.context["adminform"].form.errors[field] == [sentence]
    assert Branch.objects.count() == 1


def test_choices_out_of_reach_are_refused(
    client_for: Signed, street_staff: User, branch: Branch, other_branch: Branch, far_branch: Branch
) -> None:
    client = client_for(street_staff)
    for wrong in (
        {"area": other_branch.area.pk},
        {"area": far_branch.area.pk},
        {"area": branch.area.pk, "parent": other_branch.pk, "kind": BranchKind.PARTY_GROUP},
    ):
        page = client.post(address("branch", "add"), branch_form(**wrong))
        assert page.context["adminform"].form.errors.keys() <= {"area", "parent"}
        assert page.context["adminform"].form.errors
    assert Branch.objects.count() == 3


def test_a_superior_out_of_reach_stays(
    client_for: Signed, street_staff: User, district: Area, community: Area
) -> None:
    committee = make_branch(district, "区直工委", kind=BranchKind.WORKING_COMMITTEE)
    below = make_branch(community, parent=committee)
    client = client_for(street_staff)
    page = client.get(reverse("admin:branch-rename", args=[below.pk])).content.decode()
    assert 'name="parent"' not in page
    act_on(client, "rename", below, name="槐荫第一党支部")
    below.refresh_from_db()
    assert (below.name, below.parent) == ("槐荫第一党支部", committee)


def test_areas_are_added_renamed_and_moved(
    client_for: Signed, bureau_staff: User, district: Area, street: Area, other_street: Area
) -> None:
    client = client_for(bureau_staff)
    given = {"code": "990101001009", "name": "新社区", "parent": street.pk}
    client.post(address("area", "add"), given)
    new = Area.objects.get(code="990101001009")
    assert (new.level, new.path[:8]) == (3, street.path)
    client.post(address("area", "change", new.pk), {"name": "新荷社区", "parent": other_street.pk})
    new.refresh_from_db()
    assert (new.name, new.parent) == ("新荷社区", other_street)
    wrong = client.post(address("area", "change", new.pk), {"name": "甲", "parent": district.pk})
    assert wrong.context["adminform"].form.errors == {
        "parent": ["社区的上级必须是街道，请重新选上级。"]
    }
    top = client.post(address("area", "add"), {"code": "990303000000", "name": "某区"})
    assert top.context["adminform"].form.errors == {"parent": ["请选上级区划。"]}


def test_ones_own_area_is_seen_but_not_changed(
    client_for: Signed, bureau_staff: User, outsider: User, superuser: User, district: Area
) -> None:
    page = address("area", "change", district.pk)
    assert client_for(bureau_staff).get(page).status_code == 200
    assert client_for(bureau_staff).post(page, {"name": "夺名区"}).status_code == 403
    assert client_for(outsider).get(page).status_code == 404
    assert client_for(superuser).post(page, {"name": "青澜新区"}).status_code == 302
    assert Area.objects.get(pk=district.pk).name == "青澜新区"


@pytest.mark.parametrize("noun", ["area", "branch", "appointment", "region"])
def test_nothing_is_deleted(client_for: Signed, superuser: User, branch: Branch, noun: str) -> None:
    client = client_for(superuser)
    rows = {"area": branch.area_id, "branch": branch.pk}
    assert "delete_selected" not in client.get(address(noun, "changelist")).content.decode()
    if noun in rows:
        assert client.post(address(noun, "delete", rows[noun]), {"post": "yes"}).status_code == 403


# --- selects ---------------------------------------------------------------------------------


def test_a_searched_select_offers_what_may_be_chosen(
    client_for: Signed, bureau_staff: User, secretary: User, branch: Branch, far_branch: Branch
) -> None:
    asked = {
        "app_label": "branches",
        "model_name": "branch",
        "field_name": "parent",
        "term": "社区",
    }
    page = reverse("admin:autocomplete")
    found = client_for(bureau_staff).get(page, asked).json()["results"]
    assert found == [{"id": str(branch.pk), "text": f"{branch.name}（{branch.code}）"}]
    areas = client_for(bureau_staff).get(page, asked | {"field_name": "area"}).json()["results"]
    assert [each["text"] for each in areas] == ["槐荫社区（990101001001）"]
    assert client_for(secretary).get(page, asked).status_code == 404


def test_a_kind_out_of_use_is_offered_only_to_who_has_it(
    bureau_staff: User, branch: Branch, group: Branch
) -> None:
    Kind.objects.filter(key=BranchKind.PARTY_GROUP).update(is_active=False)

    def offers(row: Branch | None) -> bool:
        field: Any = BranchForm(instance=row, user=bureau_staff).fields["kind"]
        return BranchKind.PARTY_GROUP in {kind.key for kind in field.queryset}

    assert [offers(row) for row in (None, branch, group)] == [False, False, True]


# --- posts -----------------------------------------------------------------------------------


def post_form(**given: Any) -> dict[str, Any]:
    return {"role": Role.SECRETARY, "started_on": "2026-11-01", "document": "", **given}


def test_a_post_is_given_and_ended(client_for: Signed, bureau_staff: User, branch: Branch) -> None:
    somebody = make_user("13900001111")
    client = client_for(bureau_staff)
    sent = post_form(login=" １３９００００１１１１ ", branch=branch.pk)
    assert client.post(address("appointment", "add"), sent).status_code == 302
    post = Appointment.objects.get(user=somebody)
    assert (post.role, post.branch) == (Role.SECRETARY, branch)
    shown = client.get(address("appointment", "change", post.pk)).content.decode()
    assert reverse("admin:appointment-end", args=[post.pk]) in shown
    client.post(reverse("admin:appointment-end", args=[post.pk]), {"on": "2026-11-20"})
    assert Appointment.objects.get(user=somebody).ended_on == dt.date(2026, 11, 20)
    assert not Branch.objects.visible_to(User.objects.get(pk=somebody.pk)).exists()


def test_a_post_with_a_term_is_ended_before_it_is_over(
    client_for: Signed, bureau_staff: User, secretary: User
) -> None:
    post = Appointment.objects.get(user=secretary)
    client, end = client_for(bureau_staff), reverse("admin:appointment-end", args=[post.pk])
    today = timezone.localdate()
    for last_day in (today + dt.timedelta(days=400), today, today - dt.timedelta(days=1)):
        shown = client.get(address("appointment", "change", post.pk)).content.decode()
        assert end in shown
        assert client.post(end, {"on": f"{last_day}"}).status_code == 302
        assert Appointment.objects.get(pk=post.pk).ended_on == last_day
    shown = client.get(address("appointment", "change", post.pk)).content.decode()
    assert end not in shown
    assert "已经结束" in client.post(end, {"on": f"{today}"}).content.decode()


def test_nobody_grants_wider_than_his_own(
    client_for: Signed,
    bureau_staff: User,
    street_staff: User,
    district: Area,
    branch: Branch,
    far_branch: Branch,
) -> None:
    make_user("13900001111")
    for user, wrong, field in (
        (bureau_staff, {"branch": far_branch.pk}, "branch"),
        (street_staff, {"role": Role.BUREAU, "area": district.pk}, "area"),
        (bureau_staff, {"role": Role.SYSADMIN}, "role"),
        (bureau_staff, {"role": Role.MEMBER}, "role"),
        (bureau_staff, {"branch": branch.pk, "login": "nobody"}, "login"),
        (bureau_staff, {"branch": branch.pk, "login": "bureau"}, "login"),
        (bureau_staff, {}, "branch"),
    ):
        page = client_for(user).post(
            address("appointment", "add"), post_form(**{"login": "13900001111"} | wrong)
        )
        assert list(page.context["adminform"].form.errors) == [field]


def test_a_system_administrator_gives_posts_by_code_and_sees_no_register(
    client_for: Signed, sysadmin: User, district: Area, branch: Branch
) -> None:
    somebody = make_user("13900001111")
    client = client_for(sysadmin)
    sent = post_form(login="13900001111", role=Role.BUREAU, area=district.code)
    assert client.post(address("appointment", "add"), sent).status_code == 302
    assert Appointment.objects.get(user=somebody).area == district
    wrong = client.post(address("appointment", "add"), sent | {"area": "990101"})
    assert wrong.context["adminform"].form.errors["area"] == [
        "没有这个区划代码，或不在您的管理范围内。"
    ]
    for noun in ("area", "branch"):
        assert client.get(address(noun, "changelist")).status_code == 403


# --- tables ----------------------------------------------------------------------------------


def upload(client: Client, content: str, **fields: str) -> Any:
    file = SimpleUploadedFile("组织.csv", content.encode())
    return client.post(
        address("branch", "import"), {"import_file": file, "format": "1", "resource": "", **fields}
    )


TABLE = "组织代码,组织名称,组织类别,所在区划代码,上级组织代码,成立日期\n"


def test_a_table_is_checked_shown_and_written(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    client = client_for(bureau_staff)
    row = f"N1,新党小组,党小组,{branch.area.code},{branch.code},2026-01-01\n"
    same = f"{branch.code},{branch.name},党支部,{branch.area.code},,2016-11-01\n"
    checked = upload(client, TABLE + row + same)
    assert not Branch.objects.filter(code="N1").exists()
    assert "新党小组" in checked.content.decode()
    confirmed = client.post(
        address("branch", "process_import"), checked.context["confirm_form"].initial, follow=True
    )
    assert "导入完成：新增1个，修改0个，没有变化1个。" in confirmed.content.decode()
    assert Branch.objects.get(code="N1").parent == branch


def test_a_title_above_the_headings_is_taken_as_by_the_command(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    client = client_for(bureau_staff)
    row = f"N1,新党小组,党小组,{branch.area.code},{branch.code},2026-01-01\n"
    checked = upload(client, "青澜区党组织一览表\n" + TABLE + row)
    assert "新党小组" in checked.content.decode()
    answer = checked.context["confirm_form"].initial
    confirmed = client.post(address("branch", "process_import"), answer, follow=True)
    assert "导入完成：新增1个" in confirmed.content.decode()
    assert Branch.objects.get(code="N1").parent == branch


def test_the_preview_says_what_is_taken_otherwise_than_written(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    row = f"N1,新党小组,党小组,{branch.area.code},{branch.code},1952.3\n"
    page = upload(client_for(bureau_staff), TABLE + row).content.decode()
    assert "第2行：成立日期只写到月，按1952-03-01登记。" in page
    assert "<td>1952-03-01</td>" in page


def test_an_upload_is_confirmed_once_and_by_who_sent_it(
    client_for: Signed, bureau_staff: User, street_staff: User, branch: Branch, tmp_path: Path
) -> None:
    """P13: somebody else's upload is not there; nor is any other file of the machine."""
    victim = tmp_path / "other"
    victim.write_text("keep")
    row = f"N1,新党小组,党小组,{branch.area.code},{branch.code},2026-01-01\n"
    sender, other = client_for(bureau_staff), client_for(street_staff)
    sent = upload(sender, TABLE + row).context["confirm_form"].initial
    for client, name in (
        (other, sent["import_file_name"]),
        (sender, str(victim)),
        (sender, "../../etc/passwd"),
        (sender, "a" * 300),
    ):
        answer = client.post(
            address("branch", "process_import"), {**sent, "import_file_name": name}, follow=True
        )
        assert "这份文件已经不在了：导入过，或者已按期删除。请重新上传。" in answer.content.decode()
    assert not Branch.objects.filter(code="N1").exists()
    assert victim.read_text() == "keep"

    sender.post(address("branch", "process_import"), sent)
    again = sender.post(address("branch", "process_import"), sent, follow=True)

    assert "请重新上传" in again.content.decode()
    assert Branch.objects.filter(code="N1").count() == 1
    assert not StoredFile.objects.exists()


def test_every_fault_of_a_table_is_listed(
    client_for: Signed, bureau_staff: User, far_branch: Branch, community: Area
) -> None:
    client = client_for(bureau_staff)
    checked = upload(
        client,
        TABLE + f"N1,甲,党支部,{far_branch.area.code},,\nN2,乙,无此类,{community.code},,\n",
    )
    page = checked.content.decode()
    assert "有 2 行没有通过检查，一条也没有写入" in page
    assert f"区划代码{far_branch.area.code}不在系统里，或不在您的管理范围内" in page
    assert "没有“无此类”这种组织类别" in page
    assert "confirm_form" not in checked.context
    assert "没有找到表头" in upload(client, "甲,乙\n1,2\n").content.decode()
    assert Branch.objects.count() == 1


def test_what_goes_out_comes_back_in(
    client_for: Signed, bureau_staff: User, group: Branch, far_branch: Branch, tmp_path: Any
) -> None:
    client = client_for(bureau_staff)
    page = client.get(address("branch", "export"))
    fields = {name: "on" for name in page.context["form"].fields if name.startswith("branchres")}
    sent = client.post(address("branch", "export"), {"format": "0", "resource": "0", **fields})
    path = tmp_path / "out.xlsx"
    path.write_bytes(BytesIO(sent.content).getvalue())
    with open_table(path) as table:
        rows = [cells for _, cells in table.rows()]
    assert [row[0] for row in rows] == ["组织代码", "QL0001", "QL0001-1"]
    file = SimpleUploadedFile("out.xlsx", sent.content)
    again = client.post(
        address("branch", "import"), {"import_file": file, "format": "0", "resource": ""}
    )
    assert again.context["result"].totals["skip"] == 2


def test_a_secretary_and_a_member_have_no_admin(
    client_for: Signed, secretary: User, member: User, branch: Branch
) -> None:
    for user in (secretary, member):
        answer = client_for(user).get(address("branch", "changelist"))
        assert answer.status_code == 404
