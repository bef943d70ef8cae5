"""Settings of the portal, all from the environment; an empty environment is a safe single machine.

Figures come from the security chapter of the house: idle and absolute session lengths, lock-out,
timeouts. ``PORTAL_HTTPS=off`` is for plain http on one's own machine only (``make run``).
"""

import os
from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from core.logs import STRANGERS_FAULTS
from portal import env

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(env.text("VAR_DIR", str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True, mode=0o700)  # nobody else on the machine looks in
HTTPS = env.flag("PORTAL_HTTPS", True)

DEBUG = False
SECRET_KEY = env.secret("SECRET_KEY", VAR_DIR / "secret_key")
ALLOWED_HOSTS = env.listing("ALLOWED_HOSTS", ["127.0.0.1", "localhost", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.listing("CSRF_TRUSTED_ORIGINS", [])

SITE_NAME = "银辉 · 离退休干部党建"
HELP_PHONE = env.text("HELP_PHONE", "025-8888 6666")
DEMO_BANNER = env.flag("DEMO_BANNER", False)  # says on every page that the data are made up

INSTALLED_APPS = [
    "portal.apps.PortalAdminConfig",
    "core",  # before auth: its createsuperuser is the one that is found
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "mptt",
    "import_export",
    "axes",
    "csp",
    "branches",
    "members",
    "activities",
    "services",
    "portal.apps.PortalConfig",
]

MIDDLEWARE = [
    "core.middleware.ClientAddressMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "core.middleware.PlainAddressMiddleware",
    "core.middleware.TooLargeMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "core.middleware.ImpersonationMiddleware",
    "core.middleware.SessionClockMiddleware",
    "core.middleware.SecondFactorMiddleware",
    "core.middleware.SignInRequiredMiddleware",
    "core.middleware.SentFormMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "core.middleware.ReadOnlyMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.page",
            ],
        },
    },
]
FORM_RENDERER = "core.rendering.ElderFormRenderer"
CSRF_FAILURE_VIEW = "core.views.csrf_failure"

# --- databases -------------------------------------------------------------------------------

_database = env.database(env.text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'yinhui.sqlite3'}"))
if _database["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE: a DEFERRED read snapshot cannot be upgraded to a writer and fails at once.
    _database["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL;PRAGMA synchronous=NORMAL;PRAGMA foreign_keys=ON;"
            "PRAGMA cache_size=-65536;"
        ),
    }
    _database["CONN_MAX_AGE"] = 60
else:
    _database["CONN_MAX_AGE"] = 60
    _database["CONN_HEALTH_CHECKS"] = True
    _database["OPTIONS"] |= {
        "connect_timeout": 3,
        "options": (
            "-c statement_timeout=30000 -c lock_timeout=5000"
            " -c idle_in_transaction_session_timeout=60000"
            # Memory or solid disks: small tables are read by index too, and each foreign key that
            # a roster's rows bring is checked in two thirds of the time.
            " -c random_page_cost=1.1"
        ),
    }
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people and sessions ---------------------------------------------------------------------

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "core.backends.AllowanceBackend",
    "branches.backends.PostBackend",
]
LOGIN_URL = "sign-in"
LOGIN_REDIRECT_URL = "/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "phone", "display_name")},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]

SESSION_ENGINE = "core.sessions"
SESSION_COOKIE_NAME = "__Host-sid" if HTTPS else "sid"
SESSION_COOKIE_SECURE = HTTPS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if HTTPS else "csrf"
CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 20 * 3600
STAFF_IDLE_SECONDS = 30 * 60
STAFF_SESSION_SECONDS = 8 * 3600
MEMBER_IDLE_SECONDS = 20 * 3600
MEMBER_SESSION_SECONDS = 7 * 24 * 3600
# Who signs in with two factors. Plain http serves one's own machine only: nobody is asked there.
SECOND_FACTOR = env.choice(
    "SECOND_FACTOR", ("off", "office", "office+secretaries"), "office" if HTTPS else "off"
)
# Whether system administrators may look at somebody's pages as he sees them, changing nothing. Of
# django-hijack only the change of hands is used: its own pages and scripts are not installed.
IMPERSONATION = env.flag("IMPERSONATION", False)
HIJACK_PERMISSION_CHECK = "core.impersonation.may_impersonate"
SIGN_IN_TRIES_A_DAY = 20  # wrong passwords of one account, from wherever
BEHIND_PROXY = env.flag("BEHIND_PROXY", HTTPS)  # X-Forwarded-For is the proxy's word

