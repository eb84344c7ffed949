"""All settings, safe by default: without DEBUG, secret key, hosts and database must be named."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF

from ntm_tracker.env import (
    database_from_url,
    env_bool,
    env_choice,
    env_int,
    env_list,
    env_path,
    env_str,
    load_dotenv,
)
from ntm_tracker.logs import FORMATS, logging_config
from ntm_tracker.refusals import refuse_nonsense

BASE_DIR = Path(__file__).resolve().parent.parent
load_dotenv(BASE_DIR / ".env")

DEBUG = env_bool("DEBUG", default=False)
SECRET_KEY = env_str("SECRET_KEY")
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS")
DATABASE_URL = env_str("DATABASE_URL")
HTTPS = env_bool("HTTPS", default=not DEBUG)
# How many of our own proxies stand in front and write X-Forwarded-For.
PROXY_COUNT = env_int("PROXY_COUNT", default=int(HTTPS), least=0, most=5)
CSRF_TRUSTED_ORIGINS = env_list("CSRF_TRUSTED_ORIGINS")
# Working days within which a difficulty or request is to be answered, unless a day is given.
DIFFICULTY_ANSWER_DAYS = 7
MEDIA_ROOT = env_path("MEDIA_ROOT", default=BASE_DIR / "media", base_dir=BASE_DIR)
BACKUP_DIR = env_path("BACKUP_DIR", default=BASE_DIR / "backups", base_dir=BASE_DIR)

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_htmx",
    "csp",
    "axes",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django_otp.plugins.otp_static",
    "ntm_tracker.core",
    "communes",
    "criteria",
    "sponsors",
    "ntm_tracker.dashboard",
    "ntm_tracker.reports",
]

MIDDLEWARE = [
    "ntm_tracker.core.requests.RequestLog",
    "ntm_tracker.core.health.Health",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "ntm_tracker.core.middleware.own_readers_only",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "ntm_tracker.core.idle.idle_sessions",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "ntm_tracker.core.middleware.htmx_responses",
    "ntm_tracker.core.middleware.chosen_date",
    "ntm_tracker.core.middleware.NulCharacters",
    "ntm_tracker.core.middleware.AuditOrigin",
    "ntm_tracker.core.middleware.SecondFactor",
    "ntm_tracker.core.middleware.PageAccount",
    "ntm_tracker.core.middleware.RateLimits",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "ntm_tracker.urls"
WSGI_APPLICATION = "ntm_tracker.wsgi.application"
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
                "ntm_tracker.core.context.page",
            ],
        },
    },
]

DATABASES = {"default": database_from_url(DATABASE_URL, BASE_DIR)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
# Guessing passwords: see `core.lockout`. Counted per account and address together.
AXES_FAILURE_LIMIT = env_int("LOGIN_FAILURES", default=5, least=1, most=20)
AXES_COOLOFF_TIME = timedelta(
    minutes=env_int("LOGIN_WAIT_MINUTES", default=15, least=1, most=24 * 60)
)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
# The page says how long to wait: another try must not make that untrue.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_CLIENT_IP_CALLABLE = "ntm_tracker.core.lockout.client_address"
AXES_LOCKOUT_CALLABLE = "ntm_tracker.core.lockout.locked_out"
AXES_HTTP_RESPONSE_CODE = 429
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "kept", "csrfmiddlewaretoken"]
# The audit trail is where people look, and who signs in daily is no matter of record.
AXES_DISABLE_ACCESS_LOG = True
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
# How many a minute one account may ask for of what costs much, see `core.limits`; 0: no limit.
LIMITS = {
    "workbook": env_int("LIMIT_WORKBOOKS", default=10, least=0, most=10_000),
    "list": env_int("LIMIT_LISTS", default=30, least=0, most=10_000),
    "upload": env_int("LIMIT_UPLOADS", default=30, least=0, most=10_000),
    "search": env_int("LIMIT_SEARCHES", default=150, least=0, most=10_000),
}
_STRENGTH = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_STRENGTH}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_STRENGTH}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_STRENGTH}.CommonPasswordValidator"},
    {"NAME": f"{_STRENGTH}.NumericPasswordValidator"},
]
# Roles that get nowhere without a code of their phone, e.g. "office,admin"; others may have one.
SECOND_FACTOR_ROLES = env_list("SECOND_FACTOR_ROLES")
OTP_TOTP_ISSUER = "Theo dõi nông thôn mới"
# How long an invitation, the only way to a first or a new password, can be used.
PASSWORD_RESET_TIMEOUT = env_int("INVITE_DAYS", default=7, least=1, most=31) * 24 * 60 * 60
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "dashboard:home"
LOGOUT_REDIRECT_URL = "login"

# Mail is sent by `manage.py send_reminders` alone; without a server everything else works.
EMAIL_HOST = env_str("EMAIL_HOST")
EMAIL_PORT = env_int("EMAIL_PORT", default=587, least=1, most=65535)
EMAIL_HOST_USER = env_str("EMAIL_USER")
EMAIL_HOST_PASSWORD = env_str("EMAIL_PASSWORD")
EMAIL_USE_TLS = env_bool("EMAIL_TLS", default=True)
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env_str("EMAIL_FROM")
# Turns the workbook of a month into PDF, where the server has it.
LIBREOFFICE = env_str("LIBREOFFICE", "soffice")
SITE_URL = env_str("SITE_URL").rstrip("/")

# What happened, one line per request; the administrator's page shows the last errors too.
LOG_FORMAT = env_choice("LOG_FORMAT", default="text" if DEBUG else "json", choices=FORMATS)
LOGGING = logging_config(LOG_FORMAT)

# Vietnamese is the source language. No LocaleMiddleware: an English browser would get half of the
# interface in English. Thousands are grouped by our own filters, because USE_THOUSAND_SEPARATOR
# would print the year 2026 as 2.026.
LANGUAGE_CODE = "vi"
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = "ntm_tracker.formats"

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "ntm_tracker.core.storage.WholeFiles"},
    "staticfiles": {"BACKEND": "ntm_tracker.core.assets.BundledStaticFilesStorage"},
}
WHITENOISE_ALLOW_ALL_ORIGINS = False
MEDIA_URL = "media/"  # never served as such: photos go through a view that asks who is looking
DATA_UPLOAD_MAX_MEMORY_SIZE = 12 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}
# Nothing here looks, listens or asks where somebody is: photos come from the phone's own camera.
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
    )
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "ntm_tracker.core.errors.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
# A browser takes a cookie of this name from this host alone, over HTTPS, never from a neighbour's.
_COOKIE = "__Host-" if HTTPS else ""
SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = f"{_COOKIE}sessionid", f"{_COOKIE}csrftoken"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_MINUTES = env_int("SESSION_IDLE_MINUTES", default=60, least=10, most=12 * 60)
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

refuse_nonsense(globals())
