"""What a change of a place was, kept as JSON so that it can be undone."""

from dataclasses import asdict
from datetime import date
from typing import Any, TypeVar

from communes.services import UnitEntry, VillageEntry

Entry = TypeVar("Entry", UnitEntry, VillageEntry)
DAYS = ("valid_from", "valid_to")


def kept(before: Entry | None, after: Entry) -> dict[str, Any]:
    """Both states, days as text."""
    return {"before": _as_json(before) if before else None, "after": _as_json(after)}


def _as_json(entry: UnitEntry | VillageEntry) -> dict[str, Any]:
    values = asdict(entry)
    return values | {day: values[day] and values[day].isoformat() for day in DAYS}


def read_back(kind: type[Entry], undo: dict[str, Any]) -> tuple[Entry | None, Entry]:
    """What `kept` has kept: (before, after)."""
    before, after = (
        values and kind(**values | {day: values[day] and _day(values[day]) for day in DAYS})
        for values in (undo["before"], undo["after"])
    )
    return before, after


def _day(text: str) -> date:
    return date.fromisoformat(text)
