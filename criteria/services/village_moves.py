"""Declaring, recognising and returning a village as a model residential area."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from communes.models import Commune, Village
from criteria.choices import MET_CELLS, Cell, Outcome, Stage, VillageState
from criteria.models import Standing, VillageStatus
from criteria.selectors.sets import SetInForce
from criteria.services.assessments import (
    AssessmentEntry,
    lock_subjects,
    record_assessments,
    refuse_future,
)
from criteria.services.village_cells import latest_status
from criteria.services.villages import VillageEntry, record_village_statuses, status_words
from criteria.village_workflow import VillageTransition, check
from ntm_tracker.core.documents import Paper, document_of
from ntm_tracker.core.models import User
from ntm_tracker.core.text import nfc

SUBJECT = "Công nhận khu dân cư nông thôn mới kiểu mẫu"
LACKING = {
    "note": "Hãy ghi lý do, để xã biết cần làm gì tiếp.",
    "number": "Hãy ghi số quyết định công nhận.",
    "issued_on": "Hãy ghi ngày quyết định công nhận.",
}


@transaction.atomic
def move_village(
    *,
    village: Village,
    commune: Commune,
    move: str,
    in_force: SetInForce | None,
    note: str = "",
    number: str = "",
    issued_on: date | None = None,
    by: User,
    now: datetime,
    today: date,
) -> VillageStatus:
    """Make one move of the transition table, with its decision where it needs one.

    Recognising confirms the criteria that the village reports as met (rung "đã kiểm tra"); what it
    does not report stays unreported. Revoking takes these confirmations back.
    """
    lock_subjects((), {village.pk})
    status = latest_status(village, today)
    state = VillageState(status.state) if status else VillageState.NOT_YET
    transition = check(move, state=state, commune_id=commune.pk, user=by)
    _refuse_lacking(transition, note, number, issued_on)
    document = None
    if transition.document_required and issued_on is not None:
        refuse_future(issued_on, today)
        paper = Paper(number, issued_on, subject=SUBJECT)
        document = document_of(paper, by=by, now=now, today=today)
    entry = VillageEntry(
        village=village,
        commune=commune,
        state=transition.target,
        effective_on=today,
        is_plan_approved=bool(status and status.is_plan_approved),
        plan_percent=status.plan_percent if status else 0,
        gardens_planned=status.gardens_planned if status else 0,
        gardens_met=status.gardens_met if status else 0,
        note=note.strip(),
        document=document,
        old=status_words(status),
    )
    [row] = record_village_statuses([entry], by=by, now=now, today=today)
    if in_force is not None and VillageState.RECOGNISED in (transition.source, transition.target):
        _confirm(
            village,
            in_force,
            row,
            is_recognised=transition.target == VillageState.RECOGNISED,
            by=by,
            now=now,
            today=today,
        )
    return row


def _refuse_lacking(
    transition: VillageTransition, note: str, number: str, issued_on: date | None
) -> None:
    wrong = {}
    if transition.note_required and not note.strip():
        wrong["note"] = LACKING["note"]
    if transition.document_required:
        if not nfc(number):
            wrong["number"] = LACKING["number"]
        if issued_on is None:
            wrong["issued_on"] = LACKING["issued_on"]
    if wrong:
        raise ValidationError(wrong)


def _confirm(
    village: Village,
    in_force: SetInForce,
    row: VillageStatus,
    *,
    is_recognised: bool,
    by: User,
    now: datetime,
    today: date,
) -> None:
    criteria = {criterion.pk: criterion for criterion in in_force.criteria}
    standings = Standing.objects.filter(village=village, criterion__in=criteria).select_related(
        "verified_row"
    )
    entries = []
    for standing in standings:
        if is_recognised and standing.cell in MET_CELLS:
            na = standing.cell == Cell.NOT_APPLICABLE
            outcome = Outcome.NOT_APPLICABLE if na else Outcome.MET
        elif not is_recognised and _speaks(standing):
            outcome = Outcome.WITHDRAWN
        else:
            continue
        entries.append(
            AssessmentEntry(
                criterion=criteria[standing.criterion_id],
                stage=Stage.VERIFIED,
                outcome=outcome,
                as_of=today,
                village=village,
                note=row.note,
                document=row.document,
                corrects=None if is_recognised else standing.verified_row,
                old=standing.get_cell_display(),
            )
        )
    if entries:
        record_assessments(entries, by=by, now=now, today=today)


def _speaks(standing: Standing) -> bool:
    row = standing.verified_row
    return row is not None and row.outcome != Outcome.WITHDRAWN
