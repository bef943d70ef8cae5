#!/usr/bin/env python
"""Command line of the portal."""

import os
import sys

try:
    from django.core.management import execute_from_command_line
except ModuleNotFoundError:
    sys.exit(
        "运行环境还没有建好，或者没有用它：先执行 make install（只运行、不开发用 bin/bootstrap.sh runtime），"
        "再用 .venv/bin/python manage.py …"
    )

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    execute_from_command_line(sys.argv)
