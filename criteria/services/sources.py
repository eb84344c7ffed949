"""Identified money of many work items at once, as it stands in lists of the office."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Sum

from criteria.choices import SourceKind
from criteria.models import FundingSource, WorkItem
from criteria.services.funding import SourceEntry, record_sources
from criteria.services.work_items import require_paper
from ntm_tracker.core.documents import Paper, documents_of
from ntm_tracker.core.models import User
from ntm_tracker.core.numbers import vi_number


@dataclass(frozen=True)
class SourceChange:
    """What one work item has of one kind by one document is to be `to` đồng; `seen` is what the
    person saw. `document_id` names a document that is known, `paper` another; neither: money of
    people or enterprises, where the note says where it is from."""

    item_id: int
    kind: SourceKind
    to: int
    seen: int
    document_id: int | None = None
    paper: Paper | None = None
    note: str = ""


@transaction.atomic
def adjust_sources(
    changes: Sequence[SourceChange], *, by: User, now: datetime, today: date
) -> list[FundingSource]:
    """Make identified money what the changes say from `today` on, all or nothing: one row with the
    difference each, in the order of the changes.

    A constant number of queries, and a few more for each document that is new. Raises
    PermissionDenied where the account may not, ValidationError where a sum has moved or is the same
    already, a document is missing, or a work item would come out below zero.
    """
    ids = {change.item_id for change in changes}
    items = WorkItem.objects.select_for_update().order_by("pk").in_bulk(ids)
    papers = [change.paper for change in changes if change.paper]
    new = documents_of(papers, by=by, now=now, today=today)
    stated = _sums(ids, today)
    entries = []
    for change in changes:
        item = items.get(change.item_id)
        if item is None:
            raise ValidationError("Có công trình không còn; hãy tải lại trang.")
        document = new.get(change.paper) if change.paper else None
        document_id = document.pk if document else change.document_id
        require_paper(change.kind, document_id is not None, change.note)
        there = stated[item.pk, change.kind, document_id]
        if there != change.seen or there == change.to:
            raise ValidationError(
                f"Người khác vừa ghi {change.kind.label.lower()} của {item.code}: nay là "
                f"{vi_number(there)} đồng."
            )
        entries.append(
            SourceEntry(
                item,
                change.to - there,
                today,
                change.note,
                kind=change.kind,
                document_id=document_id,
            )
        )
    return record_sources(entries, by=by, now=now, today=today)


def _sums(items: set[int], on: date) -> Counter[tuple[int, str, int | None]]:
    """(work item, kind, document) → identified money up to a day; one query."""
    rows = FundingSource.objects.filter(item__in=items, effective_on__lte=on).order_by()
    sums = rows.values_list("item", "kind", "document").annotate(Sum("amount"))
    return Counter({tuple(key): int(amount) for *key, amount in sums})
