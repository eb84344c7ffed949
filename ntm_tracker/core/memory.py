"""What was worked out from figures that nobody has written to since, kept in this process.

Every write leaves an entry in the audit trail, in the transaction that writes: while the newest
entry is the same, so is everything that was made of the figures. Nothing has to be told that it is
stale, and several processes need not know of each other.
"""

from collections.abc import Callable, Hashable
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar

from cachetools import TTLCache
from django.db import connection

Made = TypeVar("Made")

ENTRIES, SECONDS = 32, 60
"""Catalogues are loaded by a command that leaves no entry: it shows within the minute."""

NEWEST = "SELECT id, at FROM core_auditentry ORDER BY id DESC LIMIT 1"
# The entry of a transaction that is still going on may be older than the newest one, and would
# appear behind it.
ALL_ENDED = "SELECT pg_snapshot_xmin(now) = pg_snapshot_xmax(now) FROM pg_current_snapshot() AS now"

_kept: TTLCache[Hashable, tuple["Mark", Any]] = TTLCache(ENTRIES, SECONDS)
_lock = Lock()

Mark = tuple[int, datetime] | None


def remembered(key: Hashable, make: Callable[[], Made]) -> Made:
    """What `make` gives for `key`, made anew after any write. What it gives is handed to several
    readers at once: nobody changes it, and `key` says all that it depends on beside the figures,
    above all whose figures they are.

    One short query where it is known (two on PostgreSQL where it is not). Within a transaction
    nothing is kept: what it reads may never have been.
    """
    if connection.in_atomic_block:
        return make()
    mark = _newest()
    with _lock:
        then, value = _kept.get(key, (None, None))
    if then is not None and then == mark:
        return value
    is_settled = _all_ended()
    value = make()
    if is_settled:
        with _lock:
            _kept[key] = (mark, value)
    return value


def forget() -> None:
    """Start anew: for who measures, or changes rows behind the back of the trail."""
    with _lock:
        _kept.clear()


def _newest() -> Mark:
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        return cursor.fetchone()


def _all_ended() -> bool:
    """Whether no write is going on that might come before the newest entry. SQLite has one writer
    at a time."""
    if connection.vendor != "postgresql":
        return True
    with connection.cursor() as cursor:
        cursor.execute(ALL_ENDED)
        return cursor.fetchone()[0]
