"""Difficulties and requests: raised, answered, forwarded, closed; every turn stays as a row."""

from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from communes.models import Commune, Village, VillageMembership
from criteria.models import Department
from criteria.services.assessments import refuse_future
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance, Role
from ntm_tracker.core.models import Document, User
from ntm_tracker.core.periods import require_open
from ntm_tracker.core.working_days import add_working_days
from sponsors import difficulty_workflow, rules
from sponsors.choices import Answerer, DifficultyAction, DifficultyKind, DifficultyState
from sponsors.models import Assignment, Difficulty, DifficultyUpdate, Sponsor, Task


class StaleDifficulty(Exception):
    """The form was drawn before somebody else's turn; `difficulty` is as it now stands and
    `update` is what came in between."""

    def __init__(self, difficulty: Difficulty, update: DifficultyUpdate | None):
        super().__init__("Khó khăn, kiến nghị này đã có cập nhật trong lúc nhập.")
        self.difficulty = difficulty
        self.update = update


@dataclass(frozen=True)
class DifficultyEntry:
    """What stands in the way, where, and who is asked to answer. Without `due_on` it is to be
    answered within `settings.DIFFICULTY_ANSWER_DAYS` working days."""

    text: str
    commune: Commune
    kind: str = DifficultyKind.DIFFICULTY
    village: Village | None = None
    sponsor: Sponsor | None = None
    task: Task | None = None
    answerer: str = Answerer.OFFICE
    department: Department | None = None
    due_on: date | None = None


@transaction.atomic
def raise_difficulty(
    entry: DifficultyEntry,
    *,
    effective_on: date | None = None,
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
    provenance: str = Provenance.ENTERED,
    source: str = "",
) -> Difficulty:
    """Write a difficulty or request down for whoever is to answer it.

    With a task, whoever may report on the task may raise it (`record_task_update` has asked).
    Raises PermissionDenied with the reason, ValidationError for an entry that makes no sense.
    """
    day = effective_on or today
    if entry.task is None:
        _refuse_stranger(entry, by, today)
    refuse_future(day, today)
    require_open([(day, entry.commune.pk)], today=today)
    text = entry.text.strip()
    if not text:
        raise ValidationError({"text": "Hãy ghi rõ khó khăn gì, kiến nghị gì."})
    if entry.village is not None and not _belongs(entry.village, entry.commune):
        raise ValidationError({"village": f"{entry.village} không thuộc {entry.commune}."})
    _refuse_answerer(entry.answerer, entry.department, entry.sponsor)
    due_on = entry.due_on or add_working_days(day, settings.DIFFICULTY_ANSWER_DAYS)
    if due_on < day:
        raise ValidationError({"due_on": "Hạn trả lời không thể trước ngày nêu."})
    label = by_label or str(by or "Lệnh hệ thống")
    row = Difficulty.objects.create(
        kind=entry.kind,
        task=entry.task,
        commune=entry.commune,
        village=entry.village,
        sponsor=entry.sponsor,
        text=text,
        answerer=entry.answerer,
        department=entry.department if entry.answerer == Answerer.DEPARTMENT else None,
        due_on=due_on,
        by=by,
        by_label=label,
        effective_on=day,
        recorded_at=now,
        provenance=provenance,
        source=source,
    )
    _append(row, DifficultyAction.RAISE, "", by=by, by_label=label, day=day, now=now)
    _record(row, "difficulty.raise", by=by, now=now, day=day, new=text, note=row.owner_name)
    return row


