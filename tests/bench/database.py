"""A database that exists for one world only: a real one is never touched."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from django.db import connection


@contextmanager
def scratch_database() -> Iterator[None]:
    """Point the default connection to a new, migrated database, and remove it afterwards.

    SQLite: a file in the temporary folder, in WAL mode as `setup_database` leaves it. PostgreSQL:
    a database of its own beside the one that DATABASE_URL names.
    """
    real = connection.settings_dict["NAME"]
    with TemporaryDirectory(prefix="ntm-bench-") as folder:
        connection.settings_dict["TEST"]["NAME"] = (
            str(Path(folder, "bench.sqlite3"))
            if connection.vendor == "sqlite"
            else f"ntm_bench_{os.getpid()}"
        )
        connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
        try:
            if connection.vendor == "sqlite":
                with connection.cursor() as cursor:
                    cursor.execute("PRAGMA journal_mode=WAL")
            yield
        finally:
            connection.creation.destroy_test_db(real, verbosity=0)


def settle() -> None:
    """What an established database has had time for: PostgreSQL's autovacuum has gathered
    statistics. SQLite does so only when told, and the product does not tell it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE")
