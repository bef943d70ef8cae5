"""Acts on one member in the admin: each a page that says what will happen, a form, one button."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied, ValidationError
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.views.decorators.cache import never_cache

from branches.scoping import get_editable_or_404
from core.models import User
from core.views.access import signed_in
from members import actions, forms
from members.models import Affiliation, Member

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin as _Admin
else:
    _Admin = object

Outcome = str | HttpResponse


@dataclass(frozen=True)
class Act:
    """One act: its address, words, verb, form, and what it does.

    ``run`` takes request, row and cleaned input and returns the sentence to show, or a page.
    ``fits`` tells whether the act makes sense for a member as he stands.
    """

    key: str
    title: str
    button: str
    explain: str
    verb: str
    form: type[Form]
    run: Callable[[HttpRequest, Any, dict[str, Any]], Outcome]
    fits: Callable[[Member], bool] = lambda member: True


def _link(request: HttpRequest, member: Member, given: dict[str, Any]) -> Outcome:
    link = actions.add_link(by=signed_in(request), member=member, **given)
    return f"已登记{member}的活动组织：{link.branch}。"


def _transfer(request: HttpRequest, member: Member, given: dict[str, Any]) -> Outcome:
    moved = actions.transfer_member(by=signed_in(request), member=member, **given)
    return f"{member}的组织关系已转到{moved.branch}。"


def _transfer_out(request: HttpRequest, member: Member, given: dict[str, Any]) -> Outcome:
    actions.transfer_out(by=signed_in(request), member=member, **given)
    return f"{member}的组织关系已转出，不再在册；原来的记录都保留着。"


def _decease(request: HttpRequest, member: Member, given: dict[str, Any]) -> Outcome:
    actions.mark_deceased(by=signed_in(request), member=member, **given)
    return f"已为{member}同志登记已故，有关提醒都已停止。"


def _withdraw(request: HttpRequest, member: Member, given: dict[str, Any]) -> Outcome:
    actions.withdraw_death(by=signed_in(request), member=member, **given)
    return f"已撤回，{member}同志重新在册。原来的任职要重新安排。"


def _account(request: HttpRequest, member: Member, given: dict[str, Any]) -> Outcome:
    user, password = actions.open_account(by=signed_in(request), member=member)
    context = {"member": member, "account": user, "password": password, "title": "首次登录卡"}
    return render(request, "admin/members/member/card.html", context)


def _end_link(request: HttpRequest, link: Affiliation, given: dict[str, Any]) -> Outcome:
    ended = actions.end_link(by=signed_in(request), affiliation=link, **given)
    return f"{ended.member}在{ended.branch}的{ended.get_kind_display()}关系已结束。"


def _on_register(member: Member) -> bool:
    return member.deceased_on is None and member.branch_id is not None


ACTS = (
    Act(
        "link",
        "登记活动组织",
        "登记",
        "隶属不变，党费、选举、考核仍在原支部；到这里参加活动也算数。",
        "members.add_affiliation",
        forms.LinkForm,
        _link,
        _on_register,
    ),
    Act(
        "transfer",
        "转接组织关系",
        "确认转接",
        "原来的隶属到转接日期前一天为止，从转接日期起隶属新的党支部；党小组要重新安排。历史都保留。",
        "members.transfer_member",
        forms.TransferForm,
        _transfer,
        lambda member: member.deceased_on is None,
    ),
    Act(
        "transfer-out",
        "转出本系统",
        "确认转出",
        "转到本系统管理范围以外的党组织。所有关系随之结束，不再在册；记录保留，以后可以转回。",
        "members.transfer_member",
        forms.TransferOutForm,
        _transfer_out,
        _on_register,
    ),
    Act(
        "account",
        "开通账号",
        "开通并显示首次密码",
        "会给出一个只显示一次的首次密码，请打印登录卡交给本人；已有账号的，原密码作废。",
        "members.change_member",
        forms.AccountForm,
        _account,
        _on_register,
    ),
    Act(
        "deceased",
        "登记已故",
        "确认登记",
        "登记后立即停止对本人的一切提醒，结束各项组织关系和任职，停用账号。资料不会删除，登记错了可以撤回。",
        "members.transfer_member",
        forms.DeathForm,
        _decease,
        lambda member: member.deceased_on is None,
    ),
    Act(
        "withdraw-death",
        "撤回已故登记",
        "确认撤回",
        "登记错了才撤回：因此结束的组织关系会恢复，账号重新启用。",
        "members.transfer_member",
        forms.DeathWithdrawalForm,
        _withdraw,
        lambda member: member.deceased_on is not None,
    ),
)
END_LINK = Act(
    "end",
    "结束活动组织关系",
    "确认结束",
    "最后一天仍算在内；第二天起，那里的书记不再看到这位同志的资料。",
    "members.change_affiliation",
    forms.LinkEndForm,
    _end_link,
)


def tools_for(member: Member, user: User) -> list[tuple[str, str]]:
    """Return title and address of the acts that fit MEMBER and that USER has the verb for."""
    return [
        (act.title, reverse(f"admin:member-{act.key}", args=[member.pk]))
        for act in ACTS
        if user.has_perm(act.verb) and act.fits(member)
    ]


class ActPages(_Admin):
    """Adds the pages of acts to a model admin of members or affiliations."""

    acts: tuple[Act, ...] = ()
    prefix = "member"

    def get_urls(self) -> list[Any]:
        """Return the acts' addresses before the admin's own."""
        own = [
            path(
                f"<int:pk>/{act.key}/",
                self.admin_site.admin_view(never_cache(self._page(act))),
                name=f"{self.prefix}-{act.key}",
            )
            for act in self.acts
        ]
        return own + super().get_urls()

    def _page(self, act: Act) -> Callable[..., HttpResponse]:
        def page(request: HttpRequest, pk: int) -> HttpResponse:
            return self._act(request, act, pk)

        return page

    def _act(self, request: HttpRequest, act: Act, pk: int) -> HttpResponse:
        user = signed_in(request)
        if not user.has_perm(act.verb):
            raise PermissionDenied("您的账号不办理这项工作。")
        row: Any = get_editable_or_404(self.model, user, pk=pk)
        data = request.POST if request.method == "POST" else None
        form: Any = act.form(data, user=user)  # type: ignore[call-arg]  # every one is an ActForm
        if data is not None and form.is_valid():
            outcome = self._run(request, act, row, form)
            if outcome is not None:
                return outcome
        context = self.admin_site.each_context(request) | {
            "act": act,
            "form": form,
            "opts": self.opts,
            "original": row,
            "title": f"{act.title}：{row}",
            "back": self._back(row),
        }
        return render(request, "admin/members/act.html", context)

    def _run(self, request: HttpRequest, act: Act, row: Any, form: Any) -> HttpResponse | None:
        """Do it; None when it was refused, with the sentences in FORM."""
        try:
            outcome = act.run(request, row, form.cleaned_data)
        except ValidationError as refusal:
            fits = (
                hasattr(refusal, "error_dict") and refusal.error_dict.keys() <= form.fields.keys()
            )
            form.add_error(None, refusal if fits else refusal.messages)
            return None
        except ObjectDoesNotExist:
            raise Http404("没有找到这条记录。") from None
        if isinstance(outcome, HttpResponse):
            return outcome
        messages.success(request, outcome)
        return redirect(self._back(row))

    def _back(self, row: Any) -> str:
        return reverse("admin:members_member_change", args=[getattr(row, "member_id", row.pk)])
