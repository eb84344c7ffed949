"""A commune sends what it has typed, or takes the last report of a criterion back."""

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from communes.models import Commune
from criteria.choices import Outcome, Stage
from criteria.desks import Desk, desk_of
from criteria.models import Assessment, Draft
from criteria.rules import value_words
from criteria.selectors.sheet import Sheet, SheetCell, SheetCriterion
from criteria.selectors.sheet_rows import sheet
from criteria.services.assessments import AssessmentEntry, lock_subjects, record_assessments
from criteria.workflow import Move, check, may_report
from ntm_tracker.core.models import Attachment, User
from ntm_tracker.core.periods import day_of_taking_back, late_entries


@transaction.atomic
def submit_criteria(
    *,
    commune: Commune,
    criteria: Collection[int] = (),
    effective_on: date | None = None,
    by: User,
    now: datetime,
    today: date,
) -> list[Assessment]:
    """Report the chosen criteria (all that were changed where none is chosen): one row for the
    criterion, one for each indicator that was typed; the drafts are gone. All or nothing.

    They count from `today`, or from the last day of a closed month that the commune may still enter
    into. Raises PermissionDenied with the reason where a criterion is closed, ValidationError with
    every place that still lacks something, or for a day that is neither.
    """
    desk, found = _locked(commune, by, today)
    day = effective_on or today
    if day != today and day not in {late.day for late in late_entries(commune.pk, today=today)}:
        raise ValidationError(
            f"Xã không được nhập muộn cho ngày {day:%d/%m/%Y}, hoặc hạn nhập muộn đã qua; số liệu "
            f"ghi được cho ngày {today:%d/%m/%Y}. Nội dung đã nhập vẫn còn trong bảng."
        )
    chosen = [
        row
        for row in found.criteria
        if (row.criterion.pk in criteria if criteria else row.is_changed)
    ]
    if not chosen:
        raise ValidationError("Chưa có gì để gửi: chưa tiêu chí nào được nhập hay sửa.")
    for row in chosen:
        _check(Move.SUBMIT, row, found, desk)
    errors = [sentence for row in chosen for sentence in lacking(row)]
    if errors:
        raise ValidationError(errors)
    files = _files(cell.draft for row in chosen for cell in row.cells if cell.draft)
    entries = [entry for row in chosen for entry in _entries(row, commune, files, day)]
    rows = record_assessments(entries, by=by, now=now, today=today)
    Draft.objects.filter(
        pk__in=[cell.draft.pk for row in chosen for cell in row.cells if cell.draft]
    ).delete()
    return rows


def _locked(commune: Commune, by: User, today: date) -> tuple[Desk, Sheet]:
    desk = desk_of(by)
    if not (answer := may_report(commune.pk, desk)):
        raise PermissionDenied(answer.reason)
    lock_subjects([commune.pk])
    return desk, sheet(commune, today, desk, locks=True)


def _check(move: Move, row: SheetCriterion, found: Sheet, desk: Desk) -> None:
    check(
        move,
        place=row.place,
        criterion=row.criterion,
        commune_id=found.commune.pk,
        dossier=found.dossier,
        user=desk,
    )


def lacking(row: SheetCriterion) -> list[str]:
    """What a criterion lacks before it can be sent, in sentences that name the place."""
    number = row.criterion.number
    found = []
    for cell in row.indicators:
        where = f"Chỉ tiêu {cell.indicator.number}" if cell.indicator else ""
        if cell.draft and cell.is_filled and not cell.verdict:
            found.append(f"{where}: chưa có ngưỡng để so; hãy chọn Đạt hoặc Chưa đạt.")
        elif cell.draft and cell.is_overruled and not cell.note.strip():
            found.append(f"{where}: kết quả khác với ngưỡng; hãy ghi lý do vào ô hiện trạng.")
    if not row.verdict:
        found.append(
            f"Tiêu chí {number}: các chỉ tiêu chưa đủ để kết luận; hãy nhập nốt, hoặc chọn kết quả "
            "ở dòng tiêu chí."
        )
    elif row.is_override and not row.cell.note.strip():
        found.append(
            f"Tiêu chí {number}: kết quả khác với các chỉ tiêu; hãy ghi lý do vào ô hiện trạng."
        )
    return found


