"""What the office and the departments conclude about what communes report.

Every conclusion is a new row by `record_assessments`; taking one back is a new row that names it.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from communes.models import Commune
from criteria.choices import OUTCOME_WORDS, STAGE_WORDS, DossierState, Outcome, Stage
from criteria.desks import Desk, desk_of
from criteria.models import Assessment, Criterion, Standing
from criteria.rules import newest
from criteria.selectors.dossiers import dossier_states
from criteria.services.assessments import AssessmentEntry, lock_subjects, record_assessments
from criteria.workflow import UNDOING, Move, Place, check, may_judge, place_of
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User

NO_REASON = "Hãy ghi lý do trả lại, để xã biết phải sửa gì."
GONE = "Có tiêu chí không còn trong danh sách; hãy tải lại trang rồi chọn lại."


@dataclass(frozen=True)
class Seen:
    """One criterion of one commune as a form showed it: `row_id` spoke last when it was drawn."""

    commune_id: int
    criterion_id: int
    row_id: int


@dataclass(frozen=True)
class Verdict:
    """One line of a list of the office: a criterion verified as it is reported, or returned."""

    seen: Seen
    move: Move
    note: str = ""


@dataclass(frozen=True)
class Conflict:
    """What a form showed, and what somebody has said since (None: nothing stands any more)."""

    commune: Commune
    criterion: Criterion
    seen: Assessment | None
    now: Assessment | None


class StaleJudgement(Exception):
    """Somebody has spoken about these criteria since the form was drawn; nothing is written."""

    def __init__(self, conflicts: Sequence[Conflict]):
        super().__init__("Có người vừa ghi nhận tiêu chí này.")
        self.conflicts = tuple(conflicts)


@dataclass(frozen=True)
class _Case:
    """A criterion of a commune as it stands, found to be as the form showed it."""

    commune: Commune
    criterion: Criterion
    latest: dict[str, Assessment]
    last: Assessment
    dossier: DossierState | None

    @property
    def place(self) -> Place:
        return place_of(self.latest)

    @property
    def words(self) -> str:
        return words_of(self.last)


def words_of(row: Assessment) -> str:
    """A judgement as the trail and the pages write it."""
    return f"{OUTCOME_WORDS[row.outcome]} ({STAGE_WORDS[row.stage].lower()})"


def latest_rows(standing: Standing) -> dict[str, Assessment]:
    """Stage → row behind it, of a standing read with its three rows."""
    rows = (standing.self_row, standing.verified_row, standing.appraised_row)
    return {row.stage: row for row in rows if row is not None}


def judge(
    *,
    move: str,
    seen: Sequence[Seen],
    by: User,
    now: datetime,
    today: date,
    note: str = "",
    outcome: str = "",
) -> list[Assessment]:
    """Make the move that a form names, by the service that knows it."""
    when: dict[str, Any] = {"by": by, "now": now, "today": today}
    if move == Move.VERIFY:
        return verify_criteria(seen=seen, note=note, **when)
    if move == Move.RETURN:
        return return_criteria(seen=seen, note=note, **when)
    if move == Move.APPRAISE:
        return appraise_criteria(seen=seen, outcome=outcome, note=note, **when)
    return [take_back_judgement(seen=one, note=note, **when) for one in seen[:1]]


@transaction.atomic
def verify_criteria(
    *, seen: Sequence[Seen], by: User, now: datetime, today: date, note: str = ""
) -> list[Assessment]:
    """Confirm what the communes report, as it is: the outcome, the value, and without a remark of
    one's own also the commune's. All or nothing.

    Raises StaleJudgement where something newer stands, PermissionDenied with the reason.
    """
    cases = _cases(_all(seen, Move.VERIFY), by=by, today=today)
    entries = [_verified(case, note, today) for case in cases]
    return record_assessments(entries, by=by, now=now, today=today)


@transaction.atomic
def return_criteria(
    *, seen: Sequence[Seen], note: str, by: User, now: datetime, today: date
) -> list[Assessment]:
    """Ask the communes to report these criteria again, and only these; the note says why.

    Raises StaleJudgement where something newer stands, PermissionDenied with the reason.
    """
    _require_note(note, NO_REASON)
    cases = _cases(_all(seen, Move.RETURN), by=by, today=today)
    entries = [_returned(case, note, by, today) for case in cases]
    return record_assessments(entries, by=by, now=now, today=today)


@transaction.atomic
def judge_listed(
    verdicts: Sequence[Verdict], *, by: User, now: datetime, today: date
) -> list[Assessment]:
    """Verify and return what a list says, each with a remark of its own; all or nothing, in the
    order of the list. As `verify_criteria` and `return_criteria` do for one remark."""
    for verdict in verdicts:
        if verdict.move == Move.RETURN:
            _require_note(verdict.note, NO_REASON)
    asked = {verdict.seen: verdict.move for verdict in verdicts}
    entries = [
        _returned(case, verdict.note, by, today)
        if verdict.move == Move.RETURN
        else _verified(case, verdict.note, today)
        for verdict, case in zip(verdicts, _cases(asked, by=by, today=today), strict=True)
    ]
    return record_assessments(entries, by=by, now=now, today=today)


def _verified(case: _Case, note: str, today: date) -> AssessmentEntry:
    """What the commune reports, confirmed as it is."""
    report = case.latest[Stage.SELF]
    return AssessmentEntry(
        criterion=case.criterion,
        commune=case.commune,
        stage=Stage.VERIFIED,
        outcome=Outcome(report.outcome),
        value=report.value,
        is_override=report.is_override,
        as_of=today,
        note=note or report.note,
        old=case.words,
    )


def _returned(case: _Case, note: str, by: User, today: date) -> AssessmentEntry:
    return AssessmentEntry(
        criterion=case.criterion,
        commune=case.commune,
        stage=Stage.APPRAISED if by.role == Role.DEPARTMENT else Stage.VERIFIED,
        outcome=Outcome.RETURNED,
        as_of=today,
        note=note,
        old=case.words,
    )


@transaction.atomic
def appraise_criteria(
    *, seen: Sequence[Seen], outcome: str, note: str, by: User, now: datetime, today: date
) -> list[Assessment]:
    """Met or not met, and the state at that time, as the lead department finds it.

    Raises StaleJudgement where something newer stands, PermissionDenied with the reason.
    """
    if outcome not in {Outcome.MET, Outcome.NOT_MET}:
        raise ValidationError({"outcome": "Hãy chọn kết luận: đạt hoặc chưa đạt."})
    _require_note(note, "Hãy ghi hiện trạng tại thời điểm thẩm định.")
    entries = [
        AssessmentEntry(
            criterion=case.criterion,
            commune=case.commune,
            stage=Stage.APPRAISED,
            outcome=Outcome(outcome),
            value=case.latest[Stage.VERIFIED].value,
            as_of=today,
            note=note,
            old=case.words,
        )
        for case in _cases(_all(seen, Move.APPRAISE), by=by, today=today)
    ]
    return record_assessments(entries, by=by, now=now, today=today)


@transaction.atomic
def take_back_judgement(
    *, seen: Seen, note: str, by: User, now: datetime, today: date
) -> Assessment:
    """Take the newest verification, appraisal or return out of the history by a row that names it;
    what stood before counts again.

    Raises StaleJudgement where something newer stands, PermissionDenied with the reason.
    """
    return take_back_judgements(seen=[seen], note=note, by=by, now=now, today=today)[0]


@transaction.atomic
def take_back_judgements(
    *, seen: Sequence[Seen], note: str, by: User, now: datetime, today: date
) -> list[Assessment]:
    """`take_back_judgement` for many criteria, all or none."""
    _require_note(note, "Hãy ghi lý do rút lại.")
    entries = [
        AssessmentEntry(
            criterion=case.criterion,
            commune=case.commune,
            stage=Stage(case.last.stage),
            outcome=Outcome.WITHDRAWN,
            as_of=today,
            note=note,
            corrects=case.last,
            old=case.words,
        )
        for case in _cases(_all(seen, None), by=by, today=today)
    ]
    return record_assessments(entries, by=by, now=now, today=today)


def _require_note(note: str, sentence: str) -> None:
    if not note.strip():
        raise ValidationError({"note": sentence})


def _all(seen: Sequence[Seen], move: Move | None) -> dict[Seen, Move | None]:
    return dict.fromkeys(seen, move)


def _cases(seen: Mapping[Seen, Move | None], *, by: User, today: date) -> list[_Case]:
    """The criteria that were chosen, locked, each with its move (None: the one that takes back)
    permitted; in the order in which they were chosen."""
    if not seen:
        raise ValidationError("Chưa chọn tiêu chí nào.")
    desk = desk_of(by)
    if not (answer := may_judge(desk)):
        raise PermissionDenied(answer.reason)
    lock_subjects({one.commune_id for one in seen})
    found = _found(seen)
    dossiers = _dossiers(found, today)
    cases, conflicts = [], []
    for one, name in seen.items():
        standing = found.get((one.commune_id, one.criterion_id))
        latest = latest_rows(standing) if standing else {}
        last = newest(latest)
        if standing is None or standing.commune is None or last is None or last.pk != one.row_id:
            conflicts.append((one, last))
            continue
        key = (one.commune_id, standing.criterion.criteria_set_id)
        case = _Case(standing.commune, standing.criterion, latest, last, dossiers.get(key))
        _check(case, name or UNDOING.get(case.place, Move.UNVERIFY), desk)
        cases.append(case)
    if conflicts:
        raise StaleJudgement(_named(conflicts))
    return cases


def _check(case: _Case, name: Move, desk: Desk) -> None:
    check(
        name,
        place=case.place,
        criterion=case.criterion,
        commune_id=case.commune.pk,
        dossier=case.dossier,
        user=desk,
        stage=case.last.stage,
    )


def _found(seen: Collection[Seen]) -> dict[tuple[int, int], Standing]:
    """The standings with their three rows, of the chosen pairs alone; commune and criterion are
    read once each, not once in every row."""
    communes = Commune.objects.in_bulk({one.commune_id for one in seen})
    criteria = Criterion.objects.select_related("criteria_set").in_bulk(
        {one.criterion_id for one in seen}
    )
    chosen = {(one.commune_id, one.criterion_id) for one in seen}
    there = Standing.objects.filter(commune__in=communes, criterion__in=criteria).values_list(
        "pk", "commune", "criterion"
    )
    rows = Standing.objects.filter(
        pk__in=[pk for pk, *pair in there if tuple(pair) in chosen]
    ).select_related("self_row", "verified_row", "appraised_row")
    found = {}
    for row in rows:
        if row.commune_id is not None:
            row.commune, row.criterion = communes[row.commune_id], criteria[row.criterion_id]
            found[row.commune_id, row.criterion_id] = row
    return found


def _dossiers(
    found: dict[tuple[int, int], Standing], today: date
) -> dict[tuple[int, int], DossierState]:
    """(commune id, set id) → state of the dossier; one query per set, and as a rule there is
    one."""
    communes = Commune.objects.filter(pk__in={commune for commune, _criterion in found})
    sets = {standing.criterion.criteria_set for standing in found.values()}
    return {
        (commune, criteria_set.pk): state
        for criteria_set in sets
        for commune, (state, _since) in dossier_states(communes, criteria_set, today).items()
    }


def _named(conflicts: Sequence[tuple[Seen, Assessment | None]]) -> list[Conflict]:
    communes = Commune.objects.in_bulk({one.commune_id for one, _last in conflicts})
    criteria = Criterion.objects.in_bulk({one.criterion_id for one, _last in conflicts})
    shown = Assessment.objects.in_bulk({one.row_id for one, _last in conflicts})
    named = []
    for one, last in conflicts:
        commune, criterion = communes.get(one.commune_id), criteria.get(one.criterion_id)
        if commune is None or criterion is None:
            raise ValidationError(GONE)
        row = shown.get(one.row_id)
        if row and (row.commune_id, row.criterion_id) != (one.commune_id, one.criterion_id):
            row = None  # an id that belongs elsewhere tells nothing about elsewhere
        named.append(Conflict(commune, criterion, row, last))
    return named