@transaction.atomic
def turn_difficulty(
    *,
    difficulty: Difficulty,
    action: str,
    text: str = "",
    answerer: str = "",
    department: Department | None = None,
    due_on: date | None = None,
    document: Document | None = None,
    version: int | None = None,
    effective_on: date | None = None,
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
) -> DifficultyUpdate:
    """Answer, forward, close or reopen a difficulty, as `difficulty_workflow` allows.

    `version` is that of the form; None does not compare. Raises StaleDifficulty where somebody was
    faster, PermissionDenied with the reason, ValidationError for input that makes no sense.
    """
    day = effective_on or today
    row = Difficulty.objects.select_for_update().get(pk=difficulty.pk)
    if version is not None and row.version != version:
        raise StaleDifficulty(row, row.updates.order_by("id").last())
    turn = difficulty_workflow.check(row, action, by)
    refuse_future(day, today)
    require_open([(day, row.commune_id)], today=today)
    if day < row.effective_on:
        raise ValidationError(f"Khó khăn này được nêu ngày {row.effective_on:%d/%m/%Y}.")
    if turn.text_required and not text.strip():
        raise ValidationError({"text": f"“{turn.label}” phải ghi rõ nội dung."})
    old = f"{row.get_state_display()}, {row.owner_name}"
    if turn.name == DifficultyAction.FORWARD:
        _forward(row, answerer, department)
    if turn.target == DifficultyState.OPEN:
        row.due_on = due_on or add_working_days(day, settings.DIFFICULTY_ANSWER_DAYS)
        if row.due_on < day:
            raise ValidationError({"due_on": "Hạn trả lời không thể trước ngày ghi."})
    row.state, row.version = turn.target, row.version + 1
    row.save(update_fields=["state", "answerer", "department", "due_on", "version"])
    label = by_label or str(by or "Lệnh hệ thống")
    update = _append(
        row, turn.name, text.strip(), by=by, by_label=label, day=day, now=now, document=document
    )
    new = f"{row.get_state_display()}, {row.owner_name}"
    name = f"difficulty.{turn.name.value}"
    _record(row, name, by=by, now=now, day=day, old=old, new=new, note=text.strip())
    return update


def _forward(row: Difficulty, answerer: str, department: Department | None) -> None:
    if not answerer:
        raise ValidationError({"answerer": "Hãy chọn nơi trả lời tiếp."})
    _refuse_answerer(answerer, department, row.sponsor)
    if answerer != Answerer.DEPARTMENT:
        department = None
    if (answerer, department) == (row.answerer, row.department):
        raise ValidationError({"answerer": f"{row.owner_name} đang là nơi trả lời."})
    row.answerer, row.department = answerer, department


def _refuse_answerer(answerer: str, department: Department | None, sponsor: Sponsor | None) -> None:
    if answerer == Answerer.DEPARTMENT and department is None:
        raise ValidationError({"department": "Hãy chọn sở, ngành trả lời."})
    if answerer == Answerer.SPONSOR and sponsor is None:
        raise ValidationError({"answerer": "Chưa ghi đơn vị đỡ đầu nào để trả lời."})


def _refuse_stranger(entry: DifficultyEntry, by: User | None, today: date) -> None:
    if by is None:
        return
    sponsor_id = entry.sponsor.pk if entry.sponsor else None
    permit = rules.may_raise_difficulty(by, commune_id=entry.commune.pk, sponsor_id=sponsor_id)
    if not permit:
        raise PermissionDenied(permit.reason)
    there = Assignment.objects.active_on(today).filter(commune=entry.commune, sponsor=entry.sponsor)
    if entry.sponsor is not None and not there.exists():
        if by.role == Role.SPONSOR:
            raise PermissionDenied("Đơn vị không được phân công đỡ đầu xã này.")
        raise ValidationError({"sponsor": f"{entry.sponsor} không đỡ đầu xã {entry.commune.name}."})


def _belongs(village: Village, commune: Commune) -> bool:
    return VillageMembership.objects.filter(village=village, commune=commune).exists()


def _append(
    row: Difficulty,
    action: str,
    text: str,
    *,
    by: User | None,
    by_label: str,
    day: date,
    now: datetime,
    document: Document | None = None,
) -> DifficultyUpdate:
    return DifficultyUpdate.objects.create(
        difficulty=row,
        action=action,
        state=row.state,
        answerer=row.answerer,
        department=row.department,
        text=text,
        document=document,
        by=by,
        by_label=by_label,
        effective_on=day,
        recorded_at=now,
    )


def _record(
    row: Difficulty,
    action: str,
    *,
    by: User | None,
    now: datetime,
    day: date,
    old: str = "",
    new: str,
    note: str,
) -> None:
    audit.record(
        by=by,
        action=action,
        obj=row,
        now=now,
        effective_on=day,
        old=old,
        new=new,
        note=note,
        **audit.places(row),
    )
