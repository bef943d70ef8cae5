"""Application config of activities."""

from django.apps import AppConfig

from core import workbench


class ActivitiesConfig(AppConfig):
    """Activities and attendance."""

    name = "activities"
    verbose_name = "组织生活"

    def ready(self) -> None:
        """Put what is due in party life on the bureau's front page, and records into one's own file."""
        from activities import (  # noqa: PLC0415 -- models load first
            nightly,  # noqa: F401 -- its work registers itself
            readings,
        )
        from activities.models import Attendance  # noqa: PLC0415 -- the same
        from activities.own_data import party_life  # noqa: PLC0415 -- the same
        from activities.standing import what_was_held_since  # noqa: PLC0415 -- the same
        from activities.workbench import theme_day_tiles  # noqa: PLC0415 -- the same
        from branches.actions import register_dissolution_obstacle  # noqa: PLC0415 -- the same
        from members.built_on import register_use_of_ties  # noqa: PLC0415 -- the same
        from members.own_data import register  # noqa: PLC0415 -- the same

        readings.register()
        workbench.register(theme_day_tiles)
        register(party_life)
        register_dissolution_obstacle(what_was_held_since)
        register_use_of_ties(
            "那里的活动记录里，已经列入应到名单",
            lambda ties: Attendance.objects.resting_on(ties).values("member"),
        )
