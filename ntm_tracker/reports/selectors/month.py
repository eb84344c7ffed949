"""The rows of a month: what page and workbook both show. No Excel here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.exceptions import BadRequest

from communes.models import CommuneQuerySet, Village
from criteria.choices import READ_STATES, Level, Measure
from criteria.models import ControlTotal
from criteria.selectors.control import ControlLine, announced, announced_count, control_lines
from criteria.selectors.funding import (
    UNALLOTTED,
    FundingNode,
    KindLine,
    Money,
    funding_tree,
    group_money,
    identified_by_kind,
    item_lines,
)
from criteria.selectors.funding import total as total_money
from criteria.selectors.scope import Reader, tracked_communes, tracked_items
from criteria.selectors.sets import SetInForce, set_in_force
from criteria.selectors.standings import (
    Change,
    CommuneStanding,
    OverdueCriterion,
    changes_between,
    commune_standings,
    met_by_criterion,
    overdue_criteria,
)
from criteria.selectors.villages import VillageCounts, VillageRow, village_counts, village_rows
from ntm_tracker.core.clock import AsOf, as_of_on
from ntm_tracker.core.models import Installation, Period
from sponsors.selectors.assignments import sponsor_count
from sponsors.selectors.sponsors import SponsorRow, sponsor_rows
from sponsors.selectors.tasks import TaskCounts, TaskRow, late_tasks, task_counts


@dataclass(frozen=True)
class KeyLine:
    """One key figure of the month and of the month before; money is in đồng."""

    label: str
    unit: str
    before: int | None
    now: int
    note: str = ""
    is_money: bool = False

    @property
    def change(self) -> int | None:
        return None if self.before is None else self.now - self.before


@dataclass(frozen=True)
class State:
    """The figures of one day that a month is compared by."""

    standings: tuple[CommuneStanding, ...]
    villages: tuple[VillageRow, ...]
    village_counts: VillageCounts
    money: Money
    tasks: TaskCounts
    sponsors: int

    @property
    def open(self) -> tuple[CommuneStanding, ...]:
        """Communes not yet recognised."""
        return tuple(row for row in self.standings if not row.is_recognised)


@dataclass(frozen=True)
class MonthRows:
    """Everything the report of a month says, as of its cut-off day."""

    period: Period
    as_of: AsOf
    days_left: int | None
    target_date: date | None
    in_force: SetInForce | None
    state: State
    key_lines: tuple[KeyLine, ...]
    changes: tuple[Change, ...]
    overdue: tuple[OverdueCriterion, ...]
    funding: tuple[FundingNode, ...]
    by_commune: tuple[FundingNode, ...]
    by_kind: tuple[KindLine, ...]
    control: tuple[ControlLine, ...]
    announced: tuple[ControlTotal, ...]
    sponsors: tuple[SponsorRow, ...]
    late: tuple[TaskRow, ...]

    @property
    def turned(self) -> tuple[Change, ...]:
        """Criteria that became met or are no longer met since the month before."""
        return tuple(change for change in self.changes if change.is_gain or change.is_loss)

    @property
    def met_by_criterion(self) -> list[int]:
        """Per criterion, how many of the open communes meet it."""
        return met_by_criterion(self.state.open, self.in_force) if self.in_force else []


def months(today: date) -> list[tuple[Period, bool]]:
    """Every reporting month, the latest first, with whether it has begun by `today`."""
    return [(period, period.month <= today) for period in Period.objects.order_by("-month")]


def as_of_for(period: Period, installation: Installation) -> AsOf:
    """The day a month is reported for: its cut-off, or the last day there are figures for while
    the month still runs. Raises BadRequest for a month that has not begun."""
    today = as_of_on(None, installation)
    if period.month > today.last_date:
        raise BadRequest(
            f"Tháng {period.month:%m/%Y} chưa bắt đầu; số liệu có đến ngày "
            f"{today.last_date:%d/%m/%Y}."
        )
    return as_of_on(min(period.cut_off_on, today.last_date), installation)


def month_rows(user: Reader, period: Period, installation: Installation) -> MonthRows:
    """The report of a month for a reader who sees the whole (`rules.may_read_reports`)."""
    as_of = as_of_for(period, installation)
    before = _day_before(period, as_of)
    communes = tracked_communes(user, as_of.date, installation.focus_district)
    in_force = set_in_force(Level.COMMUNE, as_of.date, installation.province_code)
    items = tracked_items(user, as_of.date, installation.focus_district)
    lines = item_lines(items, as_of.date)
    now = _state(user, communes, in_force, as_of, total_money(lines))
    previous = (
        _state(user, communes, in_force, before, total_money(item_lines(items, before.date)))
        if before
        else None
    )
    totals = announced(as_of.date)
    target = installation.target_date
    return MonthRows(
        period=period,
        as_of=as_of,
        target_date=target,
        days_left=(target - as_of.date).days if target else None,
        in_force=in_force,
        state=now,
        key_lines=tuple(_key_lines(now, previous, in_force, totals)),
        changes=tuple(
            changes_between(
                communes, in_force, before.date, as_of.date, is_present=as_of.is_present
            )
        )
        if in_force and before
        else (),
        overdue=tuple(overdue_criteria(communes, in_force, as_of)) if in_force else (),
        funding=tuple(funding_tree(lines)),
        by_commune=tuple(
            FundingNode(name or "", f"Xã {name}" if name else UNALLOTTED, money)
            for name, money in group_money(lines, lambda line: line.commune_name).items()
        ),
        by_kind=tuple(identified_by_kind(items, as_of.date)),
        control=tuple(control_lines(lines, totals)),
        announced=tuple(totals),
        sponsors=tuple(sponsor_rows(user, as_of)),
        late=tuple(late_tasks(user, as_of, with_reports=True)),
    )


def _day_before(period: Period, as_of: AsOf) -> AsOf | None:
    """The last day of the month before, if there are figures for it."""
    day = period.month - timedelta(days=1)
    if day < as_of.first_date:
        return None
    return AsOf(day, as_of.reporting_date, as_of.first_date, as_of.last_date)


def _state(
    user: Reader,
    communes: CommuneQuerySet,
    in_force: SetInForce | None,
    as_of: AsOf,
    money: Money,
) -> State:
    villages = tuple(village_rows(Village.objects.visible_to(user), as_of.date, communes))
    return State(
        standings=tuple(commune_standings(communes, in_force, as_of)) if in_force else (),
        villages=villages,
        village_counts=village_counts(villages),
        money=money,
        tasks=task_counts(user, as_of),
        sponsors=sponsor_count(user, as_of),
    )


def _key_lines(
    now: State, before: State | None, in_force: SetInForce | None, totals: Sequence[ControlTotal]
) -> list[KeyLine]:
    full = in_force.total if in_force else 0

    def line(
        label: str, unit: str, of: Callable[[State], int], note: str = "", *, is_money: bool = False
    ) -> KeyLine:
        return KeyLine(label, unit, of(before) if before else None, of(now), note, is_money)

    def names(rows: Iterable[CommuneStanding]) -> str:
        return ", ".join(row.name for row in rows)

    def stands_full(state: State) -> list[CommuneStanding]:
        return [row for row in state.open if full and row.met == full]

    rest = [row for row in now.open if row.met < full]
    span = f"từ {min(r.met for r in rest)} đến {max(r.met for r in rest)} tiêu chí" if rest else ""
    count = announced_count(totals, Measure.SPONSORS)
    return [
        line("Xã đã được công nhận đạt chuẩn nông thôn mới", "xã",
             lambda s: len(s.standings) - len(s.open)),
        line("Xã chưa đạt chuẩn nông thôn mới", "xã", lambda s: len(s.open)),
        line(f"Trong đó: chạm chuẩn {full}/{full} tiêu chí", "xã",
             lambda s: len(stands_full(s)), names(stands_full(now))),
        line("Trong đó: đang trình thẩm định, xét công nhận", "xã",
             lambda s: sum(r.dossier in READ_STATES for r in s.open)),
        line("Trong đó: chưa đủ tiêu chí", "xã",
             lambda s: sum(r.met < full for r in s.open),
             f"{names(rest)} ({span})" if rest else ""),
        line("Tổng số tiêu chí đạt của các xã chưa đạt chuẩn", "tiêu chí",
             lambda s: sum(r.met for r in s.open)),
        line("Tiêu chí quá hạn theo lộ trình", "tiêu chí",
             lambda s: sum(r.overdue for r in s.open)),
        line("Thôn chưa đạt khu dân cư nông thôn mới kiểu mẫu", "thôn",
             lambda s: s.village_counts.left),
        line("Vườn đạt chuẩn vườn mẫu", "vườn", lambda s: s.village_counts.gardens_met),
        line("Nhu cầu kinh phí", "tỷ đồng", lambda s: s.money.need, is_money=True),
        line("Đã xác định nguồn", "tỷ đồng", lambda s: s.money.identified, is_money=True),
        line("Chưa xác định nguồn", "tỷ đồng", lambda s: s.money.missing, is_money=True),
        line("Việc đã nghiệm thu", "việc", lambda s: s.tasks.accepted),
        line("Việc chậm tiến độ", "việc", lambda s: s.tasks.late),
        line("Đơn vị đỡ đầu, tài trợ được giao, chấp thuận", "đơn vị", lambda s: s.sponsors,
             f"Số công bố: {count.wording}" if count else ""),
    ]  # fmt: skip
