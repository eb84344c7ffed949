"""Figures over time: criteria met month by month against the path to the target date, and money."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import Http404

from communes.models import Commune
from criteria.choices import Cell, Level
from criteria.models import WorkItem
from criteria.rules import count_met
from criteria.selectors import reported
from criteria.selectors.funding import Money, group_money, total
from criteria.selectors.months import cells_by_day, cells_of_details, identified_by_day
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import CellDetail, CommuneStanding
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation, User
from ntm_tracker.core.numbers import to_ty, vi_number
from ntm_tracker.core.pictures.lines import Chart, line_chart
from ntm_tracker.dashboard.selectors.progress import RUNG_CELLS, Rungs
from ntm_tracker.dashboard.selectors.scope import Scope, board_scope

MONTHS = 12
# The history of a hundred communes is read in a tenth of a second. Beyond, only that of the ones
# on the page is read, and they are not added up.
MOST_TOGETHER = 100
PER_PAGE = 24
DAYS_PER_MONTH = 365 / 12
SILENT = {Cell.UNREPORTED, Cell.OVERDUE_UNREPORTED}


@dataclass(frozen=True)
class Point:
    """Where a commune stood on a day; `cells` as in the matrix."""

    on: date
    cells: str

    @cached_property
    def met(self) -> int | None:
        """Criteria met on any rung; None where nothing had been reported."""
        return count_met(self.cells) if set(self.cells) - SILENT else None

    @property
    def rungs(self) -> Rungs:
        return Rungs(*map(self.cells.count, RUNG_CELLS))


@dataclass(frozen=True)
class Trend:
    """One commune month by month, the last point on the day that is looked at; `total` is how many
    criteria there are, `goal` the day by which they should be met (None: none set)."""

    code: str
    name: str
    total: int
    points: tuple[Point, ...]
    goal: date | None

    @property
    def now(self) -> Point:
        return self.points[-1]

    @property
    def left(self) -> int:
        return self.total - (self.now.met or 0)

    @cached_property
    def known(self) -> tuple[Point, ...]:
        """The days on which something had been reported."""
        return tuple(point for point in self.points if point.met is not None)

    @property
    def months_left(self) -> float:
        """From the day that is looked at to the goal; 0 where it has passed or none is set."""
        return max(0, (self.goal - self.now.on).days) / DAYS_PER_MONTH if self.goal else 0.0

    @property
    def needed(self) -> float | None:
        """Criteria that have to be met each month to be done in time; None where there is no time
        or nothing left."""
        return self.left / self.months_left if self.left and self.months_left else None

    @property
    def pace(self) -> float | None:
        """Criteria gained per month since the first day known; None before there are two days."""
        first, *rest = self.known or (self.now,)
        if not rest or self.now.met is None or first.met is None:
            return None
        return (self.now.met - first.met) * DAYS_PER_MONTH / (self.now.on - first.on).days

    @property
    def note(self) -> str:
        """The path in words."""
        if self.now.met is None:
            return "Chưa báo cáo"
        if not self.left:
            return "Đã đạt đủ, chờ xét công nhận"
        if self.needed is None:
            return f"Còn {self.left} tiêu chí"
        pace = "" if self.pace is None else f", vừa qua đạt thêm {vi_number(self.pace, 1)}"
        return f"Cần {vi_number(self.needed, 1)} tiêu chí mỗi tháng{pace}"

    @property
    def chart(self) -> Chart:
        """The commune as a picture."""
        met = self.now.met
        by_month = ", ".join(f"{point.on:%d/%m/%Y}: {point.met}" for point in self.known)
        return line_chart(
            [(point.on, point.met) for point in self.points],
            top=self.total,
            goal=self.goal,
            last="" if met is None else f"{met}/{self.total}",
            top_label=f"{self.total} tiêu chí",
            words=f"{self.name}, số tiêu chí đạt. {by_month or 'Chưa có báo cáo'}. {self.note}.",
        )


@dataclass(frozen=True)
class MoneyTrend:
    """Identified money month by month beside the need of today, in đồng."""

    points: tuple[tuple[date, int], ...]
    money: Money
    goal: date | None

    @property
    def chart(self) -> Chart:
        by_month = ", ".join(f"{on:%d/%m/%Y}: {to_ty(amount)}" for on, amount in self.points)
        return line_chart(
            self.points,
            top=self.money.need,
            goal=self.goal,
            last=to_ty(self.points[-1][1]),
            top_label=f"nhu cầu {to_ty(self.money.need)} tỷ đồng",
            words=f"Kinh phí đã xác định nguồn, tỷ đồng. {by_month}.",
        )


@dataclass(frozen=True)
class TrendPage:
    """Context of `progress.html`. `places` are all communes on their way, the furthest from the
    goal first; `trends` those whose history was read: all, or where there are too many for that
    those of the page. `money_of`: code of a commune → its money on the day; `commune`: the
    one that the page is narrowed to."""

    scope: Scope
    in_force: SetInForce | None
    days: tuple[date, ...]
    places: Page
    trends: tuple[Trend, ...]
    money: MoneyTrend | None
    money_of: Mapping[str, Money] = field(default_factory=dict)
    commune: Commune | None = None

    @property
    def shown(self) -> tuple[Trend, ...]:
        """The communes of the page."""
        codes = {row.code for row in self.places}
        return tuple(trend for trend in self.trends if trend.code in codes)

    @property
    def is_whole(self) -> bool:
        """Whether all communes are read, so that they can be added up."""
        return len(self.trends) == self.places.paginator.count

    @property
    def sums(self) -> tuple[int, ...]:
        """Criteria met by all communes together on each day; silent ones count as none."""
        return tuple(
            sum(trend.points[n].met or 0 for trend in self.trends) for n in range(len(self.days))
        )

    @property
    def chart(self) -> Chart | None:
        """All communes together; None where there is nothing to add."""
        if len(self.trends) < 2 or self.in_force is None or not self.is_whole:
            return None
        most = len(self.trends) * self.in_force.total
        by_month = ", ".join(
            f"{on:%d/%m/%Y}: {met}" for on, met in zip(self.days, self.sums, strict=True)
        )
        return line_chart(
            list(zip(self.days, self.sums, strict=True)),
            top=most,
            goal=self.trends[0].goal,
            last=f"{vi_number(self.sums[-1])}/{vi_number(most)}",
            top_label=f"{len(self.trends)} xã × {self.in_force.total} tiêu chí",
            words=f"Số tiêu chí đạt của {len(self.trends)} xã. {by_month}.",
        )


def month_days(
    as_of: AsOf, installation: Installation, in_force: SetInForce | None
) -> tuple[date, ...]:
    """Month ends up to the day looked at, which is the last of them: at most a year back, and not
    before the first figures or the criteria set."""
    first = [day for day in (installation.first_date,) if day]
    if in_force:
        first.append(in_force.criteria_set.valid_from)
    days = [as_of.date]
    while len(days) < MONTHS:
        before = days[0].replace(day=1) - timedelta(days=1)
        if any(before < day for day in first):
            break
        days.insert(0, before)
    return tuple(days)


def trends_of(
    standings: Iterable[CommuneStanding],
    cells: dict[int, tuple[str, ...]],
    days: Sequence[date],
    total: int,
    goal: date | None,
) -> tuple[Trend, ...]:
    """A trend for each commune, in their order. The last day is what the matrix shows."""
    blank = (Cell.UNREPORTED.value * total,) * (len(days) - 1)
    return tuple(
        Trend(
            row.code,
            row.name,
            total,
            tuple(
                Point(on, text)
                for on, text in zip(
                    days, (*cells.get(row.commune_id, blank), row.cells), strict=True
                )
            ),
            goal,
        )
        for row in standings
    )


def trend_page(
    user: User,
    as_of: AsOf,
    installation: Installation,
    number: str | None = None,
    code: str = "",
) -> TrendPage:
    """The communes that the board opens on and that are on their way, over time, one page of
    them, or the one of a code; constant queries.

    Raises Http404 for a commune that the reader does not see.
    """
    scope = board_scope(user, installation, as_of, {})
    commune = _commune(user, as_of, code) if code else None
    in_force = reported.set_for(Level.COMMUNE, as_of, scope.province_code)
    here = Commune.objects.filter(pk=commune.pk) if commune else scope.communes.rural()
    standings = reported.standings(here, in_force, as_of) if in_force else []
    rows = sorted((row for row in standings if row.cells), key=lambda row: row.met)
    places = Paginator(rows, PER_PAGE).get_page(number)
    if in_force is None or not rows:
        return TrendPage(scope, in_force, (), places, (), None, commune=commune)
    days = month_days(as_of, installation, in_force)
    read = rows if len(rows) <= MOST_TOGETHER else list(places)
    cells = cells_by_day(
        here.filter(pk__in=[row.commune_id for row in read]), in_force, as_of, days[:-1]
    )
    trends = trends_of(read, cells, days, in_force.total, installation.target_date)
    items = scope.items.filter(commune=commune) if commune else scope.items
    lines = reported.lines_of(items, as_of)
    money = _money(items, as_of, total(lines), installation, days)
    money_of = group_money(lines, lambda line: line.commune_code or "")
    return TrendPage(scope, in_force, days, places, trends, money, money_of, commune)


def _commune(user: User, as_of: AsOf, code: str) -> Commune:
    found = reported.units(user, as_of).rural().filter(code=code[:10]).first()
    if found is None:
        raise Http404(f"Không có xã mang mã “{code[:10]}” trong phạm vi được xem.")
    return reported.name_then(found, as_of)


def _money(
    items: QuerySet[WorkItem],
    as_of: AsOf,
    money: Money,
    installation: Installation,
    days: tuple[date, ...],
) -> MoneyTrend | None:
    if not money.need:
        return None
    before = identified_by_day(items, as_of, days[:-1])
    points = tuple(zip(days, (*before, money.identified), strict=True))
    return MoneyTrend(points, money, installation.target_date)


def commune_trend(
    code: str,
    name: str,
    in_force: SetInForce,
    details: Sequence[CellDetail],
    as_of: AsOf,
    installation: Installation,
) -> Trend:
    """One commune whose criteria were read already; no query."""
    days = month_days(as_of, installation, in_force)
    now = "".join(detail.cell for detail in details)
    cells = (*cells_of_details(details, days[:-1]), now)
    return Trend(
        code,
        name,
        in_force.total,
        tuple(Point(on, text) for on, text in zip(days, cells, strict=True)),
        installation.target_date,
    )
