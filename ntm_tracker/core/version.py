"""Which version of the product this is, as `pyproject.toml` and git say it."""

import subprocess
import tomllib
from functools import cache

from django.conf import settings


@cache
def program_version() -> str:
    """`0.1.0`."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return project["project"]["version"]


@cache
def program_commit() -> str:
    """`883375f (28/11/2026)`; empty where the program lies without its history or there is no git.

    Asked once a process: an upgrade restarts it.
    """
    # The program belongs to root, the process does not: git asks to be told that this is meant.
    safe = f"safe.directory={settings.BASE_DIR}"
    command = ["git", "-c", safe, "log", "-1", "--format=%h (%cd)", "--date=format:%d/%m/%Y"]
    try:
        done = subprocess.run(  # noqa: S603 - no shell, nothing in it comes from outside
            command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=5, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return done.stdout.strip()
