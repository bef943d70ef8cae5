"""Activities as a table: export only."""

from import_export import fields

from activities.enums import ActivityState
from activities.models import Activity
from branches.scoping import ScopedResource
from core.resources import ChoiceWidget


class ActivityResource(ScopedResource):
    """What was planned and held, with its head counts; who came stays in the record."""

    date = fields.Field("date", "日期")
    branch_code = fields.Field("branch__code", "组织代码")
    branch = fields.Field("branch__name", "党支部")
    kind = fields.Field("kind__name", "类别")
    topic = fields.Field("topic", "主题")
    host = fields.Field("host", "主持人")
    place = fields.Field("place", "地点")
    agenda = fields.Field("agenda", "议程")
    cost = fields.Field("cost", "费用（元）")
    campaign = fields.Field("campaign__title", "专题活动")
    state = fields.Field("state", "状态", ChoiceWidget(ActivityState.choices))
    expected = fields.Field("expected", "应到人数")
    took_part = fields.Field("took_part", "参加人数")
    guests = fields.Field("guests", "外支部来人数")

    class Meta:
        model = Activity
        fields = (
            *("date", "branch_code", "branch", "kind", "topic", "host", "place"),
            *("agenda", "cost", "campaign", "state", "expected", "took_part", "guests"),
        )
