"""What every page of the admin keeps: links that open, lists a page at a time, few queries."""

from collections.abc import Callable

from django.contrib import admin
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from branches.enums import BranchKind, Role
from branches.models import Appointment, Branch
from core.models import Code, User
from tests.factories.branches import make_area, make_branch, make_post

Signed = Callable[[User], Client]
LONGEST = 50


def change(row: object) -> str:
    opts = row._meta  # type: ignore[attr-defined]  # a row of any model
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[row.pk])  # type: ignore[attr-defined]  # likewise


# --- links -----------------------------------------------------------------------------------


def test_a_post_links_only_to_what_its_reader_may_open(
    client_for: Signed,
    bureau_staff: User,
    sysadmin: User,
    secretary: User,
    branch: Branch,
) -> None:
    post = Appointment.objects.get(user=secretary)
    account, home = f'href="{change(secretary)}"', f'href="{change(branch)}"'
    for reader, links in ((bureau_staff, [home]), (sysadmin, [account])):
        page = client_for(reader).get(change(post)).content.decode()
        assert str(secretary) in page
        assert branch.name in page
        assert [link for link in (account, home) if link in page] == links
        for link in links:
            address = link.removeprefix('href="').removesuffix('"')
            assert client_for(reader).get(address).status_code == 200


def test_a_row_out_of_reach_has_no_link(
    client_for: Signed, street_staff: User, branch: Branch, far_branch: Branch
) -> None:
    from tests.factories.members import make_member  # noqa: PLC0415 -- the higher room's factory

    member = make_member(branch)
    tie = member.affiliations.create(branch=far_branch, kind="COMMUNITY", started_on="2026-01-01")
    page = client_for(street_staff).get(change(tie)).content.decode()
    assert f'href="{change(member)}"' in page
    assert far_branch.name in page
    assert change(far_branch) not in page
    assert client_for(street_staff).get(change(far_branch)).status_code == 404


# --- lists -----------------------------------------------------------------------------------


def test_no_list_can_be_asked_for_as_a_whole() -> None:
    for page in admin.site._registry.values():
        assert (page.list_max_show_all, page.list_per_page) == (0, LONGEST), page


def test_a_longer_list_is_shown_a_page_at_a_time(client_for: Signed, sysadmin: User) -> None:
    for number in range(LONGEST + 1):
        Code.objects.create(table="TEST", code=str(number), name=f"第{number}项", source="测试")
    address = reverse("admin:core_code_changelist")
    page = client_for(sysadmin).get(address, {"table": "TEST"})
    assert "all=" not in page.content.decode()
    whole = client_for(sysadmin).get(address, {"table": "TEST", "all": ""})
    assert len(whole.context["cl"].result_list) == LONGEST


def test_a_list_tells_how_many_were_found_only_where_something_was_asked(
    client_for: Signed, bureau_staff: User, branch: Branch
) -> None:
    client = client_for(bureau_staff)
    for noun in ("branches_branch", "members_member"):
        address = reverse(f"admin:{noun}_changelist")
        for asked, is_told in (("", False), ("?p=1", False), ("?q=x", True), ("?area=x", True)):
            page = client.get(address + asked).content.decode()
            assert ("看全部" in page) is is_told, (noun, asked)


# --- queries and verbs -----------------------------------------------------------------------


def test_a_branch_opens_with_a_dozen_queries(
    client_for: Signed, bureau_staff: User, branch: Branch, django_assert_num_queries: Callable
) -> None:
    client = client_for(bureau_staff)
    client.get(change(branch))
    for more in (1, 3):
        for _ in range(more):
            place = make_area(branch.area.parent)
            below = make_branch(place, kind=BranchKind.PARTY_GROUP, parent=branch)
            make_post(Role.COMMITTEE, below)
        with django_assert_num_queries(10):
            assert client.get(change(below)).status_code == 200


def test_a_verb_given_by_hand_opens_nothing(client_for: Signed, secretary: User) -> None:
    secretary.user_permissions.set(Permission.objects.all())
    fresh = User.objects.get(pk=secretary.pk)
    assert not fresh.has_perm("core.change_user")
    assert not fresh.has_perm("branches.delete_branch")


def test_the_import_says_of_which_organisations_the_ties_are_wanted_and_what_to_write(
    client_for: Signed, bureau_staff: User
) -> None:
    page = client_for(bureau_staff).get(reverse("admin:branches_branch_import")).text
    assert "有临时党支部的，再加一列“三缘”" in page
    assert "“地缘”（住得近）、“趣缘”（爱好相同）或“业缘”（原来同行）" in page
