"""The demo case, loaded once; after each test its rows are put back by the database itself.

`live_server` would empty the tables after every test and the case would be loaded anew each time,
which takes three seconds. A copy of each table in the same database comes back in a twentieth of
that, with the same statements on SQLite and PostgreSQL.
"""

from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import setup_databases, teardown_databases

from ntm_tracker.core.unchanged import KEPT

COPY = "as_seeded_"


@contextmanager
def created(folder: Path):
    """A test database that lives as long as the block."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        # A file: as in the product, every request has a connection of its own.
        settings["TEST"]["NAME"] = str(folder / "browser.sqlite3")
        options = settings["OPTIONS"]
        # Nobody will miss the file, so nothing waits for the disk.
        options["init_command"] = f"{options.get('init_command', '')} PRAGMA synchronous=OFF;"
    else:
        settings["TEST"]["NAME"] = f"test_{settings['NAME']}_browser_{folder.parent.name}"
    old = setup_databases(verbosity=0, interactive=False, aliases={connection.alias})
    try:
        yield
    finally:
        teardown_databases(old, verbosity=0)


@contextmanager
def borrowed():
    """The database of an installation, which is as it was after the block. Refuses one in which
    people work: its accounts are those of the demo, no other."""
    from ntm_tracker.core.models import User  # models are there once Django is set up
    from tests.browser.addresses import ACCOUNTS

    names = set(User.objects.values_list("username", flat=True))
    if names != set(ACCOUNTS):
        raise RuntimeError(f"This is not the demo case: {sorted(names)}")
    try:
        _copy()
        yield
    finally:
        with connection.cursor() as cursor:
            for _table, copy in _tables():
                cursor.execute(f"DROP TABLE IF EXISTS {copy}")


def load() -> None:
    """Load catalogues and demo, and keep a copy of every table."""
    call_command("load_catalogues", verbosity=0)
    call_command("seed_demo", verbosity=0)
    _copy()


def _copy() -> None:
    with connection.cursor() as cursor:
        for table, copy in _tables():
            cursor.execute(f"CREATE TABLE {copy} AS SELECT * FROM {table}")  # noqa: S608


def restore() -> None:
    """Put every row back as it was loaded, sessions included; new ids go on where they were."""
    with transaction.atomic(), connection.cursor() as cursor:
        # Foreign keys are checked at the end of the transaction, so the order does not matter.
        for table, copy in _tables():
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {copy}")  # noqa: S608
    KEPT.forget()


def _tables() -> list[tuple[str, str]]:
    """Every table of a model with the name of its copy, quoted."""
    quote = connection.ops.quote_name
    return [
        (quote(name), quote(f"{COPY}{name}"))
        for name in sorted(connection.introspection.django_table_names())
    ]
