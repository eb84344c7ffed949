"""For each commune, whether all criteria may be met by the target date: an estimate of the tool."""

from collections.abc import Mapping
from dataclasses import dataclass

from criteria.selectors.funding import Money
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation, User
from ntm_tracker.core.pictures.spans import Span, draw_span
from ntm_tracker.dashboard.forecast_rules import Evidence, Forecast, Verdict, forecast
from ntm_tracker.dashboard.selectors.trends import Trend, TrendPage, trend_page
from sponsors.selectors.assignments import TaskSums
from sponsors.selectors.reported import sums_by_commune

# Verdict → the state under which the badge shows it.
BADGES = {
    Verdict.DONE: "met",
    Verdict.LIKELY: "reported",
    Verdict.UNCERTAIN: "due_soon",
    Verdict.UNLIKELY: "late",
    Verdict.SILENT: "unreported",
    Verdict.NO_GOAL: "unreported",
}


@dataclass(frozen=True)
class Outlook:
    """One commune with its estimate."""

    trend: Trend
    forecast: Forecast

    @property
    def badge(self) -> str:
        return BADGES[self.forecast.verdict]

    @property
    def span(self) -> Span | None:
        """The range as a picture; None where there is none or no day to hold it against."""
        if not self.forecast.has_range or self.trend.goal is None:
            return None
        return draw_span(
            self.trend.now.on, self.trend.goal, self.forecast.earliest, self.forecast.latest
        )


@dataclass(frozen=True)
class ForecastPage:
    """Context of `forecast.html`: the communes of the page of `trends`, in its order."""

    trends: TrendPage
    rows: tuple[Outlook, ...]


def outlook(trend: Trend, money: Money, tasks: TaskSums) -> Outlook:
    """The estimate for a commune whose figures are known already."""
    known = Evidence(
        history=tuple((point.on, point.met) for point in trend.known if point.met is not None),
        total=trend.total,
        goal=trend.goal,
        need=money.need,
        missing=money.missing,
        open_tasks=tasks.open,
        late_tasks=tasks.late,
        self_reported=trend.now.rungs.self_reported,
    )
    return Outlook(trend, forecast(known))


def forecast_page(
    user: User, as_of: AsOf, installation: Installation, number: str | None = None
) -> ForecastPage:
    """The estimates for the communes of one page; constant queries."""
    page = trend_page(user, as_of, installation, number)
    ids = [row.commune_id for row in page.places]
    tasks: Mapping[int, TaskSums] = (
        sums_by_commune(user, as_of, page.scope.communes.filter(pk__in=ids)) if ids else {}
    )
    by_code = {row.code: tasks.get(row.commune_id, TaskSums()) for row in page.places}
    return ForecastPage(
        page,
        tuple(
            outlook(trend, page.money_of.get(trend.code, Money()), by_code[trend.code])
            for trend in page.shown
        ),
    )
