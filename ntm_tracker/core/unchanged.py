"""Parts of pages that are kept as long as no row in the database has changed.

PostgreSQL can say exactly what a reader sees: two equal snapshots show the same rows, and every
transaction that has written anything makes another one. So nothing has to be told that it is out of
date, and nothing can be forgotten. SQLite cannot say it across connections; there the newest entry
of the audit trail tells, which every write leaves behind in its own transaction, one after the
other. (Catalogues are loaded by a command that leaves none: they show within the minute.) Within a
transaction, which sees its own rows, nothing is kept.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock
from time import time

from django.db import connection
from django.db.models import Model
from django.utils.safestring import SafeString

from ntm_tracker.core.http import PageRequest

MOST = 32
"""Parts that each process keeps: the first screens of a morning, of some 100 kB each."""

Key = tuple[Hashable, ...]


def snapshot() -> str | None:
    """What a query would see now, in a word; None where nobody can tell."""
    if connection.in_atomic_block:
        return None
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT pg_current_snapshot()::text")
            return cursor.fetchone()[0]
        cursor.execute("SELECT id, at FROM core_auditentry ORDER BY id DESC LIMIT 1")
        newest = cursor.fetchone()
        return f"{newest} {int(time()) // 60}" if newest else None


def page_key(request: PageRequest) -> Key | None:
    """What a page depends on. To be asked for before the first of its figures: what is written
    while they are gathered belongs to the next snapshot, under which nobody looks for this one."""
    seen = snapshot()
    if seen is None:
        return None
    # These two were read before; with other columns they make another page.
    before = (_columns(request.user), _columns(request.installation))
    return (seen, request.get_full_path(), str(request.as_of), *before)


def _columns(row: Model) -> str:
    return str([getattr(row, one.attname) for one in row._meta.concrete_fields])


@dataclass
class Kept:
    """The parts last shown; the one not asked for longest goes first. Threads share it."""

    parts: OrderedDict[Key, SafeString] = field(default_factory=OrderedDict)
    lock: Lock = field(default_factory=Lock)

    def forget(self) -> None:
        """Start anew: for who measures, or changes rows behind the back of the trail."""
        with self.lock:
            self.parts.clear()

    def get(self, key: Key | None, make: Callable[[], SafeString]) -> SafeString:
        """The part of a key, made where it is not there."""
        if key is None:
            return make()
        with self.lock:
            if key in self.parts:
                self.parts.move_to_end(key)
                return self.parts[key]
        part = make()
        with self.lock:
            self.parts[key] = part
            while len(self.parts) > MOST:
                self.parts.popitem(last=False)
        return part


KEPT = Kept()
