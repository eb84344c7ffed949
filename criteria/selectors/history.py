"""The state on any day, from the append-only rows alone."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from criteria.choices import Cell, Outcome, Stage
from criteria.models import Assessment, Milestone, Standing
from criteria.rules import Row, decide

# (commune id, village id, criterion id); one of the first two is None
Key = tuple[int | None, int | None, int]
Ids = Iterable[int] | QuerySet[Any, Any]


@dataclass
class State:
    """One subject and criterion on a day: its cell, its plan, the row behind each rung, and the
    rung that the cell shows (None where nobody says anything)."""

    cell: str = Cell.UNREPORTED
    planned_on: date | None = None
    row_ids: dict[str, int] = field(default_factory=dict)
    deciding: Stage | None = None

    @property
    def deciding_id(self) -> int | None:
        """The id of the row that the cell shows."""
        return self.row_ids[self.deciding] if self.deciding else None


def latest_first(partition: list[str], day: str) -> Window:
    """Number the rows of each partition, the latest (day, id) first."""
    return Window(
        RowNumber(),
        partition_by=[F(name) for name in partition],
        order_by=[F(day).desc(), F("id").desc()],
    )


def counting(
    rows: QuerySet[Assessment], on: date, known_at: datetime | None = None
) -> QuerySet[Assessment]:
    """The rows that still count on a day: without those that were taken back by then, and without
    the rows that took them back. What stood before counts again, as `rules.counting` says. With
    `known_at`, as far as was written down by that time."""
    # The range is what the index on `corrects` answers; there are few such rows.
    undoing = Assessment.objects.filter(
        corrects_id__gt=0, outcome=Outcome.WITHDRAWN, as_of__lte=on
    ).order_by()
    if known_at is not None:
        rows = rows.filter(recorded_at__lte=known_at)
        undoing = undoing.filter(recorded_at__lte=known_at)
    return rows.exclude(pk__in=undoing.values("pk")).exclude(pk__in=undoing.values("corrects"))


def standings_from_history(
    on: date,
    *,
    communes: Ids | None = None,
    villages: Ids | None = None,
    criteria: Iterable[int] | None = None,
    known_at: datetime | None = None,
) -> dict[Key, State]:
    """The state of every subject × criterion on a day, in two queries; with `known_at`, as it was
    known then.

    `communes` and `villages` narrow the subjects (ids or a queryset of ids); with neither, all.
    """
    where = Q(as_of__lte=on, criterion__isnull=False)
    planned = Q(effective_on__lte=on)
    if known_at is not None:
        planned &= Q(recorded_at__lte=known_at)
    narrowed = {"commune_id": communes, "village_id": villages}
    subjects = [column for column, ids in narrowed.items() if ids is not None] or [*narrowed]
    if communes is not None or villages is not None:
        subject = Q(pk__in=[])
        if communes is not None:
            subject |= Q(commune__in=communes)
            planned &= Q(commune__in=communes)
        else:
            planned &= Q(pk__in=[])
        if villages is not None:
            subject |= Q(village__in=villages)
        where &= subject
    if criteria is not None:
        criteria = list(criteria)
        where &= Q(criterion__in=criteria)
        planned &= Q(criterion__in=criteria)
    states: dict[Key, State] = {}
    rungs: dict[Key, dict[str, Row]] = {}
    rows = (
        counting(Assessment.objects.filter(where), on, known_at)
        .annotate(place=latest_first([*subjects, "criterion_id", "stage"], "as_of"))
        .filter(place=1)
        .order_by()
        .values_list("commune_id", "village_id", "criterion_id", "stage", "id", "outcome", "as_of")
    )
    for commune, village, criterion, stage, pk, outcome, as_of in rows:
        rungs.setdefault((commune, village, criterion), {})[stage] = Row(pk, outcome, as_of)
    for key, said in rungs.items():
        cell, deciding = decide(said)
        ids = {stage: row.pk for stage, row in said.items()}
        states[key] = State(cell, None, ids, deciding)
    plans = (
        Milestone.objects.filter(planned)
        .annotate(place=latest_first(["commune_id", "criterion_id"], "effective_on"))
        .filter(place=1)
        .order_by()
        .values_list("commune_id", "criterion_id", "planned_on")
    )
    for commune, criterion, planned_on in plans:
        states.setdefault((commune, None, criterion), State()).planned_on = planned_on
    return states


def commune_states(
    on: date, communes: Ids, criteria: Iterable[int], known_at: datetime | None = None
) -> dict[tuple[int, int], State]:
    """(commune id, criterion id) → state on a day, for communes alone; two queries."""
    states = standings_from_history(on, communes=communes, criteria=criteria, known_at=known_at)
    return {
        (commune, criterion): state
        for (commune, _village, criterion), state in states.items()
        if commune is not None
    }


def standing_differences(on: date) -> list[str]:
    """Where the table of the present differs from the history, as sentences; empty when equal."""
    wanted = standings_from_history(on)
    differences = []
    for row in Standing.objects.all():
        key = (row.commune_id, row.village_id, row.criterion_id)
        state = wanted.pop(key, None)
        stored = (
            row.cell,
            row.planned_on,
            row.self_row_id,
            row.verified_row_id,
            row.appraised_row_id,
        )
        if state is None:
            differences.append(f"{_place(key)}: hiện trạng có, lịch sử không có")
        elif stored != (
            state.cell,
            state.planned_on,
            state.row_ids.get(Stage.SELF),
            state.row_ids.get(Stage.VERIFIED),
            state.row_ids.get(Stage.APPRAISED),
        ):
            differences.append(
                f"{_place(key)}: hiện trạng “{row.get_cell_display()}”, "
                f"lịch sử “{Cell(state.cell).label}”"
            )
    differences += [f"{_place(key)}: lịch sử có, hiện trạng không có" for key in wanted]
    return differences


def _place(key: Key) -> str:
    commune, village, criterion = key
    subject = f"xã id {commune}" if commune else f"thôn id {village}"
    return f"{subject}, tiêu chí id {criterion}"
