"""Application config of branches."""

from django.apps import AppConfig

from core import scope


class BranchesConfig(AppConfig):
    """Territory, branches, appointments."""

    name = "branches"
    verbose_name = "组织体系"

    def ready(self) -> None:
        """Let appointments decide roles and reach."""
        from branches.standing import appointment_standing  # noqa: PLC0415 -- models load first

        scope.register(appointment_standing)
