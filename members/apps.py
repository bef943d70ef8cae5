"""Application config of members."""

from django.apps import AppConfig

from core import scope, workbench


class MembersConfig(AppConfig):
    """The member register."""

    name = "members"
    verbose_name = "党员管理"

    def ready(self) -> None:
        """Tell the lower rooms what members add: standing, paths, who is in a branch, what is due."""
        from branches.actions import (  # noqa: PLC0415 -- models load first
            register_appointment_objection,
            register_dissolution_obstacle,
            register_kind_obstacle,
            register_reorganisation_follower,
        )
        from branches.kept_paths import register_kept_path  # noqa: PLC0415 -- the same
        from branches.trees import register_path_copy  # noqa: PLC0415 -- the same
        from members import readings  # noqa: PLC0415 -- the same
        from members.actions.group import leave_moved_groups  # noqa: PLC0415 -- the same
        from members.roster import runs, sweeping  # noqa: F401, PLC0415 -- their runs register themselves
        from members.standing import (  # noqa: PLC0415 -- the same
            member_standing,
            not_yet_full,
            who_remains,
            who_would_be_nowhere,
        )
        from members.workbench import register_tiles  # noqa: PLC0415 -- the same

        readings.register()
        scope.register(member_standing)
        register_path_copy("members.Member")
        register_kept_path("members.BranchAlias")
        register_kept_path("members.RosterBatch")
        register_kept_path("members.TransferBatch")
        register_kept_path("members.LinkBatch")
        register_appointment_objection(not_yet_full)
        register_dissolution_obstacle(who_remains)
        register_kind_obstacle(who_would_be_nowhere)
        register_reorganisation_follower(leave_moved_groups)
        workbench.register(register_tiles)
