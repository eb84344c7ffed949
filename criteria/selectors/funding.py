"""The money: what is needed, what has a source, what is missing. All amounts in whole đồng."""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from django.db.models import F, QuerySet, Sum, Value

from communes.choices import UnitKind, unit_word
from criteria.choices import SourceKind
from criteria.models import (
    Disbursement,
    FundingCategory,
    FundingNeed,
    FundingSource,
    WorkItem,
)
from ntm_tracker.core.clock import AsOf

UNALLOTTED = "Liên xã, chưa phân bổ"
SOURCE, PAID = "source", "paid"

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True)
class Money:
    """Sums over work items. `missing` adds up what each item lacks and `surplus` what it has too
    much: totals add the items and are never a difference of totals. What was paid out stands apart
    and changes none of them."""

    need: int = 0
    identified: int = 0
    missing: int = 0
    surplus: int = 0
    credit: int = 0
    disbursed: int = 0
    disbursed_credit: int = 0

    def __add__(self, other: "Money") -> "Money":
        return Money(
            self.need + other.need,
            self.identified + other.identified,
            self.missing + other.missing,
            self.surplus + other.surplus,
            self.credit + other.credit,
            self.disbursed + other.disbursed,
            self.disbursed_credit + other.disbursed_credit,
        )

    @property
    def without_credit(self) -> int:
        """Identified money that is no credit; credit dwarfs the rest, so both are shown."""
        return self.identified - self.credit

    @property
    def disbursed_without_credit(self) -> int:
        """What was paid out and is no credit."""
        return self.disbursed - self.disbursed_credit

    @property
    def percent_identified(self) -> int:
        """Identified in percent of need, rounded down, so that 100 means all of it."""
        return 0 if self.need <= 0 else min(100, self.identified * 100 // self.need)


@dataclass(frozen=True)
class ItemLine:
    """A work item on a day. `commune_id` is None for inter-commune / not yet allotted work."""

    pk: int
    code: str
    name: str
    category_id: int
    commune_id: int | None
    commune_code: str | None
    commune_name: str | None
    criterion_number: int | None
    provenance: str
    money: Money
    commune_kind: str | None = None
    commune_sort: str | None = None
    category_code: str = ""
    category_name: str = ""

    @property
    def commune_label(self) -> str:
        """The commune in words, or that there is none."""
        if self.commune_name is None:
            return UNALLOTTED
        return f"{unit_word(self.commune_kind or UnitKind.XA)} {self.commune_name}"


def item_lines(items: QuerySet[WorkItem], on: date) -> list[ItemLine]:
    """Each work item (already narrowed to what the reader may see) with its sums on a day.

    Three queries whatever the number of items. Items nobody had stated by then are left out.
    """
    chosen = items.values("pk")
    needs = dict(
        FundingNeed.objects.filter(item__in=chosen, effective_on__lte=on)
        .order_by()
        .values_list("item_id")
        .annotate(Sum("amount"))
    )
    have: dict[str, Counter[int]] = {SOURCE: Counter(), PAID: Counter()}
    credit: dict[str, Counter[int]] = {SOURCE: Counter(), PAID: Counter()}
    for item, kind, what, amount in _by_kind(items, on, "item_id"):
        have[what][item] += int(amount)
        if kind == SourceKind.CREDIT:
            credit[what][item] += int(amount)
    # Databases differ in where rows without a commune go: they come last here.
    rows = items.order_by(
        "category__position",
        "category_id",
        F("commune__sort_key").asc(nulls_last=True),
        F("commune_id").asc(nulls_last=True),
        "sort_key",
        "id",
    ).values(
        "pk",
        "code",
        "name",
        "category_id",
        "commune_id",
        "provenance",
        criterion_number=F("criterion__number"),
        commune_code=F("commune__code"),
        commune_name=F("commune__name"),
        commune_kind=F("commune__kind"),
        commune_sort=F("commune__sort_key"),
        category_code=F("category__code"),
        category_name=F("category__name"),
    )
    lines = []
    for row in rows:
        pk = row["pk"]
        if pk not in needs and pk not in have[SOURCE] and pk not in have[PAID]:
            continue
        need, identified = int(needs.get(pk, 0)), have[SOURCE][pk]
        money = Money(
            need,
            identified,
            max(0, need - identified),
            max(0, identified - need),
            credit[SOURCE][pk],
            have[PAID][pk],
            credit[PAID][pk],
        )
        lines.append(ItemLine(**row, money=money))
    return lines


def _by_kind(items: QuerySet[WorkItem], on: date, *keys: str) -> QuerySet:
    """(keys…, kind, what, sum) of identified and of paid out money up to a day, in one query."""
    sums = [
        model.objects.filter(item__in=items.values("pk"), effective_on__lte=on)
        .order_by()
        .annotate(what=Value(what))
        .values_list(*keys, "kind", "what")
        .annotate(Sum("amount"))
        for model, what in ((FundingSource, SOURCE), (Disbursement, PAID))
    ]
    return sums[0].union(sums[1], all=True)


def total(lines: Iterable[ItemLine]) -> Money:
    """The sum over items."""
    return sum((line.money for line in lines), Money())


def group_money(lines: Iterable[ItemLine], key: Callable[[ItemLine], Key]) -> dict[Key, Money]:
    """Sums over items by any key, in the order in which the keys first appear."""
    groups: dict[Key, Money] = {}
    for line in lines:
        groups[key(line)] = groups.get(key(line), Money()) + line.money
    return groups


@dataclass(frozen=True)
class FundingNode:
    """A row of the funding table: a category, a commune in it, or a work item."""

    key: str
    label: str
    money: Money
    children: tuple["FundingNode", ...] = ()
    provenance: str = ""
    commune_code: str = ""


def funding_tree(lines: Iterable[ItemLine]) -> list[FundingNode]:
    """Category → commune → work item; each level adds the one below. Categories without any item
    still stand there with zeros, so that the table has the shape people know. One query."""
    by_category: dict[int, dict[int | None, list[ItemLine]]] = {}
    for line in lines:
        by_category.setdefault(line.category_id, {}).setdefault(line.commune_id, []).append(line)
    nodes = []
    for category in FundingCategory.objects.all():
        communes = []
        for members in by_category.get(category.pk, {}).values():
            first = members[0]
            communes.append(
                FundingNode(
                    key=f"{category.code}/{first.commune_code or 'lien-xa'}",
                    label=first.commune_label,
                    money=total(members),
                    children=tuple(
                        FundingNode(line.code, line.name, line.money, (), line.provenance)
                        for line in members
                    ),
                    commune_code=first.commune_code or "",
                )
            )
        nodes.append(
            FundingNode(
                category.code,
                category.name,
                sum((node.money for node in communes), Money()),
                tuple(communes),
            )
        )
    return nodes


@dataclass(frozen=True)
class KindLine:
    """Identified and paid out money of one kind of source."""

    kind: SourceKind
    amount: int
    disbursed: int = 0


def identified_by_kind(items: QuerySet[WorkItem], on: date) -> list[KindLine]:
    """Identified and paid out money by kind of source, in the fixed order of kinds; kinds without
    money too."""
    sums = {(kind, what): int(amount) for kind, what, amount in _by_kind(items, on)}
    return [
        KindLine(kind, sums.get((kind, SOURCE), 0), sums.get((kind, PAID), 0))
        for kind in SourceKind
    ]


@dataclass(frozen=True)
class ItemKind:
    """Identified and paid out money of one kind of source at one work item."""

    item_id: int
    kind: SourceKind
    amount: int
    disbursed: int


def item_kinds(items: QuerySet[WorkItem], on: date) -> list[ItemKind]:
    """What each work item has of each kind, where it has any; one query."""
    sums: dict[tuple[int, str], Counter[str]] = {}
    for item, kind, what, amount in _by_kind(items, on, "item_id"):
        sums.setdefault((item, kind), Counter())[what] += int(amount)
    return [
        ItemKind(item, SourceKind(kind), found[SOURCE], found[PAID])
        for (item, kind), found in sorted(sums.items())
    ]


@dataclass(frozen=True)
class ItemHistory:
    """The rows behind a work item up to a day, the latest first."""

    needs: tuple[FundingNeed, ...]
    sources: tuple[FundingSource, ...]
    disbursements: tuple[Disbursement, ...]


def item_history(item: WorkItem, as_of: AsOf) -> ItemHistory:
    """Every row behind a work item up to a day that may be closed; three queries."""

    def rows(kept: QuerySet) -> tuple:
        kept = as_of.known(kept.filter(effective_on__lte=as_of.date)).select_related("document")
        return tuple(kept.order_by("-effective_on", "-id"))

    return ItemHistory(
        rows(item.needs.all()), rows(item.sources.all()), rows(item.disbursements.all())
    )


def from_sponsors(items: QuerySet[WorkItem], as_of: AsOf) -> dict[int | None, int]:
    """Commune id → the identified money that the office recorded as a sponsor's; one query."""
    rows = FundingSource.objects.filter(
        item__in=items.values("pk"), kind=SourceKind.SPONSOR, effective_on__lte=as_of.date
    )
    sums = as_of.known(rows).order_by().values_list("item__commune").annotate(Sum("amount"))
    return {commune: int(amount) for commune, amount in sums}