AXES_HANDLER = "core.signin.AttemptsHandler"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=20)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # waiting is enough
AXES_USERNAME_CALLABLE = "core.signin.account_key"  # never a telephone
AXES_CLIENT_IP_CALLABLE = "core.signin.client_address"
AXES_SENSITIVE_PARAMETERS = ["username", "next", "csrfmiddlewaretoken"]
AXES_LOCKOUT_CALLABLE = "core.views.locked_out"
AXES_ENABLE_ADMIN = False  # its pages are English; lock-outs show in the audit trail
AXES_VERBOSE = False
AXES_DISABLE_ACCESS_LOG = True

# --- the browser -----------------------------------------------------------------------------

SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = HTTPS
SECURE_HSTS_PRELOAD = HTTPS
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    },
}

# --- language, time, files -------------------------------------------------------------------

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]  # a few of Django's sentences said more plainly

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = VAR_DIR / "private"  # never served by address: every file passes a scope check
FILE_UPLOAD_PERMISSIONS = 0o600
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o700
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5_000
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
FILE_UPLOAD_HANDLERS = [
    "core.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "core.uploads.NamelessFileUploadHandler",
]
# Uploaded tables are parsed in a child process that may not outgrow these.
SPREADSHEET_LIMITS = {
    "file_bytes": 20 * 1_048_576,  # of an upload as well; a larger CSV comes by the command line
    "csv_bytes": 128 * 1_048_576,  # a province's roster: 530,000 rows
    "csv_rows": 600_000,
    "unpacked_bytes": 200 * 1_048_576,
    "ratio": 100,
    "entries": 200,
    "rows": 200_000,
    "sparse_rows": 50_000,
    "told_rows": 200_000,  # hidden ones, and ones with formulas that have no stored result
    "columns": 60,
    "memory_bytes": 1_073_741_824,
    "cpu_seconds": 60,
    "wall_seconds": 120,
}
# Processes that help to check a roster: all processors but the one that has it, at most three.
ROSTER_HANDS = env.number("ROSTER_HANDS", min(3, len(os.sched_getaffinity(0)) - 1))
# Connections that write a roster's new members on PostgreSQL: one, or two.
ROSTER_LANES = env.number("ROSTER_LANES", min(2, len(os.sched_getaffinity(0))))
FIELD_KEYS_FILE = Path(env.text("FIELD_KEYS_FILE", str(VAR_DIR / "field_keys.json")))

# --- long work -------------------------------------------------------------------------------

REDIS_URL = env.text("REDIS_URL")
CELERY_BROKER_URL = REDIS_URL or None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_PUBLISH_RETRY = False
CELERY_BROKER_CONNECTION_TIMEOUT = 2
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 3,
    "socket_connect_timeout": 2,
    "max_retries": 1,
    "interval_start": 0,
    "interval_max": 0.2,
    "visibility_timeout": 7200,
}
CELERY_TASK_TIME_LIMIT = 3600
CELERY_TASK_SOFT_TIME_LIMIT = 3300
CELERY_TIMEZONE = TIME_ZONE
CELERY_WORKER_HIJACK_ROOT_LOGGER = False  # workers log as the web does: without people
# Together at most 90 seconds pass between a worker's death and its run going on.
RUN_STALE_SECONDS = 60
RUN_SWEEP_SECONDS = 30
RUN_HOLD_SECONDS = 0.2  # so long may chunks keep the only pen of SQLite
RUN_PAUSE_SECONDS = 0.05  # then it lies free, for the pages' own writes
RUN_DOORBELL = "celery" if REDIS_URL else "thread"
CELERY_BEAT_SCHEDULE = {
    "sweep-runs": {
        "task": "core.sweep_runs",
        "schedule": RUN_SWEEP_SECONDS,
        "options": {"expires": RUN_SWEEP_SECONDS},
    },
}

IMPORT_EXPORT_IMPORT_PERMISSION_CODE = "import"
IMPORT_EXPORT_EXPORT_PERMISSION_CODE = "export"
IMPORT_EXPORT_SKIP_ADMIN_LOG = True
IMPORT_EXPORT_USE_TRANSACTIONS = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "core.logs.PlainFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        }
    },
    "filters": {"strangers_fault": {"()": "core.logs.StrangersFault"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "axes": {"level": "WARNING"},
        **{
            f"django.security.{name}": {"filters": ["strangers_fault"]} for name in STRANGERS_FAULTS
        },
    },
    "root": {"handlers": ["console"], "level": env.text("LOG_LEVEL", "INFO")},
}
