"""Posts: who may give which, and what they open."""

import datetime as dt

import pytest
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied, ValidationError

from branches.actions import appoint, end_appointment, withdraw_appointment
from branches.backends import PostBackend
from branches.enums import Role
from branches.models import Appointment, Area, Branch
from core.models import User
from tests.factories.branches import make_post, make_user


def test_roles_and_verbs_follow_the_post(branch: Branch, secretary: User) -> None:
    assert secretary.roles == {Role.SECRETARY}
    assert secretary.has_perm("members.change_member")
    assert not secretary.has_perm("branches.change_branch")
    end_appointment(by=None, appointment=Appointment.objects.get(), on=dt.date(2026, 1, 1))
    former = User.objects.get(pk=secretary.pk)
    assert former.roles == frozenset()
    assert not former.has_perm("members.change_member")
    assert not Branch.objects.visible_to(former).exists()


@pytest.mark.parametrize("verb", ["core.change_user", "members.change_member", "nothing.at_all"])
def test_who_has_a_verb_is_found_by_the_posts_of_today(
    sysadmin: User, auditor: User, secretary: User, bureau_staff: User, superuser: User, verb: str
) -> None:
    make_user("closed", is_superuser=True, is_active=False)
    former = make_post(Role.SYSADMIN, None, make_user("former"))
    end_appointment(by=None, appointment=former, on=dt.date(2026, 1, 1))
    permission = Permission.objects.filter(codename=verb.partition(".")[2]).first()
    having = {user for user in User.objects.all() if user.has_perm(verb)}
    for asked in filter(None, (verb, permission)):
        assert set(PostBackend().with_perm(asked)) == having
    assert set(PostBackend().with_perm(verb, include_superusers=False)) == having - {superuser}
    assert not PostBackend().with_perm(verb, obj=superuser).exists()


def test_a_bureau_grants_within_its_district_only(
    bureau_staff: User, outsider: User, branch: Branch, street: Area, far_branch: Branch
) -> None:
    somebody = make_user()
    granted = appoint(by=bureau_staff, user=somebody, role=Role.SECRETARY, branch=branch)
    assert granted.started_on
    appoint(by=bureau_staff, user=somebody, role=Role.STREET, area=street)
    with pytest.raises(PermissionDenied):
        appoint(by=outsider, user=somebody, role=Role.COMMITTEE, branch=branch)
    with pytest.raises(PermissionDenied):
        appoint(by=bureau_staff, user=somebody, role=Role.SECRETARY, branch=far_branch)
    with pytest.raises(PermissionDenied):
        end_appointment(by=outsider, appointment=granted)


def test_street_staff_do_not_grant_the_district(street_staff: User, district: Area) -> None:
    with pytest.raises(PermissionDenied):
        appoint(by=street_staff, user=make_user(), role=Role.BUREAU, area=district)


@pytest.mark.parametrize("role", [Role.SYSADMIN, Role.AUDITOR])
def test_only_system_administrators_grant_the_systems_posts(
    bureau_staff: User, sysadmin: User, role: Role
) -> None:
    with pytest.raises(PermissionDenied):
        appoint(by=bureau_staff, user=make_user(), role=role)
    assert appoint(by=sysadmin, user=make_user(), role=role).role == role


def test_a_secretary_appoints_nobody(secretary: User, branch: Branch) -> None:
    with pytest.raises(PermissionDenied):
        appoint(by=secretary, user=make_user(), role=Role.COMMITTEE, branch=branch)


def test_nobody_appoints_himself(sysadmin: User, district: Area) -> None:
    with pytest.raises(PermissionDenied):
        appoint(by=sysadmin, user=sysadmin, role=Role.BUREAU, area=district)


@pytest.mark.parametrize("role", [Role.BUREAU, Role.SECRETARY, Role.MEMBER])
def test_a_role_without_its_place_is_refused(db: None, role: Role) -> None:
    with pytest.raises(ValidationError):
        appoint(by=None, user=make_user(), role=role)


def test_who_keeps_or_reads_the_system_has_no_other_post(
    sysadmin: User, auditor: User, secretary: User, branch: Branch, superuser: User
) -> None:
    for user, role, place in (
        (auditor, Role.SECRETARY, branch),
        (sysadmin, Role.COMMITTEE, branch),
        (secretary, Role.AUDITOR, None),
        (auditor, Role.SYSADMIN, None),
    ):
        with pytest.raises(ValidationError, match="不能兼任"):
            appoint(by=superuser, user=user, role=role, branch=place)
    assert appoint(by=superuser, user=secretary, role=Role.COMMITTEE, branch=branch).pk


def test_no_post_is_taken_back_without_a_word_why(secretary: User, bureau_staff: User) -> None:
    post = Appointment.objects.get(user=secretary)
    with pytest.raises(ValidationError) as refusal:
        withdraw_appointment(by=bureau_staff, appointment=post, reason=" ")
    assert refusal.value.message_dict == {"reason": ["请写明为什么撤回。"]}
    assert Appointment.objects.current().filter(pk=post.pk).exists()


def test_the_same_post_is_not_given_twice(secretary: User, branch: Branch) -> None:
    with pytest.raises(ValidationError, match="已有这项任职"):
        make_post(Role.SECRETARY, branch, secretary)
