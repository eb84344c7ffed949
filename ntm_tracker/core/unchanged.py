"""Parts of pages that are kept as long as no row in the database has changed.

PostgreSQL can say exactly what a reader sees: two equal snapshots show the same rows, and every
transaction that has written anything makes another one. So nothing has to be told that it is out of
date, and nothing can be forgotten. SQLite cannot say it across connections: there, and within a
transaction (which sees its own rows under an unchanged snapshot), nothing is kept.
"""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from threading import Lock

from django.db import connection
from django.db.models import Model
from django.utils.safestring import SafeString

from ntm_tracker.core.http import PageRequest

MOST = 32
"""Parts that each process keeps: the first screens of a morning, of some 100 kB each."""

Key = tuple[Hashable, ...]


def snapshot() -> str | None:
    """What a query would see now, in a word; None where nobody can tell."""
    if connection.vendor != "postgresql" or connection.in_atomic_block:
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()::text")
        return cursor.fetchone()[0]


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
