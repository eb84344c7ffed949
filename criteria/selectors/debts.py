"""What communes owe for construction of the programme, and how much of it is overdue."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from communes.models import Commune
from criteria.models import DebtStatement
from criteria.selectors.history import latest_first
from ntm_tracker.core.models import Document

# What was taken back never held, and the row that takes it back says no debt of its own.
STANDING = Q(corrects=None, corrections=None)


@dataclass(frozen=True)
class Debt:
    """The latest statement of one commune, in đồng; `overdue` (nợ đọng) is a part of `total`."""

    total: int
    overdue: int
    on: date
    by_label: str
    document: Document | None
    provenance: str
    source: str


def debts_on(communes: QuerySet[Commune], on: date) -> dict[int, Debt]:
    """Commune id → its latest statement on a day, in one query. A commune that has stated nothing
    is not in it: that is another thing than a debt of 0."""
    latest = (
        DebtStatement.objects.filter(
            STANDING, commune__in=communes.values("pk"), effective_on__lte=on
        )
        .annotate(place=latest_first(["commune_id"], "effective_on"))
        .filter(place=1)
        .order_by()
    )
    rows = DebtStatement.objects.filter(pk__in=latest.values("pk")).select_related("document")
    return {
        row.commune_id: Debt(
            row.total,
            row.overdue,
            row.effective_on,
            row.by_label,
            row.document,
            row.provenance,
            row.source,
        )
        for row in rows
    }
