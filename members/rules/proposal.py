"""A managing link that one side proposes and the other confirms (SYS-04).

Whether the link itself may begin is the rule of ``rules.affiliation``, asked at both steps. Each
``check_…`` raises ValidationError with sentences by field; nothing else.
"""

from typing import Any

from django.core.exceptions import ValidationError

from members.enums import ProposalState

LAPSED = "已失效"
LEFT = "这位同志已不在提出申请的党支部，这次申请不再有效。"
CLOSED = "接收的党组织已经撤销，这次申请不再有效。"
UNKNOWN = "本区没有叫这个名称的党支部，请照对方告诉您的全称填写；问不到的，请街道或老干部局办理。"
SAME_NAME = "本区有两个以上的党支部叫这个名称，请街道或老干部局办理。"
ASKED = "已经请过这个党支部，还在等对方答复。要改，请先撤回原来的申请。"
GONE = "这位同志已经不在册，不用再办。"
NO_HOME = "登记里没有这位同志的隶属关系，请先请街道或老干部局核对。"


def lapse(*, left: bool, dissolved: bool) -> str:
    """Return why nobody can answer a proposal any more: the member LEFT, or the host was DISSOLVED."""
    if left:
        return LEFT
    return CLOSED if dissolved else ""


def check_waiting(state: str, fault: str) -> None:
    """A proposal is answered once, and only while it stands; FAULT is that of ``lapse``."""
    if state != ProposalState.WAITING:
        raise ValidationError(f"这次申请{ProposalState(state).label}，不用再办。")
    if fault:
        raise ValidationError(fault)


def check_reason(reason: str) -> None:
    """Who declines says why: the other side reads it, and the member in the file of all that is kept of him."""
    if not reason.strip():
        raise ValidationError({"reason": "请写明为什么，对方和这位同志看得到。"})


def the_one(found: list[Any]) -> Any:
    """Return the one branch that a name FOUND; ValidationError where there is none, or several."""
    if not found:
        raise ValidationError({"branch": UNKNOWN})
    if len(found) > 1:
        raise ValidationError({"branch": SAME_NAME})
    return found[0]
