"""What people do at a work item: add one, state its amounts, take back their last entry."""

from collections import Counter
from collections.abc import Mapping, Sequence
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
from criteria.selectors.item_page import standing_rows
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
MODELS: dict[Entry, Any] = {
    Entry.NEED: FundingNeed,
    Entry.SOURCE: FundingSource,
    Entry.DISBURSEMENT: Disbursement,
}
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


class StaleNeeds(Exception):
    """Needs that somebody else has adjusted since they were shown: work item id → the row that
    came last and the need now. Nothing was written."""

    def __init__(self, rows: Mapping[int, tuple[FundingNeed | None, int]]):
        super().__init__("Nhu cầu đã được người khác ghi trong lúc nhập.")
        self.rows = rows


@dataclass(frozen=True)
class NeedChange:
    """A need that is to be `to` đồng; `seen` is the total that the person saw."""

    item_id: int
    to: int
    seen: int
    note: str = ""


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
    if entry == Entry.SOURCE:
        require_paper(typed.kind, typed.paper is not None, typed.note)
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


@transaction.atomic
def adjust_needs(
    changes: Sequence[NeedChange],
    *,
    effective_on: date | None = None,
    by: User,
    now: datetime,
    today: date,
) -> dict[int, FundingNeed]:
    """Make the needs of many work items what the changes say from a day on (`today` where none is
    named), all or nothing: one row with the difference each, by work item id. What is so already
    gets none.

    Eight queries whatever the number of items, and up to three where a month is closed. Raises
    PermissionDenied where the account may not, MonthClosed for a day of a closed month into which a
    commune may not enter late, StaleNeeds where a total of that day is no longer what the person
    saw, ValidationError where an item is gone or would need nothing.
    """
    day = effective_on or today
    ids = {change.item_id for change in changes}
    items = WorkItem.objects.select_for_update().order_by("pk").in_bulk(ids)
    if len(items) < len(changes):
        raise ValidationError("Có công trình không còn, hoặc được ghi hai lần; hãy tải lại trang.")
    rows = FundingNeed.objects.filter(item__in=ids, effective_on__lte=day).order_by()
    stated = Counter(dict(rows.values_list("item").annotate(Sum("amount"))))
    moved = {one.item_id for one in changes if stated[one.item_id] not in (one.seen, one.to)}
    if moved:
        last = {row.item_id: row for row in rows.filter(item__in=moved).order_by("pk")}
        raise StaleNeeds({item: (last.get(item), stated[item]) for item in moved})
    entries = []
    for change in changes:
        item = items[change.item_id]
        if change.to <= 0:
            raise ValidationError(f"Nhu cầu của {item.code} phải lớn hơn 0.")
        if difference := change.to - stated[item.pk]:
            entries.append(NeedEntry(item, difference, day, change.note))
    written = record_needs(entries, by=by, now=now, today=today)
    return {row.item_id: row for row in written}


def require_paper(kind: SourceKind | None, has_paper: bool, note: str) -> None:
    """Raise ValidationError by field where identified money rests on nothing."""
    if not has_paper and kind not in WITHOUT_PAPER:
        raise ValidationError(
            {"number": "Hãy ghi văn bản giao vốn: chưa có văn bản thì chưa xác định."}
        )
    if not has_paper and not note:
        raise ValidationError({"note": "Không có văn bản thì hãy ghi rõ nguồn từ đâu."})


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
    return take_back_many(entry, [(item.pk, pk)], by=by, now=now, today=today)[0]


@transaction.atomic
def take_back_many(
    entry: Entry, rows: Sequence[tuple[int, int]], *, by: User, now: datetime, today: date
) -> list[Row]:
    """`take_back` for many rows, given as (work item id, row id), all or none. Several rows of one
    work item are taken back from the last one on."""
    ids = {item for item, _pk in rows}
    list(WorkItem.objects.select_for_update().filter(pk__in=ids).order_by("pk").values("pk"))
    model = MODELS[entry]
    known = model.objects.select_related("item", "document")
    found: dict[int, Row] = known.in_bulk([pk for _item, pk in rows])
    standing: dict[int, list[int]] = {}
    for item, pk in standing_rows(model.objects.filter(item__in=ids)).order_by("pk"):
        standing.setdefault(item, []).append(pk)
    entries = []
    for item, pk in rows:
        row = found.get(pk)
        if row is None or row.item_id != item:
            raise ValidationError("Không có dòng này ở hạng mục.")
        is_last = standing.get(item, [])[-1:] == [pk]
        if not (permit := may_take_back(row.by_id, is_last, by)):
            raise PermissionDenied(permit.reason)
        standing[item].pop()
        entries.append(_undoing(row))
    written: dict[str, Any] = {"by": by, "now": now, "today": today}
    if entry == Entry.NEED:
        return [*record_needs(entries, **written)]
    sources = [one for one in entries if isinstance(one, SourceEntry)]
    if entry == Entry.SOURCE:
        return [*record_sources(sources, **written)]
    return [*record_disbursements(sources, **written)]


def _undoing(row: Row) -> NeedEntry:
    """The row that takes another back."""
    values: dict[str, Any] = {
        "item": row.item,
        "amount": -row.amount,
        "effective_on": row.effective_on,
        "note": f"Rút lại dòng {vi_number(row.amount)} đồng ghi ngày {row.effective_on:%d/%m/%Y}.",
        "document": row.document,
        "corrects_id": row.pk,
    }
    if isinstance(row, FundingNeed):
        return NeedEntry(**values)
    return SourceEntry(**values, kind=SourceKind(row.kind))


def rows_of(item: WorkItem, entry: Entry) -> QuerySet:
    """The rows of a work item of one sort."""
    rows: dict[Entry, QuerySet] = {
        Entry.NEED: item.needs.all(),
        Entry.SOURCE: item.sources.all(),
        Entry.DISBURSEMENT: item.disbursements.all(),
    }
    return rows[entry]
