"""Where the browser tests go: a server of their own, or an installation that runs already."""

import os

INSTALLATION = os.environ.get("BASE_URL", "").rstrip("/")
"""Its address; empty where there is none."""
