"""The figures of several days at once, for pictures over time.

A closed month tells its own day from what it kept (`criteria.selectors.reported`). The days before
it are told here from the rows that were known when it was closed.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date
from itertools import accumulate
from typing import NamedTuple

from django.db.models import QuerySet, Sum

from communes.models import Commune
from criteria.choices import Cell
from criteria.models import Assessment, FundingSource, WorkItem
from criteria.rules import cells_on_days
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import CellDetail
from ntm_tracker.core.clock import AsOf


class Said(NamedTuple):
    """A judgement read without its model, with its rung."""

    pk: int
    outcome: str
    as_of: date
    corrects_id: int | None
    stage: str


def cells_by_day(
    communes: QuerySet[Commune], in_force: SetInForce, as_of: AsOf, days: Sequence[date]
) -> dict[int, tuple[str, ...]]:
    """Commune id → its cells on each of some days (in order, none after `as_of`), one letter per
    criterion as in the matrix but without overdue twins. Communes without any row are left out.

    One query, whatever the number of communes and days.
    """
    place = {criterion.pk: index for index, criterion in enumerate(in_force.criteria)}
    rows = Assessment.objects.filter(
        commune__in=communes.values("pk"), criterion__in=place, as_of__lte=as_of.date
    )
    said: dict[tuple[int, int], list[Said]] = defaultdict(list)
    known = as_of.known(rows).order_by("as_of", "id")
    for commune, criterion, pk, outcome, on, corrects, stage in known.values_list(
        "commune_id", "criterion_id", "id", "outcome", "as_of", "corrects_id", "stage"
    ):
        if commune is not None and criterion is not None:
            said[commune, criterion].append(Said(pk, outcome, on, corrects, stage))
    cells: dict[int, list[list[str]]] = {}
    for (commune, criterion), own in said.items():
        grid = cells.setdefault(commune, [[Cell.UNREPORTED.value] * len(place) for _ in days])
        for line, cell in zip(grid, cells_on_days(own, days), strict=True):
            line[place[criterion]] = cell.value
    return {commune: tuple(map("".join, grid)) for commune, grid in cells.items()}


def cells_of_details(details: Iterable[CellDetail], days: Sequence[date]) -> tuple[str, ...]:
    """The same for one commune whose criteria were read already; no query."""
    columns = [cells_on_days(tuple(reversed(detail.history)), days) for detail in details]
    return tuple("".join(column[n].value for column in columns) for n in range(len(days)))


def identified_by_day(
    items: QuerySet[WorkItem], as_of: AsOf, days: Sequence[date]
) -> tuple[int, ...]:
    """The identified money of work items on each of some days, in đồng; one query."""
    rows = FundingSource.objects.filter(item__in=items.values("pk"), effective_on__lte=as_of.date)
    sums = (
        as_of.known(rows)
        .order_by("effective_on")
        .values_list("effective_on")
        .annotate(Sum("amount"))
    )
    moved = list(sums)
    reached = list(accumulate((int(amount) for _day, amount in moved), initial=0))
    return tuple(reached[sum(on <= day for on, _amount in moved)] for day in days)
