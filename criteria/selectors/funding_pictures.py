"""The money of some work items as bars: by category and by commune."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from criteria.models import FundingCategory
from criteria.selectors.funding import ItemLine, group_money
from criteria.selectors.funding_page import UNALLOTTED_CODE
from ntm_tracker.core.pictures.bars import Bars, Row, money_bars


@dataclass(frozen=True)
class FundingPicture:
    """The same money cut in two ways; a way in which there is only one bar says nothing and is
    None."""

    by_category: Bars | None
    by_commune: Bars | None


def funding_picture(
    lines: Sequence[ItemLine],
    categories: Iterable[FundingCategory],
    *,
    category: str = "",
    commune: str = "",
    at_most: int = 12,
) -> FundingPicture:
    """The bars of work items; `category` and `commune` are codes that the page is narrowed to,
    which a press on a bar keeps. No query."""
    by_category = group_money(lines, lambda line: line.category_id)
    by_commune = group_money(lines, lambda line: (line.commune_code, line.commune_label))
    return FundingPicture(
        _several(
            (
                Row(row.name, by_category[row.pk], row.code, commune)
                for row in categories
                if row.pk in by_category
            ),
            at_most,
        ),
        _several(
            (
                Row(label, money, category, code or UNALLOTTED_CODE)
                for (code, label), money in by_commune.items()
            ),
            at_most,
        ),
    )


def _several(rows: Iterable[Row], at_most: int) -> Bars | None:
    bars = money_bars(rows, at_most)
    return bars if len(bars.rows) > 1 else None
