"""What the rules of members read of rule parameters and of kinds of ties."""

from core.enums import Engine
from core.readings import Reading, Setting, register_settings, register_threshold
from members.enums import LINK_KINDS, AffiliationKind
from members.roster.guesses import ONE_MORE_PER
from members.rules import modules
from members.rules.family import SHOWN_DAYS
from members.rules.missing import OLD_AGE
from members.rules.parameters import CheckParameters
from members.rules.search import NEVER_TOO_MANY
from members.rules.transfer import RECEIPT_DAYS


def register() -> None:
    """Tell core; called once at start-up."""
    for key, reading in CheckParameters.readings().items():
        register_threshold(key, reading)
    register_threshold("affiliation.max_links", Reading("whole", 0, 99, may_be_missing=True))
    register_threshold("transfer.valid_days", Reading("whole", 1, 365))
    register_threshold("transfer.valid_max", Reading("whole", 1, 365))
    register_threshold(RECEIPT_DAYS, Reading("whole", 1, 365))
    register_threshold(OLD_AGE, Reading("whole", 0, 150))
    register_threshold(SHOWN_DAYS, Reading("whole", 0, 3650))
    for key in modules.COLUMNS:
        register_threshold(key, Reading("words", choices=(modules.ON, modules.OFF)))
    register_threshold("consent.history_days", Reading("whole", 1, 3650))
    register_threshold("correction.answer_days", Reading("whole", 1, 250))
    register_threshold("request.open_days", Reading("whole", 1, 3650))
    register_threshold("sheet.rows", Reading("whole", 1, 100_000))
    register_threshold("roster.keep_days", Reading("whole", 1, 3650))
    register_threshold("roster.one_name_alike_max", Reading("whole", 1, 1000))
    register_threshold("roster.any_name_alike_max", Reading("whole", 1, 1000))
    register_threshold("number.taken_most_a_day", Reading("whole", 1, 9999))
    register_threshold("number.searched_most_an_hour", Reading("whole", NEVER_TOO_MANY, 9999))
    register_threshold(ONE_MORE_PER, Reading("whole", 1000, 1_000_000))
    register_threshold("roster.alike_hours", Reading("whole", 0, 168))
    register_settings(
        Engine.AFFILIATION,
        {
            "code": Setting(
                "登记成",
                Reading(
                    "words", choices=tuple(each for each in AffiliationKind if each in LINK_KINDS)
                ),
                names=dict(AffiliationKind.choices),
            ),
            "counts_to_limit": Setting("计入活动组织数量上限", Reading("yes_no")),
            "duties": Setting("管什么", Reading("words"), "用顿号隔开，写在选项后面的括号里。"),
        },
    )
