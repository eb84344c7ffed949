"""A task as a row of a file says it, and as an undoing asks for it again."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from communes.finding import place_cells
from communes.models import Commune, Village
from criteria.models import Department
from ntm_tracker.core.intake.names import same_key
from sponsors.choices import Owner, Pace
from sponsors.models import Sponsor, Task
from sponsors.selectors import local_doer
from sponsors.services import TaskAmendment, TaskEntry

ASKED = ("title", "owner", "doer", "due_on")
"""What can be changed later. The rest says which task it is, or how it stands."""


def cells_of(task: Task) -> dict[str, Any]:
    """The cells of a task as it stands, choices by their codes."""
    return entry_cells(entry_of(task)) | {"state": task.state, "note": ""}


def entry_of(task: Task) -> TaskEntry:
    return TaskEntry(
        title=task.title,
        commune=task.commune,
        village=task.village,
        criterion=task.criterion,
        owner=Owner(task.owner),
        sponsor=task.sponsor,
        department=task.department,
        helper=task.helper,
        pace=Pace(task.pace),
        assigned_on=task.assigned_on,
        starts_on=task.starts_on,
        due_on=task.due_on,
    )


def local_doers(commune: Commune, village: Village | None) -> set[str]:
    """What the cell of the doer may say of a task of the commune's own."""
    owners = (Owner.PEOPLE, Owner.COMMUNE)
    return {same_key(_local_doer(owner, commune, village)) for owner in owners}


def _local_doer(owner: str, commune: Commune, village: Village | None) -> str:
    return local_doer(owner, commune.name, village.name if village else None)


def entry_cells(entry: TaskEntry) -> dict[str, Any]:
    doers = {
        Owner.SPONSOR: entry.sponsor.name if entry.sponsor else "",
        Owner.DEPARTMENT: entry.department.name if entry.department else "",
        Owner.LOCALITY: entry.helper,
    }
    local = _local_doer(entry.owner, entry.commune, entry.village)
    return place_cells(entry.commune, entry.village) | {
        "title": entry.title,
        "criterion": entry.criterion.number if entry.criterion else None,
        "owner": entry.owner.value,
        "doer": doers.get(entry.owner, local),
        "pace": entry.pace.value,
        "starts_on": entry.starts_on,
        "due_on": entry.due_on,
    }


def key_of(entry: TaskEntry) -> tuple:
    """By which a row without a code is known again when its file is sent once more."""
    village = entry.village.pk if entry.village else None
    doer = entry_cells(entry)["doer"]
    return (same_key(entry.title), entry.commune.pk, village, entry.owner, doer, entry.due_on)


def asked_of(task: Task) -> dict[str, Any]:
    """What an undoing has to ask for again (JSON)."""
    return {
        "title": task.title,
        "due_on": task.due_on.isoformat(),
        "owner": task.owner,
        "sponsor": task.sponsor_id,
        "department": task.department_id,
        "helper": task.helper,
    }


def asked_again(
    before: Sequence[Mapping[str, Any] | None],
) -> list[TaskAmendment | None]:
    """What was asked for before the changes; None where there was no task."""
    asked = [one for one in before if one is not None]
    sponsors = Sponsor.objects.in_bulk({one["sponsor"] for one in asked if one["sponsor"]})
    departments = Department.objects.in_bulk(
        {one["department"] for one in asked if one["department"]}
    )
    return [
        TaskAmendment(
            title=one["title"],
            due_on=date.fromisoformat(one["due_on"]),
            owner=Owner(one["owner"]),
            sponsor=sponsors.get(one["sponsor"]),
            department=departments.get(one["department"]),
            helper=one["helper"],
        )
        if one
        else None
        for one in before
    ]
