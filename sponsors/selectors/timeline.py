"""Tasks laid along weeks or months (khung tiến độ): where each begins, is due, and runs late."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Page
from django.db.models import F, Q

from ntm_tracker.core.clock import AsOf, month_end
from ntm_tracker.core.paging import page_of, rows_on
from sponsors.choices import TaskState
from sponsors.rules import Reader
from sponsors.selectors.assignments import TaskSums, task_sums
from sponsors.selectors.task_filters import TaskFilters, narrowed
from sponsors.selectors.tasks import TaskRow, is_late_on, rows_of, visible_tasks

PAGE_SIZE = 100
WEEKS, MONTHS = 12, 6
NO_FILTERS = TaskFilters()
WEEK, MONTH = "week", "month"
COMMUNE, SPONSOR = "commune", "sponsor"
BY = {
    COMMUNE: ("commune_id", (F("commune__sort_key").asc(), F("commune_id").asc())),
    SPONSOR: (
        "sponsor_id",
        (F("sponsor__sort_key").asc(nulls_last=True), F("sponsor_id").asc(nulls_last=True)),
    ),
}


@dataclass(frozen=True)
class TimelineFilters:
    """What an address asks for: rows by commune or sponsor, columns by week or month from `start`
    on (None: around the chosen day), and the filters of the task list that make sense here."""

    by: str = COMMUNE
    step: str = WEEK
    start: date | None = None
    owner: str = ""
    tasks: TaskFilters = NO_FILTERS


@dataclass(frozen=True)
class Column:
    """One week or month."""

    first: date
    last: date
    label: str
    is_today: bool


@dataclass(frozen=True)
class TimelineRow:
    """One task as cells of a row: nothing, the planned time, the time it has run late, nothing.
    `today` is the number of the day's column, -1 where it is not shown."""

    task: TaskRow
    before: int
    planned: int
    late: int
    after: int
    begins_earlier: bool
    ends_later: bool
    today: int

    @property
    def gap_before(self) -> tuple[tuple[int, bool], ...]:
        """The empty cells before the bar as (span, is today), so that the day's column is seen."""
        return _gap(0, self.before, self.today)

    @property
    def gap_after(self) -> tuple[tuple[int, bool], ...]:
        """The empty cells after the bar."""
        first = self.before + self.planned + self.late
        return _gap(first, first + self.after, self.today)


@dataclass(frozen=True)
class TimelineGroup:
    """A commune or sponsor with its tasks on this page; `sums` are over all pages."""

    name: str
    commune_code: str
    sponsor_id: int | None
    sums: TaskSums
    rows: tuple[TimelineRow, ...]
    goes_on: bool


@dataclass(frozen=True)
class Timeline:
    """Context of the page."""

    columns: tuple[Column, ...]
    groups: tuple[TimelineGroup, ...]
    page: Page
    earlier: date
    later: date

    @property
    def width(self) -> int:
        """The columns of the table, that of the names included."""
        return len(self.columns) + 1


def _gap(first: int, end: int, today: int) -> tuple[tuple[int, bool], ...]:
    if not first <= today < end:
        return ((end - first, False),) if end > first else ()
    cells = ((today - first, False), (1, True), (end - today - 1, False))
    return tuple(cell for cell in cells if cell[0])


def timeline(user: Reader, as_of: AsOf, filters: TimelineFilters, number: int = 1) -> Timeline:
    """The reader's tasks that touch the weeks or months shown, and late ones up to the day, by
    group and beginning; a constant number of queries. Raises EmptyPage past the last page."""
    columns = columns_from(filters.step, filters.start, as_of.date)
    key, order = BY[filters.by]
    tasks = narrowed(visible_tasks(user, as_of), filters.tasks, as_of.date)
    tasks = tasks.exclude(state_on=TaskState.CANCELLED).filter(_touches(columns, as_of.date))
    if filters.owner:
        tasks = tasks.filter(owner=filters.owner)
    ordered = tasks.order_by(*order, "starts_on", "due_on", "pk")
    page = page_of(ordered, number, PAGE_SIZE)
    rows = rows_of(ordered[rows_on(page)], user, as_of)
    return laid_out(page, rows, task_sums(tasks, as_of.date, key), columns, filters)


