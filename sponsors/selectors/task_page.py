"""One task on a day, with everything that was reported on it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Attachment
from ntm_tracker.core.permits import Permit, refused
from sponsors import workflow
from sponsors.models import Task
from sponsors.rules import Desk, Reader, desk_of
from sponsors.selectors.difficulties import DifficultyRow, difficulties
from sponsors.selectors.gifts import GiftLine, contributions, gift_line
from sponsors.selectors.history import written_by
from sponsors.selectors.tasks import TaskCounts, TaskRow, task_counts, task_row


@dataclass(frozen=True)
class UpdateLine:
    """One report or decision. What came with it stands with it."""

    pk: int
    on: date
    at: datetime
    by_id: int | None
    by_label: str
    transition: str
    action: str
    state: str
    state_label: str
    progress: int
    note: str
    provenance: str
    photos: tuple[Attachment, ...]
    gifts: tuple[GiftLine, ...]


@dataclass(frozen=True)
class TaskCard:
    """Context of the task page and of its card. `permit` says whether the reader may report now,
    `moves` which buttons there are."""

    task: Task
    row: TaskRow
    version: int
    updates: tuple[UpdateLine, ...]
    gifts: tuple[GiftLine, ...]
    difficulties: tuple[DifficultyRow, ...]
    permit: Permit
    moves: tuple[workflow.Transition, ...]
    counts: TaskCounts

    @property
    def taps(self) -> tuple[workflow.Transition, ...]:
        """The moves that need nothing typed; they stand beside the form as buttons."""
        return tuple(move for move in self.moves if move.name in workflow.ONE_TAP)

    @property
    def form_moves(self) -> tuple[workflow.Transition, ...]:
        """The moves of the form."""
        return tuple(move for move in self.moves if move.name not in workflow.ONE_TAP)


def task_card(user: Reader, pk: int, as_of: AsOf) -> TaskCard | None:
    """One task as the reader may see it on the day; None where it does not exist for him then."""
    row = task_row(user, as_of, pk)
    if row is None:
        return None
    task = Task.objects.select_related(
        "commune", "village", "criterion", "sponsor", "department", "document", "assignment"
    ).get(pk=pk)
    gifts = defaultdict(list)
    for gift in (
        contributions(user, as_of)
        .filter(task=task)
        .select_related("sponsor", "commune")
        .order_by("effective_on", "pk")
    ):
        gifts[gift.update_id].append(gift_line(gift))
    desk = desk_of(user)
    lines = _updates(task, as_of.date, gifts)
    own_last = written_by(lines[0] if lines else None, user)
    moves = workflow.allowed(row, desk, own_last) if as_of.is_present else []
    return TaskCard(
        task=task,
        row=row,
        version=task.version,
        updates=lines,
        gifts=tuple(line for lines in gifts.values() for line in lines),
        difficulties=tuple(difficulties(user, as_of, task=task)),
        permit=_permit(row, desk, as_of),
        moves=tuple(moves),
        counts=task_counts(user, as_of),
    )


def _updates(
    task: Task, on: date, gifts: dict[int | None, list[GiftLine]]
) -> tuple[UpdateLine, ...]:
    """The latest first."""
    rows = (
        task.updates.filter(effective_on__lte=on)
        .prefetch_related("attachments")
        .order_by("-effective_on", "-pk")
    )
    return tuple(
        UpdateLine(
            pk=row.pk,
            on=row.effective_on,
            at=row.recorded_at,
            by_id=row.by_id,
            by_label=row.by_label,
            transition=row.transition,
            action=row.get_transition_display(),
            state=row.state,
            state_label=row.get_state_display(),
            progress=row.progress,
            note=row.note,
            provenance=row.provenance,
            photos=tuple(row.attachments.all()),
            gifts=tuple(gifts.get(row.pk, ())),
        )
        for row in rows
    )


def _permit(row: TaskRow, desk: Desk, as_of: AsOf) -> Permit:
    permit = workflow.report_permit(row, desk)
    if permit and not as_of.is_present:
        return refused(
            f"Đang xem số liệu ngày {as_of.date:%d/%m/%Y}. "
            f"Báo cáo được ghi cho ngày {as_of.reporting_date:%d/%m/%Y}."
        )
    return permit


def visible_attachment(user: Reader, pk: int) -> Attachment | None:
    """A photo of a task that the reader may see; None otherwise."""
    tasks = Task.objects.visible_to(user).values("pk")
    return Attachment.objects.filter(pk=pk, task_updates__task__in=tasks).first()
