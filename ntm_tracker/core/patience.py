"""How long a page waits for PostgreSQL: a server that hangs must not hold every thread for good.

A server that refuses or goes away says so at once. One that hangs (its computer stopped, the
network cut, a statement that finds no end) says nothing, and the driver would wait for ever: after
a few such requests no thread is left, and nobody gets as much as a page that says why. So the
processes that serve people give up; commands, whose statements may well take minutes, do not.
"""

from functools import partial
from select import select
from time import monotonic
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.signals import connection_created

STATEMENT_SECONDS = 25
"""More than any page takes with a whole province in it, less than a browser or proxy waits. The
server ends such a statement by itself and says so."""
SILENCE_SECONDS = 30
"""After this the server is taken for gone: not even the end of the statement came."""


def limit_waiting() -> None:
    """Let this process wait for its database no longer than above; nothing to do on SQLite, which
    has `timeout` in its settings."""
    database = connections[DEFAULT_DB_ALIAS]
    if database.vendor != "postgresql":
        return
    from psycopg2.extensions import set_wait_callback

    # Once somebody else waits for it, libpq leaves its `connect_timeout` to him.
    connect_seconds = int(database.settings_dict["OPTIONS"]["connect_timeout"])
    set_wait_callback(partial(wait, connect_seconds=connect_seconds, seconds=SILENCE_SECONDS))
    connection_created.connect(_limit_statements)


def wait(connection: Any, *, connect_seconds: float, seconds: float) -> None:
    """What psycopg2 calls to wait for an answer. Raises OperationalError when none comes; psycopg2
    then closes the connection, so that the next request makes a new one."""
    from psycopg2 import OperationalError
    from psycopg2.extensions import POLL_OK, POLL_READ, POLL_WRITE, STATUS_SETUP

    limit = connect_seconds if connection.status == STATUS_SETUP else seconds
    end = monotonic() + limit
    while (state := connection.poll()) != POLL_OK:
        reads = [connection.fileno()] if state == POLL_READ else []
        writes = [connection.fileno()] if state == POLL_WRITE else []
        if not any(select(reads, writes, [], max(0, end - monotonic()))):
            raise OperationalError(f"the database has said nothing for {limit} seconds")


def _limit_statements(sender: Any, connection: Any, **kwargs: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', %s, false)",
                       [f"{STATEMENT_SECONDS}s"])  # fmt: skip
