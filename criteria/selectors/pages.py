"""The criteria over all communes: the list of criteria, and one criterion."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date

from django.db.models import QuerySet

from communes.models import Commune, Village
from criteria.choices import OVERDUE_CODES, RECOGNISED_STATES, Cell, Level, Stage
from criteria.models import Assessment, Criterion, Milestone, Standing, VillageRule
from criteria.rules import (
    RUNGS,
    counting,
    decide,
    is_met,
    newer_report,
    shown_cell,
    village_rule_blocks,
)
from criteria.selectors import reported
from criteria.selectors.catalogue import CriterionLine, SetLine, criterion_lines, set_lines
from criteria.selectors.dossiers import dossier_states
from criteria.selectors.history import commune_states
from criteria.selectors.scope import Reader
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import CommuneStanding
from criteria.selectors.villages import VillageRow
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation

UNREPORTED_CODES = frozenset({Cell.UNREPORTED, Cell.OVERDUE_UNREPORTED})
MET_CELL_OF = {
    Stage.APPRAISED: Cell.MET_APPRAISED,
    Stage.VERIFIED: Cell.MET_VERIFIED,
    Stage.SELF: Cell.MET_SELF,
}


@dataclass(frozen=True)
class CriterionCount:
    """One criterion over the communes that are not yet recognised.

    met + not_met + unreported is the number of communes; overdue ones are among the last two.
    `rungs` splits those who report it met by who says so (what does not apply has no rung).
    """

    criterion: Criterion
    met: int
    not_met: int
    unreported: int
    overdue: int
    rungs: tuple[tuple[Stage, int], ...]

    @property
    def total(self) -> int:
        return self.met + self.not_met + self.unreported


def criterion_counts(
    standings: Iterable[CommuneStanding], in_force: SetInForce
) -> list[CriterionCount]:
    """The columns of the matrix counted, in the order of the criteria."""
    rows = [row.cells for row in standings if row.cells]
    counts = []
    for place, criterion in enumerate(in_force.criteria):
        cells = [row[place] for row in rows]
        met = sum(is_met(cell) for cell in cells)
        unreported = sum(cell in UNREPORTED_CODES for cell in cells)
        counts.append(
            CriterionCount(
                criterion,
                met,
                len(cells) - met - unreported,
                unreported,
                sum(cell in OVERDUE_CODES for cell in cells),
                tuple((stage, cells.count(MET_CELL_OF[stage])) for stage in RUNGS),
            )
        )
    return counts


@dataclass(frozen=True)
class CriteriaPage:
    """The set in force with its counts, and the other sets of the catalogue."""

    in_force: SetInForce | None
    groups: tuple[tuple[str, tuple[CriterionCount, ...]], ...]
    counted: int
    recognised: int
    sets: tuple[SetLine, ...]

    @property
    def others(self) -> tuple[SetLine, ...]:
        """The sets beside the one that the page counts."""
        chosen = self.in_force and self.in_force.criteria_set
        return tuple(line for line in self.sets if line.criteria_set != chosen)

    @property
    def line(self) -> SetLine | None:
        """The catalogue line of the set in force."""
        chosen = self.in_force and self.in_force.criteria_set
        return next((line for line in self.sets if line.criteria_set == chosen), None)


def criteria_page(user: Reader, as_of: AsOf, installation: Installation) -> CriteriaPage:
    """The list of criteria; six queries from the present, seven for another day."""
    in_force = reported.set_for(Level.COMMUNE, as_of, installation.province_code)
    sets = tuple(set_lines(as_of.date))
    if in_force is None:
        return CriteriaPage(None, (), 0, 0, sets)
    communes = reported.followed_units(user, as_of, installation.focus_district).rural()
    standings = reported.standings(communes, in_force, as_of)
    counts = iter(criterion_counts(standings, in_force))
    groups = tuple(
        (name, tuple(next(counts) for _ in range(size))) for name, size in in_force.groups
    )
    counted = sum(bool(row.cells) for row in standings)
    return CriteriaPage(in_force, groups, counted, len(standings) - counted, sets)


@dataclass(frozen=True)
class CriterionRow:
    """One commune under one criterion: its state, the row that says so, and the plan."""

    commune_id: int
    code: str
    name: str
    cell: str
    planned_on: date | None
    row: Assessment | None
    newer: Assessment | None
    days_overdue: int


# What needs work first: overdue, not met, returned, not reported, met.
Order = Callable[[CriterionRow], tuple[int, int]]
STATE_ORDER = {cell: place for place, cell in enumerate("zyxR!AVSr.nsva")}
SORTS: dict[str, Order] = {
    "name": lambda row: (0, 0),
    "state": lambda row: (STATE_ORDER[row.cell], -row.days_overdue),
}


def criterion_rows(
    communes: QuerySet[Commune], criterion: Criterion, as_of: AsOf
) -> tuple[list[CriterionRow], int]:
    """The communes not yet recognised by name, and how many recognised ones are left out.

    Three queries from the present, five for another day, whatever the number of communes.
    """
    dossiers = dossier_states(communes, criterion.criteria_set, as_of.date)
    known = (
        _then(communes, criterion, as_of)
        if as_of.closed
        else (_present if as_of.is_present else _past)(communes, criterion, as_of.date)
    )
    rows, recognised = [], 0
    for pk, code, name in communes.order_by("sort_key", "id").values_list("pk", "code", "name"):
        if pk in dossiers and dossiers[pk][0] in RECOGNISED_STATES:
            recognised += 1
            continue
        cell, planned_on, latest = known.get(pk, (Cell.UNREPORTED.value, None, {}))
        _cell, stage = decide(latest)
        shown = shown_cell(cell, planned_on, as_of.date)
        late = (as_of.date - planned_on).days if planned_on and shown in OVERDUE_CODES else 0
        row = latest[stage] if stage else None
        rows.append(
            CriterionRow(pk, code, name, shown, planned_on, row, newer_report(latest), late)
        )
    return rows, recognised


Known = tuple[str, date | None, dict[str, Assessment]]


def _present(communes: QuerySet[Commune], criterion: Criterion, on: date) -> dict[int, Known]:
    standings = Standing.objects.filter(
        commune__in=communes.values("pk"), criterion=criterion
    ).select_related("self_row", "verified_row", "appraised_row")
    return {
        row.commune_id: (
            row.cell,
            row.planned_on,
            {
                said.stage: said
                for said in (row.self_row, row.verified_row, row.appraised_row)
                if said
            },
        )
        for row in standings
        if row.commune_id
    }


def _past(communes: QuerySet[Commune], criterion: Criterion, on: date) -> dict[int, Known]:
    states = commune_states(on, communes.values("pk"), [criterion.pk])
    said = Assessment.objects.in_bulk(
        [pk for state in states.values() for pk in state.row_ids.values()]
    )
    return {
        commune: (
            state.cell,
            state.planned_on,
            {stage: said[pk] for stage, pk in state.row_ids.items()},
        )
        for (commune, _criterion), state in states.items()
    }


def _then(communes: QuerySet[Commune], criterion: Criterion, as_of: AsOf) -> dict[int, Known]:
    """What was known when the month was closed; two queries."""
    said = Assessment.objects.filter(
        commune__in=communes.values("pk"), criterion=criterion, as_of__lte=as_of.date
    )
    by_commune: dict[int, list[Assessment]] = {}
    for row in as_of.known(said).order_by("as_of", "pk"):
        if row.commune_id:
            by_commune.setdefault(row.commune_id, []).append(row)
    planned = Milestone.objects.filter(
        commune__in=communes.values("pk"), criterion=criterion, effective_on__lte=as_of.date
    )
    plans = dict(
        as_of.known(planned)
        .order_by("effective_on", "pk")  # the latest is the last to be put in
        .values_list("commune_id", "planned_on")
    )
    found: dict[int, Known] = {}
    for commune in {*by_commune, *plans}:
        latest = {row.stage: row for row in counting(by_commune.get(commune, ()))}
        found[commune] = (decide(latest)[0], plans.get(commune), latest)
    return found


def _as_kept(
    rows: Iterable[CriterionRow], kept: Iterable[CommuneStanding], place: int
) -> tuple[list[CriterionRow], int]:
    """The rows with name and cell as they were kept, and how many communes were recognised then."""
    live = {row.commune_id: row for row in rows}
    found, recognised = [], 0
    for standing in kept:
        if standing.is_recognised:
            recognised += 1
            continue
        cell = standing.cells[place]
        row = live.get(standing.commune_id) or CriterionRow(
            standing.commune_id, standing.code, standing.name, cell, None, None, None, 0
        )
        late = row.days_overdue if cell in OVERDUE_CODES else 0
        found.append(replace(row, name=standing.name, cell=cell, days_overdue=late))
    return found, recognised


@dataclass(frozen=True)
class VillagesLeft:
    """The villages of one commune that are not yet recognised; `lacks` says what the rule of the
    criterion still asks for, and is empty where nothing can be said to block."""

    code: str
    name: str
    total: int
    left: tuple[VillageRow, ...]
    lacks: str


@dataclass(frozen=True)
class CriterionPage:
    """One criterion: what it asks, and where every commune stands (for the set that measures)."""

    line: CriterionLine
    measures: bool
    rows: tuple[CriterionRow, ...]
    recognised: int
    rule: VillageRule | None
    villages: tuple[VillagesLeft, ...]

    @property
    def met(self) -> int:
        return sum(is_met(row.cell) for row in self.rows)

    @property
    def overdue(self) -> int:
        return sum(row.cell in OVERDUE_CODES for row in self.rows)

    @property
    def unreported(self) -> int:
        return sum(row.cell in UNREPORTED_CODES for row in self.rows)

    @property
    def villages_left(self) -> int:
        return sum(len(commune.left) for commune in self.villages)

    @property
    def has_newer(self) -> bool:
        """Whether some commune reports something newer than what was checked."""
        return any(row.newer for row in self.rows)


def criterion_page(
    user: Reader,
    as_of: AsOf,
    installation: Installation,
    criterion: Criterion,
    in_force: SetInForce | None,
    sort: str = "name",
) -> CriterionPage:
    """The page of one criterion; at most eight queries from the present. Communes stand there only
    for the set that measures them on the day: results of another set are never shown beside it."""
    (line,) = criterion_lines([criterion], as_of.date)
    if in_force is None or in_force.criteria_set != criterion.criteria_set:
        return CriterionPage(line, False, (), 0, None, ())
    communes = reported.followed_units(user, as_of, installation.focus_district).rural()
    rows, recognised = criterion_rows(communes, criterion, as_of)
    if as_of.closed:
        kept = reported.standings(communes, in_force, as_of)
        rows, recognised = _as_kept(rows, kept, in_force.criteria.index(criterion))
    rule = VillageRule.objects.filter(criterion=criterion).first()
    villages = villages_left(user, as_of, rows, rule) if rule else ()
    return CriterionPage(
        line, True, tuple(sorted(rows, key=SORTS[sort])), recognised, rule, villages
    )


def villages_left(
    user: Reader, as_of: AsOf, rows: Iterable[CriterionRow], rule: VillageRule
) -> tuple[VillagesLeft, ...]:
    """The villages still to be recognised in the communes of `rows`, and what the rule lacks there;
    two queries."""
    rows = list(rows)
    listed = Commune.objects.filter(pk__in=[row.commune_id for row in rows])
    by_commune: dict[int, list[VillageRow]] = {}
    for village in reported.villages_then(Village.objects.visible_to(user), as_of, listed):
        by_commune.setdefault(village.commune_id, []).append(village)
    found = []
    for row in rows:
        villages = by_commune.get(row.commune_id, [])
        left = tuple(village for village in villages if not village.is_met)
        lacks = village_rule_blocks(
            is_criterion_met=is_met(row.cell),
            villages=len(villages),
            villages_met=len(villages) - len(left),
            gardens_met=sum(village.gardens_met for village in villages),
            min_villages=rule.min_villages,
            min_village_percent=rule.min_village_percent,
            min_gardens=rule.min_gardens,
        )
        if left or lacks:
            found.append(VillagesLeft(row.code, row.name, len(villages), left, lacks))
    return tuple(found)
