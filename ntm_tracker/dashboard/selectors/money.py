"""The money of an area by category, and how it stands to the announced figures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from criteria.choices import MONEY_MEASURES, Measure
from criteria.models import ControlTotal, FundingCategory
from criteria.selectors.control import ControlLine, Verdict, announced_count, control_lines
from criteria.selectors.funding import ItemLine, Money, group_money, total
from criteria.selectors.funding_pictures import FundingPicture, funding_picture

BARS = 6  # of communes on the board, which tells the situation and leaves the rest to its page


@dataclass(frozen=True)
class MoneyRow:
    """One category with its sums, beside the announced figures of it."""

    code: str
    name: str
    money: Money
    control: tuple[ControlLine, ...]

    @property
    def wording(self) -> str:
        """How an approximate figure was announced ("khoảng 101"); empty for exact ones."""
        for line in self.control:
            if line.control.is_approximate:
                return line.control.wording
        return ""


@dataclass(frozen=True)
class MoneyTable:
    """Categories with totals. `control` holds the comparison with every announced amount; it is
    empty for readers who do not see the whole."""

    rows: tuple[MoneyRow, ...]
    sum: Money
    control: tuple[ControlLine, ...]
    picture: FundingPicture

    @property
    def verdict(self) -> Verdict | None:
        """The worst of all comparisons; None where nothing is announced."""
        found = {line.verdict for line in self.control}
        for verdict in (Verdict.DIFFERENT, Verdict.ROUNDING, Verdict.EQUAL):
            if verdict in found:
                return verdict
        return None

    @property
    def total_differences(self) -> tuple[ControlLine, ...]:
        """The announced totals that do not match to the đồng."""
        return tuple(line for line in self._differences if line.control.category_id is None)

    @property
    def category_differences(self) -> tuple[ControlLine, ...]:
        """The announced figures of single categories that do not match to the đồng."""
        return tuple(line for line in self._differences if line.control.category_id is not None)

    @property
    def _differences(self) -> list[ControlLine]:
        return [line for line in self.control if line.verdict is not Verdict.EQUAL]

    @property
    def announced(self) -> ControlTotal | None:
        """Any of the announced figures, for its day and document."""
        return self.control[0].control if self.control else None


def money_table(
    lines: Sequence[ItemLine],
    categories: Iterable[FundingCategory],
    totals: Iterable[ControlTotal] = (),
) -> MoneyTable:
    """The table over work items; `totals` are compared only when `lines` cover the whole."""
    categories = tuple(categories)
    control = tuple(control_lines(lines, totals)) if totals else ()
    by_category = group_money(lines, lambda line: line.category_id)
    return MoneyTable(
        rows=tuple(
            MoneyRow(
                category.code,
                category.name,
                by_category.get(category.pk, Money()),
                tuple(line for line in control if line.control.category_id == category.pk),
            )
            for category in categories
        ),
        sum=total(lines),
        control=control,
        picture=funding_picture(lines, categories, at_most=BARS),
    )


@dataclass(frozen=True)
class CountCheck:
    """A count beside the announced one. "Hơn 60" is announced as an approximation."""

    control: ControlTotal
    ours: int

    @property
    def difference(self) -> int:
        return self.ours - self.control.amount

    @property
    def matches(self) -> bool:
        """Whether the count is what was announced; an approximate one only has to be near."""
        if self.control.is_approximate:
            return abs(self.difference) <= self.control.precision
        return self.difference == 0


def count_check(totals: Iterable[ControlTotal], measure: Measure, ours: int) -> CountCheck | None:
    """Our count beside the announced one, if one was announced."""
    control = announced_count(totals, measure)
    return CountCheck(control, ours) if control and measure not in MONEY_MEASURES else None
