"""WSGI entry point: what gunicorn serves."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.wsgi import get_wsgi_application

from ntm_tracker.core.patience import limit_waiting

GIVE_UP = 3
"""What gunicorn's workers end with when another try is of no use: it stops instead of going on."""

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ntm_tracker.settings")

try:
    application = get_wsgi_application()
    limit_waiting()
except ImproperlyConfigured as refusal:
    sys.stderr.write(f"Not started.\n{refusal}\n")
    sys.exit(GIVE_UP)
