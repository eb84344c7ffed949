"""What communes owe for construction of the programme, and how much of it is overdue."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q, QuerySet

from communes.models import Commune
from criteria.models import DebtStatement
from criteria.money_rules import may_take_back
from criteria.selectors.history import latest_first
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Document, User

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


@dataclass(frozen=True)
class DebtPage:
    """What one commune stated up to a day, the latest first."""

    commune: Commune
    rows: tuple[DebtStatement, ...]
    latest: Debt | None
    own_last: int | None = None  # the statement that the reader may take back

    @property
    def overdue_tone(self) -> str:
        return "gap" if self.latest and self.latest.overdue else ""

    @property
    def overdue_note(self) -> str:
        is_owing = self.latest and self.latest.overdue
        return "chưa đủ điều kiện công nhận" if is_owing else "không có nợ đọng"


def debt_page(commune: Commune, user: User, as_of: AsOf) -> DebtPage:
    """The statements of one commune that the reader may see, each knowing (`is_taken_back`) whether
    it still holds; two queries."""
    undone = DebtStatement.objects.filter(corrects=OuterRef("pk"))
    found = commune.debts.filter(effective_on__lte=as_of.date).select_related("document")
    rows = tuple(found.annotate(is_taken_back=Exists(undone)).order_by("-effective_on", "-pk"))
    latest = debts_on(Commune.objects.filter(pk=commune.pk), as_of.date).get(commune.pk)
    standing = [row for row in rows if not (row.corrects_id or row.is_taken_back)]
    last = max(standing, key=lambda row: row.pk, default=None)
    may = as_of.is_present and last and may_take_back(last.by_id, True, user)
    return DebtPage(commune, rows, latest, last.pk if last and may else None)
