"""Moving a dossier: every step is a new row."""

from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from communes.models import Commune
from criteria.choices import DossierState
from criteria.dossier_workflow import (
    Passage,
    Procedure,
    Step,
    check,
    may_take_back,
    share_refusal,
)
from criteria.models import (
    CouncilVote,
    CriteriaSet,
    Dossier,
    DossierStep,
    Survey,
    SurveyContent,
)
from criteria.selectors.dossiers import procedure_on
from criteria.selectors.grounds import grounds_of
from criteria.selectors.sets import SetInForce
from criteria.services.assessments import lock_subjects, refuse_future
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Document, User
from ntm_tracker.core.periods import require_open

NOT_THROUGH = "Hồ sơ chưa đi tiếp: hãy làm lại bước này, hoặc ghi “Chưa thông qua”."


@dataclass(frozen=True)
class ContentEntry:
    """The answers to one content of a survey, in households."""

    name: str
    answered: int
    satisfied: int


@dataclass(frozen=True)
class SurveyEntry:
    """What residents said, in households."""

    asked: int
    answered: int
    satisfied: int
    contents: tuple[ContentEntry, ...] = ()


@dataclass(frozen=True)
class VoteEntry:
    """How the council voted."""

    members: int
    present: int
    in_favour: int


class StaleDossier(Exception):
    """Somebody has taken a step since the form was drawn: `last` is where the dossier stands."""

    def __init__(self, last: DossierStep | None):
        super().__init__("Hồ sơ đã được ghi thêm trong lúc nhập.")
        self.last = last


@transaction.atomic
def record_dossier_step(
    *,
    commune: Commune,
    criteria_set: CriteriaSet,
    state: DossierState,
    effective_on: date,
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
    note: str = "",
    document: Document | None = None,
    provenance: str = Provenance.ENTERED,
    source: str = "",
    corrects: DossierStep | None = None,
) -> DossierStep:
    """Append a step to the commune's dossier under the set, opening the dossier if need be.

    It writes down what happened, whatever the table of steps says: for commands that record what
    a document states, and for `take_dossier_step`, which asks first. Raises ValidationError for a
    date after `today`, the reporting date.
    """
    refuse_future(effective_on, today)
    require_open([(effective_on, commune.pk)], today=today)
    dossier, _created = Dossier.objects.get_or_create(commune=commune, criteria_set=criteria_set)
    before = dossier.steps.filter(effective_on__lte=effective_on).last()
    step = DossierStep.objects.create(
        dossier=dossier,
        state=state,
        effective_on=effective_on,
        recorded_at=now,
        by=by,
        by_label=by_label or str(by or "Lệnh hệ thống"),
        note=note,
        document=document,
        provenance=provenance,
        source=source,
        corrects=corrects,
    )
    audit.record(
        by=by,
        action="dossier.step",
        obj=step,
        now=now,
        effective_on=effective_on,
        old=before.get_state_display() if before else "",
        new=step.get_state_display(),
        note=note,
        commune_id=commune.pk,
    )
    return step


def record_survey(step: DossierStep, entry: SurveyEntry) -> Survey:
    """What residents said, beside the step that it belongs to. Part of the step's transaction."""
    if not entry.asked >= entry.answered >= entry.satisfied:
        raise ValidationError(
            {"satisfied": "Số hộ hài lòng không quá số hộ trả lời, số hộ trả lời không quá số hỏi."}
        )
    survey = Survey.objects.create(
        step=step, asked=entry.asked, answered=entry.answered, satisfied=entry.satisfied
    )
    rows = []
    for place, content in enumerate(entry.contents, 1):
        if not entry.asked >= content.answered >= content.satisfied:
            raise ValidationError(
                f"Nội dung “{content.name}”: số hộ hài lòng không quá số hộ trả lời, số hộ trả lời "
                "không quá số hỏi."
            )
        rows.append(
            SurveyContent(
                survey=survey,
                position=place,
                name=content.name,
                answered=content.answered,
                satisfied=content.satisfied,
            )
        )
    SurveyContent.objects.bulk_create(rows)
    return survey


def record_vote(step: DossierStep, entry: VoteEntry) -> CouncilVote:
    """How the council voted, beside the step that it belongs to. Part of its transaction."""
    if not entry.members >= entry.present >= entry.in_favour:
        raise ValidationError(
            {"in_favour": "Số tán thành không quá số có mặt, số có mặt không quá số thành viên."}
        )
    return CouncilVote.objects.create(
        step=step, members=entry.members, present=entry.present, in_favour=entry.in_favour
    )


