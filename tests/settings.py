"""Settings of the tests: the portal's own, on throw-away data, without the costs that tests need not pay.

``TEST_DATABASE=sqlite`` (default) or ``postgres``. Nothing of the caller's environment is read.
"""

import os

from tests.harness.environment import prepare_environment

prepare_environment()

from core.crypto import make_key_file  # noqa: E402 -- as above
from portal.settings import *  # noqa: E402 -- the settings read the environment prepared above
from portal.settings import DATABASES, FIELD_KEYS_FILE, STATIC_ROOT, STORAGES  # noqa: E402 -- as above

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # argon2 is slow on purpose
RUN_DOORBELL = "off"  # a test carries out its runs itself, or chooses another bell
RUN_PAUSE_SECONDS = 0
ROSTER_HANDS = 0  # another process sees nothing of a test's transaction
ROSTER_LANES = 1  # nor does another connection
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# Pages are tested without collecting files first; tests/test_project.py collects them once for real.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
STATIC_ROOT.mkdir(exist_ok=True)
make_key_file(FIELD_KEYS_FILE)  # migrate makes it; many tests have no database

if os.environ["TEST_DATABASE"] == "sqlite":
    # On a machine busy with much else a writer may wait long for its turn; that is no fault of the portal.
    DATABASES["default"]["OPTIONS"]["timeout"] = 120
    DATABASES["default"]["OPTIONS"]["init_command"] += "PRAGMA synchronous=OFF;"
