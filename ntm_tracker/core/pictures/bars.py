"""Bars of money that add up: what has a source and what is missing make the need."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from ntm_tracker.core.numbers import to_ty
from ntm_tracker.core.pictures.scale import attribute, edges

COVERED, MISSING, SURPLUS = "covered", "missing", "surplus"


class Sums(Protocol):
    """The sums of some work items in đồng, as `criteria.selectors.funding.Money` has them."""

    @property
    def need(self) -> int: ...
    @property
    def identified(self) -> int: ...
    @property
    def missing(self) -> int: ...
    @property
    def surplus(self) -> int: ...


@dataclass(frozen=True)
class Part:
    """One stretch of a bar: its kind, its amount in đồng, its place in percent of the width."""

    kind: str
    amount: int
    x: str
    width: str


@dataclass(frozen=True)
class Bar:
    """A place or a category of money. Covered and missing parts together are as long as the need;
    what goes beyond the need of single work items is drawn after it. `category` and `commune` are
    what the funding page is narrowed to by a press on it."""

    label: str
    money: Sums
    parts: tuple[Part, ...]
    category: str = ""
    commune: str = ""

    @property
    def words(self) -> str:
        """The bar in one sentence, for who does not see it."""
        said = (
            f"{self.label}: nhu cầu {to_ty(self.money.need)} tỷ đồng, "
            f"đã xác định {to_ty(self.money.identified)}, còn thiếu {to_ty(self.money.missing)}"
        )
        return f"{said}, vượt nhu cầu {to_ty(self.money.surplus)}" if self.money.surplus else said


@dataclass(frozen=True)
class Bars:
    """Bars on one scale, the one that lacks most first; `most` is the amount in đồng that the whole
    width stands for. `rest` are those that are not drawn, with their sum."""

    rows: tuple[Bar, ...]
    most: int
    rest: int = 0
    rest_missing: int = 0

    @property
    def has_surplus(self) -> bool:
        return any(row.money.surplus for row in self.rows)


@dataclass(frozen=True)
class Row:
    """What one bar is to show."""

    label: str
    money: Sums
    category: str = ""
    commune: str = ""


def money_bars(rows: Iterable[Row], at_most: int = 12) -> Bars:
    """Rows → bars, the one that lacks most first; rows without any money have none.

    The longest bar takes the whole width. Beyond `at_most` bars only their number and what they
    lack is told: a picture of two hundred bars shows less than the table beside it.
    """
    known = [row for row in rows if row.money.need or row.money.identified]
    known.sort(key=lambda row: -row.money.missing)
    drawn, rest = known[:at_most], known[at_most:]
    most = max((row.money.need + row.money.surplus for row in drawn), default=0)
    return Bars(
        tuple(
            Bar(row.label, row.money, _parts(row.money, most), row.category, row.commune)
            for row in drawn
        ),
        most,
        len(rest),
        sum(row.money.missing for row in rest),
    )


def _parts(money: Sums, most: int) -> tuple[Part, ...]:
    # An item with too much covers no other: the need is always covered + missing.
    amounts = {
        COVERED: money.identified - money.surplus,
        MISSING: money.missing,
        SURPLUS: money.surplus,
    }
    at = edges(list(amounts.values()), most)
    return tuple(
        Part(kind, amount, attribute(start, "%"), attribute(end - start, "%"))
        for (kind, amount), start, end in zip(amounts.items(), at, at[1:], strict=False)
        if amount
    )
