"""A span of days on a line of time, against the day that should be kept."""

from dataclasses import dataclass
from datetime import date, timedelta

from ntm_tracker.core.pictures.scale import attribute, percent

BEYOND = timedelta(days=365)  # shown after the goal; what comes later runs out of the picture


@dataclass(frozen=True)
class Span:
    """Percent of the width: where the span begins and how long it is (empty `x`: nowhere within
    the picture), and where the goal lies. `is_open`: it ends beyond the right edge."""

    x: str
    width: str
    is_open: bool
    goal: str

    @property
    def is_near(self) -> bool:
        """Whether the goal is so near that its label needs the room of today's."""
        return float(self.goal.removesuffix("%")) < 40


def draw_span(now: date, goal: date, earliest: date | None, latest: date | None) -> Span:
    """The span from `earliest` to `latest` (None: later than anyone can say) on a line from `now`
    to a year after the goal, or after today where that has passed."""
    end = max(goal, now) + BEYOND
    whole = (end - now).days

    def at(day: date) -> float:
        return min(100.0, max(0.0, percent((day - now).days, whole)))

    mark = attribute(at(goal), "%")
    if earliest is None or earliest > end:
        return Span("", "", True, mark)
    start = at(earliest)
    stop = 100.0 if latest is None else at(latest)
    # Two days that fall together are still seen.
    width = max(1.0, stop - start)
    return Span(
        attribute(min(start, 100 - width), "%"),
        attribute(width, "%"),
        latest is None or latest > end,
        mark,
    )
