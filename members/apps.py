"""Application config of members."""

from django.apps import AppConfig

from core import scope


class MembersConfig(AppConfig):
    """The member register."""

    name = "members"
    verbose_name = "党员"

    def ready(self) -> None:
        """Let a member's own record add to his account's standing."""
        from members.standing import member_standing  # noqa: PLC0415 -- models load first

        scope.register(member_standing)
