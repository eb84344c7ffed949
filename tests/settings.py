"""Settings of the tests: those of the product, independent of any .env, and faster."""

import os
import tempfile

# What is set here wins over .env; DATABASE_URL may come from outside (PostgreSQL in CI).
os.environ["SECRET_KEY"] = "tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"
os.environ["DEBUG"] = "0"
os.environ["HTTPS"] = "0"
os.environ["ALLOWED_HOSTS"] = "localhost,127.0.0.1"
os.environ["CSRF_TRUSTED_ORIGINS"] = ""
os.environ["MEDIA_ROOT"] = ""
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")

from ntm_tracker.settings import *  # noqa: F403
from ntm_tracker.settings import DATABASES, INSTALLED_APPS, LIMITS, MIDDLEWARE, STORAGES

_media = tempfile.TemporaryDirectory(prefix="ntm-tests-")  # goes when the process ends
MEDIA_ROOT = _media.name

# Page-by-page connections: a kept one would block the removal of the test database.
DATABASES["default"]["CONN_MAX_AGE"] = 0
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# The live server of the browser tests cannot serve hashed names that collectstatic has not made.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # no warning that staticfiles/ is missing

# A page that runs one query per row of a list fails its test (zeal names model, field and line).
INSTALLED_APPS = [*INSTALLED_APPS, "zeal"]
MIDDLEWARE = ["zeal.middleware.zeal_middleware", *MIDDLEWARE]
# Pages look the same whether LibreOffice is there or not; tests of it ask for it.
LIBREOFFICE = "no-libreoffice-in-tests"

# Signing in by name and password is quick and has no request in most tests; those of the lock ask.
AXES_ENABLED = False

# One account asks for everything here; the tests of the limits set their own.
LIMITS = dict.fromkeys(LIMITS, 0)
