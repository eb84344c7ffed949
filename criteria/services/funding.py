"""Writing money. Every amount is in whole đồng; a change is a new row, never an overwrite."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum

from criteria.choices import SourceKind
from criteria.models import ControlTotal, ControlTotalLine, FundingNeed, FundingSource, WorkItem
from criteria.selectors.funding import item_lines
from criteria.services.assessments import refuse_future
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.models import AuditEntry, Document, User
from ntm_tracker.core.numbers import MAX_DONG, vi_number

Amount = TypeVar("Amount", FundingNeed, FundingSource)


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


@dataclass(frozen=True)
class SourceEntry(NeedEntry):
    """An amount that adds to what has a source, with the kind of source."""

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

    Raises ValidationError for a zero or absurd amount, a date after `today`, or where a work item
    would come out below zero on some day.
    """
    return _record(FundingNeed, entries, "funding.need", by, by_label, now, today)


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

    Raises ValidationError as `record_needs` does.
    """
    return _record(FundingSource, entries, "funding.source", by, by_label, now, today)


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
    action: str,
    by: User | None,
    by_label: str,
    now: datetime,
    today: date,
) -> list[Amount]:
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
            document=entry.document,
            provenance=entry.provenance,
            source=entry.source,
        )
        if isinstance(row, FundingSource) and isinstance(entry, SourceEntry):
            row.kind = entry.kind
        rows.append(row)
    items = {row.item_id for row in rows}
    list(WorkItem.objects.select_for_update().filter(pk__in=items).order_by("pk").values("pk"))
    model.objects.bulk_create(rows, batch_size=500)
    _refuse_below_zero(model, items)
    AuditEntry.objects.bulk_create(
        [
            audit.entry(
                by=by,
                action=action,
                obj=row,
                now=now,
                effective_on=row.effective_on,
                new=f"{vi_number(row.amount)} đồng",
                note=row.note,
                commune_id=row.item.commune_id,
            )
            for row in rows
        ],
        batch_size=500,
    )
    return rows


def _refuse_below_zero(model: type[FundingNeed | FundingSource], items: set[int]) -> None:
    """Raise ValidationError where an item (money of one kind in it) would be below zero on any
    day: an adjustment dated before the amount it takes from would show a negative need then."""
    kind = ["kind"] if model is FundingSource else []
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
