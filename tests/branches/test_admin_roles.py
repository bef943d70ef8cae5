"""What a role may do, changed by the first administrator and told in the trail."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from branches.enums import Role
from branches.roles import in_words, install
from core.models import AuditEvent, User
from tests.branches.addresses import Signed


def test_a_verb_given_to_a_role_and_one_taken_away_stand_in_the_trail(
    client_for: Signed, superuser: User
) -> None:
    role = Group.objects.get(name=Role.MEMBER.label)
    given = Permission.objects.get(codename="import_member")
    taken = Permission.objects.get(codename="view_activity")
    kept = role.permissions.exclude(pk=taken.pk).values_list("pk", flat=True)
    client = client_for(superuser)
    page = reverse("admin:auth_group_change", args=[role.pk])

    client.post(page, {"permissions": [*kept, given.pk]})

    event = AuditEvent.objects.get(object_type="auth.group")
    assert (event.by, event.act, event.object_label) == (superuser, "修改角色权限", "党员")
    assert event.before == {"党员：导入党员名册": False, "活动：查看": True}
    assert event.after == {"党员：导入党员名册": True, "活动：查看": False}
    told = client.get(reverse("admin:core_auditevent_change", args=[event.pk])).content.decode()
    assert "<p>党员：导入党员名册：否 → 是</p>" in told
    assert "<p>活动：查看：是 → 否</p>" in told


def test_a_role_saved_as_it_was_leaves_no_row(client_for: Signed, superuser: User) -> None:
    role = Group.objects.get(name=Role.MEMBER.label)
    kept = list(role.permissions.values_list("pk", flat=True))
    page = reverse("admin:auth_group_change", args=[role.pk])

    client_for(superuser).post(page, {"permissions": kept})

    assert sorted(role.permissions.values_list("pk", flat=True)) == sorted(kept)
    assert not AuditEvent.objects.filter(object_type="auth.group").exists()


def test_the_page_says_which_verbs_come_back_and_they_do(
    client_for: Signed, superuser: User
) -> None:
    role = Group.objects.get(name=Role.MEMBER.label)
    shipped = set(role.permissions.all())
    page = client_for(superuser).get(reverse("admin:auth_group_change", args=[role.pk]))
    assert "系统自带的权限在这里去掉后，下次升级时会自动补回来" in (page.content.decode())
    added = Permission.objects.get(codename="import_member")

    role.permissions.set([added])
    install()

    assert set(role.permissions.all()) == shipped | {added}
    event = AuditEvent.objects.get(object_type="auth.group")
    assert (event.by_name, event.act, event.object_label) == ("系统", "修改角色权限", "党员")
    assert event.note == "升级时补上系统自带的权限"
    assert event.before == {in_words(verb): False for verb in shipped}
    assert event.after == {in_words(verb): True for verb in shipped}


@pytest.mark.django_db
def test_a_role_that_lacks_nothing_or_is_new_leaves_no_row() -> None:
    install()
    Group.objects.get(name=Role.AUDITOR.label).delete()

    install()

    assert Group.objects.get(name=Role.AUDITOR.label).permissions.exists()
    assert not AuditEvent.objects.filter(object_type="auth.group").exists()


def test_no_two_verbs_are_called_the_same(client_for: Signed, superuser: User) -> None:
    """The trail names them by their words."""
    role = Group.objects.get(name=Role.MEMBER.label)
    page = client_for(superuser).get(reverse("admin:auth_group_change", args=[role.pk]))
    field = page.context["adminform"].form.fields["permissions"]
    called = [field.label_from_instance(each) for each in field.queryset]
    assert len(called) == len(set(called)) > 50
