"""Settings, all in one file: from the environment, safe by default, in docs/operations.md."""

import sys
from pathlib import Path
from typing import Any

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from import_export.formats.base_formats import CSV, JSON

from imaging_dept.api_names import ENUM_NAMES

env = environ.Env()

# ── place ────────────────────────────────────────────────────────────────────────────────────────
BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
DEPARTMENT_NAME = env.str("DEPARTMENT_NAME", default="Imaging department")
DEPARTMENT_ADDRESS = env.str("DEPARTMENT_ADDRESS", default="").replace("|", "\n")
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", _("English")), ("de", _("German")), ("fr", _("French")), ("es", _("Spanish"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True

# ── security ─────────────────────────────────────────────────────────────────────────────────────
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="")
if not SECRET_KEY:
    raise ImproperlyConfigured("SECRET_KEY is not set. `manage.py up` makes and keeps one itself.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
# Encrypted everywhere unless somebody says that this is a loopback address without TLS.
HTTPS = env.bool("HTTPS", default=True)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_PROXY_SSL_HEADER = (
    ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("BEHIND_PROXY", default=False) else None
)
SECURE_HSTS_SECONDS = env.int("HSTS_SECONDS", default=31_536_000 if HTTPS else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SESSION_COOKIE_AGE = env.int("SESSION_SECONDS", default=12 * 3600)
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
METRICS_TOKEN = env.str("METRICS_TOKEN", default="")

# ── apps ─────────────────────────────────────────────────────────────────────────────────────────
INSTALLED_APPS = [
    "common",
    "staff",
    "audit",
    "patients",
    "equipment",
    "worklist",
    "studies",
    "reports",
    "gateway",
    "demo",
    "imaging_dept.admin_config.SettingsPagesConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "template_partials",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "django_prometheus",
    "django_structlog",
    "import_export",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "common.answers.PersonMiddleware",
    "staff.bearer.BearerMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
    "audit.origin.OriginMiddleware",
    "common.answers.RefusalMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "imaging_dept.urls"
WSGI_APPLICATION = "imaging_dept.wsgi.application"
ASGI_APPLICATION = "imaging_dept.asgi.application"
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
                "staff.context.frame",
                "audit.context.demonstration",
            ],
        },
    }
]
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=str(DATA_DIR / "static"))
WHITENOISE_USE_FINDERS = True

# ── people ───────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = ["staff.backends.OneQuestionBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_ADAPTER = "staff.adapters.NoSelfSignUp"
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_SESSION_REMEMBER = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS
MFA_TOTP_ISSUER = DEPARTMENT_NAME
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]

# ── database, broker, cache ──────────────────────────────────────────────────────────────────────
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": env.db("DATABASE_URL", default="postgres:///imaging_dept")}
DATABASES["default"] |= {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
REDIS_URL = env.str("REDIS_URL", default="redis://localhost:6379")
BROKER_URL, CACHE_URL = env.str("BROKER_URL", default=""), env.str("CACHE_URL", default="")


def valkey(number: int) -> str:
    """The same server, another of its numbered databases: over a socket or over TCP."""
    if "://" in REDIS_URL and REDIS_URL.split("://")[0] in {"unix", "redis+socket"}:
        return f"unix://{REDIS_URL.split('://', 1)[1].split('?')[0]}?db={number}"
    return f"{REDIS_URL.rstrip('/').removesuffix('/0')}/{number}"


LIVE_URL = valkey(0)
CACHES: dict[str, dict[str, Any]] = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": CACHE_URL or valkey(1),
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# ── Celery: the broker is a bell, the tables are the ledger ──────────────────────────────────────
CELERY_BROKER_URL = BROKER_URL or valkey(0).replace("unix://", "redis+socket://").replace(
    "?db=", "?virtual_host="
)
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_TASK_TIME_LIMIT = 110
CELERY_TASK_PUBLISH_RETRY = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kilobytes
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 120,  # longer than the hard limit above, or a slow task would run twice
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 0,  # whoever rings is answered now or not at all; the worker tries for ever
}
CELERY_TIMEZONE = TIME_ZONE
CELERY_BEAT_SCHEDULE = {
    "file-what-waits": {"task": "studies.periodic.sweep_incoming", "schedule": 5.0},
    "draw-what-waits": {"task": "studies.periodic.sweep_thumbnails", "schedule": 10.0},
    "unpack-what-waits": {"task": "studies.periodic.sweep_archives", "schedule": 10.0},
    "answer-commitments": {"task": "studies.periodic.sweep_commitments", "schedule": 5.0},
    "make-due-calls": {"task": "gateway.periodic.sweep_calls", "schedule": 5.0},
    "settle-studies": {"task": "studies.periodic.settle_studies", "schedule": 15.0},
    "gather-reports": {"task": "reports.periodic.gather", "schedule": 120.0},
    "open-due-maintenance": {
        "task": "equipment.periodic.open_due_maintenance",
        "schedule": 3600.0,
    },
    "propose-outcomes": {
        "task": "worklist.periodic.propose_outcomes",
        "schedule": crontab(hour=2, minute=30),
    },
    "carry-transfers": {"task": "gateway.periodic.sweep_transfers", "schedule": 5.0},
    "forget-queries": {"task": "worklist.periodic.forget_queries", "schedule": 3600.0},
    "clear-half-written": {"task": "studies.periodic.clear_half_written", "schedule": 3600.0},
}

