"""Writers of one SQLite file in the order in which they came.

SQLite lets whoever asks at the right moment begin, and asks more and more seldom for who has waited
long: among several busy writers one can wait until its time is over and hear "database is locked".
So only one at a time asks SQLite; the others stand behind it at a lock that the system hands on.
"""

import fcntl
from typing import Any

from django.db.backends.signals import connection_created
from django.db.backends.sqlite3.base import DatabaseWrapper

BEGIN = "BEGIN IMMEDIATE"


def take_turns() -> None:
    """From now on each connection to a SQLite file stands in line before a transaction."""
    connection_created.connect(_join, dispatch_uid="turns")


def _join(sender: Any, connection: Any, **kwargs: Any) -> None:
    if not isinstance(connection, DatabaseWrapper) or connection.is_in_memory_db():
        return
    if in_turn not in connection.execute_wrappers:
        connection.execute_wrappers.append(in_turn)


def in_turn(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
    """Wait to be the first in line, then for who writes; the line moves on when we may write."""
    if sql != BEGIN:
        return execute(sql, params, many, context)
    # Beside the file, where SQLite keeps its own; it holds nothing and may be removed at any time.
    with open(f"{context['connection'].settings_dict['NAME']}-turn", "ab") as line:  # noqa: PTH123
        fcntl.flock(line, fcntl.LOCK_EX)
        return execute(sql, params, many, context)
