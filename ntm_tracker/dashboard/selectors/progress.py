"""How many communes stand where: from the rows of the matrix, or rolled up by district."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from criteria.choices import OVERDUE_CODES, READ_STATES, RECOGNISED_STATES, Cell, DossierState
from criteria.models import Criterion
from criteria.rules import is_met
from criteria.selectors.funding import UNALLOTTED
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import CommuneStanding

APPRAISAL_STATES = READ_STATES | {DossierState.SELF_DECLARED}

NAMED = 12


@dataclass(frozen=True)
class Tally:
    """Communes counted by where they stand. `met` and `overdue` sum over those in the table of
    criteria, which are `measured` many."""

    communes: int = 0
    recognised: int = 0
    appraisal: int = 0
    progress: int = 0
    silent: int = 0
    measured: int = 0
    met: int = 0
    overdue: int = 0

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(*(mine + theirs for mine, theirs in zip(self.parts, other.parts, strict=True)))

    @property
    def parts(self) -> tuple[int, ...]:
        return (
            self.communes,
            self.recognised,
            self.appraisal,
            self.progress,
            self.silent,
            self.measured,
            self.met,
            self.overdue,
        )

    @property
    def left(self) -> int:
        """Communes that are not yet recognised."""
        return self.communes - self.recognised

    @property
    def average(self) -> float | None:
        """Criteria met per commune with data and not yet recognised."""
        return self.met / self.measured if self.measured else None


def tally_one(dossier: DossierState | None, met: int, overdue: int, *, has_data: bool) -> Tally:
    """One commune counted. `has_data` says whether anything was ever reported for it."""
    if dossier in RECOGNISED_STATES:
        return Tally(communes=1, recognised=1)
    measured = int(has_data)
    if dossier in APPRAISAL_STATES:
        return Tally(1, appraisal=1, measured=measured, met=met, overdue=overdue)
    if has_data or dossier:
        return Tally(1, progress=1, measured=measured, met=met, overdue=overdue)
    return Tally(1, silent=1, overdue=overdue)


def tally(standings: Iterable[CommuneStanding]) -> Tally:
    """All rows of the matrix counted."""
    return sum(map(_tally_row, standings), Tally())


def _tally_row(row: CommuneStanding) -> Tally:
    return tally_one(row.dossier, row.met, row.overdue, has_data=not is_silent(row))


def is_silent(row: CommuneStanding) -> bool:
    """Whether nothing was ever reported for a commune (or it is recognised and has no cells)."""
    return not row.cells.strip(Cell.UNREPORTED.value + Cell.OVERDUE_UNREPORTED.value)


@dataclass(frozen=True)
class Stage:
    """Communes whose dossiers stand alike, with the span of criteria they meet."""

    state: DossierState | None
    communes: tuple[CommuneStanding, ...]
    total: int

    @property
    def label(self) -> str:
        return str(self.state.label) if self.state else "Chưa có hồ sơ"

    @property
    def word(self) -> str:
        """The label inside a sentence."""
        return self.label[0].lower() + self.label[1:]

    @property
    def code(self) -> str:
        """What the badge draws."""
        return self.state.value if self.state else "unreported"

    @property
    def is_recognised(self) -> bool:
        return self.state in RECOGNISED_STATES

    @property
    def count(self) -> int:
        return len(self.communes)

    @property
    def named(self) -> tuple[tuple[str, str, str], ...]:
        """Code, name and score ("11/20" or nothing) of the communes named beside the count."""
        return tuple(
            (row.code, row.name, "" if is_silent(row) else f"{row.met}/{self.total}")
            for row in self.communes[:NAMED]
        )

    @property
    def unnamed(self) -> int:
        return self.count - len(self.named)

    @property
    def span(self) -> str:
        """ "20/20", "10–12/20"; empty for the recognised and for those who never reported."""
        met = [row.met for row in self.communes if not is_silent(row)]
        if not met:
            return ""
        low, high = min(met), max(met)
        return f"{low}/{self.total}" if low == high else f"{low}–{high}/{self.total}"


def stages(standings: Iterable[CommuneStanding], total: int) -> tuple[Stage, ...]:
    """The communes by dossier state, the furthest first."""
    order = {
        state: place
        for place, state in enumerate(
            (
                DossierState.VOTED,
                DossierState.SURVEYED,
                DossierState.COMPLETE,
                DossierState.UNDER_APPRAISAL,
                DossierState.SELF_DECLARED,
                DossierState.REFUSED,
                DossierState.REVOKED,
                DossierState.IN_PROGRESS,
                None,
                DossierState.RECOGNISED,
                DossierState.CARRIED_OVER,
            )
        )
    }
    groups: dict[DossierState | None, list[CommuneStanding]] = {}
    for row in standings:
        groups.setdefault(row.dossier, []).append(row)
    return tuple(
        Stage(state, tuple(groups[state]), total) for state in sorted(groups, key=order.__getitem__)
    )


# In the order of the fields of `Rungs`.
RUNG_CELLS = (Cell.MET_SELF, Cell.MET_VERIFIED, Cell.MET_APPRAISED, Cell.NOT_APPLICABLE)


@dataclass(frozen=True)
class Rungs:
    """On which rung the met criteria of some communes stand. What does not apply to a commune
    counts as met and stands on none."""

    self_reported: int
    verified: int
    appraised: int
    not_applicable: int = 0

    @property
    def total(self) -> int:
        return self.self_reported + self.verified + self.appraised + self.not_applicable


def rungs(standings: Iterable[CommuneStanding]) -> Rungs:
    """The met criteria by rung, over all rows."""
    standings = list(standings)
    return Rungs(*(sum(row.count(code) for row in standings) for code in RUNG_CELLS))


@dataclass(frozen=True)
class Blocking:
    """A criterion that communes lack: how many of `communes`, and of how many the plan is past."""

    criterion: Criterion
    missing: int
    overdue: int
    communes: int

    @property
    def percent(self) -> int:
        """The share of communes that meet it, rounded down."""
        return (self.communes - self.missing) * 100 // self.communes if self.communes else 0


def blocking_criteria(
    standings: Iterable[CommuneStanding], in_force: SetInForce
) -> tuple[Blocking, ...]:
    """The criteria that at least one commune lacks, the most missing first."""
    rows = [row.cells for row in standings if row.cells]
    found = []
    for position, criterion in enumerate(in_force.criteria):
        column = [cells[position] for cells in rows]
        missing = sum(not is_met(cell) for cell in column)
        if missing:
            overdue = sum(cell in OVERDUE_CODES for cell in column)
            found.append(Blocking(criterion, missing, overdue, len(rows)))
    return tuple(sorted(found, key=lambda block: (-block.missing, block.criterion.number)))


def sort_standings(standings: list[CommuneStanding], sort: str) -> list[CommuneStanding]:
    """The rows in the chosen order; they arrive by name, and the recognised come last."""
    keys: dict[str, Callable[[CommuneStanding], int]] = {
        "name": lambda row: 0,
        "met": lambda row: -row.met,
        "missing": lambda row: row.met,
        "overdue": lambda row: -row.overdue,
    }
    return sorted(standings, key=lambda row: (not row.cells, keys[sort](row)))


@dataclass(frozen=True)
class RollupRow:
    """A district or province as one row; `total` is the number of criteria of its set."""

    name: str
    url: str
    tally: Tally
    total: int
    missing: int

    @property
    def average(self) -> float | None:
        """None where communes of different sets would be averaged."""
        return self.tally.average if self.total else None


@dataclass(frozen=True)
class Rollup:
    """The table that takes the place of the matrix when it would be too long."""

    label: str
    rows: tuple[RollupRow, ...]
    sum: RollupRow


def rollup(label: str, rows: list[RollupRow], sort: str, unallotted: int) -> Rollup:
    """The rows in the chosen order with their sum; money that no commune has yet comes last."""
    keys: dict[str, Callable[[RollupRow], float]] = {
        "name": lambda row: 0,
        "met": lambda row: -(row.average or 0),
        "missing": lambda row: -row.missing,
        "overdue": lambda row: -row.tally.overdue,
    }
    totals = {row.total for row in rows}
    everything = RollupRow(
        "Cộng",
        "",
        sum((row.tally for row in rows), Tally()),
        totals.pop() if len(totals) == 1 else 0,
        sum(row.missing for row in rows) + unallotted,
    )
    ordered = sorted(rows, key=keys[sort])
    if unallotted:
        ordered.append(RollupRow(UNALLOTTED, "", Tally(), 0, unallotted))
    return Rollup(label, tuple(ordered), everything)
