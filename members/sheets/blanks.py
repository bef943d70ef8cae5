"""The blank sheets of managing links and of whole-batch transfers, with their user's own organisations."""

from typing import IO

from core.models import User
from core.spreadsheets import EXAMPLE, BlankColumn, blank_table
from members.enums import LINK_KINDS, AffiliationKind
from members.organisations import Organisations
from members.rules import id_number
from members.sheets import links, people, transfers

_WHO = (
    BlankColumn(people.ID, id_number.EXAMPLE, "18位；填了党员编号的可不填。", is_wide=True),
    BlankColumn(people.NUMBER, "", "8位数字；填了证件号码的可不填。"),
    BlankColumn(people.NAME, f"{EXAMPLE}张建国", "必填，与登记的一致，用来核对是不是同一位同志。"),
)
_DAY = "要写到哪一天，如 2026-03-01。"
_SINCE = "写到哪一天，如 2026-03-01；只写到月的，从那个月的1日算起。不填按登记那天。"


def links_blank(user: User) -> IO[bytes]:
    """Return the blank sheet of managing links as a workbook."""
    places = Organisations(user).open_to_members(is_home=False)
    kinds = [kind.label for kind in AffiliationKind if kind in LINK_KINDS]
    return blank_table(
        "活动组织",
        [
            *_WHO,
            _place(links.PLACE, places, 0, "必填，从列表里选；重名的请填组织代码。"),
            BlankColumn(links.KIND, kinds[0], "从列表里选；不填按组织的类别。", kinds),
            BlankColumn(links.SINCE, "2026-03-01", _SINCE),
        ],
    )


def transfers_blank(user: User) -> IO[bytes]:
    """Return the blank sheet of a whole-batch transfer as a workbook."""
    places = Organisations(user).open_to_members(is_home=True)
    own = "不填按登记时填的介绍信。"
    return blank_table(
        "整建制转接",
        [
            *_WHO,
            _place(transfers.FROM, places, 0, "必填，这位同志现在隶属的党支部。"),
            _place(transfers.TO, places, 1, "必填，接收这位同志的党支部；重名的请填组织代码。"),
            BlankColumn(transfers.ON, "2026-03-01", f"必填，{_DAY}"),
            BlankColumn(transfers.LETTER, "", f"这位同志的介绍信另有编号的才填，{own}"),
            BlankColumn(transfers.ISSUED, "", f"{_DAY}{own}"),
            BlankColumn(transfers.DAYS, "", f"写数字，如 30。{own}"),
            BlankColumn(transfers.DUES, "2026-02", "党费交到哪个月，如 2026-02，可不填。"),
        ],
    )


def _place(heading: str, places: list[str], example: int, hint: str) -> BlankColumn:
    """Return a column of PLACES, with one of them as the example where there are any."""
    return BlankColumn(heading, "".join(places[example : example + 1]), hint, places, is_wide=True)
