"""Taking a member onto a branch's roster: the secretary's own page (security P7)."""

from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from branches.models import Branch
from branches.scoping import get_editable_or_404
from core.access import signed_in
from core.drafts import data_for, discard, survives_sign_in
from core.models import User
from members import actions
from members.forms import MemberAddForm
from members.models import Member
from members.rules import affiliation
from members.views.card import to_saved


@permission_required("members.add_member", raise_exception=True)
@require_http_methods(["GET", "HEAD", "POST"])
@survives_sign_in
def add(request: HttpRequest, pk: int) -> HttpResponse:
    """Register who joined: the same rules and warnings as in the admin and on a roster."""
    user = signed_in(request)
    branch = home_or_refuse(user, pk)
    form = MemberAddForm(data_for(request), instance=Member(branch=branch), user=user)
    if request.method == "POST" and form.is_valid():
        try:
            member = actions.register_member(
                by=user,
                branch=branch,
                home_since=form.cleaned_data["home_since"],
                note=form.cleaned_data["reason"],
                **form.values(),
            )
        except ValidationError as refusal:
            form.refuse(refusal)
        else:
            discard(request)
            filled = [name for name, value in form.values().items() if value]
            return to_saved(request, member, ["gender", "birth_date", *filled], query="?new=1")
    return render(request, "members/add.html", {"branch": branch, "form": form})


def home_fault(branch: Branch) -> str:
    """Return why BRANCH takes nobody in as a home; empty if it does."""
    dissolved = branch.dissolved_on is not None
    return affiliation.place_fault(branch.kind.settings, dissolved=dissolved, is_home=True)


def home_or_refuse(user: User, pk: int) -> Branch:
    """Return the branch that takes members in by USER; 404 or 403 as ever, 403 where it takes nobody."""
    branch = get_editable_or_404(Branch.objects.select_related("area", "kind"), user, pk=pk)
    if fault := home_fault(branch):
        raise PermissionDenied(fault)
    return branch
