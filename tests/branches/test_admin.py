"""Territory and organisations in the admin: scoped, through the actions, nothing deleted."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from branches.enums import BranchKind, Role
from branches.forms import BranchForm
from branches.models import Area, Branch
from core.models import AuditEvent, Kind, User
from tests.branches.addresses import Signed, address
from tests.factories.branches import make_area, make_branch, make_post

# --- lists -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("noun", "queries"), [("area", 9), ("branch", 9), ("appointment", 7)])
def test_lists_take_constant_queries(
    client_for: Signed,
    bureau_staff: User,
    branch: Branch,
    noun: str,
    queries: int,
    django_assert_num_queries,
) -> None:
    client = client_for(bureau_staff)
    for more in (1, 3):
        for _ in range(more):
            make_post(Role.COMMITTEE, make_branch(make_area(branch.area.parent)))
        with django_assert_num_queries(queries):
            assert client.get(address(noun, "changelist")).status_code == 200


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


# --- writing ---------------------------------------------------------------------------------


def branch_form(**given: Any) -> dict[str, Any]:
    return {
        "code": "QL0100",
        "name": "新设党支部",
        "kind": BranchKind.BRANCH,
        "setting": "UNIT",
        "founded_on": "2026.11.1",
        "approval_doc": "青老工委〔2026〕3号",
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
    assert new.approval_doc == "青老工委〔2026〕3号"
    given = branch_form(unit="文化馆", name="不经文件改名", founded_on="2026年10月")
    changed = client.post(address("branch", "change", new.pk), given)
    assert changed.status_code == 302, changed.context["adminform"].form.errors
    new.refresh_from_db()
    assert (new.unit, new.name, new.founded_on) == ("文化馆", "新设党支部", dt.date(2026, 10, 1))
    acts = AuditEvent.objects.filter(by=bureau_staff).order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["成立党组织", "修改党组织"]


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
        ({"founded_on": ""}, "founded_on", "这一项还没有填，请填一下。"),
        ({"approval_doc": " "}, "approval_doc", "这一项还没有填，请填一下。"),
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


@pytest.mark.parametrize("out_of_use", [{"is_active": False}, {"valid_from": "2062-01-01"}])
def test_a_kind_out_of_use_is_offered_only_to_who_has_it(
    bureau_staff: User, branch: Branch, group: Branch, out_of_use: dict[str, Any]
) -> None:
    """Laid aside, or begun on a later day only."""
    Kind.objects.filter(key=BranchKind.PARTY_GROUP).update(**out_of_use)

    def offers(row: Branch | None) -> bool:
        field: Any = BranchForm(instance=row, user=bureau_staff).fields["kind"]
        return BranchKind.PARTY_GROUP in {kind.key for kind in field.queryset}

    assert [offers(row) for row in (None, branch, group)] == [False, False, True]


def test_a_secretary_and_a_member_have_no_admin(
    client_for: Signed, secretary: User, member: User, branch: Branch
) -> None:
    for user in (secretary, member):
        answer = client_for(user).get(address("branch", "changelist"))
        assert answer.status_code == 404
