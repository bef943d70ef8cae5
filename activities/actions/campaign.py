"""Opening and changing a campaign (SYS-18)."""

import datetime as dt
from typing import TYPE_CHECKING

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q

from activities.models import Activity, Campaign
from branches.models import Area
from core import audit
from core.fields import prefix_range

if TYPE_CHECKING:
    from core.models import User

AUDITED = ["title", "area", "starts_on", "ends_on"]


@transaction.atomic
def save_campaign(
    *,
    by: "User",
    title: str,
    area: Area,
    starts_on: dt.date,
    ends_on: dt.date,
    campaign: Campaign | None = None,
) -> Campaign:
    """Open a campaign in AREA, or change CAMPAIGN; the days are the first and the last.

    Raises PermissionDenied outside the reach of BY's office, ValidationError when records that
    name the campaign would fall out of it.
    """
    known = Campaign.objects.editable_by(by)
    if campaign is not None:
        campaign = known.select_for_update(of=("self",)).filter(pk=campaign.pk).first()
        if campaign is None:
            raise PermissionDenied("这项专题活动不归您管理。")
    before = audit.snapshot(campaign, AUDITED) if campaign else {}
    campaign = campaign or Campaign()
    campaign.title, campaign.area = title, area
    campaign.starts_on, campaign.ends_on = starts_on, ends_on
    campaign.full_clean()
    refuse_stranded(campaign)
    campaign.save()
    if not known.filter(pk=campaign.pk).exists():
        raise PermissionDenied("这个范围不归您管理，请另选。")
    audit.record(
        by=by,
        act="修改专题活动" if before else "开展专题活动",
        instance=campaign,
        before=before,
        after=audit.snapshot(campaign, AUDITED),
        area_path=area.path,
        label=title,
    )
    return campaign


def refuse_stranded(campaign: Campaign) -> None:
    """Raise ValidationError when records that name CAMPAIGN lie outside its days or area."""
    if campaign.pk is None:
        return
    rows = Activity.objects.filter(campaign=campaign)
    outside = Q(date__lt=campaign.starts_on) | Q(date__gt=campaign.ends_on)
    outside |= ~prefix_range("branch__area_path", campaign.area.path)
    if count := rows.filter(outside).count():
        raise ValidationError(
            f"已有{count}场活动登记在这项专题活动里，日期或范围缩小以后就装不下了。请把日期或范围放宽。"
        )
