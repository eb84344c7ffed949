"""What several tests of the criteria need: days, rolled-back examples, an independent oracle."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ntm_tracker.core.clock import AsOf
from tests.factories import TODAY

FIRST, LAST = date(2022, 1, 31), date(2022, 6, 30)
APPEND_ONLY = (
    "criteria_assessment",
    "criteria_milestone",
    "criteria_dossierstep",
    "criteria_fundingneed",
    "criteria_fundingsource",
    "criteria_villagestatus",
    "core_auditentry",
)


def present(day: date = TODAY) -> AsOf:
    """The day as the reporting date: the tables of the present answer."""
    return AsOf(day, day, FIRST, max(LAST, day))


def past(day: date = TODAY) -> AsOf:
    """The same day chosen by hand: the history answers."""
    return AsOf(day, day + timedelta(days=1), FIRST, max(LAST, day))


@contextmanager
def rolled_back() -> Iterator[None]:
    """One example of a property test, whose rows vanish at the end."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@contextmanager
def nothing_overwritten() -> Iterator[None]:
    """Fails when a statement changes or removes a row of a table that only grows."""
    with CaptureQueriesContext(
        connection,
    ) as queries:
        yield
    verbs = tuple(
        f'{verb} "{table}"' for table in APPEND_ONLY for verb in ("UPDATE", "DELETE FROM")
    )
    assert [q["sql"][:200] for q in queries if q["sql"].startswith(verbs)] == []


LETTERS = {"self": "sS", "verified": "vV", "appraised": "aA"}


def cell_by_hand(rows: list[tuple[date, int, str, str]], on: date) -> str:
    """The cell on a day, told in another way than the rules: (as_of, serial, stage, outcome)."""
    latest = {row[2]: row for row in sorted(rows) if row[0] <= on}
    said = [latest[stage] for stage in ("appraised", "verified", "self") if stage in latest]
    said = [row for row in said if row[3] != "withdrawn"]
    while said:
        top, *below = said
        if top[3] == "na":
            return "n"
        if top[3] != "returned":
            return LETTERS[top[2]][top[3] == "not_met"]
        said = [row for row in below if row[:2] > top[:2]]
        if not said:
            return "r"
    return "."
