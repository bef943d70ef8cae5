"""Application config of core."""

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import post_migrate

from core import workbench
from core.readings import Reading, register_threshold
from core.reference import load_reference_data


class CoreConfig(AppConfig):
    """Users, protection, audit, kinds, parameters, background runs."""

    name = "core"
    verbose_name = "系统管理"

    def ready(self) -> None:
        """Bring the shipped codes, kinds and parameters to every migrated database; sweep runs."""
        from core import (  # noqa: PLC0415 -- models load first
            drafts,  # noqa: F401 -- its nightly work registers itself
            exports,
            files,  # noqa: F401 -- the same
            impersonation,
        )
        from core.first_password import DAYS  # noqa: PLC0415 -- models load first
        from core.keys import witness_keys  # noqa: PLC0415 -- models load first
        from core.middleware import begin_session  # noqa: PLC0415 -- models load first
        from core.runs.sweeper import sweeper_thread  # noqa: PLC0415 -- models load first
        from core.tiles import failed_runs, unread_notices  # noqa: PLC0415 -- models load first
        from core.trail import guard_trail  # noqa: PLC0415 -- models load first

        register_threshold(DAYS, Reading("whole", 1, 365))
        register_threshold(impersonation.MINUTES, Reading("whole", 1, impersonation.MOST_MINUTES))
        register_threshold("reveal.most_a_day", Reading("whole", 1, 9999))
        register_threshold(exports.ROWS_AT_ONCE, Reading("whole", 1, 100_000))
        register_threshold(exports.KEEP_DAYS, Reading("whole", 1, 365))
        post_migrate.connect(load_reference_data, sender=self, dispatch_uid="reference")
        post_migrate.connect(witness_keys, sender=self, dispatch_uid="keys")
        post_migrate.connect(guard_trail, sender=self, dispatch_uid="trail")
        user_logged_in.connect(begin_session, dispatch_uid="session-clocks")
        sweeper_thread.connect()
        workbench.register(unread_notices)
        workbench.register(failed_runs)
