"""The admin in the browser: axe finds nothing, no policy is broken, nothing is cut off."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db.models import Model
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from branches.models import Appointment, Area, Branch
from core.models import User
from core.workbench import Tile
from core.workbench import register as add_tiles
from members.models import Member
from tests.browser import imports, register
from tests.browser.office import faults_of
from tests.factories.branches import make_area
from tests.factories.members import make_link_batch, make_transfer_batch
from tests.harness.browser import PHONE

MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label)


@pytest.fixture
def rows(
    branch: Branch,
    group: Branch,
    bureau_staff: User,
    secretary: User,
    request: pytest.FixtureRequest,
) -> dict[type[Model], Model]:
    """Put a row or two behind the lists."""
    return {
        Member: Member.objects.get(**register.a_member(request)),
        Branch: branch,
        Area: branch.area,
        User: secretary,
        Appointment: Appointment.objects.get(user=secretary),
        Group: Group.objects.first(),
    }


def pages_of(model: type[Model], row: Model | None) -> Iterator[str]:
    """Yield the addresses of a model in the admin, those of ROW included."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    for action in ("changelist", "add", "import", "export"):
        try:
            yield reverse(f"{name}_{action}")
        except NoReverseMatch:
            continue
    if row is not None:
        for action in ("change", "delete", "history"):
            yield reverse(f"{name}_{action}", args=[row.pk])


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label)
def test_the_pages_of_a_register_are_sound(
    model: type[Model], rows: dict[type[Model], Model], office: Page, complaints: list[str]
) -> None:
    faults = []
    for path in pages_of(model, rows.get(model)):
        answer = office.goto(path)
        if answer is not None and answer.status == 403:  # nobody adds or deletes here
            complaints.clear()
            continue
        faults += [f"{path}: {fault}" for fault in faults_of(office)]
    assert "\n".join(faults + complaints) == ""


@pytest.mark.parametrize("address", ["members_member_changelist", "member-rolls"])
def test_on_a_phone_the_rows_of_a_table_are_cards_that_nothing_leaves(
    address: str, rows: dict[type[Model], Model], office: Page
) -> None:
    office.set_viewport_size(PHONE)
    office.goto(reverse(f"admin:{address}"))
    cells = office.locator(".stack tbody tr").first.locator("td")
    assert cells.count() > 2
    assert cells.evaluate_all("cells => cells.every((cell) => cell.dataset.word)")
    assert cells.evaluate_all(
        "cells => cells.every((cell) => cell.getBoundingClientRect().right <= window.innerWidth)"
    )


def test_on_a_phone_the_twelve_months_of_a_branch_are_a_card(
    rows: dict[type[Model], Model], office: Page
) -> None:
    office.set_viewport_size(PHONE)
    office.goto(reverse("admin:year-grid", args=[timezone.localdate().year]))
    table = office.locator(".months")
    assert table.evaluate("it => it.scrollWidth <= it.parentElement.clientWidth")
    months = table.locator("tbody tr").first.locator("td:not(.sum)")
    words = months.evaluate_all("all => all.map(it => it.dataset.word)")
    assert words == [f"{month}月" for month in range(1, 13)]
    assert len(set(months.evaluate_all("all => all.map(it => it.offsetTop)"))) == 2


def test_a_long_form_begins_at_its_first_field_not_at_its_button(office: Page) -> None:
    office.goto("/admin/members/member/add/")
    expect(office.locator("[name=name]")).to_be_focused()


SHEETS = {
    "refused": "组织代码,组织名称,组织类别,所在区划代码,上级组织代码,成立日期\n,没有代码的党支部,党支部,000,,昨天\n",
    "preview": "组织代码,组织名称,组织类别,所在区划代码,上级组织代码,成立日期\nX1,新的党支部,党支部,{area},,2020-01-01\n",
}


@pytest.mark.parametrize("sheet", SHEETS)
def test_what_an_import_answers_is_sound(
    sheet: str, rows: dict[type[Model], Model], branch: Branch, office: Page, complaints: list[str]
) -> None:
    office.goto("/admin/branches/branch/import/")
    words = SHEETS[sheet].format(area=branch.area.code).encode("gb18030")
    office.set_input_files(
        "input[type=file]", {"name": "支部.csv", "mimeType": "text/csv", "buffer": words}
    )
    with office.expect_navigation():
        office.click(".submit-row input.default")
    assert office.locator("h2").first.is_visible()
    assert "\n".join(faults_of(office) + complaints) == ""


@pytest.mark.parametrize(
    "make",
    [
        imports.uploaded,
        imports.checking,
        imports.checked,
        imports.written,
        imports.refused,
        imports.discarded,
    ],
)
def test_the_pages_of_a_roster_are_sound(
    make: Callable[[pytest.FixtureRequest], dict[str, Any]],
    request: pytest.FixtureRequest,
    office: Page,
    complaints: list[str],
) -> None:
    address = reverse("admin:members_rosterbatch_change", args=[make(request)["pk"]])
    answer = office.goto(address)
    assert answer is not None
    assert answer.status == 200
    assert "\n".join(faults_of(office) + complaints) == ""


