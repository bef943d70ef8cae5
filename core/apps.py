"""Application config of core."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Users, protection, audit, kinds, parameters, background runs."""

    name = "core"
    verbose_name = "系统管理"
