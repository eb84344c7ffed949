"""What people do at a work item: add one, state its amounts, take back their last entry."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet, Sum

from communes.models import Commune, Village
from criteria.choices import SourceKind
from criteria.models import (
    Criterion,
    Disbursement,
    FundingCategory,
    FundingNeed,
    FundingSource,
    WorkItem,
)
from criteria.money_rules import Entry, may_add_item, may_enter, may_take_back
from criteria.selectors.item_page import last_standing
from criteria.services.funding import (
    NeedEntry,
    SourceEntry,
    adjust_need,
    record_disbursements,
    record_needs,
    record_sources,
)
from ntm_tracker.core import audit
from ntm_tracker.core.documents import Paper, document_of
from ntm_tracker.core.models import User
from ntm_tracker.core.numbers import vi_number
from ntm_tracker.core.text import nfc, search_text

Row = FundingNeed | FundingSource | Disbursement
# Money of these has no paper of an authority behind it; a note says where it comes from.
WITHOUT_PAPER = frozenset({SourceKind.PEOPLE, SourceKind.ENTERPRISE})


class StaleAmount(Exception):
    """The form was drawn before somebody else's entry: what the person saw, what it is now, and
    the row that came in between."""

    def __init__(self, seen: int, now: int, row: Row | None):
        super().__init__("Số tiền đã được người khác ghi trong lúc nhập.")
        self.seen = seen
        self.now = now
        self.row = row


@dataclass(frozen=True)
class Typed:
    """What a person typed at a work item. `amount` is the new total of a need, and otherwise what
    is added (negative: taken off). `seen` is the total that stood beside the form."""

    amount: int
    effective_on: date
    seen: int | None = None
    kind: SourceKind | None = None
    paper: Paper | None = None
    note: str = ""


@transaction.atomic
def create_item(
    *,
    category: FundingCategory,
    commune: Commune | None,
    name: str,
    need: Typed,
    village: Village | None = None,
    criterion: Criterion | None = None,
    by: User,
    now: datetime,
    today: date,
) -> WorkItem:
    """Add a work item with what it needs.

    Raises PermissionDenied where the account may not, ValidationError where there is such an item
    already or the need makes no sense.
    """
    if not (permit := may_add_item(commune.pk if commune else None, by)):
        raise PermissionDenied(permit.reason)
    FundingCategory.objects.select_for_update().get(pk=category.pk)
    there = WorkItem.objects.filter(category=category, commune=commune, village=village)
    if twin := there.filter(search_text=search_text(name)).first():
        raise ValidationError({"name": f"Đã có hạng mục “{twin.name}” ở đây (mã {twin.code})."})
    if need.amount <= 0:
        raise ValidationError({"amount": "Nhu cầu phải lớn hơn 0."})
    item = WorkItem.objects.create(
        code=_next_code(commune),
        category=category,
        commune=commune,
        village=village,
        criterion=criterion,
        name=nfc(name),
    )
    audit.record(
        by=by,
        action="funding.item",
        obj=item,
        now=now,
        effective_on=need.effective_on,
        new=f"{category}, mã {item.code}",
        commune_id=item.commune_id,
        village_id=item.village_id,
    )
    enter_amount(item=item, entry=Entry.NEED, typed=need, by=by, now=now, today=today)
    return item


def _next_code(commune: Commune | None) -> str:
    """The next free code of a commune: HM-18523-3; HM-LX-1 for inter-commune work."""
    stem = f"HM-{commune.code if commune else 'LX'}-"
    codes = WorkItem.objects.filter(code__startswith=stem).values_list("code", flat=True)
    numbers = [int(tail) for code in codes if (tail := code.removeprefix(stem)).isdecimal()]
    return f"{stem}{max(numbers, default=0) + 1}"


@transaction.atomic
def enter_amount(
    *, item: WorkItem, entry: Entry, typed: Typed, by: User, now: datetime, today: date
) -> Row | None:
    """Write down an amount at a work item; None where the need is what was typed already.

    Raises PermissionDenied where the account may not, StaleAmount where the sum is no longer what
    the person saw, ValidationError where the entry makes no sense.
    """
    if not (permit := may_enter(entry, item.commune_id, by)):
        raise PermissionDenied(permit.reason)
    WorkItem.objects.select_for_update().get(pk=item.pk)
    _refuse_stale(item, entry, typed, today)
    if entry == Entry.SOURCE and typed.kind not in WITHOUT_PAPER and typed.paper is None:
        raise ValidationError(
            {"number": "Hãy ghi văn bản giao vốn: chưa có văn bản thì chưa xác định."}
        )
    if entry == Entry.SOURCE and typed.paper is None and not typed.note:
        raise ValidationError({"note": "Không có văn bản thì hãy ghi rõ nguồn từ đâu."})
    paper = typed.paper
    document = document_of(paper, by=by, now=now, today=today) if paper else None
    written: dict[str, Any] = {"by": by, "now": now, "today": today}
    if entry == Entry.NEED:
        return adjust_need(
            item=item,
            to=typed.amount,
            effective_on=typed.effective_on,
            note=typed.note,
            document=document,
            **written,
        )
    row = SourceEntry(
        item,
        typed.amount,
        typed.effective_on,
        typed.note,
        document,
        kind=SourceKind(typed.kind or ""),
    )
    record = record_sources if entry == Entry.SOURCE else record_disbursements
    return record([row], **written)[0]


def _refuse_stale(item: WorkItem, entry: Entry, typed: Typed, today: date) -> None:
    """Raise StaleAmount where the sum up to `today` is not what the person saw."""
    if typed.seen is None:
        return
    rows = rows_of(item, entry).filter(effective_on__lte=today)
    current = int(rows.aggregate(Sum("amount"))["amount__sum"] or 0)
    if current != typed.seen:
        raise StaleAmount(typed.seen, current, rows.order_by("-pk").first())


@transaction.atomic
def take_back(
    *, item: WorkItem, entry: Entry, pk: int, by: User, now: datetime, today: date
) -> Row:
    """Take back one's last entry by a row that undoes it, for the same day: what it said never
    held. An entry that was taken back is not taken back again.

    Raises PermissionDenied where it is not one's own or not the last, ValidationError where it is
    not there or others rest on it.
    """
    WorkItem.objects.select_for_update().get(pk=item.pk)
    row = rows_of(item, entry).filter(pk=pk).first()
    if row is None:
        raise ValidationError("Không có dòng này ở hạng mục.")
    last = last_standing(rows_of(item, entry))
    if not (permit := may_take_back(row.by_id, last == row.pk, by)):
        raise PermissionDenied(permit.reason)
    note = f"Rút lại dòng {vi_number(row.amount)} đồng ghi ngày {row.effective_on:%d/%m/%Y}."
    undone: dict[str, Any] = {"document": row.document, "corrects_id": row.pk}
    written: dict[str, Any] = {"by": by, "now": now, "today": today}
    if isinstance(row, FundingNeed):
        need = NeedEntry(item, -row.amount, row.effective_on, note, **undone)
        return record_needs([need], **written)[0]
    taken = SourceEntry(
        item, -row.amount, row.effective_on, note, kind=SourceKind(row.kind), **undone
    )
    record = record_sources if isinstance(row, FundingSource) else record_disbursements
    return record([taken], **written)[0]


def rows_of(item: WorkItem, entry: Entry) -> QuerySet:
    """The rows of a work item of one sort."""
    rows: dict[Entry, QuerySet] = {
        Entry.NEED: item.needs.all(),
        Entry.SOURCE: item.sources.all(),
        Entry.DISBURSEMENT: item.disbursements.all(),
    }
    return rows[entry]
