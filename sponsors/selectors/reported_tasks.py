"""The task list and the timeline for a day: of a closed month from the tasks that were kept, under
the names they bore then; the live rows otherwise. One name for both, as in `reported`."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from typing import TypeVar

from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.paging import page_of
from ntm_tracker.core.text import search_text, search_words, sort_key
from sponsors.choices import OPEN_STATES, TaskState
from sponsors.models import Task
from sponsors.rules import Reader
from sponsors.selectors import kept
from sponsors.selectors.renamed import names_then
from sponsors.selectors.reported import counted, kept_tasks, summed
from sponsors.selectors.task_filters import (
    OPEN,
    PAGE_SIZE,
    TaskChoices,
    TaskFilters,
    TaskList,
    task_choices,
    task_list,
)
from sponsors.selectors.task_page import TaskCard, task_card
from sponsors.selectors.tasks import TaskRow
from sponsors.selectors.timeline import (
    COMMUNE,
    Column,
    Timeline,
    TimelineFilters,
    columns_from,
    laid_out,
    timeline,
)
from sponsors.selectors.timeline import PAGE_SIZE as TIMELINE_SIZE

Key = TypeVar("Key", int, str)
ALL = (kept.TASK, kept.CANCELLED)


def task_list_then(
    user: Reader, as_of: AsOf, filters: TaskFilters, number: int | None = 1
) -> TaskList:
    """`task_list` for a day that may be closed. Raises EmptyPage past the last page."""
    if as_of.closed is None:
        return task_list(user, as_of, filters, number)
    rows = _narrowed(kept_tasks(user, as_of, kinds=ALL), filters)
    chosen = [row for row in rows if _is_chosen(row, filters)]
    page = page_of(chosen, number, PAGE_SIZE)
    return TaskList(page, tuple(page.object_list), counted(rows))


def _narrowed(rows: Iterable[TaskRow], filters: TaskFilters) -> list[TaskRow]:
    """`task_filters.narrowed` over kept rows."""
    found = [
        row
        for row in rows
        if filters.commune in ("", row.commune_code)
        and filters.criterion in (None, row.criterion_number)
        and filters.sponsor in (None, row.sponsor_id)
    ]
    if words := search_words(filters.q):
        # What a task is about in detail is not kept: it is searched as it stands.
        details = dict(
            Task.objects.filter(pk__in=[row.pk for row in found]).values_list("pk", "search_text")
        )
        found = [
            row
            for row in found
            if all(word in f"{_search_text(row)} {details.get(row.pk, '')}" for word in words)
        ]
    return found


def _search_text(row: TaskRow) -> str:
    names = (row.title, row.commune_name, row.village_name, row.sponsor_name)
    return search_text(" ".join(name for name in names if name))


def _is_chosen(row: TaskRow, filters: TaskFilters) -> bool:
    """By state, late and due; without any, all that is not cancelled."""
    if filters.state == OPEN:
        by_state = row.state in OPEN_STATES
    elif filters.state:
        by_state = row.state == filters.state
    else:
        by_state = row.state != TaskState.CANCELLED
    is_due = filters.due is None or (row.is_open and 0 <= row.days_left <= filters.due)
    return by_state and (row.is_late or not filters.late) and is_due


def task_choices_then(user: Reader, as_of: AsOf) -> TaskChoices:
    """`task_choices` for a day that may be closed: what the kept tasks have."""
    if as_of.closed is None:
        return task_choices(user, as_of)
    rows = kept_tasks(user, as_of, kinds=ALL)
    communes = {row.commune_code: row.commune_name for row in rows}
    criteria = {row.criterion_number: row.criterion_name for row in rows}
    sponsors = {row.sponsor_id: row.sponsor_name for row in rows}
    return TaskChoices(
        _by_name(communes.items()),
        tuple(sorted((n, name or "") for n, name in criteria.items() if n is not None)),
        _by_name((pk, name or "") for pk, name in sponsors.items() if pk is not None),
    )


def _by_name(pairs: Iterable[tuple[Key, str]]) -> tuple[tuple[Key, str], ...]:
    return tuple(sorted(pairs, key=lambda pair: (sort_key(pair[1]), pair[0])))


def timeline_then(user: Reader, as_of: AsOf, filters: TimelineFilters, number: int = 1) -> Timeline:
    """`timeline` for a day that may be closed. Raises EmptyPage past the last page."""
    if as_of.closed is None:
        return timeline(user, as_of, filters, number)
    columns = columns_from(filters.step, filters.start, as_of.date)
    rows = [
        row
        for row in _narrowed(kept_tasks(user, as_of), filters.tasks)
        if _touches(row, columns, as_of.date) and filters.owner in ("", row.owner)
    ]
    groups: dict[tuple, list[TaskRow]] = defaultdict(list)
    for row in rows:
        groups[(_group(row, filters.by)[1],)].append(row)
    rows.sort(
        key=lambda row: (_group(row, filters.by)[0], row.starts_on, row.due_on, row.pk),
    )
    page = page_of(rows, number, TIMELINE_SIZE)
    sums = {group: summed(own) for group, own in groups.items()}
    return laid_out(page, tuple(page.object_list), sums, columns, filters)


def _group(row: TaskRow, by: str) -> tuple[tuple[bool, str, int], int | None]:
    """Where the group of a row stands among the others, none last; and its id."""
    name, pk = (
        (row.commune_name, row.commune_id) if by == COMMUNE else (row.sponsor_name, row.sponsor_id)
    )
    return (pk is None, sort_key(name or ""), pk or 0), pk


def _touches(row: TaskRow, columns: Sequence[Column], on: date) -> bool:
    """Whether the row belongs into these columns; late ones up to the day."""
    first, last = columns[0].first, columns[-1].last
    return row.starts_on <= last and (row.due_on >= first or (on >= first and row.is_late))


def task_card_then(user: Reader, pk: int, as_of: AsOf) -> TaskCard | None:
    """`task_card` for a day that may be closed: the task as it was kept, with the reports that were
    known then, the gifts and the difficulties. What it is about in detail is never changed."""
    card = task_card(user, pk, as_of)
    if card is None or as_of.closed is None:
        return card
    rows = kept_tasks(user, as_of, kinds=ALL)
    row = next((row for row in rows if row.pk == pk), card.row)
    names = names_then(as_of)
    return replace(
        card,
        row=row,
        updates=tuple(
            replace(line, gifts=names.gifts(line.gifts))
            for line in card.updates
            if line.at <= as_of.closed.at
        ),
        gifts=names.gifts(card.gifts),
        difficulties=names.difficulties(card.difficulties),
        counts=counted(rows),
    )
