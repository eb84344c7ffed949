"""Where the communes stand: one short string of cells per commune, whatever the day."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When

from communes.models import Commune
from criteria.choices import (
    OVERDUE_CELL,
    OVERDUE_CODES,
    RECOGNISED_STATES,
    Cell,
    DossierState,
)
from criteria.models import Assessment, Criterion, Milestone, Standing
from criteria.rules import (
    RUNGS,
    count_met,
    counting,
    decide,
    is_met,
    newer_report,
    shown_cell,
)
from criteria.selectors.dossiers import dossier_states
from criteria.selectors.history import State, commune_states
from criteria.selectors.sets import SetInForce
from ntm_tracker.core.clock import AsOf

# (commune id, criterion id) → what the history says on a day.
States = dict[tuple[int, int], State]


@dataclass(frozen=True)
class CommuneStanding:
    """One row of the matrix. `cells` has one `criteria.choices.Cell` code per criterion of the set
    in order; it is empty for a recognised commune, which carries only its dossier's state."""

    commune_id: int
    code: str
    name: str
    district_id: int | None
    dossier: DossierState | None
    dossier_on: date | None
    cells: str

    @property
    def is_recognised(self) -> bool:
        return self.dossier in RECOGNISED_STATES

    @property
    def met(self) -> int:
        """Criteria met on any rung (what does not apply counts as met)."""
        return count_met(self.cells)

    def count(self, *codes: str) -> int:
        """How many cells bear one of the codes."""
        return sum(self.cells.count(code) for code in codes)

    @property
    def overdue(self) -> int:
        """Criteria not met although their planned date has passed."""
        return self.count(*OVERDUE_CODES)


def states_on(
    communes: QuerySet[Commune], in_force: SetInForce | None, as_of: AsOf
) -> States | None:
    """What the history says of a day, for who asks it several questions about the same day; None
    on the reporting date, which the table of the present answers."""
    if in_force is None or as_of.is_present:
        return None
    criteria = [criterion.pk for criterion in in_force.criteria]
    return commune_states(as_of.date, communes.values("pk"), criteria)


def cells_by_commune(
    communes: QuerySet[Commune], in_force: SetInForce, as_of: AsOf, states: States | None = None
) -> dict[int, str]:
    """Commune id → its cells in criterion order, for communes that have any row.

    The present is one plain query; another day reads the history (two window queries).
    """
    place = {criterion.pk: index for index, criterion in enumerate(in_force.criteria)}
    rows: dict[int, list[str]] = defaultdict(lambda: [Cell.UNREPORTED.value] * len(place))
    if as_of.is_present:
        overdue = [
            When(planned_on__lt=as_of.date, cell=chr(code), then=Value(twin))
            for code, twin in OVERDUE_CELL.items()
        ]
        shown = Case(*overdue, default=F("cell"), output_field=CharField())
        standings = Standing.objects.filter(
            commune__in=communes.values("pk"), criterion__criteria_set=in_force.criteria_set
        )
        for commune, criterion, cell in standings.values_list("commune", "criterion", shown):
            rows[commune][place[criterion]] = cell
    else:
        if states is None:
            states = commune_states(as_of.date, communes.values("pk"), place)
        for (commune, criterion), state in states.items():
            rows[commune][place[criterion]] = shown_cell(state.cell, state.planned_on, as_of.date)
    return {commune: "".join(cells) for commune, cells in rows.items()}


def commune_standings(
    communes: QuerySet[Commune], in_force: SetInForce, as_of: AsOf, states: States | None = None
) -> list[CommuneStanding]:
    """The matrix over `communes` (already narrowed to what the reader may see), by name.

    Three queries from the present, four for another day, whatever the number of communes; two
    where the caller has the `states_on` that day.
    """
    dossiers = dossier_states(communes, in_force.criteria_set, as_of.date)
    cells = cells_by_commune(communes, in_force, as_of, states)
    blank = Cell.UNREPORTED.value * in_force.total
    rows = []
    for pk, code, name, district in communes.order_by("sort_key", "id").values_list(
        "pk", "code", "name", "district_id"
    ):
        dossier, since = dossiers.get(pk, (None, None))
        recognised = dossier in RECOGNISED_STATES
        rows.append(
            CommuneStanding(
                pk, code, name, district, dossier, since, "" if recognised else cells.get(pk, blank)
            )
        )
    return rows


