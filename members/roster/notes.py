"""Lines in and under a table that are nobody: sums, who filled it in, remarks, its heading once more (domain §3.3 17)."""

import re
from collections.abc import Sequence

from members.roster.columns import Layout, field_of, heading_key
from members.rules import names

# First words of such lines. Whoever is asked has seen to it that the line holds no ID number.
_WORDS = (
    *("合计", "总计", "小计", "共计", "总共", "以上", "本页", "本表", "全表"),
    *(
        "填表",
        "填报",
        "制表",
        "审核",
        "复核",
        "负责人",
        "经办",
        "联系人",
        "联系电话",
        "打印",
        "盖章",
    ),
    *("备注", "说明", "注", "（盖章", "(盖章"),
)
_LABEL = re.compile(r"[^：:\d]{2,12}[：:]")
_SUM = re.compile(r".{0,6}共计?\d+[人名位行条]")
_TITLE = re.compile(r".*(名册|名单|登记表|信息表|统计表|情况表|一览表)([（(][^）)]*[）)])?")
_DATE = re.compile(r"\d{4}[年./-]\d{1,2}([月./-]\d{0,2}日?)?")


def is_heading(layout: Layout, *, number: str, name: str) -> bool:
    """Return whether what stands where the NUMBER and the NAME do are their headings once more.

    As on each page of a roster that was made for printing.
    """
    if number[0].isdigit():  # as nearly every one
        return False
    said = {"id_number": number, "name": name}
    return all(
        field_of(each) == field or heading_key(each) == heading_key(layout.heading_of(field))
        for field, each in said.items()
    )


def is_note(texts: Sequence[str], *, name: str) -> bool:
    """Return whether TEXTS, the filled cells of a line without an ID number, are a note.

    Whoever has a NAME in its column and anything else is a person whose number is missing, and is
    told so, whatever post or branch stands in front: nobody may slip away unseen.
    """
    if not texts:
        return True
    first = "".join(texts[0].split())
    labelled = len(texts) == 2 and _LABEL.fullmatch(first)
    if len(texts) > 1 and name not in _WORDS and not names.fault(name) and not labelled:
        return False
    if first.startswith(_WORDS) or _LABEL.match(first) or _SUM.match(first):
        return True
    if len(texts) > 1:
        return False
    # Of a page under the first: its title once more.
    return _DATE.fullmatch(first) is not None or _TITLE.fullmatch(first) is not None
