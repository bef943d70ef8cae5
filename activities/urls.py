"""Addresses of party life: a branch's pages and a member's own."""

from typing import Any

from django.urls import path, register_converter

from activities.rules.period import Period
from activities.views import branch, cancel, excuse_for, me, photo, reasons, sheet, theme_day


class MonthConverter:
    """``2026-11`` as a Period."""

    regex = "20[0-9]{2}-[0-9]{2}"

    def to_python(self, value: str) -> Period:
        """ValueError means: no such page."""
        return Period.parse(value)

    def to_url(self, value: Any) -> str:
        """Take a Period or its text."""
        return str(value)


class YearConverter:
    """A year of this century."""

    regex = "20[0-9]{2}"

    def to_python(self, value: str) -> int:
        """Return the year."""
        return int(value)

    def to_url(self, value: int) -> str:
        """Return four digits."""
        return str(value)


register_converter(MonthConverter, "month")
register_converter(YearConverter, "year")

app_name = "activities"
_MONTH = "branch/<int:pk>/theme-day/<month:month>/"
urlpatterns = [
    path("branch/<int:pk>/", branch.home, name="branch-home"),
    path("branch/<int:pk>/year/<year:year>/", branch.year, name="branch-year"),
    path(_MONTH, theme_day.log, name="theme-day"),
    path(f"{_MONTH}saved/", theme_day.saved, name="theme-day-saved"),
    path(f"{_MONTH}record/", theme_day.record, name="theme-day-record"),
    path(f"{_MONTH}reasons/", reasons.reasons, name="reasons"),
    path(f"{_MONTH}plan/", theme_day.plan, name="theme-day-plan"),
    path(f"{_MONTH}planned/", theme_day.planned, name="theme-day-planned"),
    path(f"{_MONTH}cancel/", cancel.cancel, name="theme-day-cancel"),
    path(f"{_MONTH}excuse/", excuse_for.excuse_for, name="excuse-for"),
    path(f"{_MONTH}sheet/", sheet.sheets, name="sheets"),
    path(f"{_MONTH}sheet/<int:serial>/", sheet.sheet, name="sheet"),
    path(f"{_MONTH}numbers/", sheet.numbers, name="numbers"),
    path(f"{_MONTH}photo/<int:photo>/remove/", photo.remove, name="photo-remove"),
    path("photo/<int:pk>/", photo.photo, {"size": "full"}, name="photo"),
    path("photo/<int:pk>/small/", photo.photo, {"size": "small"}, name="photo-small"),
    path("me/", me.me, name="me"),
    path("me/record/", me.record, name="my-record"),
    path("me/record/<year:year>/", me.record, name="my-record-year"),
    path("me/activity/<int:pk>/", me.activity, name="my-activity"),
    path("me/calendar/", me.calendar, name="my-calendar"),
    path("me/calendar/<month:month>/", me.calendar, name="my-calendar-month"),
    path("me/calendar.ics", me.calendar_file, name="my-calendar-file"),
    path("me/excuse/<month:month>/", me.excuse, name="excuse"),
]
