"""What a month's report says of the way ahead and of the month before, beside its own figures."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from communes.models import CommuneQuerySet
from criteria.rules import is_met
from criteria.selectors.funding import FundingNode, ItemLine, funding_tree
from criteria.selectors.scope import Reader
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import (
    CommuneStanding,
    OverdueCriterion,
    planned_dates,
)
from ntm_tracker.core.clock import AsOf, month_end
from sponsors.choices import DifficultyState
from sponsors.selectors.difficulties import DifficultyRow, rows_of, visible_difficulties
from sponsors.selectors.tasks import TaskRow, due_soon_tasks


@dataclass(frozen=True)
class Planned:
    """The road map of one commune: per criterion of the set, the day it is planned to be met."""

    commune_id: int
    commune_code: str
    commune_name: str
    days: tuple[date | None, ...]

    @property
    def last_on(self) -> date | None:
        """When the commune plans to meet the last of its criteria."""
        return max((day for day in self.days if day), default=None)


@dataclass(frozen=True)
class Outlook:
    """`coming` and `tasks` are due from the day after the cut-off to `until`; `funding_before` has
    the categories of the month before, without what is under them."""

    until: date | None = None
    planned: tuple[Planned, ...] = ()
    coming: tuple[OverdueCriterion, ...] = ()
    tasks: tuple[TaskRow, ...] = ()
    difficulties: tuple[DifficultyRow, ...] = ()
    funding_before: tuple[FundingNode, ...] = ()


def outlook(
    user: Reader,
    communes: CommuneQuerySet,
    in_force: SetInForce | None,
    as_of: AsOf,
    standings: Sequence[CommuneStanding],
    before: Iterable[ItemLine],
) -> Outlook:
    """The road map of the communes that are not recognised, what is due by the end of the next
    month, and the difficulties that are not closed. A constant number of queries."""
    until = month_end(month_end(as_of.date) + timedelta(days=1))
    planned: tuple[Planned, ...] = ()
    coming: tuple[OverdueCriterion, ...] = ()
    if in_force:
        days = planned_dates(communes, in_force, as_of)
        nothing = (None,) * in_force.total
        planned = tuple(
            Planned(row.commune_id, row.code, row.name, days.get(row.commune_id, nothing))
            for row in standings
        )
        coming = tuple(_coming(standings, planned, in_force, as_of.date, until))
    tasks = due_soon_tasks(user, as_of, days=(until - as_of.date).days)
    open_rows = visible_difficulties(user, as_of).exclude(state_on=DifficultyState.CLOSED)
    return Outlook(
        until=until,
        planned=planned,
        coming=coming,
        tasks=tuple(task for task in tasks if task.due_on > as_of.date),
        difficulties=tuple(rows_of(open_rows.order_by("effective_on", "pk"), as_of)),
        funding_before=tuple(
            FundingNode(node.key, node.label, node.money) for node in funding_tree(before)
        ),
    )


def _coming(
    standings: Iterable[CommuneStanding],
    planned: Iterable[Planned],
    in_force: SetInForce,
    on: date,
    until: date,
) -> Iterator[OverdueCriterion]:
    """What is not met and planned for a day after `on` up to `until`, by commune."""
    for row, plan in zip(standings, planned, strict=True):
        for criterion, cell, day in zip(in_force.criteria, row.cells, plan.days, strict=True):
            if day and on < day <= until and not is_met(cell):
                yield OverdueCriterion(
                    row.commune_id, row.code, row.name, criterion, day, (on - day).days
                )
