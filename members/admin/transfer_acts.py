"""What is done with transfers, one by one or by the batch: received, sent back, receipts, taken back (SYS-15)."""

from typing import Any

from django.http import HttpRequest

from core.access import signed_in
from core.admin.acting import Act, Outcome
from members import actions
from members.actions.transfer import VERB
from members.forms import WithdrawalForm
from members.forms.sheets import ReceiptForm, ReturnForm, SlipForm
from members.models import Transfer, TransferBatch


def _receive_all(request: HttpRequest, batch: TransferBatch, given: dict[str, Any]) -> Outcome:
    waiting = Transfer.objects.visible_to(request.user).filter(batch=batch)
    received = actions.receive_transfers(by=signed_in(request), transfers=waiting, **given)
    return received.sentence()


def _receive(request: HttpRequest, transfer: Transfer, given: dict[str, Any]) -> Outcome:
    one = Transfer.objects.visible_to(request.user).filter(pk=transfer.pk)
    return actions.receive_transfers(by=signed_in(request), transfers=one, **given).sentence()


def _return(request: HttpRequest, transfer: Transfer, given: dict[str, Any]) -> Outcome:
    actions.return_transfer(by=signed_in(request), transfer=transfer, **given)
    return f"已退回{transfer.member}的组织关系，仍隶属{transfer.from_branch}。"


def _undo(request: HttpRequest, batch: TransferBatch, given: dict[str, Any]) -> Outcome:
    undone = actions.undo_transfers(by=signed_in(request), batch=batch, **given)
    return f"整批已撤回。{undone.sentence()}记录都保留着。"


def _record_slips(request: HttpRequest, batch: TransferBatch, given: dict[str, Any]) -> Outcome:
    ours = Transfer.objects.visible_to(request.user).filter(batch=batch)
    number = actions.record_receipts(by=signed_in(request), transfers=ours, **given)
    return f"已登记{number:,}人的回执。"


def _record_slip(request: HttpRequest, transfer: Transfer, given: dict[str, Any]) -> Outcome:
    one = Transfer.objects.visible_to(request.user).filter(pk=transfer.pk)
    actions.record_receipts(by=signed_in(request), transfers=one, **given)
    return f"已登记{transfer.member}的回执。"


def _is_on_the_way(transfer: Transfer) -> bool:
    return transfer.is_on_the_way


RECEIVE_ALL = Act(
    "receive",
    "全部接收",
    "确认接收",
    "在途的同志从接收日期起隶属转入的党支部，原来的隶属到前一天为止，历史都保留。不能接收的仍在途，会说明原因。",
    VERB,
    ReceiptForm,
    _receive_all,
    lambda batch: batch.transfers.on_the_way().exists(),
)
UNDO = Act(
    "undo",
    "整批撤回",
    "确认撤回",
    "这一批登记错了才撤回：接收过的同志回到原来的党支部，凭别的介绍信转来的不变；在途的不再转，"
    "退回过的不变，记录都保留。接收以后又办了别的事的，会列出是谁、什么事，一个也不撤。",
    VERB,
    WithdrawalForm,
    _undo,
    lambda batch: not batch.is_undone,
)
RECEIVE = Act(
    "receive",
    "接收",
    "确认接收",
    "从接收日期起隶属转入的党支部，原来的隶属到前一天为止，历史都保留。",
    VERB,
    ReceiptForm,
    _receive,
    _is_on_the_way,
)
RETURN = Act(
    "return",
    "退回",
    "确认退回",
    "退回后这位同志仍隶属转出的党支部，资料不变。要再转，请重新登记。",
    VERB,
    ReturnForm,
    _return,
    _is_on_the_way,
)
SLIP = Act(
    "slip",
    "登记回执",
    "确认登记",
    "接收以后，回执要寄回转出的党支部；这里只记寄回的日期，别的都不变。",
    VERB,
    SlipForm,
    _record_slip,
    lambda transfer: transfer.waits_for_receipt,
)
SLIPS = Act(
    "slips",
    "全部登记回执",
    "确认登记",
    "已经接收、还没有回执的同志，都记上这个寄回日期，别的都不变。",
    VERB,
    SlipForm,
    _record_slips,
    lambda batch: batch.transfers.without_receipt().exists(),
)
