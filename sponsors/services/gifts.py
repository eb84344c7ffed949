"""Promises and deliveries. Money in whole đồng, goods, and labour days stay apart."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from criteria.choices import SourceKind
from criteria.models import Criterion, FundingSource, WorkItem
from criteria.money_rules import Entry
from criteria.services.assessments import refuse_future
from criteria.services.work_items import Typed, enter_amount
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.models import Document, User
from ntm_tracker.core.numbers import vi_number
from ntm_tracker.core.periods import require_open
from sponsors import rules
from sponsors.choices import GiftKind, Giver
from sponsors.models import Assignment, Commitment

# Sponsors give 10 to 900 triệu: less than a thousand đồng or more than a thousand tỷ is a slip.
MIN_DONG = 1_000
MAX_DONG = 10**12
MAX_QUANTITY = Decimal(10) ** 9
MAX_DAYS = Decimal(1_000_000)


@dataclass(frozen=True)
class GiftEntry:
    """What is promised or given. Only the fields of its kind count: money `amount`; goods
    `quantity`, `unit` and `converted_value` (0: not yet valued); labour `labour_days`."""

    kind: GiftKind
    description: str = ""
    amount: int = 0
    quantity: Decimal | None = None
    unit: str = ""
    converted_value: int = 0
    labour_days: Decimal = Decimal(0)


@dataclass(frozen=True)
class ContributionEntry(GiftEntry):
    """What came with a report on a task. Without `giver`, whoever does the task is the giver."""

    giver: Giver | None = None
    giver_name: str = ""


def gift_fields(entry: GiftEntry, *, description: str = "") -> dict[str, Any]:
    """The model fields of an entry; ValidationError per field where the entry makes no sense."""
    errors = {}
    fields: dict[str, Any] = {
        "kind": GiftKind(entry.kind),
        "description": entry.description.strip() or description,
    }
    if not fields["description"]:
        errors["description"] = "Hãy ghi nội dung (làm gì, tặng gì)."
    if entry.kind == GiftKind.MONEY:
        fields["amount"] = entry.amount
        errors |= _wrong_dong("amount", entry.amount, "Số tiền")
    elif entry.kind == GiftKind.GOODS:
        quantity = None if entry.quantity is None else round(entry.quantity, 2)
        if quantity is None or not 0 < quantity < MAX_QUANTITY:
            errors["quantity"] = "Hãy nhập số lượng hiện vật, lớn hơn 0."
        if not entry.unit.strip():
            errors["unit"] = "Hãy ghi đơn vị tính (bộ, tấn, cây…)."
        if entry.converted_value:
            errors |= _wrong_dong("converted_value", entry.converted_value, "Giá trị quy đổi")
        fields |= {
            "quantity": quantity,
            "unit": entry.unit.strip()[:40],
            "converted_value": entry.converted_value,
        }
    else:
        days = round(entry.labour_days, 1)
        if not 0 < days <= MAX_DAYS:
            errors["labour_days"] = "Hãy nhập số ngày công, lớn hơn 0 và không quá 1.000.000."
        fields["labour_days"] = days
    if errors:
        raise ValidationError(errors)
    return fields


def _wrong_dong(field: str, amount: int, word: str) -> dict[str, str]:
    if amount <= 0:
        return {field: f"{word} phải lớn hơn 0."}
    if amount < MIN_DONG:
        return {
            field: f"{word} chỉ có {vi_number(amount)} đồng. Nếu đơn vị tính là triệu, "
            f"hãy ghi rõ “{vi_number(amount)} triệu”."
        }
    if amount > MAX_DONG:
        return {field: f"{word} quá lớn (trên 1.000 tỷ đồng). Hãy kiểm tra lại đơn vị tính."}
    return {}


@transaction.atomic
def record_commitment(
    *,
    assignment: Assignment,
    entry: GiftEntry,
    effective_on: date,
    criterion: Criterion | None = None,
    document: Document | None = None,
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
    provenance: str = Provenance.ENTERED,
    source: str = "",
) -> Commitment:
    """Write down a promise. It raises what is promised, never what is *identified*.

    Raises ValidationError for a date after `today` or an entry that makes no sense.
    """
    _refuse_others(by)
    refuse_future(effective_on, today)
    require_open([(effective_on, assignment.commune_id)], today=today)
    if effective_on < assignment.decided_on or (
        assignment.ended_on and effective_on >= assignment.ended_on
    ):
        raise ValidationError(
            {"effective_on": "Ngày cam kết nằm ngoài thời gian đơn vị được phân công đỡ đầu."}
        )
    row = Commitment.objects.create(
        assignment=assignment,
        sponsor_id=assignment.sponsor_id,
        commune_id=assignment.commune_id,
        criterion=criterion,
        document=document,
        effective_on=effective_on,
        recorded_at=now,
        by=by,
        by_label=by_label or str(by or "Lệnh hệ thống"),
        provenance=provenance,
        source=source,
        **gift_fields(entry),
    )
    audit.record(
        by=by,
        action="commitment.record",
        obj=row,
        now=now,
        effective_on=effective_on,
        new=row.words,
        note=row.description,
        commune_id=row.commune_id,
        village_id=assignment.village_id,
        sponsor_id=row.sponsor_id,
    )
    return row


@transaction.atomic
def link_commitment_to_source(
    *,
    commitment: Commitment,
    funding_source: FundingSource,
    by: User | None,
    now: datetime,
    today: date,
) -> Commitment:
    """Say which identified source a promise of money became. The source itself is recorded with
    `criteria.services.funding.record_sources`; only that makes the money identified.

    Raises ValidationError where either is already linked or the two do not fit.
    """
    _refuse_others(by)
    row = Commitment.objects.select_for_update().get(pk=commitment.pk)
    before = row.funding_source
    if before and not before.corrections.exists():
        raise ValidationError("Cam kết này đã được ghi vào nguồn vốn.")
    if row.kind != GiftKind.MONEY:
        raise ValidationError("Hiện vật và ngày công không tính vào nguồn kinh phí đã xác định.")
    if funding_source.kind != SourceKind.SPONSOR:
        raise ValidationError("Nguồn vốn phải thuộc loại “Đơn vị đỡ đầu, tài trợ”.")
    if funding_source.item.commune_id not in {None, row.commune_id}:
        raise ValidationError("Nguồn vốn thuộc hạng mục của xã khác.")
    if funding_source.amount > row.amount:
        raise ValidationError(
            f"Nguồn vốn {vi_number(funding_source.amount)} đồng lớn hơn cam kết "
            f"{vi_number(row.amount)} đồng."
        )
    if funding_source.corrects_id or funding_source.corrections.exists():
        raise ValidationError("Nguồn vốn này đã được rút lại.")
    if Commitment.objects.filter(funding_source=funding_source).exists():
        raise ValidationError("Nguồn vốn này đã gắn với một cam kết khác.")
    row.funding_source = funding_source
    row.save(update_fields=["funding_source"])
    audit.record(
        by=by,
        action="commitment.identified",
        obj=row,
        now=now,
        effective_on=max(row.effective_on, funding_source.effective_on),
        old=f"Nguồn của hạng mục “{before.item}”, đã rút lại" if before else "",
        new=f"Ghi vào nguồn của hạng mục “{funding_source.item}”",
        commune_id=row.commune_id,
        sponsor_id=row.sponsor_id,
    )
    return row


@transaction.atomic
def identify_commitment(
    *,
    commitment: Commitment,
    item: WorkItem,
    typed: Typed,
    by: User,
    now: datetime,
    today: date,
) -> Commitment:
    """Make a promise of money *identified*: record it as a source of a work item and link the two,
    both or neither. A promise whose source was taken back may be recorded again.

    Raises PermissionDenied where the account may not, ValidationError where the source makes no
    sense or does not fit the promise.
    """
    row = Commitment.objects.select_for_update().get(pk=commitment.pk)
    if not (permit := rules.may_identify(by, kind=row.kind)):
        raise PermissionDenied(permit.reason)
    source = enter_amount(
        item=item,
        entry=Entry.SOURCE,
        typed=replace(typed, kind=SourceKind.SPONSOR),
        by=by,
        now=now,
        today=today,
    )
    assert isinstance(source, FundingSource)  # noqa: S101 (what an entry of a source makes)
    return link_commitment_to_source(
        commitment=row, funding_source=source, by=by, now=now, today=today
    )


def _refuse_others(by: User | None) -> None:
    if by is not None and not (permit := rules.may_record_commitment(by)):
        raise PermissionDenied(permit.reason)
