"""Writing money. Every amount is in whole đồng; a change is a new row, never an overwrite."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Sum

from criteria.choices import SourceKind
from criteria.desks import desk_of
from criteria.models import (
    ControlTotal,
    ControlTotalLine,
    Disbursement,
    FundingNeed,
    FundingSource,
    WorkItem,
)
from criteria.money_rules import Entry, may_enter
from criteria.selectors.funding import item_lines
from criteria.services.assessments import refuse_future
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.models import Document, User
from ntm_tracker.core.numbers import MAX_DONG, vi_number
from ntm_tracker.core.periods import require_open

Amount = TypeVar("Amount", FundingNeed, FundingSource, Disbursement)
ENTRY_OF = {
    FundingNeed: Entry.NEED,
    FundingSource: Entry.SOURCE,
    Disbursement: Entry.DISBURSEMENT,
}


@dataclass(frozen=True)
class NeedEntry:
    """An amount that adds to what a work item needs (negative: a downward adjustment)."""

    item: WorkItem
    amount: int
    effective_on: date
    note: str = ""
    document: Document | None = None
    provenance: str = Provenance.ENTERED
    source: str = ""
    corrects_id: int | None = None
    document_id: int | None = None
    """The document by its id, where only that is known."""


@dataclass(frozen=True)
class SourceEntry(NeedEntry):
    """An amount that adds to what has a source or was paid out, with the kind of source."""

    kind: SourceKind = SourceKind.PROVINCIAL


@transaction.atomic
def record_needs(
    entries: Sequence[NeedEntry],
    *,
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
) -> list[FundingNeed]:
    """Append needs, all or nothing.

    Raises PermissionDenied where the account may not, ValidationError for a zero or absurd amount,
    a date after `today`, or where a work item would come out below zero on some day.
    """
    return _record(FundingNeed, entries, by, by_label, now, today)


@transaction.atomic
def record_sources(
    entries: Sequence[SourceEntry],
    *,
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
) -> list[FundingSource]:
    """Append identified money, all or nothing; only this makes money *identified*.

    Raises as `record_needs` does.
    """
    return _record(FundingSource, entries, by, by_label, now, today)


@transaction.atomic
def record_disbursements(
    entries: Sequence[SourceEntry],
    *,
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
) -> list[Disbursement]:
    """Append money that was paid out, all or nothing. It changes neither need nor identified.

    Raises as `record_needs` does.
    """
    return _record(Disbursement, entries, by, by_label, now, today)


@transaction.atomic
def adjust_need(
    *,
    item: WorkItem,
    to: int,
    effective_on: date,
    by: User | None,
    now: datetime,
    today: date,
    note: str = "",
    document: Document | None = None,
) -> FundingNeed | None:
    """Make the need of an item `to` đồng from a day on, by a row with the difference.

    Returns None where it already is.
    """
    WorkItem.objects.select_for_update().get(pk=item.pk)
    stated = item.needs.filter(effective_on__lte=effective_on).aggregate(Sum("amount"))
    difference = to - (stated["amount__sum"] or 0)
    if difference == 0:
        return None
    entry = NeedEntry(item, difference, effective_on, note, document)
    return record_needs([entry], by=by, now=now, today=today)[0]


def _record(
    model: type[Amount],
    entries: Sequence[NeedEntry],
    by: User | None,
    by_label: str,
    now: datetime,
    today: date,
) -> list[Amount]:
    _refuse_others(ENTRY_OF[model], entries, by)
    rows = []
    for entry in entries:
        refuse_future(entry.effective_on, today)
        if entry.amount == 0 or abs(entry.amount) > MAX_DONG:
            raise ValidationError(
                f"Số tiền {vi_number(entry.amount)} đồng không hợp lệ: phải khác 0 và không quá "
                f"{vi_number(MAX_DONG)} đồng."
            )
        row = model(
            item=entry.item,
            amount=entry.amount,
            effective_on=entry.effective_on,
            recorded_at=now,
            by=by,
            by_label=by_label or str(by or "Lệnh hệ thống"),
            note=entry.note,
            document_id=entry.document.pk if entry.document else entry.document_id,
            provenance=entry.provenance,
            source=entry.source,
            corrects_id=entry.corrects_id,
        )
        if isinstance(row, FundingSource | Disbursement) and isinstance(entry, SourceEntry):
            row.kind = entry.kind
        rows.append(row)
    places = [(entry.effective_on, entry.item.commune_id) for entry in entries]
    require_open(places, today=today)
    items = {row.item_id for row in rows}
    list(WorkItem.objects.select_for_update().filter(pk__in=items).order_by("pk").values("pk"))
    before = _sums(model, items)
    model.objects.bulk_create(rows, batch_size=500)
    _refuse_below_zero(model, items)
    _audit(rows, before, by=by, now=now)
    return rows


def _refuse_others(entry: Entry, entries: Sequence[NeedEntry], by: User | None) -> None:
    if by is None:
        return
    desk = desk_of(by)
    for commune_id in {row.item.commune_id for row in entries}:
        if not (permit := may_enter(entry, commune_id, desk)):
            raise PermissionDenied(permit.reason)


def _sums(model: type[Amount], items: set[int]) -> Counter[int]:
    """Work item → the sum of all its rows."""
    rows = model.objects.filter(item__in=items).order_by().values_list("item_id")
    return Counter({item: int(amount) for item, amount in rows.annotate(Sum("amount"))})


def _audit(rows: Sequence[Amount], before: Counter[int], *, by: User | None, now: datetime) -> None:
    """One entry per row: the sum of its work item before and after, or the first amount."""
    entries = []
    for row in rows:
        old = before[row.item_id]
        before[row.item_id] += row.amount
        entries.append(
            audit.entry(
                by=by,
                action=f"funding.{ENTRY_OF[type(row)]}",
                obj=row,
                now=now,
                effective_on=row.effective_on,
                old=f"{vi_number(old)} đồng" if old else "",
                new=f"{vi_number(before[row.item_id])} đồng",
                note=row.note,
                commune_id=row.item.commune_id,
            )
        )
    audit.record_all(entries)


def _refuse_below_zero(model: type[Amount], items: set[int]) -> None:
    """Raise ValidationError where an item (money of one kind in it) would be below zero on any
    day: an adjustment dated before the amount it takes from would show a negative need then."""
    kind = [] if model is FundingNeed else ["kind"]
    by_day = (
        model.objects.filter(item__in=items)
        .order_by("item", *kind, "effective_on")
        .values_list("item", *kind, "effective_on", "item__name")
        .annotate(Sum("amount"))
    )
    sums: dict[tuple, int] = {}
    for *key, day, name, amount in by_day:
        sums[tuple(key)] = held = sums.get(tuple(key), 0) + int(amount)
        if held < 0:
            raise ValidationError(
                f"Hạng mục “{name}” sẽ âm {vi_number(-held)} đồng vào ngày {day:%d/%m/%Y}; "
                "hãy kiểm tra số điều chỉnh."
            )


@transaction.atomic
def reconcile(*, announced_on: date, by: User | None, now: datetime) -> int:
    """Keep each work item's amounts on the day of an announcement, so that later differences to
    the announced figures can be named down to the row. Replaces what was kept for that day.

    Returns how many items were kept; raises ValidationError where nothing was announced that day.
    """
    announcement = ControlTotal.objects.filter(announced_on=announced_on).order_by("pk").first()
    if announcement is None:
        raise ValidationError(f"Không có số công bố nào của ngày {announced_on:%d/%m/%Y}.")
    ControlTotalLine.objects.filter(announced_on=announced_on).delete()
    lines = item_lines(WorkItem.objects.all(), announced_on)
    ControlTotalLine.objects.bulk_create(
        [
            ControlTotalLine(
                announced_on=announced_on,
                item_id=line.pk,
                need=line.money.need,
                identified=line.money.identified,
            )
            for line in lines
        ],
        batch_size=500,
    )
    audit.record(
        by=by,
        action="funding.reconcile",
        obj=announcement,
        now=now,
        effective_on=announced_on,
        new=f"{len(lines)} hạng mục",
    )
    return len(lines)
