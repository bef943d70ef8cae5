"""A unit's members handed over on one agreement, and where their ties stand."""

import datetime as dt

from members.models import Affiliation

HEADING = ("证件号码", "党员编号", "姓名", "转出党支部", "转入党支部", "转接日期")
AGREED = (
    *("--unit", "第一机械厂", "--agreement", "移交协议〔2026〕1号"),
    *("--handed-over-on", "2026-08-01", "--letter", "介字001", "--issued-on", "2026-08-01"),
)
DAY = dt.date(2026, 8, 15)


def ties(member):
    """Every tie MEMBER has had, as it came."""
    fields = ("branch__code", "kind", "started_on", "ended_on")
    return list(Affiliation.objects.filter(member=member).order_by("pk").values_list(*fields))
