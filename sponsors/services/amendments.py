"""Changing what was asked for: the title, the day or the doer of a task, with the reason."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from criteria.models import Department
from ntm_tracker.core import audit
from ntm_tracker.core.models import User
from ntm_tracker.core.periods import require_open
from ntm_tracker.core.text import nfc
from sponsors import workflow
from sponsors.choices import Owner
from sponsors.models import Assignment, Sponsor, Task
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
    # Only the task is locked: PostgreSQL refuses to lock a village that may be missing.
    locked = Task.objects.select_for_update(of=("self",))
    row = locked.select_related("commune", "village").get(pk=task.pk)
    if not (permit := workflow.amend_permit(row, by)):
        raise PermissionDenied(permit.reason)
    if version is not None and row.version != version:
        raise StaleVersion(row, row.updates.order_by("id").last())
    require_open([(today, row.commune_id)], today=today)
    if not note.strip():
        raise ValidationError({"note": "Hãy ghi lý do thay đổi."})
    wanted = _wanted(row, amendment, today)
    changed = [field for field, value in wanted.items() if getattr(row, field) != value]
    if not changed:
        raise ValidationError("Chưa thay đổi gì so với hiện nay.")
    old = _words(row)
    for field in changed:
        setattr(row, field, wanted[field])
    row.version += 1
    row.save(update_fields=[*changed, "version", "search_text"])
    audit.record(
        by=by,
        action="task.amend",
        obj=row,
        now=now,
        effective_on=today,
        old=old,
        new=_words(row),
        note=note.strip(),
        commune_id=row.commune_id,
        village_id=row.village_id,
        sponsor_id=row.sponsor_id,
    )
    return row


def _wanted(task: Task, amendment: TaskAmendment, today: date) -> dict[str, object]:
    """The fields of the task as amended. Whoever only helps is kept beside another doer."""
    owner = Owner(amendment.owner)
    sponsor = amendment.sponsor if owner == Owner.SPONSOR else task.sponsor
    assignment = task.assignment
    if sponsor != task.sponsor:
        assignment = (
            Assignment.objects.active_on(today)
            .filter(sponsor=sponsor, commune=task.commune)
            .order_by("pk")
            .first()
        )
    department = amendment.department if owner == Owner.DEPARTMENT else None
    helper = nfc(amendment.helper) if owner == Owner.LOCALITY else ""
    entry = TaskEntry(
        title=nfc(amendment.title),
        commune=task.commune,
        village=task.village,
        owner=owner,
        assigned_on=task.assigned_on,
        starts_on=task.starts_on,
        due_on=amendment.due_on,
        sponsor=sponsor,
        department=department,
        helper=helper,
    )
    if wrong := wrong_entries([entry], today).get(0):
        raise ValidationError(wrong[0].upper() + wrong[1:])
    return {
        "title": entry.title,
        "due_on": entry.due_on,
        "owner": owner.value,
        "sponsor": sponsor,
        "assignment": assignment,
        "department": department,
        "helper": helper,
    }


def _words(task: Task) -> str:
    who = {
        Owner.SPONSOR: task.sponsor and task.sponsor.name,
        Owner.DEPARTMENT: task.department and task.department.name,
        Owner.LOCALITY: task.helper,
    }.get(Owner(task.owner))
    doer = f"{Owner(task.owner).label}: {who}" if who else str(Owner(task.owner).label)
    return f"{task.title}; {doer}; hạn {task.due_on:%d/%m/%Y}"
