"""The task list behind its address: filters, counts for the filter links, and one page of rows."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page
from django.db.models import Q

from communes.models import Commune, valid_on
from criteria.models import Criterion
from criteria.selectors.reported import units
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.paging import page_of, rows_on
from ntm_tracker.core.text import search_words
from sponsors.choices import OPEN_STATES, TaskState
from sponsors.models import Sponsor, Task
from sponsors.models.tasks import TaskQuerySet
from sponsors.rules import Reader
from sponsors.selectors.tasks import (
    TaskCounts,
    TaskRow,
    count_tasks,
    is_due_on,
    is_late_on,
    ordered,
    rows_of,
    visible_tasks,
)

PAGE_SIZE = 100
OPEN = "open"  # a filter value that stands for all of OPEN_STATES


@dataclass(frozen=True)
class TaskFilters:
    """What an address narrows the list by. `commune` is a code, `criterion` a number, `state` a
    `TaskState` or "open", `due` a number of days; empty values narrow nothing."""

    commune: str = ""
    criterion: int | None = None
    sponsor: int | None = None
    state: str = ""
    late: bool = False
    due: int | None = None
    q: str = ""


@dataclass(frozen=True)
class TaskChoices:
    """What the filters of the list offer: only what the reader's own tasks have."""

    communes: tuple[tuple[str, str], ...]
    criteria: tuple[tuple[int, str], ...]
    sponsors: tuple[tuple[int, str], ...]


@dataclass(frozen=True)
class TaskList:
    """Context of the task list. `counts` obey every filter
    but state, late and due, so that they can stand on the links that set these."""

    page: Page
    rows: tuple[TaskRow, ...]
    counts: TaskCounts


def task_list(user: Reader, as_of: AsOf, filters: TaskFilters, number: int | None = 1) -> TaskList:
    """One page of the reader's tasks with the counts for the filter links: late ones first, then
    open, waiting for acceptance and done, each by day. Raises EmptyPage past the last page."""
    on = as_of.date
    tasks = narrowed(visible_tasks(user, as_of), filters, on)
    chosen = _chosen(filters, on)
    counts = count_tasks(tasks, on, matching=chosen)
    chosen_tasks = ordered(tasks.filter(chosen), on)
    page = page_of(chosen_tasks, number, PAGE_SIZE, count=counts.pop("matching"))
    rows = rows_of(chosen_tasks[rows_on(page)], user, as_of)
    return TaskList(page, tuple(rows), TaskCounts(**counts))


def narrowed(tasks: TaskQuerySet, filters: TaskFilters, on: date) -> TaskQuerySet:
    """By all filters but state, late and due."""
    if filters.commune:
        # A code names another territory after 1/7/2025: it means the unit of that day.
        tasks = tasks.filter(valid_on(on, "commune__"), commune__code=filters.commune)
    if filters.criterion is not None:
        tasks = tasks.filter(criterion__number=filters.criterion)
    if filters.sponsor is not None:
        tasks = tasks.filter(sponsor=filters.sponsor)
    for word in search_words(filters.q):
        tasks = tasks.filter(
            Q(search_text__contains=word)
            | Q(commune__search_text__contains=word)
            | Q(village__search_text__contains=word)
            | Q(sponsor__search_text__contains=word)
        )
    return tasks


def _chosen(filters: TaskFilters, on: date) -> Q:
    """By state, late and due; without any, all that is not cancelled."""
    chosen = ~Q(state_on=TaskState.CANCELLED)
    if filters.state == OPEN:
        chosen = Q(state_on__in=OPEN_STATES)
    elif filters.state:
        chosen = Q(state_on=filters.state)
    if filters.late:
        chosen &= is_late_on(on)
    if filters.due is not None:
        chosen &= is_due_on(on, filters.due)
    return chosen


def task_choices(user: Reader, as_of: AsOf) -> TaskChoices:
    """What the filters offer, in three queries."""
    tasks = Task.objects.visible_to(user).filter(assigned_on__lte=as_of.date).order_by()
    communes = Commune.objects.active_on(as_of.date).filter(pk__in=tasks.values("commune"))
    criteria = Criterion.objects.filter(pk__in=tasks.values("criterion")).order_by("number", "-pk")
    sponsors = Sponsor.objects.filter(pk__in=tasks.values("sponsor")).order_by("sort_key", "pk")
    return TaskChoices(
        tuple(communes.order_by("sort_key", "pk").values_list("code", "name")),
        _first_of_each(criteria.values_list("number", "name")),
        tuple(sponsors.values_list("pk", "name")),
    )


def _first_of_each(pairs: Iterable[tuple[int, str]]) -> tuple[tuple[int, str], ...]:
    first: dict[int, str] = {}
    for number, name in pairs:
        first.setdefault(number, name)
    return tuple(first.items())


def commune_exists(
    user: Reader, as_of: AsOf, code: str, offered: Iterable[tuple[str, str]]
) -> bool:
    """Whether a code of an address is a commune the reader may see, or one of those `offered`."""
    if not code or code in dict(offered):
        return True
    return units(user, as_of).filter(code=code).exists()


def missing_filter(user: Reader, as_of: AsOf, filters: TaskFilters, choices: TaskChoices) -> str:
    """The sentence about a filter value that does not exist for the reader; "" when all do.

    What exists but has no task yet is no mistake: it gives an empty list.
    """
    if not commune_exists(user, as_of, filters.commune, choices.communes):
        return f"Không có xã mang mã “{filters.commune}” trong phạm vi được xem."
    number = filters.criterion
    if number is not None and number not in dict(choices.criteria):
        known = Criterion.objects.filter(number=number)
        if not known.exists():
            return f"Không có tiêu chí số {number}."
    if filters.sponsor is not None and filters.sponsor not in dict(choices.sponsors):
        sponsors = Sponsor.objects.visible_to(user)
        if not sponsors.filter(pk=filters.sponsor).exists():
            return "Không có đơn vị đỡ đầu này trong phạm vi được xem."
    return ""
