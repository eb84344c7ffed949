"""A figure over time against the path that it has to take to its goal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from django.utils.safestring import SafeString, mark_safe

from ntm_tracker.core.pictures.scale import attribute, percent

# CSS pixels: room for the label of the last point above, for the days below, and the plot between.
ABOVE, BELOW, PLOT = 20, 20, 84
# Labels of days nearer to each other than this share of the width would run into each other.
APART = 25
DOT, LAST_DOT = "2.5", "4"


@dataclass(frozen=True)
class Spot:
    """A place in the picture: `x` in percent of the width, `y` in pixels from the top."""

    x: str
    y: str


@dataclass(frozen=True)
class Stroke:
    """A straight line between two places."""

    start: Spot
    end: Spot


@dataclass(frozen=True)
class Label:
    """Words at a place; `anchor` says on which side of it they stand (SVG's text-anchor)."""

    at: Spot
    text: str
    anchor: str


@dataclass(frozen=True)
class Chart:
    """What the template writes down. `path` is the way still to go, dashed; None without a goal
    that lies ahead."""

    height: int
    floor: str
    ceiling: str
    strokes: tuple[Stroke, ...]
    dots: tuple[Spot, ...]
    path: Stroke | None
    last: Label | None
    top: Label
    days: tuple[Label, ...]
    words: str

    @property
    def drawn(self) -> SafeString:
        """Strokes and dots as SVG. A template takes ten times as long, and a page has hundreds;
        nothing in them is a text of users."""
        lines = [
            f'<line class="line__done" x1="{one.start.x}" y1="{one.start.y}" '
            f'x2="{one.end.x}" y2="{one.end.y}"/>'
            for one in self.strokes
        ]
        dots = [
            f'<circle class="line__dot" cx="{dot.x}" cy="{dot.y}" '
            f'r="{LAST_DOT if dot is self.dots[-1] else DOT}"/>'
            for dot in self.dots
        ]
        return mark_safe("".join(lines + dots))  # noqa: S308


def line_chart(
    points: Sequence[tuple[date, float | None]],
    *,
    top: float,
    goal: date | None,
    last: str,
    top_label: str,
    words: str,
) -> Chart:
    """Values by day, at least one, in order of the days; None where nothing was known.

    `top` is the value at the upper edge, which is the goal; `goal` the day on which it should be
    reached, dropped where it has passed. `last` and `top_label` are written at the last point and
    at the upper edge; `words` say the picture to who does not see it.
    """
    shown = [(day, value) for day, value in points if value is not None]
    begin, now = points[0][0], points[-1][0]
    ahead = goal if goal and goal > now else None
    end = ahead or now

    def spot(day: date, value: float) -> Spot:
        x = percent((day - begin).days, (end - begin).days or 1)
        return Spot(attribute(x, "%"), attribute(_height(value, top)))

    dots = tuple(spot(day, value) for day, value in shown)
    strokes = tuple(Stroke(one, other) for one, other in pairwise(dots))
    path = Stroke(dots[-1], spot(ahead, top)) if ahead and dots and shown[-1][1] < top else None
    return Chart(
        height=ABOVE + PLOT + BELOW,
        floor=attribute(_height(0, top)),
        ceiling=attribute(_height(top, top)),
        strokes=strokes,
        dots=dots,
        path=path,
        last=_last(dots[-1], last) if dots else None,
        top=_top(dots, top, top_label),
        days=_days(begin, now, end),
        words=words,
    )


def _height(value: float, top: float) -> float:
    """Pixels from the top; a value above the top is drawn on it."""
    return ABOVE + PLOT * (1 - min(value / top, 1) if top else 1)


def _last(spot: Spot, text: str) -> Label:
    # Above and to the left nothing is drawn: the line comes from below, the path goes on right.
    is_near_edge = float(spot.x.removesuffix("%")) < APART
    at = Spot(spot.x, attribute(float(spot.y) - 8))
    return Label(at, text, "start" if is_near_edge else "end")


def _top(dots: Sequence[Spot], top: float, text: str) -> Label:
    # At the other end than the last point, whose label may stand just as high.
    is_right = not dots or float(dots[-1].x.removesuffix("%")) < 60
    at = Spot("100%" if is_right else "0%", attribute(_height(top, top) - 7))
    return Label(at, text, "end" if is_right else "start")


def _short(day: date) -> str:
    """31/1/22: short enough for a phone."""
    return f"{day.day}/{day.month}/{day:%y}"


def _days(begin: date, now: date, end: date) -> tuple[Label, ...]:
    whole = (end - begin).days
    y = attribute(ABOVE + PLOT + BELOW - 4)
    labels = [Label(Spot("0%", y), _short(begin), "start")]
    if not whole:
        return tuple(labels)
    x = percent((now - begin).days, whole)
    if APART <= x <= 100 - APART:
        labels.append(Label(Spot(attribute(x, "%"), y), _short(now), "middle"))
    labels.append(Label(Spot("100%", y), _short(end), "end"))
    return tuple(labels)
