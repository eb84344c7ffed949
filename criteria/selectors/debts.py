"""What communes owe for construction of the programme, and how much of it is overdue."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from communes.models import Commune
from criteria.models import DebtStatement
from criteria.selectors.history import latest_first
from ntm_tracker.core.models import Document


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
        DebtStatement.objects.filter(commune__in=communes.values("pk"), effective_on__lte=on)
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


@dataclass(frozen=True)
class DebtPage:
    """What one commune stated up to a day, the latest first."""

    commune: Commune
    rows: tuple[DebtStatement, ...]
    latest: Debt | None

    @property
    def overdue_tone(self) -> str:
        return "gap" if self.latest and self.latest.overdue else ""

    @property
    def overdue_note(self) -> str:
        is_owing = self.latest and self.latest.overdue
        return "chưa đủ điều kiện công nhận" if is_owing else "không có nợ đọng"


def debt_page(commune: Commune, on: date) -> DebtPage:
    """The statements of one commune that the reader may see; two queries."""
    rows = commune.debts.filter(effective_on__lte=on).select_related("document")
    latest = debts_on(Commune.objects.filter(pk=commune.pk), on).get(commune.pk)
    return DebtPage(commune, tuple(rows.order_by("-effective_on", "-pk")), latest)
