"""The trail of every write. Services call `record` or `record_all` inside their transaction."""

from collections.abc import Iterable
from contextvars import ContextVar
from datetime import date, datetime
from functools import lru_cache
from typing import Any, TypedDict

from django.db.models import Model

from ntm_tracker.core import bulk
from ntm_tracker.core.models import AuditEntry, User
from ntm_tracker.core.text import search_text

# From which form (the name of its address) or file the entries of this request or command come.
# Ambient because every service would otherwise only pass it on; without it nothing goes unrecorded.
origin: ContextVar[str] = ContextVar("origin", default="")


# An import writes thousands of entries about the same few names.
_known = lru_cache(maxsize=1000)(search_text)


def entry(
    *,
    by: User | None,
    action: str,
    obj: Model,
    now: datetime,
    effective_on: date,
    old: str = "",
    new: str = "",
    note: str = "",
    commune_id: int | None = None,
    village_id: int | None = None,
    sponsor_id: int | None = None,
) -> AuditEntry:
    """An unsaved entry, for writers that save many at once. `by=None` means a command."""
    label, name = str(obj)[:300], str(by) if by else "Lệnh hệ thống"
    said = f"{note} {old} {new}"
    return AuditEntry(
        at=now,
        effective_on=effective_on,
        by_id=by.pk if by else None,
        by_label=name,
        action=action,
        object_type=obj._meta.label_lower,
        object_id=obj.pk,
        object_label=label,
        search_text=" ".join(filter(None, (_known(label), _known(name), search_text(said)))),
        old=str(old),
        new=str(new),
        note=note,
        origin=origin.get()[:200],
        commune_id=commune_id,
        village_id=village_id,
        sponsor_id=sponsor_id,
    )


class Places(TypedDict):
    """Whose a row is, as `entry` takes it."""

    commune_id: int | None
    village_id: int | None
    sponsor_id: int | None


def places(row: Any) -> Places:
    """The commune, village and sponsor of a row that has all three."""
    return Places(commune_id=row.commune_id, village_id=row.village_id, sponsor_id=row.sponsor_id)


def record(**fields) -> AuditEntry:
    """Save one entry; the arguments are those of `entry`."""
    row = entry(**fields)
    row.save(force_insert=True)
    return row


def record_all(entries: Iterable[AuditEntry]) -> None:
    """Save many entries of `entry`, in their order."""
    bulk.insert(list(entries))
