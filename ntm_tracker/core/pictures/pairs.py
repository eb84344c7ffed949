"""Two amounts against each other, counts that add up, and days since something was heard."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from ntm_tracker.core.pictures.scale import attribute, edges, percent

QUIET_MONTHS = 6
LONGEST = QUIET_MONTHS * 30  # days; whoever was silent for longer stands at the left edge


@dataclass(frozen=True)
class Pair:
    """What was promised and what came, in percent of the width; "" for nothing."""

    promised: str
    delivered: str


def pairs(amounts: Sequence[tuple[int, int]]) -> tuple[Pair, ...]:
    """(promised, delivered) in đồng → bars on one scale, in the same order."""
    most = max((max(pair) for pair in amounts), default=0)
    return tuple(
        Pair(*(attribute(percent(amount, most), "%") if amount else "" for amount in pair))
        for pair in amounts
    )


@dataclass(frozen=True)
class Slice:
    """One kind in a row of counts: its place in percent of the width and how many it is."""

    kind: str
    count: int
    x: str
    width: str


def slices(counts: Sequence[tuple[str, int]], most: int) -> tuple[Slice, ...]:
    """(kind, count) → stretches after each other, on a scale on which `most` is the whole width."""
    at = edges([count for _kind, count in counts], most)
    return tuple(
        Slice(kind, count, attribute(start, "%"), attribute(end - start, "%"))
        for (kind, count), start, end in zip(counts, at, at[1:], strict=False)
        if count
    )


@dataclass(frozen=True)
class Quiet:
    """When something was last heard: the day, how long ago, and the place of the day on a line of
    six months that ends today. Without a day nothing was ever heard."""

    on: date | None
    days: int
    x: str

    @property
    def is_long(self) -> bool:
        """Whether a month has passed, or nothing was ever heard."""
        return self.on is None or self.days > 30


def quiet(on: date | None, today: date) -> Quiet:
    """The last sign of life as a place on the line."""
    if on is None:
        return Quiet(None, 0, "")
    days = max(0, (today - on).days)
    return Quiet(on, days, attribute(100 - percent(min(days, LONGEST), LONGEST), "%"))
