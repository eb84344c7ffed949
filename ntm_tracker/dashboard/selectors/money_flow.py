"""From promise to payment: what was promised, what came, what has a source, what was paid out.

The four stand beside each other and are never added: a promise is no source until the office has
recorded it, and what sponsors bring in goods and labour never becomes one.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from communes.models import Commune
from criteria.models import WorkItem
from criteria.selectors import reported
from criteria.selectors.debts import Debt
from criteria.selectors.funding import UNALLOTTED, Money, from_sponsors, group_money
from criteria.selectors.scope import followed
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation, User
from sponsors.selectors import Gifts, contribution_totals
from sponsors.selectors.gifts import promised_to


@dataclass(frozen=True)
class Flow:
    """The money of one place on its way; `debt` is None where nothing was stated."""

    code: str
    name: str
    promised: Gifts
    delivered: Gifts
    from_sponsors: int
    money: Money
    debt: Debt | None = None

    @property
    def is_empty(self) -> bool:
        nothing = Money()
        return self.money == nothing and not (self.promised or self.delivered or self.debt)


@dataclass(frozen=True)
class FlowPage:
    """Place by place, with sums of each column."""

    rows: tuple[Flow, ...]

    @property
    def sum(self) -> Flow:
        """The columns added up, each by itself."""
        return Flow(
            "",
            "Tổng cộng",
            _gifts(row.promised for row in self.rows),
            _gifts(row.delivered for row in self.rows),
            sum(row.from_sponsors for row in self.rows),
            sum((row.money for row in self.rows), Money()),
        )

    @property
    def debt(self) -> int:
        return sum(row.debt.total for row in self.rows if row.debt)

    @property
    def overdue(self) -> int:
        return sum(row.debt.overdue for row in self.rows if row.debt)


def _gifts(gifts: Iterable[Gifts]) -> Gifts:
    return sum(gifts, Gifts())


def commune_flow(
    user: User, commune: Commune, as_of: AsOf, *, money: Money, promised: Gifts, delivered: Gifts
) -> Flow:
    """The flow of one commune whose sums are known already; two queries."""
    here = Commune.objects.filter(pk=commune.pk)
    items = WorkItem.objects.visible_to(user).filter(commune=commune)
    return Flow(
        commune.code,
        str(commune),
        promised,
        delivered,
        from_sponsors(items, as_of).get(commune.pk, 0),
        money,
        reported.debts(here, as_of).get(commune.pk),
    )


def flow_page(user: User, as_of: AsOf, installation: Installation) -> FlowPage:
    """The flow of every place that the reader follows and that has any, by name; what is
    inter-commune comes last. Eight queries."""
    communes = followed(user, as_of.date, installation.focus_district)
    items = reported.followed_items(user, as_of, installation.focus_district)
    money = group_money(reported.lines_of(items, as_of), lambda line: line.commune_id)
    promised = promised_to(user, as_of, communes)
    delivered = {
        row.commune_id: row.sponsors for row in contribution_totals(user, as_of, communes=communes)
    }
    recorded, debts = from_sponsors(items, as_of), reported.debts(communes, as_of)
    rows = [
        Flow(
            commune.code,
            str(commune),
            promised.get(commune.pk, Gifts()),
            delivered.get(commune.pk, Gifts()),
            recorded.get(commune.pk, 0),
            money.get(commune.pk, Money()),
            debts.get(commune.pk),
        )
        for commune in communes.order_by("sort_key", "pk")
    ]
    if None in money:
        rows.append(Flow("", UNALLOTTED, Gifts(), Gifts(), recorded.get(None, 0), money[None]))
    return FlowPage(tuple(row for row in rows if not row.is_empty))
