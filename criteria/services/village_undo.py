"""Taking back one's last entry about a village: a new row that says what was said before it."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from communes.models import Commune, Village
from criteria.choices import Outcome, Stage, VillageState
from criteria.models import Criterion, VillageStatus
from criteria.selectors.sets import SetInForce
from criteria.services.assessments import AssessmentEntry, lock_subjects, record_assessments
from criteria.services.village_cells import latest_status, reported, self_reports
from criteria.services.villages import VillageEntry, record_village_statuses, status_words
from criteria.village_fields import BY_FIELD, criterion_field, in_words
from criteria.village_workflow import may_fill, may_take_back, may_take_back_status
from criteria.workflow import may_report
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import Permit

NOTE = "Rút lại mục vừa ghi."


def _require(permit: Permit) -> None:
    if not permit:
        raise PermissionDenied(permit.reason)


def take_back(
    *,
    village: Village,
    commune: Commune,
    field: str,
    in_force: SetInForce | None,
    by: User,
    now: datetime,
    today: date,
) -> str:
    """Take back one's latest entry in a cell; returns what counts now, in words."""
    if field in BY_FIELD:
        return take_back_status(village=village, commune=commune, by=by, now=now, today=today)
    criteria = in_force.criteria if in_force else ()
    [criterion] = [row for row in criteria if criterion_field(row.number) == field]
    return take_back_criterion(
        village=village, commune=commune, criterion=criterion, by=by, now=now, today=today
    )


@transaction.atomic
def take_back_criterion(
    *,
    village: Village,
    commune: Commune,
    criterion: Criterion,
    by: User,
    now: datetime,
    today: date,
) -> str:
    """Take back one's latest report on a village criterion; returns what it says now, in words."""
    lock_subjects((), {village.pk})
    status = latest_status(village, today)
    state = status.state if status else VillageState.NOT_YET
    _require(may_fill(state=state, commune_id=commune.pk, user=by))
    rows = self_reports(village, [criterion], today).get(criterion.pk, [])
    _require(may_take_back(rows[-1] if rows else None, by))
    before = rows[-2] if len(rows) > 1 else None
    field = criterion_field(criterion.number)
    entry = AssessmentEntry(
        criterion=criterion,
        stage=Stage.SELF,
        outcome=Outcome(before.outcome) if before else Outcome.WITHDRAWN,
        as_of=today,
        village=village,
        note=NOTE,
        corrects=rows[-1],
        old=in_words(field, reported(rows[-1])),
    )
    record_assessments([entry], by=by, now=now, today=today)
    return in_words(field, reported(before))


@transaction.atomic
def take_back_status(
    *, village: Village, commune: Commune, by: User, now: datetime, today: date
) -> str:
    """Take back one's latest entry on plan and gardens; returns what counts now, in words.

    A step of the recognition is not taken back here: it has a move of its own, with a note.
    """
    lock_subjects((), {village.pk})
    _require(may_report(commune.pk, by))
    rows = list(
        VillageStatus.objects.filter(village=village, effective_on__lte=today).order_by(
            "-effective_on", "-id"
        )[:2]
    )
    last, before = rows[0] if rows else None, rows[1] if len(rows) > 1 else None
    _require(may_take_back_status(last, before, by))
    entry = VillageEntry(
        village=village,
        commune=commune,
        state=VillageState(last.state) if last else VillageState.NOT_YET,
        effective_on=today,
        is_plan_approved=bool(before and before.is_plan_approved),
        plan_percent=before.plan_percent if before else 0,
        gardens_planned=before.gardens_planned if before else 0,
        gardens_met=before.gardens_met if before else 0,
        note=NOTE,
        corrects=last,
        old=status_words(last),
    )
    [row] = record_village_statuses([entry], by=by, now=now, today=today)
    return status_words(row)
