"""Changing what was asked for: the title, the day or the doer of a task, with the reason."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet

from criteria.models import Department
from ntm_tracker.core import audit
from ntm_tracker.core.models import AuditEntry, User
from ntm_tracker.core.periods import require_open
from ntm_tracker.core.text import nfc
from sponsors import rules, workflow
from sponsors.choices import Owner, TaskTransition
from sponsors.models import Assignment, Contribution, Difficulty, Sponsor, Task, TaskUpdate
from sponsors.services.resting import resting
from sponsors.services.tasks import StaleVersion, TaskEntry, wrong_entries


@dataclass(frozen=True)
class TaskAmendment:
    """What is asked for from now on."""

    title: str
    due_on: date
    owner: Owner
    sponsor: Sponsor | None = None
    department: Department | None = None
    helper: str = ""


@dataclass(frozen=True)
class Amended:
    """A task with what is asked for from now on, and why."""

    task: Task
    amendment: TaskAmendment
    note: str
    version: int | None = None


@transaction.atomic
def amend_task(
    *,
    task: Task,
    amendment: TaskAmendment,
    version: int | None = None,
    note: str,
    by: User | None,
    now: datetime,
    today: date,
) -> Task:
    """Change title, day or doer of an open task; the trail keeps old, new and the reason.

    Raises StaleVersion where somebody was faster than the form of `version` (None does not
    compare), PermissionDenied for a closed task, ValidationError for what makes no sense.
    """
    change = Amended(task, amendment, note, version)
    return amend_tasks([change], by=by, now=now, today=today)[0]


@transaction.atomic
def amend_tasks(
    changes: Sequence[Amended], *, by: User | None, now: datetime, today: date
) -> list[Task]:
    """`amend_task` for many, all or none; one query per task and a few more."""
    # Only the tasks are locked: PostgreSQL refuses to lock a village that may be missing.
    locked = Task.objects.select_for_update(of=("self",)).select_related(
        "commune", "village", "sponsor", "department", "assignment"
    )
    rows = locked.order_by("pk").in_bulk([change.task.pk for change in changes])
    tasks = [rows[change.task.pk] for change in changes]
    for row, change in zip(tasks, changes, strict=True):
        if not (permit := workflow.amend_permit(row, by)):
            raise PermissionDenied(permit.reason)
        if change.version is not None and row.version != change.version:
            raise StaleVersion(row, row.updates.order_by("id").last())
        if not change.note.strip():
            raise ValidationError({"note": "Hãy ghi lý do thay đổi."})
    require_open([(today, row.commune_id) for row in tasks], today=today)
    entries = amended_entries(tasks, [change.amendment for change in changes], today)
    if wrong := wrong_entries(entries, today):
        said = [_sentence(tasks[number], text, tasks) for number, text in wrong.items()]
        raise ValidationError(said if len(said) > 1 else said[0])
    trail = [
        _amend(row, entry, change.note, by, now, today)
        for row, entry, change in zip(tasks, entries, changes, strict=True)
    ]
    audit.record_all(trail)
    return tasks


def _amend(
    row: Task, entry: TaskEntry, note: str, by: User | None, now: datetime, today: date
) -> AuditEntry:
    wanted = {field: getattr(entry, field) for field in AMENDED}
    changed = [field for field, value in wanted.items() if getattr(row, field) != value]
    if not changed:
        raise ValidationError("Chưa thay đổi gì so với hiện nay.")
    old = _words(row)
    for field in changed:
        setattr(row, field, wanted[field])
    row.version += 1
    row.save(update_fields=[*changed, "version", "search_text"])
    return audit.entry(
        by=by,
        action="task.amend",
        obj=row,
        now=now,
        effective_on=today,
        old=old,
        new=_words(row),
        note=note.strip(),
        **audit.places(row),
    )


AMENDED = ("title", "due_on", "owner", "sponsor", "assignment", "department", "helper")


def amended_entries(
    tasks: Sequence[Task], amendments: Sequence[TaskAmendment], today: date
) -> list[TaskEntry]:
    """The tasks as amended. Whoever only helps is kept beside another doer. One query where a
    sponsor changes."""
    pairs = list(zip(tasks, amendments, strict=True))
    moved = {
        task.commune_id for task, amendment in pairs if _sponsor(task, amendment) != task.sponsor
    }
    there: dict[tuple[int | None, int], Assignment] = {}
    if moved:
        active = Assignment.objects.active_on(today).filter(commune__in=moved)
        for row in active.order_by("-pk"):
            there[row.sponsor_id, row.commune_id] = row
    return [_entry(task, amendment, there) for task, amendment in pairs]


def _sponsor(task: Task, amendment: TaskAmendment) -> Sponsor | None:
    return amendment.sponsor if amendment.owner == Owner.SPONSOR else task.sponsor


def _entry(
    task: Task,
    amendment: TaskAmendment,
    there: Mapping[tuple[int | None, int], Assignment],
) -> TaskEntry:
    owner, sponsor = Owner(amendment.owner), _sponsor(task, amendment)
    assignment = task.assignment
    if sponsor != task.sponsor:
        assignment = there.get((sponsor.pk if sponsor else None, task.commune_id))
    return TaskEntry(
        title=nfc(amendment.title),
        commune=task.commune,
        village=task.village,
        owner=owner,
        assigned_on=task.assigned_on,
        starts_on=task.starts_on,
        due_on=amendment.due_on,
        sponsor=sponsor,
        assignment=assignment,
        department=amendment.department if owner == Owner.DEPARTMENT else None,
        helper=nfc(amendment.helper) if owner == Owner.LOCALITY else "",
    )


def _sentence(task: Task, wrong: str, tasks: Sequence[Task]) -> str:
    """What is wrong, with the name of the task where it is one of several."""
    return f"{task.title[:60]}: {wrong}" if len(tasks) > 1 else wrong[:1].upper() + wrong[1:]


def resting_on_tasks(tasks: Iterable[int]) -> dict[int, str]:
    """By task what rests on it, so that it cannot be taken away; three queries."""
    ids = list(tasks)
    reports = TaskUpdate.objects.exclude(transition=TaskTransition.ASSIGN)
    rows: dict[str, QuerySet] = {
        "báo cáo": reports.filter(task__in=ids),
        "đóng góp": Contribution.objects.filter(task__in=ids),
        "khó khăn, kiến nghị": Difficulty.objects.filter(task__in=ids),
    }
    return resting(rows, "task_id")


@transaction.atomic
def remove_tasks(tasks: Sequence[Task], *, by: User | None, now: datetime, today: date) -> None:
    """Take tasks away that were given by mistake and of which nobody has reported yet, all or none;
    as many queries for one as for hundreds.

    Raises ValidationError with what rests on them, MonthClosed where a closed month counts one.
    """
    if by is not None and not (permit := rules.may_assign(by)):
        raise PermissionDenied(permit.reason)
    locked = Task.objects.select_for_update(of=("self",)).select_related("sponsor", "department")
    rows = list(locked.filter(pk__in=[task.pk for task in tasks]).order_by("pk"))
    require_open([(row.assigned_on, row.commune_id) for row in rows], today=today)
    if there := resting_on_tasks(row.pk for row in rows):
        raise ValidationError(
            [
                f"Việc “{row.title}” đã có {there[row.pk]}, không bỏ được; hãy hủy việc."
                for row in rows
                if row.pk in there
            ]
        )
    audit.record_all(
        audit.entry(
            by=by,
            action="task.remove",
            obj=row,
            now=now,
            effective_on=today,
            old=_words(row),
            **audit.places(row),
        )
        for row in rows
    )
    TaskUpdate.objects.filter(task__in=rows).delete()
    Task.objects.filter(pk__in=[row.pk for row in rows]).delete()


def _words(task: Task) -> str:
    who = {
        Owner.SPONSOR: task.sponsor and task.sponsor.name,
        Owner.DEPARTMENT: task.department and task.department.name,
        Owner.LOCALITY: task.helper,
    }.get(Owner(task.owner))
    doer = f"{Owner(task.owner).label}: {who}" if who else str(Owner(task.owner).label)
    return f"{task.title}; {doer}; hạn {task.due_on:%d/%m/%Y}"
