"""A secretary's copy of his branch's roster, masked and on record (security P15)."""

from django.contrib.auth.decorators import permission_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from branches.models import Branch
from branches.scoping import get_editable_or_404
from core.access import signed_in
from core.drafts import data_for, discard, survives_sign_in
from core.exchange import hand_out, sent_file
from core.exports import Sheet
from core.impersonation import closed
from core.models import User
from members.forms.export import BranchExportForm
from members.models import Member
from members.querysets import MemberQuerySet
from members.resources import MemberResource


@permission_required("members.export_member", raise_exception=True)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@closed
@survives_sign_in
def export(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what it is for, then give the branch's members as a file; there is no choosing of rows."""
    user = signed_in(request)
    branch = get_editable_or_404(Branch, user, pk=pk)
    if "ids" in request.GET or "ids" in request.POST:
        raise Http404("没有找到这条记录。")
    form = BranchExportForm(data_for(request))
    if request.method == "POST" and form.is_valid():
        discard(request)
        return _file(user, branch, form)
    context = {"branch": branch, "form": form, "number": _rows(user, branch).count()}
    return render(request, "members/roster_export.html", context)


def _file(user: User, branch: Branch, form: BranchExportForm) -> HttpResponse:
    file_format = form.file_format()
    title = f"{branch.label}党员名册"
    rows = _rows(user, branch).order_by("group__path", "pk")
    content = hand_out(
        Sheet(MemberResource(user=user), rows),
        file_format,
        by=user,
        title=title,
        purpose=form.cleaned_data["purpose"],
        area_path=branch.area_path,
    )
    return sent_file(content, f"{title}.{file_format.get_extension()}", file_format)


def _rows(user: User, branch: Branch) -> MemberQuerySet:
    return Member.objects.visible_to(user).on_register().filter(branch=branch)
