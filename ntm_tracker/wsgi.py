"""WSGI entry point: what gunicorn serves."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

GIVE_UP = 3
"""What gunicorn's workers end with when another try is of no use: it stops instead of going on."""

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ntm_tracker.settings")

try:
    application = get_wsgi_application()
except ImproperlyConfigured as refusal:
    sys.stderr.write(f"Not started.\n{refusal}\n")
    sys.exit(GIVE_UP)
