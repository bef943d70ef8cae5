"""Application config of activities."""

from django.apps import AppConfig


class ActivitiesConfig(AppConfig):
    """Activities and attendance."""

    name = "activities"
    verbose_name = "组织生活"