@dataclass(frozen=True)
class CellDetail:
    """One criterion of one commune, with who said what and when.

    `rungs` are the latest rows, the highest rung first; `deciding` is the one that the cell shows
    (None where nobody says anything); `history` is every row up to the day, the latest first.
    """

    criterion: Criterion
    cell: str
    planned_on: date | None
    rungs: tuple[Assessment, ...]
    history: tuple[Assessment, ...]
    deciding: Assessment | None = None

    @property
    def is_met(self) -> bool:
        return is_met(self.cell)

    @property
    def newer_report(self) -> Assessment | None:
        """A self-report later than the verified or appraised figure, which it does not hide."""
        return newer_report({row.stage: row for row in self.rungs})


def commune_criteria(commune: Commune, in_force: SetInForce, as_of: AsOf) -> list[CellDetail]:
    """Every criterion of a commune with state, plan, rungs and history up to the day.

    Two queries: the states come out of the history that is shown beside them.
    """
    criteria_set, on = in_force.criteria_set, as_of.date
    history: dict[int | None, list[Assessment]] = defaultdict(list)
    said = Assessment.objects.filter(
        commune=commune, criterion__criteria_set=criteria_set, as_of__lte=on
    )
    for row in as_of.known(said).select_related("document").order_by("-as_of", "-id"):
        history[row.criterion_id].append(row)
    planned = Milestone.objects.filter(
        commune=commune, criterion__criteria_set=criteria_set, effective_on__lte=on
    )
    plans = dict(
        as_of.known(planned)
        .order_by("effective_on", "id")  # the latest is the last to be put in
        .values_list("criterion_id", "planned_on")
    )
    details = []
    for criterion in in_force.criteria:
        rows = history[criterion.pk]
        latest = {row.stage: row for row in reversed(counting(rows))}
        cell, stage = decide(latest)
        planned_on = plans.get(criterion.pk)
        details.append(
            CellDetail(
                criterion,
                shown_cell(cell, planned_on, on),
                planned_on,
                tuple(latest[rung] for rung in RUNGS if rung in latest),
                tuple(rows),
                latest[stage] if stage else None,
            )
        )
    return details


@dataclass(frozen=True)
class Change:
    """A criterion of a commune that turned between two days."""

    commune_id: int
    commune_code: str
    commune_name: str
    criterion: Criterion
    before: str
    after: str

    @property
    def is_gain(self) -> bool:
        return is_met(self.after) and not is_met(self.before)

    @property
    def is_loss(self) -> bool:
        return is_met(self.before) and not is_met(self.after)


def changes_between(
    communes: QuerySet[Commune],
    in_force: SetInForce,
    before: date,
    after: date,
    *,
    is_present: bool = False,
    states: tuple[States | None, States | None] = (None, None),
) -> list[Change]:
    """What turned in (before, after]: cells that differ, by commune and criterion number.

    Reads only communes for which something was recorded in between. `is_present` says that `after`
    is the reporting date, whose cells are read from the table of the present. `states` are the
    `states_on` both days, where the caller has them.
    """
    criteria = {criterion.pk: criterion for criterion in in_force.criteria}
    touched = list(
        communes.filter(
            pk__in=Assessment.objects.filter(
                criterion__in=criteria, as_of__gt=before, as_of__lte=after
            ).values("commune")
        )
        .order_by("sort_key", "id")
        .values_list("pk", "code", "name")
    )
    ids = [pk for pk, _code, _name in touched]
    old = _cells_on(before, ids, criteria, states[0])
    if is_present:
        present = Standing.objects.filter(commune__in=ids, criterion__in=criteria)
        rows = present.values_list("commune", "criterion", "cell")
        new = {(commune, criterion): cell for commune, criterion, cell in rows}
    else:
        new = _cells_on(after, ids, criteria, states[1])
    changes = []
    for pk, code, name in touched:
        for criterion in in_force.criteria:
            key = (pk, criterion.pk)
            was, now = old.get(key, Cell.UNREPORTED), new.get(key, Cell.UNREPORTED)
            if was != now:
                changes.append(Change(pk, code, name, criterion, was, now))
    return changes


def _cells_on(
    on: date, communes: list[int], criteria: Iterable[int], states: States | None
) -> dict[tuple, str]:
    if states is None:
        states = commune_states(on, communes, criteria)
    return {key: state.cell for key, state in states.items()}


