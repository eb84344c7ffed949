"""Bring the database to the state that this version of the product needs."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.management import BaseCommand, call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.sqlite3.base import DatabaseWrapper as SQLite

# A number of our own among PostgreSQL's advisory locks: "ntm" in ASCII.
LOCK = 0x6E746D


class Command(BaseCommand):
    help = "Switch SQLite to write-ahead logging, then migrate. A second one waits for the first."

    def handle(self, *args, **options):
        connection = connections[DEFAULT_DB_ALIAS]
        with alone(connection):
            # Once and here, before any worker starts: this switch ignores the busy timeout, and
            # several processes that open a new file at the same moment fail with "database is
            # locked".
            if _is_file(connection):
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA journal_mode=WAL")
            call_command("migrate", interactive=False, verbosity=max(options["verbosity"] - 1, 0))


@contextmanager
def alone(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """Wait until no other process sets this database up. The lock goes with the process that holds
    it, however it ends, and leaves nothing behind."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s)", [LOCK])
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    elif _is_file(connection):
        # The folder, not the file: to close the file a second time would let go SQLite's own locks.
        folder = os.open(Path(connection.settings_dict["NAME"]).parent, os.O_RDONLY)
        try:
            fcntl.flock(folder, fcntl.LOCK_EX)
            yield
        finally:
            os.close(folder)
    else:
        yield


def _is_file(connection: BaseDatabaseWrapper) -> bool:
    return isinstance(connection, SQLite) and not connection.is_in_memory_db()
