"""What a commune types into its sheet: each cell is kept by itself, counting nowhere until sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from communes.models import Commune
from criteria.choices import IndicatorKind, Outcome
from criteria.desks import desk_of
from criteria.models import Draft
from criteria.rules import share, typed_value
from criteria.selectors.sheet import Sheet, SheetCell
from criteria.selectors.sheet_rows import sheets
from criteria.workflow import may_report
from ntm_tracker.core import audit
from ntm_tracker.core.models import AuditEntry, User
from ntm_tracker.core.uploads import Upload, stored

TYPED = [
    "value", "numerator", "denominator", "outcome", "note", "by", "by_label", "saved_at", "version",
]  # fmt: skip
BATCH = 500
NO_CELL = "Ô này không còn trong bộ tiêu chí; hãy tải lại trang."
VERDICTS = {"": "", **{value: str(label) for value, label in Outcome.choices}}


@dataclass(frozen=True)
class CellEntry:
    """What somebody typed into one cell, and the stamp of what he saw there. Of a share either the
    value is given or what was counted."""

    key: str
    stamp: str
    value: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None
    outcome: str = ""
    note: str = ""

    @property
    def says(self) -> tuple[str, str, str]:
        """The three texts of the cell, to be compared with what stands there."""
        return typed_value(self), self.outcome, self.note

    @property
    def words(self) -> str:
        """As the trail and a conflict write it."""
        return words_of(*self.says)


class StaleCells(Exception):
    """Somebody wrote into these cells since they were drawn; `sheet` is as it now stands. The
    other cells that were sent are kept."""

    def __init__(self, entries: Sequence[CellEntry], now: Sheet):
        super().__init__("Có người vừa ghi vào ô này.")
        self.entries = tuple(entries)
        self.sheet = now


class ClosedCells(PermissionDenied):
    """These cells have been closed since they were drawn, as when their criterion was sent
    meanwhile; nothing is kept. `reasons` names each with the sentence why."""

    def __init__(self, entries: Sequence[CellEntry], reasons: dict[str, str]):
        super().__init__(next(iter(reasons.values())))
        self.entries = tuple(entries)
        self.reasons = reasons


def words_of(value: str, outcome: str, note: str) -> str:
    """The three texts of a cell in a line; "để trống" where all are empty."""
    return "; ".join(part for part in (value, VERDICTS.get(outcome, outcome), note) if part) or (
        "để trống"
    )


def save_cells(
    *, commune: Commune, entries: Sequence[CellEntry], by: User, now: datetime, today: date
) -> Sheet:
    """`save_sheets` for one commune."""
    saved = save_sheets(entries={commune: entries}, by=by, now=now, today=today)
    return saved[commune.pk]


def save_sheets(
    *, entries: Mapping[Commune, Sequence[CellEntry]], by: User, now: datetime, today: date
) -> dict[int, Sheet]:
    """Keep what was typed into the sheets of communes (of `reporting_communes`) and return the
    sheets with it by commune id; what already stands there is not written. As many queries for
    many cells as for one.

    Raises StaleCells (of the first such commune) after the others are kept, ClosedCells where a
    cell is closed and ValidationError by cell for what makes no sense (nothing is kept),
    PermissionDenied for who may not report at all.
    """
    try:
        return _save(entries, by, now, today)
    except IntegrityError:
        # Two people opened the same empty cell: now the other's draft is there to be compared.
        return _save(entries, by, now, today)


def _save(
    entries: Mapping[Commune, Sequence[CellEntry]], by: User, now: datetime, today: date
) -> dict[int, Sheet]:
    stale: dict[int, list[CellEntry]] = {}
    with transaction.atomic():
        found = _open_sheets([*entries], by, today)
        written: list[Draft] = []
        trail: list[AuditEntry] = []
        for commune, typed in entries.items():
            fresh, old = _sorted(found[commune.pk], typed)
            if old:
                stale[commune.pk] = old
            drafts = {}
            for cell, entry in fresh:
                trail.append(_entry(cell, commune, entry, by=by, now=now, today=today))
                drafts[entry.key] = _typed(cell, entry, commune, by, now)
            written += drafts.values()
            found[commune.pk] = found[commune.pk].with_drafts(drafts)
        _keep(written)
        audit.record_all(trail)
    for pk, cells in stale.items():
        raise StaleCells(cells, found[pk])
    return found


def _keep(drafts: Sequence[Draft]) -> None:
    there = [draft for draft in drafts if draft.pk]
    Draft.objects.bulk_create([draft for draft in drafts if not draft.pk], BATCH)
    # Many times faster than bulk_update, and the key is the same row's.
    Draft.objects.bulk_create(
        there, BATCH, update_conflicts=True, unique_fields=["id"], update_fields=TYPED
    )


def _sorted(
    found: Sheet, entries: Sequence[CellEntry]
) -> tuple[list[tuple[SheetCell, CellEntry]], list[CellEntry]]:
    """What is to be written, and what somebody else has changed meanwhile."""
    fresh, stale, closed = [], [], []
    reasons: dict[str, str] = {}
    errors: dict[str, list[str]] = {}
    for entry in entries:
        cell = found.cell(entry.key)
        if cell is None:
            raise ValidationError({entry.key: NO_CELL})
        entry = complete(entry, cell)
        if entry.says == cell.says:
            continue
        if entry.stamp != cell.stamp:
            stale.append(entry)
        elif wrong := wrong_in(entry, cell):
            errors[entry.key] = wrong
        elif reason := _closed(found, entry.key):
            closed.append(entry)
            reasons[entry.key] = reason
        else:
            fresh.append((cell, entry))
    if closed:
        raise ClosedCells(closed, reasons)
    if errors:
        raise ValidationError(errors)
    return fresh, stale


def _open_sheets(communes: Sequence[Commune], by: User, today: date) -> dict[int, Sheet]:
    desk = desk_of(by)
    for commune in communes:
        if not (answer := may_report(commune.pk, desk)):
            raise PermissionDenied(answer.reason)
    return sheets(communes, today, desk, locks=True)


def _closed(found: Sheet, key: str) -> str:
    """Why the cell is closed; "" where it is open."""
    row = found.criterion_of(key)
    return "" if row is None or row.submit else row.submit.reason


def complete(entry: CellEntry, cell: SheetCell) -> CellEntry:
    """The entry with the share worked out from what was counted. A proposal that was chosen by hand
    is the same as leaving it to the threshold."""
    if not entry.denominator or entry.numerator is None:
        return entry
    return CellEntry(
        entry.key,
        entry.stamp,
        share(entry.numerator, entry.denominator),
        entry.numerator,
        entry.denominator,
        entry.outcome,
        entry.note,
    )


def wrong_in(entry: CellEntry, cell: SheetCell) -> list[str]:
    """What makes no sense in this cell, in sentences."""
    wrong = []
    has_value = entry.value is not None
    if entry.outcome == Outcome.NOT_APPLICABLE and not cell.may_not_apply:
        wrong.append("Chỉ chỉ tiêu có ghi “nếu có” mới được chọn “Không áp dụng”.")
    elif entry.outcome == Outcome.NOT_APPLICABLE and has_value:
        wrong.append("Đã chọn “Không áp dụng” thì để trống giá trị.")
    if has_value and not cell.is_measured:
        wrong.append("Ô này chỉ chọn đạt hoặc chưa đạt, không ghi giá trị.")
    is_share = cell.indicator is not None and cell.indicator.kind == IndicatorKind.PERCENT
    if entry.denominator is not None and not is_share:
        wrong.append("Chỉ tỷ lệ % mới ghi được dạng tử số/mẫu số.")
    if is_share and entry.value is not None and entry.value > 100:
        wrong.append("Tỷ lệ phải từ 0 đến 100%; tử số không lớn hơn mẫu số.")
    return wrong


def _typed(cell: SheetCell, entry: CellEntry, commune: Commune, by: User, now: datetime) -> Draft:
    """The draft with what was typed, not yet saved."""
    draft = cell.draft or Draft(
        commune=commune,
        criterion=None if cell.indicator else cell.criterion,
        indicator=cell.indicator,
        version=0,
    )
    draft.value, draft.numerator = entry.value, entry.numerator
    draft.denominator, draft.outcome, draft.note = entry.denominator, entry.outcome, entry.note
    draft.by_id, draft.by_label, draft.saved_at = by.pk, str(by), now
    draft.version += 1
    return draft


def _entry(
    cell: SheetCell,
    commune: Commune,
    entry: CellEntry,
    *,
    by: User,
    now: datetime,
    today: date,
) -> AuditEntry:
    old = words_of(*cell.says) if cell.entry else "chưa báo cáo"
    return _trail(cell, commune, old, entry.words, by=by, now=now, today=today)


def _trail(
    cell: SheetCell,
    commune: Commune,
    old: str,
    new: str,
    *,
    action: str = "draft.save",
    by: User,
    now: datetime,
    today: date,
) -> AuditEntry:
    """The trail is kept at the indicator or criterion, because a draft goes when it is sent."""
    return audit.entry(
        by=by,
        action=action,
        obj=cell.indicator or cell.criterion,
        now=now,
        effective_on=today,
        old=old,
        new=new,
        commune_id=commune.pk,
    )


def change_evidence(
    *,
    commune: Commune,
    key: str,
    files: Sequence[Upload] = (),
    removed: Collection[int] = (),
    by: User,
    now: datetime,
    today: date,
) -> Sheet:
    """Put files beside a cell or take some away again, and return the sheet.

    Raises PermissionDenied with the reason where the cell is closed, ValidationError for a cell
    that is not in the sheet. Files of a refusal are not kept.
    """
    with stored(files, by=by, now=now) as attachments, transaction.atomic():
        found = _open_sheets([commune], by, today)[commune.pk]
        cell = found.cell(key)
        if cell is None:
            raise ValidationError(NO_CELL)
        if reason := _closed(found, key):
            raise PermissionDenied(reason)
        draft = cell.draft or _opened(cell, commune, by, now)
        for attachment in attachments:
            attachment.save()
        draft.attachments.add(*attachments)
        gone = list(draft.attachments.filter(pk__in=removed))
        draft.attachments.remove(*gone)
        draft.version += 1
        draft.save(update_fields=["version"])
        _trail(
            cell,
            commune,
            ", ".join(row.original_name for row in gone),
            ", ".join(row.original_name for row in attachments),
            action="draft.evidence",
            by=by,
            now=now,
            today=today,
        ).save()
        return found.with_drafts({key: draft})


def _opened(cell: SheetCell, commune: Commune, by: User, now: datetime) -> Draft:
    """A draft that says what was last reported, so that files can be put beside it."""
    said = cell.reported
    return Draft.objects.create(
        commune=commune,
        criterion=None if cell.indicator else cell.criterion,
        indicator=cell.indicator,
        value=said.value if said else None,
        numerator=said.numerator if said else None,
        denominator=said.denominator if said else None,
        outcome=cell.chosen,
        note=cell.note,
        by=by,
        by_label=str(by),
        saved_at=now,
        version=0,
    )