def laid_out(
    page: Page,
    rows: Sequence[TaskRow],
    sums: Mapping[tuple, TaskSums],
    columns: tuple[Column, ...],
    filters: TimelineFilters,
) -> Timeline:
    """The rows of a page, in the order of their groups, with the sums of each group."""
    start = columns[0].first
    return Timeline(
        columns=columns,
        groups=tuple(_groups(rows, BY[filters.by][0], sums, columns)),
        page=page,
        earlier=_shifted(filters.step, start, -len(columns) + 1),
        later=_shifted(filters.step, start, len(columns) - 1),
    )


def columns_from(step: str, start: date | None, on: date) -> tuple[Column, ...]:
    """Twelve weeks (Monday to Sunday) or six months, beginning with the one of `start`; without a
    start, so that the day stands in the third or fourth."""
    if step == MONTH:
        first = start.replace(day=1) if start else _shifted(MONTH, on.replace(day=1), -2)
        firsts = [_shifted(MONTH, first, n) for n in range(MONTHS)]
        spans = [(day, month_end(day), f"{day.month}/{day.year}") for day in firsts]
    else:
        first = start or on - timedelta(weeks=3)
        first -= timedelta(days=first.weekday())
        firsts = [first + timedelta(weeks=n) for n in range(WEEKS)]
        spans = [(day, day + timedelta(days=6), f"{day:%d/%m}") for day in firsts]
    return tuple(Column(one, last, label, one <= on <= last) for one, last, label in spans)


def _shifted(step: str, day: date, n: int) -> date:
    if step != MONTH:
        return day + timedelta(weeks=n)
    months = day.year * 12 + day.month - 1 + n
    return date(months // 12, months % 12 + 1, 1)


def _touches(columns: Sequence[Column], on: date) -> Q:
    first, last = columns[0].first, columns[-1].last
    touched = Q(due_on__gte=first)
    if on >= first:
        touched |= is_late_on(on)
    return Q(starts_on__lte=last) & touched


def _groups(
    rows: Sequence[TaskRow],
    key: str,
    sums: Mapping[tuple, TaskSums],
    columns: Sequence[Column],
) -> list[TimelineGroup]:
    by_group: dict[int | None, list[TaskRow]] = {}
    for row in rows:
        by_group.setdefault(getattr(row, key), []).append(row)
    is_commune = key == "commune_id"
    return [
        TimelineGroup(
            name=_name(found[0], is_commune=is_commune),
            commune_code=found[0].commune_code if is_commune and found[0].commune_is_open else "",
            sponsor_id=None if is_commune else group,
            sums=sums.get((group,), TaskSums()),
            rows=tuple(_laid(row, columns) for row in found),
            goes_on=sums.get((group,), TaskSums()).total > len(found),
        )
        for group, found in by_group.items()
    ]


def _name(row: TaskRow, *, is_commune: bool) -> str:
    if is_commune:
        return f"Xã {row.commune_name}"
    return row.sponsor_name or "Không có đơn vị đỡ đầu"


def _laid(row: TaskRow, columns: Sequence[Column]) -> TimelineRow:
    """The cells of a task. A task that was due before the first column is only late in it."""
    starts = _place(row.starts_on, columns)
    due = _place(row.due_on, columns)
    today = _place(row.on, columns) if row.is_late else due
    size = len(columns)
    before = min(max(starts, 0), size)
    end = min(max(due + 1, before), size)
    late_end = min(max(today + 1, end), size) if row.is_late else end
    return TimelineRow(
        task=row,
        before=before,
        planned=end - before,
        late=late_end - end,
        after=size - late_end,
        begins_earlier=starts < 0,
        ends_later=due >= size,
        today=next((at for at, column in enumerate(columns) if column.is_today), -1),
    )


def _place(day: date, columns: Sequence[Column]) -> int:
    """The number of the column of a day; -1 before the first, one past the last after it."""
    if day < columns[0].first:
        return -1
    return next((at for at, column in enumerate(columns) if day <= column.last), len(columns))
