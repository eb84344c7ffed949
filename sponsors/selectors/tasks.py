"""Tasks on a day: counts and rows. `user` is whoever reads; nobody gets another's tasks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import Case, Count, F, Q, QuerySet, Value, When, Window
from django.db.models.functions import RowNumber

from communes.models import Commune, Village
from ntm_tracker.core.clock import AsOf
from sponsors import workflow
from sponsors.choices import OPEN_STATES, Owner, TaskState, TaskTransition
from sponsors.models import Sponsor, Task, TaskUpdate
from sponsors.models.tasks import TaskQuerySet
from sponsors.rules import Desk, Reader, desk_of

DUE_SOON_DAYS = 7
REPORTS = (TaskTransition.PROGRESS, TaskTransition.PROPOSE_DONE)


@dataclass(frozen=True)
class TaskCounts:
    """How many tasks stand where. `total` leaves out the cancelled; late and due soon are open."""

    late: int = 0
    due_soon: int = 0
    open: int = 0
    reported: int = 0
    accepted: int = 0
    cancelled: int = 0
    total: int = 0


@dataclass(frozen=True)
class TaskRow:
    """One task on a day `on`."""

    pk: int
    title: str
    commune_id: int
    commune_code: str
    commune_name: str
    village_id: int | None
    village_name: str | None
    criterion_number: int | None
    criterion_name: str | None
    owner: str
    sponsor_id: int | None
    sponsor_name: str | None
    department_id: int | None
    department_name: str | None
    helper: str
    starts_on: date
    due_on: date
    state: str
    progress: int
    provenance: str
    version: int
    on: date
    reported_on: date | None = None
    note: str = ""
    can_report: bool = False
    can_receive: bool = False
    commune_is_open: bool = True

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def is_late(self) -> bool:
        return self.is_open and self.due_on < self.on

    @property
    def is_due_soon(self) -> bool:
        return self.is_open and 0 <= self.days_left <= DUE_SOON_DAYS

    @property
    def days_left(self) -> int:
        """Days until it is due; negative when the day has passed."""
        return (self.due_on - self.on).days

    @property
    def days_late(self) -> int:
        """Days past its day for a late task, else 0."""
        return -self.days_left if self.is_late else 0

    @property
    def state_label(self) -> str:
        return str(TaskState(self.state).label)

    @property
    def badge(self) -> str:
        """The code under which the badge of the list shows it: lateness before state."""
        if self.is_late:
            return "late"
        return "due_soon" if self.is_due_soon else self.state

    @property
    def badge_word(self) -> str:
        """What the badge says; a returned task says so beside its day."""
        if self.is_late:
            word = f"Chậm {self.days_late} ngày"
        elif self.is_due_soon:
            word = f"Còn {self.days_left} ngày" if self.days_left else "Hạn hôm nay"
        else:
            return self.state_label
        return f"Trả lại · {word.lower()}" if self.state == TaskState.RETURNED else word

    @property
    def owner_label(self) -> str:
        return str(Owner(self.owner).label)

    @property
    def doer_words(self) -> str:
        """Who does it, with what kind of body it is where the name does not say so."""
        if self.owner in {Owner.COMMUNE, Owner.PEOPLE} or not self.doer:
            return self.doer or self.owner_label
        return f"{self.owner_label}: {self.doer}"

    @property
    def place(self) -> str:
        """The commune, or the village with its commune."""
        name = f"xã {self.commune_name}"
        return f"{self.village_name}, {name}" if self.village_name else f"Xã {self.commune_name}"

    @property
    def doer(self) -> str:
        """Who does it, by name."""
        if self.owner == Owner.SPONSOR:
            return self.sponsor_name or ""
        if self.owner == Owner.DEPARTMENT:
            return self.department_name or ""
        if self.owner == Owner.LOCALITY:
            return self.helper
        return local_doer(self.owner, self.commune_name, self.village_name)


def local_doer(owner: str, commune: str, village: str | None) -> str:
    """Who does a task of the commune's own, by the names of the place."""
    if owner == Owner.COMMUNE:
        return f"Xã {commune}"
    return f"Nhân dân {village or f'xã {commune}'}"