@dataclass(frozen=True)
class OwedCriterion:
    """A criterion not met that was returned, or was planned for a day up to the one asked for."""

    commune_id: int
    commune_code: str
    commune_name: str
    criterion: Criterion
    planned_on: date | None
    is_returned: bool


def owed_criteria(
    communes: QuerySet[Commune],
    in_force: SetInForce,
    as_of: AsOf,
    until: date,
    known: States | None = None,
) -> list[OwedCriterion]:
    """The criteria that were returned, and those planned for `until` or earlier and not met, by
    commune and number. Recognised communes, which carry only their dossier's state, owe none.
    Three queries from the present, four for another day."""
    dossiers = dossier_states(communes, in_force.criteria_set, as_of.date)
    names = {
        pk: (sort_key, code, name)
        for pk, sort_key, code, name in communes.values_list("pk", "sort_key", "code", "name")
        if pk not in dossiers or dossiers[pk][0] not in RECOGNISED_STATES
    }
    criteria = {criterion.pk: criterion for criterion in in_force.criteria}
    states: Iterable[tuple[int, int, str, date | None]]
    if as_of.is_present:
        states = Standing.objects.filter(
            Q(planned_on__lte=until) | Q(cell=Cell.RETURNED),
            commune__in=communes.values("pk"),
            criterion__in=criteria,
        ).values_list("commune", "criterion", "cell", "planned_on")
    else:
        found = commune_states(as_of.date, list(names), criteria) if known is None else known
        states = [(*key, state.cell, state.planned_on) for key, state in found.items()]
    rows = [
        OwedCriterion(commune, *names[commune][1:], criteria[criterion], planned_on, is_returned)
        for commune, criterion, cell, planned_on in states
        if commune in names
        and not is_met(cell)
        and ((is_returned := cell == Cell.RETURNED) or (planned_on and planned_on <= until))
    ]
    return sorted(
        rows, key=lambda row: (names[row.commune_id][0], row.commune_id, row.criterion.number)
    )


@dataclass(frozen=True)
class OverdueCriterion:
    """A criterion not met although its planned date has passed (`days` > 0)."""

    commune_id: int
    commune_code: str
    commune_name: str
    criterion: Criterion
    planned_on: date
    days: int


def overdue_criteria(
    communes: QuerySet[Commune], in_force: SetInForce, as_of: AsOf, states: States | None = None
) -> list[OverdueCriterion]:
    """Overdue criteria of the communes, the longest overdue first: as many as the matrix marks."""
    until = as_of.date - timedelta(days=1)
    rows = [
        OverdueCriterion(
            row.commune_id,
            row.commune_code,
            row.commune_name,
            row.criterion,
            row.planned_on,
            (as_of.date - row.planned_on).days,
        )
        for row in owed_criteria(communes, in_force, as_of, until, states)
        if row.planned_on and row.planned_on <= until
    ]
    return sorted(rows, key=lambda row: row.planned_on)


def planned_dates(
    communes: QuerySet[Commune], in_force: SetInForce, as_of: AsOf
) -> dict[int, tuple[date | None, ...]]:
    """Commune id → the day each criterion is planned to be met, in the order of the set, for
    communes that have a plan. One query."""
    place = {criterion.pk: index for index, criterion in enumerate(in_force.criteria)}
    rows: dict[int, list[date | None]] = defaultdict(lambda: [None] * len(place))
    plans = (
        Milestone.objects.filter(
            commune__in=communes.values("pk"),
            criterion__criteria_set=in_force.criteria_set,
            effective_on__lte=as_of.date,
        )
        .order_by("effective_on", "id")  # the latest is the last to be put in
        .values_list("commune_id", "criterion_id", "planned_on")
    )
    for commune, criterion, planned_on in plans:
        rows[commune][place[criterion]] = planned_on
    return {commune: tuple(days) for commune, days in rows.items()}


def met_by_criterion(standings: Iterable[CommuneStanding], in_force: SetInForce) -> list[int]:
    """Per criterion of the set, how many of the (not yet recognised) communes meet it."""
    rows = [row.cells for row in standings if row.cells]
    return [sum(is_met(cells[i]) for cells in rows) for i in range(in_force.total)]
