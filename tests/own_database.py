"""A database for processes that a test starts: nobody else uses it, and it is gone afterwards."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from django.db import connection


@contextmanager
def own_database(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """The variables of a process whose database bears this name, in the folder (SQLite) or on the
    server of the tests (PostgreSQL)."""
    if connection.vendor == "sqlite":
        url = f"sqlite:///{folder / name}.sqlite3"
    else:
        url = urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}"))
        with connection.cursor() as cursor:
            cursor.execute(f"CREATE DATABASE {name}")
    yield os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")
