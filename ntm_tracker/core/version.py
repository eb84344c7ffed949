"""Which version of the product this is, as `pyproject.toml` says it."""

import tomllib
from functools import cache

from django.conf import settings


@cache
def program_version() -> str:
    """`0.1.0`."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return project["project"]["version"]
