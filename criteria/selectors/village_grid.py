"""The villages of one commune with their ten criteria, plan and gardens, as one grid."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from communes.models import Commune, Village, VillageMembership, valid_on
from criteria.choices import Cell, Level, Outcome, Stage
from criteria.desks import Reader, desk_of
from criteria.models import Assessment, Criterion, Standing
from criteria.rules import count_met
from criteria.selectors.history import standings_from_history
from criteria.selectors.reported import villages_then
from criteria.selectors.sets import SetInForce, set_in_force
from criteria.selectors.villages import VillageCounts, VillageRow, village_counts
from criteria.village_fields import STATUS_FIELDS, Conflict, criterion_field, in_words
from criteria.village_workflow import may_fill
from criteria.workflow import may_report
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.permits import Permit

SAID = frozenset({Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE})


@dataclass(frozen=True)
class VillageCell:
    """One criterion of one village: what the commune reports (`value`, "" for nothing), and what
    counts with its rung (`cell`). `on` is the day of the row that counts."""

    criterion: Criterion
    cell: str = Cell.UNREPORTED
    value: str = ""
    on: date | None = None
    shown: str | None = None  # what was typed and not written
    before: str | None = None  # what its writer had seen, where that is not `value`

    @property
    def field(self) -> str:
        return criterion_field(self.criterion.number)

    @property
    def title(self) -> str:
        return f"{self.criterion.number}. {self.criterion.name}"

    @property
    def said(self) -> Outcome | None:
        """What the commune reports, in words."""
        return Outcome(self.value) if self.value else None


@dataclass(frozen=True)
class StatusCell:
    """Plan or gardens of one village; `value` is what the control shows."""

    field: str
    title: str
    unit: str
    most: int
    is_choice: bool
    value: str
    shown: str | None = None
    before: str | None = None

    @property
    def words(self) -> str:
        return in_words(self.field, self.value)


@dataclass(frozen=True)
class Answer:
    """What became of the cells of one village that were sent: saved, refused, or overtaken."""

    village_id: int
    typed: Mapping[str, str]
    saved: frozenset[str] = frozenset()
    sentences: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()

    @property
    def is_quiet(self) -> bool:
        return not self.sentences and not self.conflicts


@dataclass(frozen=True)
class GridRow:
    """One village of the grid. `may_fill` is about the criteria: closed once it is recognised."""

    village: VillageRow
    cells: tuple[VillageCell, ...]
    statuses: tuple[StatusCell, ...]
    may_fill: Permit

    @property
    def met(self) -> int:
        """Criteria met on any rung (what does not apply counts as met)."""
        return count_met("".join(cell.cell for cell in self.cells))

    @property
    def is_full(self) -> bool:
        return bool(self.cells) and self.met == len(self.cells)


@dataclass(frozen=True)
class VillageGrid:
    """Context of the grid. `may_report` is refused on any day but the reporting date."""

    commune: Commune
    as_of: AsOf
    in_force: SetInForce | None
    rows: tuple[GridRow, ...]
    may_report: Permit

    @property
    def counts(self) -> VillageCounts:
        return village_counts(row.village for row in self.rows)

    @property
    def full(self) -> int:
        """Villages that meet all criteria of the set."""
        return sum(row.is_full for row in self.rows)

    def row(self, village_id: int) -> GridRow | None:
        """The row of a village of this grid."""
        return next((row for row in self.rows if row.village.pk == village_id), None)


def with_typed(grid: VillageGrid, answer: Answer) -> VillageGrid:
    """The grid with what was typed and not written still in the cells of its village."""
    overtaken = {conflict.field for conflict in answer.conflicts}

    def cell(one: Any) -> Any:  # a cell of either kind
        typed, seen = answer.typed.get(one.field), answer.typed.get(f"seen_{one.field}")
        if typed is None or typed == seen:
            return one
        return replace(one, shown=typed, before=None if one.field in overtaken else seen)

    def row(one: GridRow) -> GridRow:
        if one.village.pk != answer.village_id:
            return one
        return replace(
            one, cells=tuple(map(cell, one.cells)), statuses=tuple(map(cell, one.statuses))
        )

    return replace(grid, rows=tuple(map(row, grid.rows)))


def village_set(on: date, province_code: str) -> SetInForce | None:
    """The set that measures villages on a day."""
    return set_in_force(Level.VILLAGE, on, province_code)


def visible_place(user: Reader, pk: int, on: date) -> tuple[Village, Commune] | None:
    """A village that the reader may see, with the commune to which it belongs on a day."""
    member = (
        VillageMembership.objects.filter(
            valid_on(on), village__in=Village.objects.visible_to(user).filter(pk=pk).values("pk")
        )
        .select_related("village", "commune")
        .first()
    )
    return (member.village, member.commune) if member else None


def village_grid(
    user: Reader, commune: Commune, as_of: AsOf, in_force: SetInForce | None
) -> VillageGrid:
    """The grid of a commune that the reader may see; at most five queries whatever its villages."""
    desk = desk_of(user)
    communes = Commune.objects.filter(pk=commune.pk)
    villages = villages_then(Village.objects.all(), as_of, communes)
    cells = village_cells([row.pk for row in villages], in_force, as_of)
    report = may_report(commune.pk, desk)
    if report and not as_of.is_present:
        report = Permit(False, "Chỉ nhập được ở ngày báo cáo; đang xem số liệu của ngày khác.")
    rows = [
        GridRow(
            village=row,
            cells=cells[row.pk],
            statuses=status_cells(row),
            may_fill=may_fill(state=row.state, commune_id=commune.pk, user=desk)
            if report
            else report,
        )
        for row in villages
    ]
    return VillageGrid(commune, as_of, in_force, tuple(rows), report)


def status_cells(row: VillageRow) -> tuple[StatusCell, ...]:
    """Plan and gardens of a village; blank where nobody has reported on it."""
    cells = []
    for status in STATUS_FIELDS:
        value = getattr(row, status.column)
        text = ("yes" if value else "no") if status.is_choice else str(value)
        cells.append(
            StatusCell(
                status.field,
                status.title,
                status.unit,
                status.most,
                status.is_choice,
                text if row.since else "",
            )
        )
    return tuple(cells)


def village_cells(
    villages: Iterable[int], in_force: SetInForce | None, as_of: AsOf
) -> dict[int, tuple[VillageCell, ...]]:
    """Village id → its cells in criterion order; one query for the present, two for another day
    (of a closed month from the rows that were known when it was closed)."""
    wanted = list(villages)
    if in_force is None:
        return dict.fromkeys(wanted, ())
    blank = {criterion.pk: VillageCell(criterion) for criterion in in_force.criteria}
    found = {pk: dict(blank) for pk in wanted}
    if as_of.is_present:
        rows: Iterable[tuple] = Standing.objects.filter(
            village__in=wanted, criterion__criteria_set=in_force.criteria_set
        ).values_list("village", "criterion", "cell", "self_row__outcome", "self_row__as_of")
    else:
        rows = _cells_of(wanted, in_force, as_of)
    for village, criterion, cell, outcome, on in rows:
        found[village][criterion] = replace(
            blank[criterion], cell=cell, value=outcome if outcome in SAID else "", on=on
        )
    return {pk: tuple(cells.values()) for pk, cells in found.items()}


def _cells_of(villages: list[int], in_force: SetInForce, as_of: AsOf) -> list[tuple]:
    states = standings_from_history(
        as_of.date,
        villages=villages,
        criteria=[criterion.pk for criterion in in_force.criteria],
        known_at=as_of.known_at,
    )
    ids = [state.row_ids[Stage.SELF] for state in states.values() if Stage.SELF in state.row_ids]
    said = Assessment.objects.filter(pk__in=ids).values_list("pk", "outcome", "as_of")
    reports: Mapping[int | None, tuple] = {pk: (outcome, day) for pk, outcome, day in said}
    return [
        (village, criterion, state.cell, *reports.get(state.row_ids.get(Stage.SELF), ("", None)))
        for (_commune, village, criterion), state in states.items()
    ]
