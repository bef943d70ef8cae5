"""The adapters of row scope: views, forms, choices, spreadsheets."""

from typing import Any

import pytest
from django import forms
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.http import Http404
from import_export import fields, resources

from branches.models import Appointment, Area, Branch
from branches.scoping import (
    ScopedForeignKeyWidget,
    ScopedForm,
    ScopedResource,
    choices_for,
    get_editable_or_404,
    get_visible_or_404,
)
from core.models import User

HUGE = 2**70


def test_not_yours_and_not_there_look_the_same(
    bureau_staff: User, branch: Branch, far_branch: Branch
) -> None:
    assert get_visible_or_404(Branch, bureau_staff, pk=branch.pk) == branch
    for pk in (far_branch.pk, 0, -1, HUGE, "1 or 1=1", "%00", "\x00"):
        with pytest.raises(Http404) as refusal:
            get_visible_or_404(Branch, bureau_staff, pk=pk)
        assert str(refusal.value) == "没有找到这条记录。"


def test_visible_but_locked_is_forbidden(
    bureau_staff: User, outsider: User, district: Area, street: Area
) -> None:
    assert get_editable_or_404(Area, bureau_staff, pk=street.pk) == street
    with pytest.raises(PermissionDenied):
        get_editable_or_404(Area.objects.all(), bureau_staff, pk=district.pk)
    with pytest.raises(Http404):
        get_editable_or_404(Area, outsider, pk=street.pk)


def test_nobody_in_particular_has_no_rows(branch: Branch) -> None:
    for user in (AnonymousUser(), User(username="x", is_active=False)):
        assert not Branch.objects.visible_to(user).exists()
        assert not choices_for(Area, user).exists()


def test_a_form_offers_only_what_its_user_may_choose(
    street_staff: User, branch: Branch, other_branch: Branch, far_branch: Branch
) -> None:
    class Choice(ScopedForm, forms.Form):
        branch = forms.ModelChoiceField(Branch.objects.all())

    form = Choice({"branch": str(far_branch.pk)}, user=street_staff)
    offered: Any = form.fields["branch"]
    assert list(offered.queryset) == [branch]
    assert not form.is_valid()
    assert Choice({"branch": str(branch.pk)}, user=street_staff).is_valid()


def test_areas_to_choose_reach_as_far_as_the_work(
    secretary: User,
    street_staff: User,
    district: Area,
    street: Area,
    community: Area,
    other_street: Area,
    far_community: Area,
) -> None:
    assert not Area.objects.visible_to(secretary).exists()
    assert set(choices_for(Area, secretary)) == {district, street, community, other_street}
    assert set(choices_for(Area, street_staff)) == {street, community}


class _BranchSheet(ScopedResource):
    area = fields.Field("area", "区划", ScopedForeignKeyWidget(Area, "code"))

    class Meta:
        model = Branch
        fields = ("code", "name", "area")
        import_id_fields = ("code",)


def test_a_sheet_exports_only_visible_rows(
    bureau_staff: User, branch: Branch, far_branch: Branch
) -> None:
    everything: Any = Branch.objects.all()
    assert _BranchSheet(bureau_staff).export(everything)["code"] == [branch.code]
    assert _BranchSheet().export(everything)["code"] == []
    assert isinstance(_BranchSheet(), resources.ModelResource)


def test_a_sheet_finds_only_what_may_be_chosen(
    bureau_staff: User, community: Area, far_community: Area
) -> None:
    widget = _BranchSheet(bureau_staff).fields["area"].widget
    assert widget.clean(community.code) == community
    with pytest.raises(Area.DoesNotExist):
        widget.clean(far_community.code)


def test_appointments_open_to_their_office_and_their_holder(
    bureau_staff: User, secretary: User, outsider: User, sysadmin: User, auditor: User
) -> None:
    def holders(user: User) -> set[User]:
        return {post.user for post in Appointment.objects.visible_to(user)}

    assert holders(bureau_staff) == {bureau_staff, secretary}
    assert holders(secretary) == {secretary}
    assert holders(outsider) == {outsider}
    assert holders(auditor) == {auditor}
    assert holders(sysadmin) == {bureau_staff, secretary, outsider, sysadmin, auditor}
    assert not Appointment.objects.editable_by(secretary).exists()