@transaction.atomic
def take_dossier_step(
    *,
    commune: Commune,
    in_force: SetInForce,
    step: str,
    seen: int,
    effective_on: date,
    by: User,
    now: datetime,
    today: date,
    note: str = "",
    document: Document | None = None,
    survey: SurveyEntry | None = None,
    vote: VoteEntry | None = None,
) -> DossierStep:
    """Take a step that the table, the configuration of its day and the commune's figures allow.

    `seen` is the id of the latest step that the form showed (0: none). Raises StaleDossier where
    another has come since, PermissionDenied and ValidationError with figures.
    """
    refuse_future(effective_on, today)
    last = _latest(commune, in_force.criteria_set, seen, today)
    procedure = procedure_on(effective_on)
    passage = check(
        step,
        state=DossierState(last.state) if last else None,
        commune_id=commune.pk,
        procedure=procedure,
        grounds=grounds_of(commune, in_force, AsOf(today, today, today, today)),
        user=by,
    )
    if last and effective_on < last.effective_on:
        raise ValidationError(
            {"effective_on": f"Bước gần nhất ghi ngày {last.effective_on:%d/%m/%Y}; bước sau "
             "không thể sớm hơn."}
        )  # fmt: skip
    _check_papers(passage, procedure, note=note, document=document, survey=survey, vote=vote)
    row = record_dossier_step(
        commune=commune,
        criteria_set=in_force.criteria_set,
        state=passage.target,
        effective_on=effective_on,
        by=by,
        now=now,
        today=today,
        note=note,
        document=document,
    )
    if survey:
        record_survey(row, survey)
    if vote:
        record_vote(row, vote)
    return row


@transaction.atomic
def take_back_dossier_step(
    *,
    commune: Commune,
    in_force: SetInForce,
    seen: int,
    note: str,
    by: User,
    now: datetime,
    today: date,
) -> DossierStep:
    """Put the dossier back to where it stood before its latest step, by a new row that names it.

    Raises StaleDossier, PermissionDenied and ValidationError with the reason.
    """
    last = _latest(commune, in_force.criteria_set, seen, today)
    if last is None:
        raise ValidationError("Hồ sơ chưa có bước nào để rút lại.")
    answer = may_take_back(
        DossierState(last.state),
        is_undoing=last.corrects_id is not None,
        commune_id=commune.pk,
        procedure=procedure_on(last.effective_on),
        user=by,
    )
    if not answer:
        raise PermissionDenied(answer.reason)
    if not note.strip():
        raise ValidationError({"note": "Hãy ghi lý do rút lại."})
    earlier = last.dossier.steps.filter(effective_on__lte=last.effective_on)
    before = earlier.exclude(pk=last.pk).last()
    if before is None:
        raise ValidationError("Đây là bước đầu tiên của hồ sơ, không có bước nào để trở về.")
    return record_dossier_step(
        commune=commune,
        criteria_set=in_force.criteria_set,
        state=DossierState(before.state),
        effective_on=today,
        by=by,
        now=now,
        today=today,
        note=note,
        corrects=last,
    )


def _latest(
    commune: Commune, criteria_set: CriteriaSet, seen: int, today: date
) -> DossierStep | None:
    """The latest step up to today, with the commune locked; StaleDossier where it is not the one
    seen. (Where the reporting date is set back, as in the demo, later steps are stored already.)"""
    lock_subjects([commune.pk])
    steps = DossierStep.objects.filter(
        dossier__commune=commune, dossier__criteria_set=criteria_set, effective_on__lte=today
    )
    last = steps.select_related("dossier").last()
    if (last.pk if last else 0) != seen:
        raise StaleDossier(last)
    return last


def _check_papers(
    passage: Passage,
    procedure: Procedure,
    *,
    note: str,
    document: Document | None,
    survey: SurveyEntry | None,
    vote: VoteEntry | None,
) -> None:
    """What the step itself asks for: its reason, its decision, and shares that suffice."""
    if passage.note_required and not note.strip():
        raise ValidationError({"note": "Hãy ghi lý do."})
    if passage.document_required and (document is None or document.issued_on is None):
        raise ValidationError({"number": "Bước này cần số và ngày của quyết định."})
    row = procedure[passage.step]
    refusals = []
    if passage.step == Step.SURVEY:
        if survey is None:
            raise ValidationError({"asked": "Hãy ghi kết quả lấy ý kiến người dân."})
        refusals = [
            share_refusal("Hài lòng chung", survey.satisfied, survey.answered, row.min_percent),
            *(
                share_refusal(
                    f"Nội dung “{content.name}”",
                    content.satisfied,
                    content.answered,
                    row.min_percent_each,
                )
                for content in survey.contents
            ),
        ]
    if passage.step == Step.VOTE:
        if vote is None:
            raise ValidationError({"members": "Hãy ghi kết quả bỏ phiếu."})
        refusals = [share_refusal("Tán thành", vote.in_favour, vote.present, row.min_percent)]
    if found := [refusal for refusal in refusals if refusal]:
        raise ValidationError([*found, NOT_THROUGH])
