"""The figures that stand around the table of the board."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from criteria.choices import Measure
from criteria.models import Criterion, FundingCategory
from criteria.selectors import reported
from criteria.selectors.control import announced
from criteria.selectors.funding import ItemLine, Money, total
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import (
    Change,
    CommuneStanding,
    OverdueCriterion,
)
from criteria.selectors.villages import VillageCounts, village_counts
from ntm_tracker.core.models import Installation
from ntm_tracker.dashboard.addresses import address
from ntm_tracker.dashboard.selectors import sponsorship
from ntm_tracker.dashboard.selectors.money import (
    CountCheck,
    MoneyTable,
    count_check,
    money_table,
)
from ntm_tracker.dashboard.selectors.progress import (
    Blocking,
    Rungs,
    Stage,
    Tally,
    blocking_criteria,
    is_silent,
    rungs,
    stages,
    tally,
)
from ntm_tracker.dashboard.selectors.scope import ALL, Scope
from ntm_tracker.dashboard.selectors.table import Ground

FIRST = 5


@dataclass(frozen=True)
class Target:
    """The day on which everything should be done, and how far it is."""

    on: date
    days: int

    @property
    def is_past(self) -> bool:
        return self.days < 0


def target(installation: Installation, on: date) -> Target | None:
    """Days left to the target date as of a day."""
    if installation.target_date is None:
        return None
    return Target(installation.target_date, (installation.target_date - on).days)


@dataclass(frozen=True)
class CommuneChange:
    """The criteria that one commune gained and lost."""

    code: str
    name: str
    gained: tuple[Criterion, ...]
    lost: tuple[Criterion, ...]


@dataclass(frozen=True)
class MonthChanges:
    """What is different from the last day of the month before."""

    since: date
    communes: tuple[CommuneChange, ...]
    gained: int
    lost: int
    moved: int
    identified: int
    need: int
    villages: int
    reports: int
    tasks_done: int

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all has moved."""
        return not (
            self.communes
            or self.moved
            or self.identified
            or self.need
            or self.villages
            or self.reports
            or self.tasks_done
        )


@dataclass(frozen=True)
class Figures:
    """All figures of one area that stand around the table. `left` is the check against the
    announced number of communes not yet recognised."""

    tally: Tally
    stages: tuple[Stage, ...]
    rungs: Rungs
    blocking: tuple[Blocking, ...]
    overdue: tuple[OverdueCriterion, ...]
    overdue_count: int
    money: MoneyTable
    villages: VillageCounts
    villages_url: str
    work: sponsorship.Work
    changes: MonthChanges | None
    communes_check: CountCheck | None
    villages_check: CountCheck | None
    sponsors_check: CountCheck | None

    @property
    def overdue_more(self) -> int:
        """Overdue criteria beyond the first few."""
        return self.overdue_count - len(self.overdue)


def figures_of(base: Ground, in_force: SetInForce, lines: Sequence[ItemLine]) -> Figures:
    """The figures of the area of a ground with a criteria set; constant queries."""
    scope = base.scope
    on = scope.as_of.date
    measured = [row for row in base.standings if row.cells]
    # Over a whole province, communes that never reported would drown what blocks the others.
    reporting = [row for row in measured if scope.kind != ALL or not is_silent(row)]
    counts = tally(base.standings)
    villages = reported.villages_then(scope.villages, scope.as_of, scope.communes)
    village_sum = village_counts(villages)
    work = sponsorship.work(scope)
    totals = announced(on) if scope.is_announced else []
    overdue = reported.overdue(
        scope.communes.filter(pk__in=[row.commune_id for row in measured]), in_force, scope.as_of
    )
    return Figures(
        tally=counts,
        stages=stages(base.standings, in_force.total),
        rungs=rungs(measured),
        blocking=blocking_criteria(reporting, in_force),
        overdue=tuple(overdue[:FIRST]),
        overdue_count=len(overdue),
        money=money_table(lines, FundingCategory.objects.all(), totals),
        villages=village_sum,
        villages_url=address("criteria:village-list", scope.as_of),
        work=work,
        changes=_changes(scope, in_force, measured, total(lines), village_sum),
        communes_check=count_check(totals, Measure.COMMUNES_LEFT, counts.left),
        villages_check=count_check(totals, Measure.VILLAGES_LEFT, village_sum.left),
        sponsors_check=count_check(totals, Measure.SPONSORS, work.sponsors),
    )


def _changes(
    scope: Scope,
    in_force: SetInForce,
    measured: list[CommuneStanding],
    money: Money,
    villages: VillageCounts,
) -> MonthChanges | None:
    """What moved since the end of the month before; None where there are no figures of it."""
    as_of = scope.as_of
    if as_of.month_before < as_of.first_date:
        return None
    before = as_of.on(as_of.month_before)
    ids = [row.commune_id for row in measured]
    measured_now = scope.communes.filter(pk__in=ids)
    moves = reported.changes(measured_now, in_force, before, as_of)
    was = total(reported.lines_of(scope.items, before))
    there = reported.villages_then(scope.villages, before, scope.communes)
    villages_before = village_counts(there)
    communes = group_changes(moves)
    tasks = sponsorship.task_moves(scope, before.date)
    return MonthChanges(
        since=before.date,
        communes=communes,
        gained=sum(len(change.gained) for change in communes),
        lost=sum(len(change.lost) for change in communes),
        moved=sum(not (move.is_gain or move.is_loss) for move in moves),
        identified=money.identified - was.identified,
        need=money.need - was.need,
        villages=villages.met - villages_before.met,
        reports=tasks.reports,
        tasks_done=tasks.done,
    )


def group_changes(moves: Iterable[Change]) -> tuple[CommuneChange, ...]:
    """Gains and losses by commune; communes where only rungs moved are left out."""
    groups: dict[int, list[Change]] = {}
    for move in moves:
        if move.is_gain or move.is_loss:
            groups.setdefault(move.commune_id, []).append(move)
    return tuple(
        CommuneChange(
            members[0].commune_code,
            members[0].commune_name,
            tuple(move.criterion for move in members if move.is_gain),
            tuple(move.criterion for move in members if move.is_loss),
        )
        for members in groups.values()
    )
