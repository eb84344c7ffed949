"""The page of a work item: every row behind its sums, and what the reader may do there."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from communes.models import Commune, Village, VillageMembership, valid_on
from criteria.choices import Level
from criteria.desks import OFFICE, desk_of
from criteria.models import (
    Criterion,
    Disbursement,
    FundingCategory,
    FundingNeed,
    FundingSource,
    WorkItem,
)
from criteria.money_rules import Entry, may_enter, may_take_back
from criteria.selectors.funding import ItemLine, Money, item_history, total
from criteria.selectors.reported import lines_of
from criteria.selectors.scope import Reader, followed
from criteria.selectors.sets import set_in_force
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation
from ntm_tracker.core.numbers import TY, to_ty
from ntm_tracker.core.permits import Permit, refused

Row = FundingNeed | FundingSource | Disbursement
ACTIONS = {
    Entry.NEED: "Ghi, điều chỉnh nhu cầu",
    Entry.SOURCE: "Ghi nguồn đã xác định",
    Entry.DISBURSEMENT: "Ghi giải ngân",
}


def standing_rows(rows: QuerySet) -> QuerySet:
    """(work item id, id) of the rows that neither take back another nor are taken back. The last
    one of a work item is the one with the highest id."""
    return rows.filter(corrects=None, corrections=None).values_list("item_id", "pk")


def last_needs(items: Iterable[int]) -> dict[int, int]:
    """Work item id → the id of its last standing need; one query."""
    return dict(standing_rows(FundingNeed.objects.filter(item__in=items)).order_by("pk"))


@dataclass(frozen=True)
class AmountLine:
    """A row as it is listed; `state` is "taken_back" or "taking_back" where it no longer counts."""

    row: Row
    label: str
    state: str
    may_take_back: bool


@dataclass(frozen=True)
class AmountTable:
    """The rows of one sort, the latest first, with their sum and whether more may be entered."""

    entry: Entry
    lines: tuple[AmountLine, ...]
    total: int
    permit: Permit

    @property
    def id(self) -> str:
        return f"amounts-{self.entry}"

    @property
    def title(self) -> str:
        return str(self.entry.label)

    @property
    def kind_word(self) -> str:
        """What the second column says of a row."""
        return "Loại" if self.entry == Entry.NEED else "Nguồn vốn"

    @property
    def action(self) -> str:
        """What the form does."""
        return ACTIONS[self.entry]


@dataclass(frozen=True)
class ItemPage:
    """A work item with its sums on a day and every row that makes them."""

    item: WorkItem
    lines: tuple[ItemLine, ...]
    tables: tuple[AmountTable, ...]

    @property
    def money(self) -> Money:
        return total(self.lines)

    @property
    def rows(self) -> list[Row]:
        """The rows that count, of all sorts."""
        return [line.row for table in self.tables for line in table.lines if not line.state]

    @property
    def is_stated(self) -> bool:
        """Whether anybody had stated anything by that day."""
        return any(table.lines for table in self.tables)

    @property
    def may_enter(self) -> bool:
        return any(table.permit for table in self.tables)

    @property
    def places(self) -> int:
        """Decimals of tỷ that show these sums: small works would read 0,0."""
        stated = self.money.need or self.money.identified or self.money.disbursed
        return 1 if stated >= TY else 3

    @property
    def without_credit(self) -> str:
        """Identified money without credit, where there is credit."""
        money = self.money
        return self._without(money.credit, money.without_credit)

    @property
    def disbursed_without_credit(self) -> str:
        """Paid out money without credit, where there is credit."""
        money = self.money
        return self._without(money.disbursed_credit, money.disbursed_without_credit)

    def _without(self, credit: int, rest: int) -> str:
        return f"không kể tín dụng: {to_ty(rest, self.places)} tỷ đồng" if credit else ""


def item_page(user: Reader, item: WorkItem, as_of: AsOf) -> ItemPage:
    """The rows behind one work item that the reader may see; six queries."""
    history = item_history(item, as_of)
    lines = tuple(lines_of(WorkItem.objects.filter(pk=item.pk), as_of))
    money = total(lines)
    desk = desk_of(user)

    def table(entry: Entry, rows: Sequence[Row], amount: int) -> AmountTable:
        permit = may_enter(entry, item.commune_id, desk)
        if not as_of.is_present:
            permit = refused("Số liệu mới chỉ ghi được ở ngày báo cáo.")
        is_open = bool(permit)
        return AmountTable(entry, tuple(_lines(user, entry, rows, is_open)), amount, permit)

    return ItemPage(
        item,
        lines,
        (
            table(Entry.NEED, history.needs, money.need),
            table(Entry.SOURCE, history.sources, money.identified),
            table(Entry.DISBURSEMENT, history.disbursements, money.disbursed),
        ),
    )


def _lines(user: Reader, entry: Entry, rows: Sequence[Row], is_open: bool) -> Iterable[AmountLine]:
    undone = {row.corrects_id for row in rows if row.corrects_id}
    standing = [row.pk for row in rows if not row.corrects_id and row.pk not in undone]
    last, first = max(standing, default=None), standing[-1] if standing else None
    for row in rows:
        state = "taking_back" if row.corrects_id else "taken_back" if row.pk in undone else ""
        if isinstance(row, FundingNeed):
            label = "Nhu cầu ban đầu" if row.pk == first else "Điều chỉnh"
        else:
            label = row.get_kind_display()
        may = is_open and not state and bool(may_take_back(row.by_id, row.pk == last, user))
        yield AmountLine(row, label, state, may)


@dataclass(frozen=True)
class ItemPlace:
    """Where a new work item will lie, and what may be chosen there. `choices` are the communes
    that the reader may add work to, (code, words); None in `commune`: inter-commune."""

    commune: Commune | None
    choices: tuple[tuple[str, str], ...]
    categories: QuerySet[FundingCategory]
    villages: QuerySet[Village]
    criteria: QuerySet[Criterion]
    offers_whole: bool

    @property
    def commune_id(self) -> int | None:
        return self.commune.pk if self.commune else None

    @property
    def code(self) -> str:
        return self.commune.code if self.commune else ""


def item_place(user: Reader, on: date, installation: Installation, code: str) -> ItemPlace | None:
    """The place with that code, or where an account that reports for one commune works; None
    where the reader sees no such commune."""
    communes = followed(user, on, installation.focus_district).order_by("sort_key", "pk")
    desk = desk_of(user)
    if desk.role not in OFFICE:
        communes = communes.filter(pk__in=desk.commune_ids)
    offered = list(communes)
    if not code and desk.role not in OFFICE and len(offered) == 1:
        code = offered[0].code
    chosen = next((commune for commune in offered if commune.code == code), None)
    if code and chosen is None:
        return None
    there = VillageMembership.objects.filter(valid_on(on), commune=chosen).values("village")
    in_force = set_in_force(Level.COMMUNE, on, installation.province_code)
    criteria = Criterion.objects.filter(
        criteria_set=in_force.criteria_set if in_force else None
    ).order_by("number")
    return ItemPlace(
        commune=chosen,
        choices=tuple((commune.code, str(commune)) for commune in offered),
        categories=FundingCategory.objects.all(),
        villages=Village.objects.filter(pk__in=there).order_by("sort_key", "pk"),
        criteria=criteria,
        offers_whole=desk.role in OFFICE,
    )
