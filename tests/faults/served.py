"""The portal as the faults meet it: small chunks, little patience, and gates where a request is held.

``gunicorn tests.faults.served:application``, or ``celery -A portal worker -I tests.faults.served``.
A file in the folder FAULT_GATES holds whoever comes back from the function of its name, until the
file is gone; ``<name>.reached`` says that somebody is held.
"""

import os
import time
from pathlib import Path
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 -- after the setup
from django.core.wsgi import get_wsgi_application  # noqa: E402 -- as above

from core import audit  # noqa: E402 -- as above
from members.roster import runs  # noqa: E402 -- as above
from members.roster.applying import Writer  # noqa: E402 -- as above

GATES = Path(os.environ["FAULT_GATES"])


def hold_after(owner: Any, name: str, least: float = 0) -> None:
    """Let a file of the gates hold who comes back from OWNER.NAME; at LEAST seconds pass anyway."""
    real = getattr(owner, name)

    def held(*args: Any, **options: Any) -> Any:
        found = real(*args, **options)
        gate = GATES / name
        if gate.exists():
            gate.with_suffix(".reached").touch()
            while gate.exists():
                time.sleep(0.01)  # the test is another process
        time.sleep(least)  # so that there is a middle to be hit in
        return found

    setattr(owner, name, held)


settings.STORAGES["staticfiles"] = {  # nobody has collected them
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
settings.FILE_UPLOAD_TEMP_DIR = os.environ["FAULT_UPLOADS"]
settings.RUN_STALE_SECONDS = 1.5
settings.ROSTER_HANDS, settings.ROSTER_LANES = 0, 1
runs.CHUNK_ROWS = runs.JUDGED_TOGETHER = 10
runs.CHUNK_GROWTH = 1
hold_after(audit, "record")
hold_after(os, "fsync")
hold_after(Writer, "write", least=0.03)
application = get_wsgi_application()
