"""Where every task stood on a day, from the append-only updates alone."""

from datetime import date
from typing import Protocol

from django.db.models import F, Window
from django.db.models.functions import RowNumber

from sponsors.choices import TaskState
from sponsors.models import Task, TaskUpdate
from sponsors.rules import Reader


def states_from_history(on: date) -> dict[int, tuple[str, int]]:
    """Task id → (state, progress) by the latest update (effective_on, id) up to a day."""
    latest = Window(
        RowNumber(),
        partition_by=[F("task_id")],
        order_by=[F("effective_on").desc(), F("id").desc()],
    )
    rows = (
        TaskUpdate.objects.filter(effective_on__lte=on)
        .annotate(place=latest)
        .filter(place=1)
        .order_by()
        .values_list("task_id", "state", "progress")
    )
    return {task: (state, progress) for task, state, progress in rows}


def task_differences(on: date) -> list[str]:
    """Where the task rows differ from the history, as sentences; empty when equal."""
    wanted = states_from_history(on)
    differences = []
    for pk, state, progress in Task.objects.order_by("pk").values_list("pk", "state", "progress"):
        history = wanted.get(pk, (TaskState.ASSIGNED.value, 0))
        if (state, progress) != history:
            differences.append(
                f"việc {pk}: hiện trạng {state} {progress}%, lịch sử {history[0]} {history[1]}%"
            )
    return differences


class Said(Protocol):
    """An update, or the line of one, with who wrote it."""

    @property
    def by_id(self) -> int | None: ...
    @property
    def transition(self) -> str: ...


def written_by(update: Said | None, user: Reader | None) -> str:
    """The transition of an update if this account wrote it, else "". A command wrote what has no
    account. `workflow` lets only one's own latest report be taken back."""
    if update is None or update.by_id != getattr(user, "pk", None):
        return ""
    return update.transition
