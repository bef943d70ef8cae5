"""Acts on members and their affiliations, one file per noun. ``by`` is None for the system."""

from .account import open_account
from .affiliation import add_link, end_link, transfer_member, transfer_out
from .consent import give_consent, withdraw_consent
from .correction import ask_correction
from .life import mark_deceased, withdraw_death
from .link_import import import_links
from .link_undo import undo_links
from .member import Conflict, register_member, update_member
from .proposal import confirm_link, decline_link, propose_link, withdraw_proposal
from .request import ask_office, waiting_requests
from .sheet_record import Look, SheetImport
from .transfer import (
    HandOver,
    Received,
    import_transfers,
    receive_sheet,
    receive_transfers,
    record_receipts,
    return_transfer,
)
from .transfer_undo import undo_transfers

__all__ = [
    "Conflict",
    "HandOver",
    "Look",
    "Received",
    "SheetImport",
    "add_link",
    "ask_correction",
    "ask_office",
    "confirm_link",
    "decline_link",
    "end_link",
    "give_consent",
    "import_links",
    "import_transfers",
    "mark_deceased",
    "open_account",
    "propose_link",
    "receive_sheet",
    "receive_transfers",
    "record_receipts",
    "register_member",
    "return_transfer",
    "transfer_member",
    "transfer_out",
    "undo_links",
    "undo_transfers",
    "update_member",
    "waiting_requests",
    "withdraw_consent",
    "withdraw_death",
    "withdraw_proposal",
]
