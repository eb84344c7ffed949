"""Settings of the benchmark: those of a server, without what only tests add (no zeal)."""

import os
import tempfile

# What is set here wins over .env; DATABASE_URL may come from outside (PostgreSQL).
os.environ["SECRET_KEY"] = "bench-only-0123456789-abcdefghijklmnopqrstuvwxyz-0123456789"
os.environ["DEBUG"] = "0"
os.environ["HTTPS"] = "0"
os.environ["ALLOWED_HOSTS"] = "localhost"
os.environ["CSRF_TRUSTED_ORIGINS"] = ""
os.environ["MEDIA_ROOT"] = ""
os.environ.setdefault("DATABASE_URL", "sqlite:///:memory:")

from ntm_tracker.settings import *  # noqa: F403
from ntm_tracker.settings import LIMITS, LOGGING, STORAGES

_media = tempfile.TemporaryDirectory(prefix="ntm-bench-")  # goes when the process ends
MEDIA_ROOT = _media.name
ALLOWED_HOSTS = ["testserver"]

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Hashed names need collectstatic; looking one up costs a server a dictionary access.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_AUTOREFRESH = True  # no warning that staticfiles/ is missing

# Its lines would stand between the rows of the table.
LOGGING["loggers"]["ntm"]["level"] = "WARNING"

# One account asks for everything here; the tests of the limits set their own.
LIMITS = dict.fromkeys(LIMITS, 0)
