"""One page on a week: what moved, what is due, who is late, what was decided."""

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from criteria.choices import Level
from criteria.selectors.funding import item_lines
from criteria.selectors.funding import total as total_money
from criteria.selectors.scope import Reader, tracked_communes, tracked_items
from criteria.selectors.sets import set_in_force
from criteria.selectors.standings import (
    Change,
    OwedCriterion,
    changes_between,
    owed_criteria,
)
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Document, Installation
from sponsors.selectors.conclusions import visible_conclusions
from sponsors.selectors.difficulties import DifficultyRow, rows_of, visible_difficulties
from sponsors.selectors.tasks import TaskRow, due_soon_tasks, late_tasks

SHOWN = 5
"""How many of a list stand on the page: the note is one sheet of paper."""
WEEK = timedelta(days=7)


@dataclass(frozen=True)
class WeekNote:
    """The week from `first` (Monday) to `last`, told on a day of it; lists are whole, the page
    shows the first few. Money is in đồng; `identified_before` is that of the Sunday before."""

    first: date
    last: date
    day: date
    earlier: date | None
    later: date | None
    gained: tuple[Change, ...]
    lost: tuple[Change, ...]
    identified: int
    identified_before: int | None
    due: tuple[TaskRow, ...]
    due_next: tuple[TaskRow, ...]
    criteria: tuple[OwedCriterion, ...]
    late: tuple[TaskRow, ...]
    late_by_doer: tuple[tuple[str, int], ...]
    raised: tuple[DifficultyRow, ...]
    decided: tuple[Document, ...]


def week_note(user: Reader, as_of: AsOf, installation: Installation) -> WeekNote:
    """The week of a day for a reader who sees the whole; a constant number of queries.

    What is due is what was open on the day: of a week that is over, its Sunday tells most.
    """
    day = as_of.date
    first = day - timedelta(days=day.weekday())
    last, before = first + timedelta(days=6), first - timedelta(days=1)
    has_before = before >= as_of.first_date
    communes = tracked_communes(user, day, installation.focus_district)
    in_force = set_in_force(Level.COMMUNE, day, installation.province_code)
    items = tracked_items(user, day, installation.focus_district)
    changes = (
        changes_between(communes, in_force, before, day, is_present=as_of.is_present)
        if in_force and has_before
        else []
    )
    tasks = due_soon_tasks(user, as_of, days=(last + WEEK - day).days)
    late = late_tasks(user, as_of)
    owed = owed_criteria(communes, in_force, as_of, last + WEEK) if in_force else []
    difficulties = visible_difficulties(user, as_of).filter(effective_on__gte=first)
    decided = visible_conclusions(user, as_of).filter(issued_on__gte=first)
    return WeekNote(
        first=first,
        last=last,
        day=day,
        earlier=before if has_before else None,
        later=min(last + WEEK, as_of.last_date) if last < as_of.last_date else None,
        gained=tuple(change for change in changes if change.is_gain),
        lost=tuple(change for change in changes if change.is_loss),
        identified=total_money(item_lines(items, day)).identified,
        identified_before=total_money(item_lines(items, before)).identified if has_before else None,
        due=tuple(task for task in tasks if task.due_on <= last),
        due_next=tuple(task for task in tasks if task.due_on > last),
        criteria=tuple(
            row for row in owed if row.planned_on and day <= row.planned_on <= last + WEEK
        ),
        late=tuple(late),
        late_by_doer=tuple(Counter(task.doer_words for task in late).most_common()),
        raised=tuple(rows_of(difficulties.order_by("effective_on", "pk"), as_of)),
        decided=tuple(decided.order_by("issued_on", "pk")),
    )
