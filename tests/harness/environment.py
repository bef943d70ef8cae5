"""The environment of a test run: known, private, and gone afterwards."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests.harness import postgres

# Every variable that the settings read; a developer's own must not change what the tests see.
SETTINGS_VARIABLES = (
    "ALLOWED_HOSTS",
    "BEHIND_PROXY",
    "CSRF_TRUSTED_ORIGINS",
    "DATABASE_SSLMODE",
    "DATABASE_URL",
    "DATABASE_URL_FILE",
    "DEMO_BANNER",
    "FIELD_KEYS_FILE",
    "HELP_PHONE",
    "IMPERSONATION",
    "LOG_LEVEL",
    "REDIS_URL",
    "REDIS_URL_FILE",
    "SECOND_FACTOR",
    "SECRET_KEY",
    "SECRET_KEY_FILE",
    "X_ACCEL_PREFIX",
)


def run_folder() -> Path:
    """Return the folder of this test run, shared with its child processes and removed by the process that made it."""
    folder = os.environ.get("TEST_RUN_FOLDER")
    if folder is None:
        folder = os.environ["TEST_RUN_FOLDER"] = tempfile.mkdtemp(prefix="yinhui-tests-")
        atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def worker_name() -> str:
    """Return the name of this test process within the run."""
    return os.environ.get("PYTEST_XDIST_WORKER", "main")


def prepare_environment() -> None:
    """Point the settings at throw-away data: a folder for each test process, plain http, the wanted database."""
    for name in SETTINGS_VARIABLES:
        os.environ.pop(name, None)
    kind = os.environ.setdefault("TEST_DATABASE", "sqlite")
    if kind not in {"sqlite", "postgres"}:
        raise RuntimeError(f"TEST_DATABASE={kind}: use sqlite or postgres")
    if kind == "postgres":
        os.environ["DATABASE_URL"] = postgres.shared_cluster_url()
    os.environ["VAR_DIR"] = str(run_folder() / worker_name())
    os.environ["FIELD_KEYS_FILE"] = str(run_folder() / "field_keys.json")  # one, as of one database
    os.environ["PORTAL_HTTPS"] = "off"
