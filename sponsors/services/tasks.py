"""Creating tasks and moving them. Updates are append-only; the task row holds the present."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q

from communes.models import Commune, Village, VillageMembership
from criteria.models import Criterion, Department
from criteria.services.assessments import refuse_future
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.models import AuditEntry, Document, User
from ntm_tracker.core.periods import day_of_taking_back, require_open
from ntm_tracker.core.uploads import Upload, stored
from sponsors import rules, workflow
from sponsors.choices import Giver, Owner, Pace, TaskState, TaskTransition
from sponsors.models import Assignment, Sponsor, Task, TaskUpdate
from sponsors.selectors.history import states_from_history, written_by
from sponsors.services.contributions import record_contribution, take_back_contribution
from sponsors.services.difficulties import DifficultyEntry, raise_difficulty
from sponsors.services.gifts import ContributionEntry


class StaleVersion(Exception):
    """The form was drawn before somebody else's update; `task` is as it now stands and `update`
    is what came in between."""

    def __init__(self, task: Task, update: TaskUpdate | None):
        super().__init__("Việc đã được cập nhật trong lúc nhập.")
        self.task = task
        self.update = update
        # Who moves the day or the doer writes no update, only the trail.
        trail = AuditEntry.objects.filter(object_type=task._meta.label_lower, object_id=task.pk)
        self.entry = trail.order_by("-id").first()

    @property
    def by_label(self) -> str:
        """Who was faster."""
        if self.entry and (self.entry.action == "task.amend" or self.update is None):
            return self.entry.by_label
        return self.update.by_label if self.update else "người khác"


@dataclass(frozen=True)
class TaskEntry:
    """A task to be created."""

    title: str
    commune: Commune
    owner: Owner
    assigned_on: date
    due_on: date
    starts_on: date | None = None
    pace: Pace = Pace.MONTH
    detail: str = ""
    village: Village | None = None
    criterion: Criterion | None = None
    sponsor: Sponsor | None = None
    assignment: Assignment | None = None
    department: Department | None = None
    helper: str = ""
    is_within_means: bool = False
    document: Document | None = None
    provenance: str = Provenance.ENTERED
    source: str = ""


@transaction.atomic
def create_tasks(
    entries: Sequence[TaskEntry],
    *,
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
) -> list[Task]:
    """Create tasks, all or none, each with the update that assigned it.

    Raises ValidationError with every entry that makes no sense, numbered from 1.
    """
    if by is not None and not (permit := rules.may_assign(by)):
        raise PermissionDenied(permit.reason)
    _refuse_wrong(entries, today)
    require_open([(entry.assigned_on, entry.commune.pk) for entry in entries], today=today)
    tasks = Task.objects.bulk_create(
        [
            Task(
                title=entry.title.strip(),
                detail=entry.detail,
                commune=entry.commune,
                village=entry.village,
                criterion=entry.criterion,
                owner=entry.owner,
                sponsor=entry.sponsor,
                assignment=entry.assignment,
                department=entry.department,
                helper=entry.helper,
                is_within_means=entry.is_within_means,
                pace=entry.pace,
                assigned_on=entry.assigned_on,
                starts_on=entry.starts_on or entry.assigned_on,
                due_on=entry.due_on,
                document=entry.document,
                provenance=entry.provenance,
                source=entry.source,
            ).prepare()
            for entry in entries
        ],
        batch_size=500,
    )
    TaskUpdate.objects.bulk_create(
        [
            TaskUpdate(
                task=task,
                transition=TaskTransition.ASSIGN,
                state=TaskState.ASSIGNED,
                progress=0,
                effective_on=task.assigned_on,
                recorded_at=now,
                by=by,
                by_label=by_label or str(by or "Lệnh hệ thống"),
                provenance=task.provenance,
                source=task.source,
            )
            for task in tasks
        ],
        batch_size=500,
    )
    audit.record_all(
        audit.entry(
            by=by,
            action="task.assign",
            obj=task,
            now=now,
            effective_on=task.assigned_on,
            new=f"{task.get_owner_display()}, hạn {task.due_on:%d/%m/%Y}",
            **audit.places(task),
        )
        for task in tasks
    )
    return tasks


def _refuse_wrong(entries: Sequence[TaskEntry], today: date) -> None:
    errors = [
        f"Việc thứ {number + 1} ({entries[number].title[:60]}): {wrong}"
        for number, wrong in wrong_entries(entries, today).items()
    ]
    if errors:
        raise ValidationError(errors)


def wrong_entries(entries: Sequence[TaskEntry], today: date) -> dict[int, str]:
    """What is wrong with which of the entries, counted from 0; one query."""
    villages = {entry.village.pk for entry in entries if entry.village}
    members = set(
        VillageMembership.objects.filter(village__in=villages).values_list(
            "village_id", "commune_id"
        )
    )
    found = {number: _wrong(entry, today, members) for number, entry in enumerate(entries)}
    return {number: wrong for number, wrong in found.items() if wrong}


def _wrong(entry: TaskEntry, today: date, members: set[tuple[int, int]]) -> str:
    if not entry.title.strip():
        return "chưa có tên việc."
    if entry.assigned_on > today:
        return f"ngày giao {entry.assigned_on:%d/%m/%Y} ở sau ngày báo cáo {today:%d/%m/%Y}."
    if entry.due_on < (entry.starts_on or entry.assigned_on):
        return "hạn ở trước ngày bắt đầu."
    if entry.village and (entry.village.pk, entry.commune.pk) not in members:
        return f"{entry.village} không thuộc {entry.commune}."
    if entry.owner == Owner.SPONSOR and entry.sponsor is None:
        return "chưa ghi đơn vị đỡ đầu thực hiện."
    if entry.owner == Owner.DEPARTMENT and entry.department is None:
        return "chưa ghi sở, ngành thực hiện."
    if entry.owner == Owner.LOCALITY and not entry.helper.strip():
        return "chưa ghi địa phương hỗ trợ."
    if entry.assignment and (entry.assignment.sponsor_id, entry.assignment.commune_id) != (
        entry.sponsor and entry.sponsor.pk,
        entry.commune.pk,
    ):
        return "phân công đỡ đầu không khớp với đơn vị và xã."
    return ""


def record_task_update(
    *,
    task: Task,
    by: User | None,
    transition: str,
    progress: int | None = None,
    note: str = "",
    difficulty: str = "",
    contributions: Sequence[ContributionEntry] = (),
    files: Sequence[Upload] = (),
    version: int | None = None,
    effective_on: date | None = None,
    by_label: str = "",
    now: datetime,
    today: date,
    provenance: str = Provenance.ENTERED,
    source: str = "",
) -> TaskUpdate:
    """Append a report or a decision to a task and bring its present up to date, all or nothing.

    `version` is that of the form; None does not compare. Raises StaleVersion where somebody was
    faster, PermissionDenied with the reason where the workflow forbids the move, ValidationError
    for input that makes no sense. Files of a refused report are not kept. What came late for a
    closed month is taken back for its own day (`periods.day_of_taking_back`).
    """
    with stored(files, by=by, now=now) as attachments, transaction.atomic():
        row = Task.objects.select_for_update().get(pk=task.pk)
        if version is not None and row.version != version:
            raise StaleVersion(row, row.updates.order_by("id").last())
        last = row.updates.filter(effective_on__lte=today).order_by("effective_on", "id").last()
        move = workflow.check(row, transition, by, own_last=written_by(last, by))
        day = effective_on or _day(row, move, last, today)
        _refuse_update(row, move, day, today, note)
        require_open([(day, row.commune_id)], today=today)
        written = {"by": by, "by_label": by_label, "now": now, "today": today}
        if move.target is None and last is not None:
            state, reached = _before(last)
            _take_back_gifts(last, effective_on=day, **written)
        else:
            state = move.target or row.state
            reached = _progress(move, progress, row.progress)
        old = f"{row.get_state_display()}, {row.progress}%"
        update = TaskUpdate.objects.create(
            task=row,
            transition=move.name,
            state=state,
            progress=reached,
            note=note.strip(),
            effective_on=day,
            recorded_at=now,
            by=by,
            by_label=by_label or str(by or "Lệnh hệ thống"),
            provenance=provenance,
            source=source,
        )
        row.state, row.progress, row.version = state, reached, row.version + 1
        row.save(update_fields=["state", "progress", "version"])
        audit.record(
            by=by,
            action=f"task.{move.name}",
            obj=row,
            now=now,
            effective_on=day,
            old=old,
            new=f"{row.get_state_display()}, {row.progress}%",
            note=note.strip(),
            **audit.places(row),
        )
        origin = {"provenance": provenance, "source": source}
        if difficulty.strip():
            _raise_difficulty(update, difficulty, **written, **origin)
        for entry in contributions:
            _contribute(update, entry, **written, **origin)
        for attachment in attachments:
            attachment.save()
        update.attachments.add(*attachments)
    return update


def _day(task: Task, move: workflow.Transition, last: TaskUpdate | None, today: date) -> date:
    """For which day a move counts where none is named."""
    if move.target is not None or last is None:
        return today
    return day_of_taking_back(last.effective_on, last.recorded_at, task.commune_id, today=today)


def _progress(move: workflow.Transition, told: int | None, before: int) -> int:
    """The progress after a move: what the move sets, else what the report says, else as before."""
    if move.progress is not None:
        return move.progress
    if move.name == TaskTransition.RECEIVE:
        return before
    if told is None:
        if move.name == TaskTransition.PROGRESS:
            raise ValidationError({"progress": "Hãy nhập phần trăm đã làm, từ 0 đến 100."})
        return before
    if not 0 <= told <= 100:
        raise ValidationError({"progress": "Phần trăm phải từ 0 đến 100."})
    return told


def _before(last: TaskUpdate) -> tuple[str, int]:
    """The state and progress of a task before its latest update."""
    earlier = last.task.updates.filter(
        Q(effective_on__lt=last.effective_on) | Q(effective_on=last.effective_on, pk__lt=last.pk)
    )
    before = earlier.order_by("effective_on", "id").last()
    return (before.state, before.progress) if before else (TaskState.ASSIGNED, 0)


def _take_back_gifts(last: TaskUpdate, **written: Any) -> None:
    """What came with a report goes with it, each by a row of its own."""
    for gift in last.contributions.all().standing().order_by("pk"):
        take_back_contribution(contribution=gift, **written)


def _refuse_update(
    task: Task, move: workflow.Transition, day: date, today: date, note: str
) -> None:
    if move.note_required and not note.strip():
        raise ValidationError({"note": f"“{move.label}” phải ghi rõ lý do."})
    refuse_future(day, today)
    if day < task.assigned_on:
        raise ValidationError(
            f"Việc được giao ngày {task.assigned_on:%d/%m/%Y}, sau ngày báo cáo này."
        )
    # The chain of states must read the same whether one goes by day or by order of writing.
    later = task.updates.filter(effective_on__gt=day, effective_on__lte=today)
    if day < today and (newer := later.order_by("-effective_on").first()):
        raise ValidationError(
            f"Đã có cập nhật tính cho ngày {newer.effective_on:%d/%m/%Y}; "
            "không ghi thêm cho ngày trước đó."
        )


def _raise_difficulty(update: TaskUpdate, text: str, **written: Any) -> None:
    """A report that asks for help: the office has to answer, unless it passes the question on."""
    task = update.task
    entry = DifficultyEntry(
        text=text, commune=task.commune, village=task.village, sponsor=task.sponsor, task=task
    )
    raise_difficulty(entry, effective_on=update.effective_on, **written)


GIVER_OF = {Owner.SPONSOR: Giver.SPONSOR, Owner.LOCALITY: Giver.LOCALITY}


def _contribute(update: TaskUpdate, entry: ContributionEntry, **written: Any) -> None:
    task = update.task
    giver = Giver(entry.giver or GIVER_OF.get(Owner(task.owner), Giver.PEOPLE))
    record_contribution(
        commune=task.commune,
        giver=giver,
        entry=entry,
        effective_on=update.effective_on,
        sponsor=task.sponsor if giver == Giver.SPONSOR else None,
        giver_name=entry.giver_name or (task.helper if giver == Giver.LOCALITY else ""),
        village=task.village,
        task=task,
        update=update,
        **written,
    )


@transaction.atomic
def refresh_tasks(today: date) -> int:
    """Write the present of every task anew from its updates up to `today` (the reporting date).

    Needed when the reporting date is set to another day. Returns how many tasks differed.
    """
    wanted = states_from_history(today)
    changed = []
    for task in Task.objects.select_for_update().order_by("pk"):
        state, progress = wanted.get(task.pk, (TaskState.ASSIGNED, 0))
        if (task.state, task.progress) != (state, progress):
            task.state, task.progress, task.version = state, progress, task.version + 1
            changed.append(task)
    Task.objects.bulk_update(changed, ["state", "progress", "version"], batch_size=500)
    return len(changed)
