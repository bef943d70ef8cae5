"""What the rules of activities read of rule parameters and of kinds."""

from activities.coverage import GAP_MONTHS
from activities.rules.record import ASKED_FOR
from core.enums import Engine
from core.readings import Reading, Setting, register_settings, register_threshold
from members.enums import AffiliationKind

LAST_DAY_OF_ALL_MONTHS = 28
# The theme days of this month and of the next are looked at.
MOST_DAYS_AHEAD = 28
# What a server takes in one piece (deploy/nginx) is 25 MB.
MOST_PHOTOS, LARGEST_PHOTO_MB = 20, 20
_FIELDS = {
    "date": "日期",
    "topic": "内容",
    "place": "地点",
    "host": "主持人",
    "agenda": "议程",
    "cost": "费用",
    "minutes": "会议记录",
}


def register() -> None:
    """Tell core; called once at start-up."""
    register_threshold(
        "theme.day", Reading("whole", 1, LAST_DAY_OF_ALL_MONTHS, may_be_missing=True)
    )
    register_threshold("theme.months_ahead", Reading("whole", 0, 12))
    register_threshold("theme.remind_days", Reading("whole", 0, MOST_DAYS_AHEAD))
    register_threshold("theme.first_month", Reading("month", may_be_missing=True))
    register_threshold(GAP_MONTHS, Reading("whole", 1, 60))
    register_threshold("photo.most", Reading("whole", 0, MOST_PHOTOS, may_be_missing=True))
    register_threshold("photo.max_mb", Reading("whole", 1, LARGEST_PHOTO_MB, may_be_missing=True))
    register_settings(Engine.ACTIVITY, _of_activities())
    due = Reading("list", may_be_missing=True, choices=tuple(AffiliationKind))
    names = dict(AffiliationKind.choices)
    expects = Setting("活动应到会的人", due, "一个也不选，就是隶属在这里的党员。", names)
    register_settings(Engine.BRANCH, {"expects": expects})


def _of_activities() -> dict[str, Setting]:
    asked_for = Reading("list", may_be_missing=True, choices=("date", *ASKED_FOR))
    edit_days = Reading("whole", 0, 366, may_be_missing=True)
    hint = "月底以后，支部还可以改这么多天；0或者空着，就是当月最后一天为止。"
    return {
        "required": Setting("登记时必须填", asked_for, names=_FIELDS),
        "edit_days_after": Setting("宽限天数", edit_days, hint),
    }
