"""What one commune owes: every statement, and which of them the reader may take back."""

from dataclasses import dataclass

from django.db.models import Exists, OuterRef

from communes.models import Commune
from criteria.models import DebtStatement
from criteria.money_rules import may_take_back
from criteria.selectors.debts import Debt
from criteria.selectors.reported import debts
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User


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
    it still holds; of a closed month what was stated when it was closed. Two queries."""
    undone = as_of.known(DebtStatement.objects.filter(corrects=OuterRef("pk")))
    found = as_of.known(commune.debts.filter(effective_on__lte=as_of.date))
    rows = tuple(
        found.select_related("document")
        .annotate(is_taken_back=Exists(undone))
        .order_by("-effective_on", "-pk")
    )
    latest = debts(Commune.objects.filter(pk=commune.pk), as_of).get(commune.pk)
    standing = [row for row in rows if not (row.corrects_id or row.is_taken_back)]
    last = max(standing, key=lambda row: row.pk, default=None)
    may = as_of.is_present and last and may_take_back(last.by_id, True, user)
    return DebtPage(commune, rows, latest, last.pk if last and may else None)
