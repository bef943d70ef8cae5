"""What the rules of branches read of the kinds of organisations."""

from core.enums import Engine
from core.readings import Reading, Setting, register_settings

RANKS = 1, 9
# What a kind of organisation is counted as wherever organisations are counted.
COUNTS_AS = {
    "committee": "党委、党总支",
    "branch": "党支部",
    "temporary": "临时党组织",
    "enterprise": "企业退休党员党支部",
    "group": "党小组",
    "functional": "功能党小组",
}


def register() -> None:
    """Tell core; called once at start-up."""
    register_settings(
        Engine.BRANCH,
        {
            "rank": Setting("层级", Reading("whole", *RANKS), "1最高、9最低。上级的数要比下级小。"),
            "may_have_members": Setting("可以有党员", Reading("yes_no")),
            "may_be_home": Setting("可以是党员隶属的党组织", Reading("yes_no")),
            "counts_as": Setting(
                "统计时算作", Reading("words", choices=tuple(COUNTS_AS)), names=COUNTS_AS
            ),
            "needs_tie": Setting(
                "要写明三缘（地缘、业缘、趣缘）", Reading("yes_no", may_be_missing=True)
            ),
        },
    )
