"""Application config of services."""

from django.apps import AppConfig


class ServicesConfig(AppConfig):
    """Its place only: stations and rosters build on this."""

    name = "services"
    verbose_name = "发挥作用"