def tasks_of(
    tasks: TaskQuerySet,
    *,
    commune: Commune | None = None,
    village: Village | None = None,
    sponsor: Sponsor | None = None,
    communes: QuerySet[Commune] | None = None,
) -> TaskQuerySet:
    """Those of a place and a sponsor; None narrows nothing."""
    if commune is not None:
        tasks = tasks.filter(commune=commune)
    if village is not None:
        tasks = tasks.filter(village=village)
    if sponsor is not None:
        tasks = tasks.filter(sponsor=sponsor)
    if communes is not None:
        tasks = tasks.filter(commune__in=communes.values("pk"))
    return tasks


def visible_tasks(
    user: Reader,
    as_of: AsOf,
    *,
    commune: Commune | None = None,
    village: Village | None = None,
    sponsor: Sponsor | None = None,
    communes: QuerySet[Commune] | None = None,
) -> TaskQuerySet:
    """The reader's tasks that existed on the day, with `state_on` and `progress_on`."""
    tasks = Task.objects.visible_to(user).on_date(as_of.date, is_present=as_of.is_present)
    return tasks_of(tasks, commune=commune, village=village, sponsor=sponsor, communes=communes)


def task_counts(
    user: Reader,
    as_of: AsOf,
    *,
    commune: Commune | None = None,
    village: Village | None = None,
    sponsor: Sponsor | None = None,
    communes: QuerySet[Commune] | None = None,
) -> TaskCounts:
    """How many of the reader's tasks stand where, in one query."""
    tasks = visible_tasks(
        user, as_of, commune=commune, village=village, sponsor=sponsor, communes=communes
    )
    return TaskCounts(**count_tasks(tasks, as_of.date))


def is_late_on(on: date) -> Q:
    """Past its day and still in the hands of the doer."""
    return Q(due_on__lt=on, state_on__in=OPEN_STATES)


def is_due_on(on: date, days: int) -> Q:
    """Open and due in the next `days` days, today included."""
    last = date.fromordinal(on.toordinal() + days)
    return Q(due_on__gte=on, due_on__lte=last, state_on__in=OPEN_STATES)


def count_tasks(tasks: TaskQuerySet, on: date, **more: Q) -> dict[str, int]:
    """The fields of `TaskCounts`, and a count for each further condition, in one query."""
    live = ~Q(state_on=TaskState.CANCELLED)
    wanted = {
        "late": is_late_on(on),
        "due_soon": is_due_on(on, DUE_SOON_DAYS),
        "open": Q(state_on__in=OPEN_STATES),
        "reported": Q(state_on=TaskState.REPORTED),
        "accepted": Q(state_on=TaskState.ACCEPTED),
        "cancelled": Q(state_on=TaskState.CANCELLED),
        "total": live,
    } | more
    return tasks.aggregate(**{name: Count("pk", filter=q) for name, q in wanted.items()})


def ordered(tasks: TaskQuerySet, on: date) -> TaskQuerySet:
    """Late ones first, then open, waiting for acceptance and done; each by day."""
    rank = Case(
        When(is_late_on(on), then=Value(0)),
        When(state_on__in=OPEN_STATES, then=Value(1)),
        When(state_on=TaskState.REPORTED, then=Value(2)),
        default=Value(3),
    )
    return tasks.order_by(rank, "due_on", "pk")


def late_tasks(
    user: Reader,
    as_of: AsOf,
    limit: int | None = None,
    *,
    commune: Commune | None = None,
    sponsor: Sponsor | None = None,
    communes: QuerySet[Commune] | None = None,
    with_reports: bool = False,
) -> list[TaskRow]:
    """The reader's late tasks, the longest late first; `with_reports` as in `rows_of`."""
    tasks = visible_tasks(user, as_of, commune=commune, sponsor=sponsor, communes=communes)
    late = tasks.late(as_of.date).order_by("due_on", "pk")
    return rows_of(late[:limit], user, as_of, with_reports=with_reports)


def due_soon_tasks(
    user: Reader,
    as_of: AsOf,
    limit: int | None = None,
    *,
    days: int = DUE_SOON_DAYS,
    commune: Commune | None = None,
    sponsor: Sponsor | None = None,
    communes: QuerySet[Commune] | None = None,
) -> list[TaskRow]:
    """The reader's open tasks due in the next `days` days, today included."""
    tasks = visible_tasks(user, as_of, commune=commune, sponsor=sponsor, communes=communes)
    due = tasks.due_within(as_of.date, days).order_by("due_on", "pk")
    return rows_of(due[:limit], user, as_of)


