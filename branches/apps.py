"""Application config of branches."""

from typing import Any

from django.apps import AppConfig, apps
from django.db.models.signals import post_migrate

from core import scope, workbench


class BranchesConfig(AppConfig):
    """Territory, branches, appointments."""

    name = "branches"
    verbose_name = "组织体系"

    def ready(self) -> None:
        """Let appointments decide roles and reach."""
        from branches import (  # noqa: PLC0415 -- models load first
            nightly,  # noqa: F401 -- its work registers itself
            readings,
        )
        from branches.standing import appointment_standing  # noqa: PLC0415 -- models load first
        from branches.workbench import units_card  # noqa: PLC0415 -- the same

        readings.register()
        scope.register(appointment_standing)
        workbench.register_card(units_card)
        post_migrate.connect(_after_migrate, dispatch_uid="branches.after_migrate")


def _after_migrate(sender: AppConfig, **_: Any) -> None:
    """Leave a usable system: once every app has its verbs, the groups of the roles."""
    from branches import roles  # noqa: PLC0415 -- models load first

    if sender is [config for config in apps.get_app_configs() if config.models_module][-1]:
        roles.install()
