"""以某人身份查看, from the page of an account and nowhere else (security P26)."""

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from hijack.views import AcquireUserView

from core import actions, impersonation
from core.access import signed_in
from core.admin.acting import Act, ActPages, Outcome
from core.forms import ActForm, ReasonField
from core.models import User

if TYPE_CHECKING:
    _Pages = ActPages
else:
    _Pages = object


class ViewForm(ActForm):
    """Why somebody's pages are viewed; he is told, and so is the trail."""

    reason = ReasonField(
        label="原因",
        help_text="例如“来电说页面上什么都没有”。会写进操作记录；本人在“修改密码”页上、党员在“我的资料”里看得到。",
    )


class BeginView(AcquireUserView):
    """Let the session change hands, on record."""

    permission_denied_message = (
        "这个账号的页面不能查看：停用的、系统管理员和审计员的、您自己的，都不行。"
    )
    user: Any = None
    reason = ""

    def dispatch(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponseBase:
        """Ask whether he may. Whose pages stands in the address, not in the form."""
        answer: HttpResponseBase = super(AcquireUserView, self).dispatch(request, *args, **options)
        return answer

    def get_object(self, queryset: Any = None) -> User:
        """Return the account of the page."""
        account: User = self.user
        return account

    def post(self, request: HttpRequest, *args: Any, **options: Any) -> HttpResponse:
        """Put it on record and begin; a record that cannot be written stops it."""
        administrator, own = signed_in(request), impersonation.own_session(request)
        actions.begin_impersonation(by=administrator, user=self.user, reason=self.reason)
        answer: HttpResponse = super().post(request, *args, **options)
        impersonation.begin(request, own)
        return answer


def _begin(request: HttpRequest, user: User, given: dict[str, Any]) -> Outcome:
    answer: Any = BeginView.as_view(user=user, **given)(request)
    return answer


ACT = Act(
    "impersonate",
    "以某人身份查看",
    "以他的身份查看",
    "他来电说看不到、看不懂时办：您会看到他看到的页面，只能看，什么都不能改，号码只显示一部分。",
    impersonation.VERB,
    ViewForm,
    _begin,
)


class ImpersonationPage(_Pages):
    """Adds it to the page of an account: a form there, and where it is sent."""

    def get_urls(self) -> list[Any]:
        """Return its address before the others; there is nothing to be seen at it."""
        view = self.admin_site.admin_view(never_cache(self._impersonate))
        own = path("<int:pk>/impersonate/", view, name=f"{self.prefix}-impersonate")
        return [own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **options: Any
    ) -> HttpResponse:
        """Show the form where he may."""
        user, by = context.get("original"), signed_in(request)
        if user is not None and impersonation.may_impersonate(hijacker=by, hijacked=user):
            context["impersonate"] = ACT, ViewForm()
        return super().render_change_form(request, context, *args, **options)

    def _impersonate(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not settings.IMPERSONATION:
            raise Http404
        return require_POST(self._act)(request, ACT, pk)
