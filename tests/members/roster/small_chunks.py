"""``manage.py import_roster`` in chunks of ten rows, for tests that kill it in the middle.

Run as ``python -m tests.members.roster.small_chunks FILE --by USER …``.
"""

import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402 -- after the setup
from django.core.management import call_command  # noqa: E402 -- as above

from members.roster import runs  # noqa: E402 -- as above

runs.CHUNK_ROWS = 10
settings.RUN_STALE_SECONDS = 2

if __name__ == "__main__":
    call_command("import_roster", *sys.argv[1:])