def tasks_for(
    user: Reader,
    as_of: AsOf,
    *,
    commune: Commune | None = None,
    village: Village | None = None,
    sponsor: Sponsor | None = None,
    limit: int | None = None,
) -> list[TaskRow]:
    """The reader's tasks of a commune, village or sponsor in the order of the task list."""
    tasks = visible_tasks(user, as_of, commune=commune, village=village, sponsor=sponsor)
    tasks = tasks.exclude(state_on=TaskState.CANCELLED)
    return rows_of(ordered(tasks, as_of.date)[:limit], user, as_of)


def cancelled_tasks(user: Reader, as_of: AsOf) -> list[TaskRow]:
    """The reader's tasks that had been cancelled by the day; the others are in `tasks_for`."""
    tasks = visible_tasks(user, as_of).filter(state_on=TaskState.CANCELLED)
    return rows_of(ordered(tasks, as_of.date), user, as_of)


def visible_task(user: Reader, as_of: AsOf, pk: int) -> Task | None:
    """One task as an object, annotated for the day; None where it does not exist for the reader."""
    return visible_tasks(user, as_of).filter(pk=pk).first()


def task_row(user: Reader, as_of: AsOf, pk: int) -> TaskRow | None:
    """One task as a row; None where it does not exist for the reader on that day."""
    rows = rows_of(visible_tasks(user, as_of).filter(pk=pk), user, as_of)
    return rows[0] if rows else None


COLUMNS = (
    "pk",
    "title",
    "commune_id",
    "commune__code",
    "commune__name",
    "village_id",
    "village__name",
    "criterion__number",
    "criterion__name",
    "owner",
    "sponsor_id",
    "sponsor__name",
    "department_id",
    "department__short_name",
    "helper",
    "starts_on",
    "due_on",
    "state_on",
    "progress_on",
    "provenance",
    "version",
)


def rows_of(
    tasks: QuerySet, user: Reader, as_of: AsOf, *, with_reports: bool = False
) -> list[TaskRow]:
    """Rows of the tasks in their order: a constant number of queries.

    `with_reports` adds the latest report of each (`reported_on`, `note`), for one query more.
    """
    found: list[Any] = [(*values, as_of.date) for values in tasks.values_list(*COLUMNS)]
    rows = [TaskRow(*values) for values in found]
    if not rows:
        return rows
    desk = desk_of(user)
    reports = latest_reports([row.pk for row in rows], as_of.date) if with_reports else {}
    opened = open_communes(user)
    return [
        replace(
            row,
            reported_on=reports[row.pk][0] if row.pk in reports else None,
            note=reports[row.pk][1] if row.pk in reports else "",
            can_report=as_of.is_present and bool(workflow.report_permit(row, desk)),
            can_receive=as_of.is_present and _can_receive(row, desk),
            commune_is_open=opened is None or row.commune_id in opened,
        )
        for row in rows
    ]


def _can_receive(row: TaskRow, desk: Desk) -> bool:
    """Whether the list offers to accept the task: to who does it, not to who may on his behalf."""
    move = workflow.BY_NAME[TaskTransition.RECEIVE]
    return desk.role not in workflow.OFFICE and bool(workflow.permit(row, move, desk))


def latest_reports(tasks: Sequence[int], on: date) -> dict[int, tuple[date, str]]:
    """Task id → (day, note) of the latest report of whoever does it, up to a day."""
    latest = Window(
        RowNumber(),
        partition_by=[F("task_id")],
        order_by=[F("effective_on").desc(), F("id").desc()],
    )
    return {
        task: (day, note)
        for task, day, note in TaskUpdate.objects.filter(
            task__in=tasks, effective_on__lte=on, transition__in=REPORTS
        )
        .annotate(place=latest)
        .filter(place=1)
        .order_by()
        .values_list("task_id", "effective_on", "note")
    }


def open_communes(user: Reader) -> frozenset[int] | None:
    """The communes whose page the reader may open; None means all. One query at most."""
    if user.sees_all_communes:
        return None
    return frozenset(Commune.objects.visible_to(user).values_list("pk", flat=True))
