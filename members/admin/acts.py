"""The acts on one member, and the end of one of his ties."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.shortcuts import render

from core.access import signed_in
from core.admin.acting import Act, Outcome
from core.admin.card import login_card
from members import actions, forms
from members.display import revealed
from members.models import Affiliation, Member


def _link(request: HttpRequest, member: Member, given: dict[str, Any]) -> Outcome:
    link = actions.add_link(by=signed_in(request), member=member, **given)
    return f"已登记{member}的活动组织：{link.branch}。"


def _propose(request: HttpRequest, member: Member, given: dict[str, Any]) -> Outcome:
    place = given.pop("branch")
    made = actions.propose_link(by=signed_in(request), member=member, place=place, **given)
    if made.is_waiting:
        return f"已请{made.branch.label}接收{member}，等对方确认。"
    return f"{made.branch.label}也归您管，已登记{member}的活动组织。"


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
    return login_card(request, member, password, account=user, called=f"{member}同志")


def _reveal(request: HttpRequest, member: Member, given: dict[str, Any]) -> Outcome:
    context = admin.site.each_context(request) | {
        "member": member,
        "facts": revealed(signed_in(request), member, **given),
        "title": f"{member}的完整信息",
    }
    return render(request, "admin/members/member/revealed.html", context)


def _end_link(request: HttpRequest, link: Affiliation, given: dict[str, Any]) -> Outcome:
    ended = actions.end_link(by=signed_in(request), affiliation=link, **given)
    return f"{ended.member}在{ended.branch}的{ended.get_kind_display()}关系已结束。"


def _of_account(member: Member) -> dict[str, str]:
    if member.user_id is None:
        return {}
    return {
        "title": "重发登录卡",
        "button": "重发",
        "explain": "会给出一个只显示一次的首次密码，原来的密码当场作废。请打印登录卡交给本人。",
    }


def _login_name(member: Member) -> list[tuple[str, str]]:
    if member.user is None:
        return []
    return [(f"这位同志已有账号，登录名 {member.user.username}。不是忘了密码的，不用重发。", "")]


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
        "propose",
        "申请到别处参加活动",
        "请对方确认",
        "不归您管的党支部，由他们的书记或街道、老干部局确认以后才登记。隶属不变，党费、选举都在原支部。",
        "members.add_affiliation",
        forms.LinkProposalForm,
        _propose,
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
        "reveal",
        "查看完整信息",
        "查看",
        "证件号码、电话、住址平时只显示一部分。写明原因再看，本人能看到谁在什么时候看过。",
        "members.reveal_member",
        forms.RevealForm,
        _reveal,
        is_private=True,
    ),
    Act(
        "account",
        "开通账号",
        "开通并显示首次密码",
        "会给出一个只显示一次的首次密码，请打印登录卡交给本人。",
        "members.change_member",
        forms.AccountForm,
        _account,
        _on_register,
        wording=_of_account,
        beforehand=_login_name,
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
        forms.WithdrawalForm,
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