# ── DICOM ────────────────────────────────────────────────────────────────────────────────────────
DICOM_AE_TITLE = env.str("DICOM_AE_TITLE", default="IMAGING_DEPT")
DICOM_HOST = env.str("DICOM_HOST", default="127.0.0.1")
DICOM_PORT = env.int("DICOM_PORT", default=11112)
DICOM_MAX_ASSOCIATIONS = env.int("DICOM_MAX_ASSOCIATIONS", default=64)
DICOM_MAX_ASSOCIATIONS_EACH = env.int("DICOM_MAX_ASSOCIATIONS_EACH", default=16)
DICOM_TLS_CERTIFICATE = env.str("DICOM_TLS_CERTIFICATE", default="")
DICOM_TLS_KEY = env.str("DICOM_TLS_KEY", default="")
DICOM_TLS_CA = env.str("DICOM_TLS_CA", default="")
PATIENT_ID_ISSUER = env.str("PATIENT_ID_ISSUER", default="IMAGING_DEPT")
ACCESSION_ISSUER = env.str("ACCESSION_ISSUER", default="IMAGING_DEPT")
LARGEST_OBJECT_BYTES = env.int("LARGEST_OBJECT_BYTES", default=4 * 1024**3)
LARGEST_ARCHIVE_BYTES = env.int("LARGEST_ARCHIVE_BYTES", default=20 * 1024**3)
LEAST_FREE_BYTES = env.int("LEAST_FREE_BYTES", default=200 * 1024**2)
DATA_UPLOAD_MAX_NUMBER_FILES = 200
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
HALF_WRITTEN = (
    DATA_DIR / "tmp"
)  # on the same file system as the objects, so that a rename is atomic
HALF_WRITTEN.mkdir(parents=True, exist_ok=True)
FILE_UPLOAD_TEMP_DIR = str(HALF_WRITTEN)
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
CHILD_MEMORY_BYTES = env.int("CHILD_MEMORY_BYTES", default=2 * 1024**3)
CHILD_SECONDS = env.int("CHILD_SECONDS", default=20)
DEMO = env.bool("DEMO", default=False)

# ── API ──────────────────────────────────────────────────────────────────────────────────────────
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "staff.bearer.BearerAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["staff.access.ActionPermission"],
    "DEFAULT_SCHEMA_CLASS": "imaging_dept.api_schema.TruthfulSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "common.paging.BoundedPagination",
    "DEFAULT_PARSER_CLASSES": [
        "common.parsing.CarefulJSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "EXCEPTION_HANDLER": "common.answers.answer_api_error",
    "URL_FORMAT_OVERRIDE": None,  # answers are JSON, whatever an address says
}
SPECTACULAR_SETTINGS = {
    "ENUM_NAME_OVERRIDES": ENUM_NAMES,
    "TITLE": "Imaging department",
    "DESCRIPTION": "Lists, shows, and the same verbs as the pages.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "imaging_dept.api_schema.tell_refusals",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# ── catalogues in and out ────────────────────────────────────────────────────────────────────────
IMPORT_EXPORT_FORMATS = [CSV, JSON]
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_TMP_STORAGE_CLASS = "common.exchange.Waiting"

# ── logging: keys, never patients' names ─────────────────────────────────────────────────────────
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "common.logs.formatter"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "line", "stream": sys.stderr},
        "errors": {
            "class": "logging.StreamHandler",
            "formatter": "line",
            "stream": sys.stderr,
            "level": "ERROR",
        },
    },
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.request": {"level": "ERROR"},
        "django_structlog": {"level": "WARNING"},
        "pynetdicom": {"level": "CRITICAL"},  # it would quote what it could not read
        # Its warnings quote values, and it sets its own level when it is imported.
        "pydicom": {"handlers": ["errors"], "propagate": False},
    },
}