def test_the_pages_of_a_whole_batch_are_sound(
    branch: Branch, other_branch: Branch, superuser: User, office: Page, complaints: list[str]
) -> None:
    batch = make_transfer_batch(other_branch, branch, by=superuser, names=("钱学文", "孙志高"))
    one, two = batch.transfers.order_by("pk")
    links = make_link_batch(branch, one.member, by=superuser)
    faults = []
    for address in (
        reverse("admin:members_transferbatch_change", args=[batch.pk]),
        reverse("admin:transferbatch-arrivals", args=[batch.pk]),
        reverse("admin:transferbatch-undo", args=[batch.pk]),
        reverse("admin:transfer-return", args=[one.pk]),
        reverse("admin:members_linkbatch_changelist"),
        reverse("admin:members_linkbatch_change", args=[links.pk]),
        reverse("admin:affiliation-sheet"),
    ):
        answer = office.goto(address)
        assert answer is not None
        assert answer.status == 200
        faults += [f"{address}: {fault}" for fault in faults_of(office)]
    heading = "姓名,党员编号,活动组织"
    for row, said in (
        ("某某,1,没有的支部", "处问题，一行也没有写入"),
        (f"{two.member.name},{two.member.number},{branch.code}", "核对完了，还没有写入"),
    ):
        sheet = f"{heading}\n{row}\n".encode("gb18030")
        office.set_input_files(
            "input[type=file]", {"name": "活动组织.csv", "mimeType": "text/csv", "buffer": sheet}
        )
        with office.expect_navigation():
            office.click(".submit-row input.default")
        assert said in office.locator("#content-main").inner_text()
        faults += [f"{row}: {fault}" for fault in faults_of(office)]
    assert "\n".join(faults + complaints) == ""


def test_the_two_rolls_side_by_side_are_sound(
    rows: dict[type[Model], Model], branch: Branch, office: Page, complaints: list[str]
) -> None:
    make_area(make_area(branch.area))  # a group, and a grid in it
    faults = []
    for address in (
        reverse("admin:member-rolls"),
        reverse("admin:member-roll", args=[branch.pk]),
        reverse("admin:roll-people"),
        reverse("admin:member-clashes"),
        reverse("admin:coverage"),
        f"{reverse('admin:coverage-people')}?show=neither",
        f"{reverse('admin:branches_area_changelist')}?level=5",
        reverse("admin:branches_branch_changelist"),
    ):
        office.goto(address)
        assert office.locator("#content-main table").first.is_visible()
        faults += [f"{address}: {fault}" for fault in faults_of(office)]
    assert "\n".join(faults + complaints) == ""


def test_the_front_page_is_sound(
    rows: dict[type[Model], Model],
    office: Page,
    complaints: list[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tiles = [
        Tile("支部本月没报主题党日", 7, "/admin/", "due", "个"),
        Tile("待确认的名册", 0, "/admin/"),
    ]
    monkeypatch.setattr("core.workbench._providers", [])
    add_tiles(lambda user: tiles)
    office.goto("/admin/")
    assert office.get_by_role("heading", level=1).inner_text() == "工作台"
    assert office.locator(".wb-tile").all_inner_texts() == [
        "7个\n支部本月没报主题党日",
        "0\n待确认的名册",
    ]
    assert faults_of(office) == []
    assert complaints == []


def test_a_filter_opens_by_keyboard_and_closes_with_escape(
    rows: dict[type[Model], Model], office: Page
) -> None:
    office.goto("/admin/members/member/")
    first = office.locator("details.pick").first
    first.locator("summary").focus()
    office.keyboard.press("Enter")
    assert first.evaluate("it => it.open") is True
    office.keyboard.press("Escape")
    assert first.evaluate("it => it.open") is False
    assert first.locator("summary").evaluate("it => it === document.activeElement") is True


def size_of(box: Locator) -> tuple[float, float]:
    shown = box.bounding_box()
    assert shown is not None
    return shown["width"], shown["height"]


def test_a_searched_select_keeps_its_size_and_offers_what_fits_the_kind(
    rows: dict[type[Model], Model], branch: Branch, office: Page
) -> None:
    office.goto("/admin/branches/branch/add/")
    office.select_option("#id_kind", "branch.party_group")
    box = office.locator(".field-parent .select2-selection")
    empty = size_of(box)
    box.click()
    office.get_by_role("option", name=branch.name).click()
    assert box.inner_text().endswith(f"{branch.name}（{branch.code}）")
    assert size_of(box) == empty
    office.select_option("#id_kind", "branch.branch")
    box.click()
    office.get_by_text("未找到结果").wait_for()


def test_only_one_filter_is_open(rows: dict[type[Model], Model], office: Page) -> None:
    office.goto("/admin/members/member/")
    picks: Any = office.locator("details.pick")
    picks.nth(0).locator("summary").click()
    picks.nth(1).locator("summary").focus()
    office.keyboard.press("Enter")
    assert picks.evaluate_all("all => all.map(it => it.open)")[:2] == [False, True]