def _files(drafts: Iterable[Draft]) -> dict[int, list[Attachment]]:
    """Draft id → its files, in one query."""
    through = Draft.attachments.through.objects.filter(draft__in=list(drafts))
    files: dict[int, list[Attachment]] = {}
    for link in through.select_related("attachment"):
        files.setdefault(link.draft_id, []).append(link.attachment)
    return files


def _entries(
    row: SheetCriterion, commune: Commune, files: dict[int, list[Attachment]], day: date
) -> Iterable[AssessmentEntry]:
    draft = row.cell.draft
    yield AssessmentEntry(
        row.criterion,
        Stage.SELF,
        Outcome(row.verdict),
        day,
        commune=commune,
        note=row.cell.note,
        is_override=row.is_override,
        attachments=files.get(draft.pk, ()) if draft else (),
        old=_old(row.cell),
    )
    for cell in row.indicators:
        if cell.draft is None or (not cell.is_filled and cell.reported is None):
            continue  # untouched, or emptied where nothing was ever said: blank is not zero
        yield AssessmentEntry(
            None,
            Stage.SELF,
            Outcome(cell.verdict) if cell.is_filled else Outcome.WITHDRAWN,
            day,
            indicator=cell.indicator,
            commune=commune,
            value=cell.draft.value,
            numerator=cell.draft.numerator,
            denominator=cell.draft.denominator,
            note=cell.draft.note,
            is_override=cell.is_overruled,
            attachments=files.get(cell.draft.pk, ()),
            old=_old(cell),
        )


def _old(cell: SheetCell) -> str:
    said = cell.reported
    if said is None:
        return "chưa báo cáo"
    figure = value_words(said, cell.indicator.unit) if cell.indicator else ""
    return ": ".join(part for part in (figure, str(said.get_outcome_display())) if part)


@transaction.atomic
def take_back_report(
    *, commune: Commune, criterion: int, note: str = "", by: User, now: datetime, today: date
) -> list[Assessment]:
    """Take the last report of a criterion out of the history by rows that name its rows; what stood
    before counts again, and what was sent stands in the sheet as typed, to be corrected. What came
    late for a closed month goes for its own day (`periods.day_of_taking_back`).

    Raises PermissionDenied with the reason where it can no longer be taken back.
    """
    desk, found = _locked(commune, by, today)
    row = next((row for row in found.criteria if row.criterion.pk == criterion), None)
    if row is None:
        raise ValidationError("Tiêu chí này không có trong bộ tiêu chí đang áp dụng.")
    _check(Move.TAKE_BACK, row, found, desk)
    last = row.latest[Stage.SELF]
    day = day_of_taking_back(last.as_of, last.recorded_at, commune.pk, today=today)
    sent = Assessment.objects.filter(
        commune=commune,
        indicator__criterion=row.criterion,
        stage=Stage.SELF,
        recorded_at=last.recorded_at,
    )
    rows = [last, *sent.select_related("indicator").prefetch_related("attachments")]
    entries = [
        AssessmentEntry(
            row.criterion if said.criterion_id else None,
            Stage.SELF,
            Outcome.WITHDRAWN,
            day,
            indicator=said.indicator,
            commune=commune,
            note=note,
            corrects=said,
            old=str(said.get_outcome_display()),
        )
        for said in rows
    ]
    for said in rows:
        _type_again(said, row, commune, by, now)
    return record_assessments(entries, by=by, now=now, today=today)


def _type_again(
    said: Assessment, row: SheetCriterion, commune: Commune, by: User, now: datetime
) -> None:
    """A draft with what was sent, so that nothing has to be typed twice."""
    cells = {cell.indicator.pk: cell for cell in row.indicators if cell.indicator}
    cell = cells[said.indicator_id] if said.indicator_id else row.cell
    if cell.draft:
        return
    chosen = cell.chosen if said.indicator_id else ""
    if said.criterion_id and (said.is_override or row.follows is None):
        chosen = said.outcome
    draft = Draft.objects.create(
        commune=commune,
        criterion_id=said.criterion_id,
        indicator_id=said.indicator_id,
        value=said.value,
        numerator=said.numerator,
        denominator=said.denominator,
        outcome="" if chosen == Outcome.WITHDRAWN else chosen,
        note=said.note,
        by=by,
        by_label=str(by),
        saved_at=now,
    )
    draft.attachments.set(said.attachments.all())
