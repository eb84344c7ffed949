"""The rows of a month: what page and workbook both show. No Excel here."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.core.exceptions import BadRequest

from communes.models import CommuneQuerySet, Village
from criteria.choices import READ_STATES, Level, Measure
from criteria.models import ControlTotal
from criteria.selectors.control import announced, announced_count, control_lines
from criteria.selectors.funding import (
    UNALLOTTED,
    FundingNode,
    funding_tree,
    group_money,
    identified_by_kind,
    item_lines,
)
from criteria.selectors.funding import total as total_money
from criteria.selectors.scope import Reader, tracked_communes, tracked_items
from criteria.selectors.sets import SetInForce, set_in_force
from criteria.selectors.standings import (
    CommuneStanding,
    States,
    changes_between,
    commune_standings,
    overdue_criteria,
    states_on,
)
from criteria.selectors.villages import village_counts, village_rows
from ntm_tracker.core.clock import AsOf, as_of_on
from ntm_tracker.core.models import Installation, Period
from ntm_tracker.reports.selectors.adjustments import Figures, adjustments
from ntm_tracker.reports.selectors.outlook import outlook
from ntm_tracker.reports.selectors.rows import Closing, KeyLine, MonthRows, SponsorBefore, State
from ntm_tracker.reports.selectors.snapshot import MONTH, OF_STATE, month_of, stored
from sponsors.selectors.assignments import sponsor_count
from sponsors.selectors.gifts import contributions, gifts_by
from sponsors.selectors.kept import SPONSOR, TASK
from sponsors.selectors.sponsors import sponsor_rows
from sponsors.selectors.tasks import late_tasks, task_counts, tasks_for


def months(today: date) -> list[tuple[Period, bool]]:
    """Every reporting month, the latest first, with whether it has begun by `today`."""
    return [(period, period.month <= today) for period in Period.objects.order_by("-month")]


def as_of_for(period: Period, installation: Installation) -> AsOf:
    """The day a month is reported for: its cut-off, or the last day there are figures for while
    the month still runs; for the live answer. Raises BadRequest for a month that has not begun."""
    today = as_of_on(None, installation)
    if period.month > today.last_date:
        raise BadRequest(
            f"Tháng {period.month:%m/%Y} chưa bắt đầu; số liệu có đến ngày "
            f"{today.last_date:%d/%m/%Y}."
        )
    as_of = as_of_on(min(period.cut_off_on, today.last_date), installation)
    return replace(as_of, closed=None)


def month_rows(
    user: Reader,
    period: Period,
    installation: Installation,
    *,
    closing: Closing | None = None,
) -> MonthRows:
    """The report of a month for a reader who sees the whole (`rules.may_read_reports`), from the
    live rows. `closing` is what it will say of itself once it is closed."""
    as_of = as_of_for(period, installation)
    before = _day_before(period, as_of)
    communes = tracked_communes(user, as_of.date, installation.focus_district)
    in_force = set_in_force(Level.COMMUNE, as_of.date, installation.province_code)
    items = tracked_items(user, as_of.date, installation.focus_district)
    # The history of each of the two days is read once, for everything that asks it.
    states = states_on(communes, in_force, as_of)
    earlier = None
    if before:
        there = tracked_communes(user, before.date, installation.focus_district)
        earlier = states_on(there, in_force, before)
    now = _state(user, in_force, as_of, installation, states)
    previous = _state(user, in_force, before, installation, earlier) if before else None
    reported = _closed_figures(before)
    then = reported.state if reported else previous
    totals = announced(as_of.date)
    target = installation.target_date
    return MonthRows(
        period=period,
        as_of=as_of,
        target_date=target,
        days_left=(target - as_of.date).days if target else None,
        in_force=in_force,
        state=now,
        key_lines=tuple(_key_lines(now, then, in_force, totals)),
        changes=tuple(
            changes_between(
                communes,
                in_force,
                before.date,
                as_of.date,
                is_present=as_of.is_present,
                states=(earlier, states),
            )
        )
        if in_force and before
        else (),
        overdue=tuple(overdue_criteria(communes, in_force, as_of, states)) if in_force else (),
        funding=tuple(funding_tree(now.lines)),
        by_commune=tuple(
            FundingNode(name or "", f"Xã {name}" if name else UNALLOTTED, money)
            for name, money in group_money(now.lines, lambda line: line.commune_name).items()
        ),
        by_kind=tuple(identified_by_kind(items, as_of.date)),
        control=tuple(control_lines(now.lines, totals)),
        announced=tuple(totals),
        sponsors=tuple(sponsor_rows(user, as_of)),
        late=tuple(late_tasks(user, as_of, with_reports=True)),
        adjustments=tuple(adjustments(reported, _figures(user, previous, in_force, before)))
        if reported and previous and before
        else (),
        closing=closing,
        before=then,
        sponsors_before=_sponsors_before(user, reported, before),
        outlook=outlook(user, communes, in_force, as_of, now.open, then.lines if then else ()),
    )


def _day_before(period: Period, as_of: AsOf) -> AsOf | None:
    """The day that the month before was reported for, if there are figures for it: its cut-off,
    or its last day where it is no reporting month."""
    last = period.month - timedelta(days=1)
    known = Period.objects.filter(month=last.replace(day=1)).first()
    day = known.cut_off_on if known else last
    if day < as_of.first_date:
        return None
    return AsOf(day, as_of.reporting_date, as_of.first_date, as_of.last_date)


def _closed_figures(before: AsOf | None) -> Figures | None:
    """What the month before said when it was closed, if it is or was."""
    if before is None:
        return None
    period = Period.objects.filter(cut_off_on=before.date, revision__gte=1).first()
    if period is None:
        return None
    kept = stored(period, MONTH, *OF_STATE, SPONSOR, TASK)
    rows = month_of(kept)
    return Figures(rows.state, rows.in_force, rows.sponsors, kept.get(TASK, ()))


def _sponsors_before(
    user: Reader, reported: Figures | None, before: AsOf | None
) -> tuple[SponsorBefore, ...]:
    """As the report of the month before said, else as the rows of its day say."""
    if reported:
        return tuple(SponsorBefore(row.pk, row.delivered) for row in reported.sponsors)
    if before is None:
        return ()
    given = gifts_by(contributions(user, before).exclude(sponsor=None), "sponsor_id")
    return tuple(SponsorBefore(pk, gifts) for pk, gifts in sorted(given.items()))


def _figures(user: Reader, state: State, in_force: SetInForce | None, as_of: AsOf) -> Figures:
    return Figures(state, in_force, tuple(sponsor_rows(user, as_of)), tuple(tasks_for(user, as_of)))


def _state(
    user: Reader,
    in_force: SetInForce | None,
    as_of: AsOf,
    installation: Installation,
    states: States | None,
) -> State:
    communes: CommuneQuerySet = tracked_communes(user, as_of.date, installation.focus_district)
    villages = tuple(village_rows(Village.objects.visible_to(user), as_of.date, communes))
    items = tracked_items(user, as_of.date, installation.focus_district)
    lines = tuple(item_lines(items, as_of.date))
    return State(
        standings=tuple(commune_standings(communes, in_force, as_of, states)) if in_force else (),
        villages=villages,
        village_counts=village_counts(villages),
        lines=lines,
        money=total_money(lines),
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
