"""One moment of the database, held still for a reader while people go on working."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import NO_DB_ALIAS

ALIAS = NO_DB_ALIAS  # Django's own name for a connection beside those of the settings


@contextmanager
def snapshot(folder: Path) -> Iterator[str]:
    """The alias of a connection that sees one moment. `folder` takes what lies there meanwhile.

    PostgreSQL: one transaction, REPEATABLE READ and read-only. SQLite: a copy by its backup API,
    which neither waits for writers nor holds them up once write-ahead logging is on.
    """
    if connections[DEFAULT_DB_ALIAS].vendor == "postgresql":
        with _postgres() as alias:
            yield alias
        return
    place = Path(mkdtemp(prefix=".copy-", dir=folder))
    try:
        with _sqlite(place / "copy.sqlite3") as alias:
            yield alias
    finally:
        shutil.rmtree(place, ignore_errors=True)


@contextmanager
def _postgres() -> Iterator[str]:
    from django.db.backends.postgresql.psycopg_any import IsolationLevel

    options = {"isolation_level": IsolationLevel.REPEATABLE_READ}
    with _second(OPTIONS=options), transaction.atomic(using=ALIAS):
        with connections[ALIAS].cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield ALIAS


@contextmanager
def _sqlite(path: Path) -> Iterator[str]:
    default = connections[DEFAULT_DB_ALIAS]
    default.ensure_connection()
    copied = sqlite3.connect(path)
    try:
        with default.wrap_database_errors:
            default.connection.backup(copied)
    finally:
        copied.close()
    with _second(NAME=str(path)):
        yield ALIAS


@contextmanager
def _second(**changes: Any) -> Iterator[None]:
    """A second connection, set up like the first but for `changes`, for as long as the block."""
    connection = connections[DEFAULT_DB_ALIAS].copy(alias=ALIAS)
    connection.settings_dict["OPTIONS"] |= changes.pop("OPTIONS", {})
    connection.settings_dict |= changes
    connections[ALIAS] = connection
    try:
        yield
    finally:
        connection.close()
        del connections[ALIAS]
