"""Application config of members."""

from django.apps import AppConfig

from core import scope


class MembersConfig(AppConfig):
    """The member register."""

    name = "members"
    verbose_name = "党员"

    def ready(self) -> None:
        """Let a member's own record add to his account's standing; let moves keep his area path."""
        from branches.trees import register_path_copy  # noqa: PLC0415 -- models load first
        from members.standing import member_standing  # noqa: PLC0415 -- models load first

        scope.register(member_standing)
        register_path_copy("members.Member", field="area_path", branch="branch")
