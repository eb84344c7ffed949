"""What was promised and what came. Money, goods (by converted value) and labour days stay apart."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from communes.models import Commune
from criteria.models import FundingSource, WorkItem
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.numbers import TRIEU, to_trieu, vi_number
from sponsors.choices import GiftKind, Giver
from sponsors.models import Commitment, Contribution, Sponsor
from sponsors.models.gifts import short_number
from sponsors.rules import Reader


@dataclass(frozen=True)
class Gifts:
    """Sums: money and converted value of goods in đồng, labour in days. Never added together.

    `goods_items` counts the entries of goods, also those that nobody has valued yet.
    """

    money: int = 0
    goods: int = 0
    labour_days: Decimal = Decimal(0)
    goods_items: int = 0

    def __add__(self, other: "Gifts") -> "Gifts":
        return Gifts(
            self.money + other.money,
            self.goods + other.goods,
            self.labour_days + other.labour_days,
            self.goods_items + other.goods_items,
        )

    def __bool__(self) -> bool:
        return bool(self.money or self.goods_items or self.labour_days)

    @property
    def money_trieu(self) -> str:
        """Money in triệu đồng, with a decimal only where there is something behind it."""
        return _trieu(self.money)

    @property
    def goods_words(self) -> str:
        """Goods: how many entries and what they are worth; "" without goods."""
        if not self.goods_items:
            return ""
        worth = f" (quy đổi {_trieu(self.goods)} triệu)" if self.goods else ""
        return f"{vi_number(self.goods_items)} hiện vật{worth}"

    @property
    def labour_words(self) -> str:
        """Labour days; "" without."""
        return f"{short_number(self.labour_days)} ngày công" if self.labour_days else ""

    @property
    def other_words(self) -> str:
        """Goods and labour days in one line, to stand under an amount of money."""
        return ", ".join(words for words in (self.goods_words, self.labour_words) if words)


def _trieu(dong: int) -> str:
    return to_trieu(dong, 0 if dong % TRIEU == 0 else 1)


def total(gifts: Iterable[Gifts]) -> Gifts:
    """The sum, kind by kind."""
    return sum(gifts, Gifts())


def gifts_by(rows: QuerySet, *keys: str) -> dict[Any, Gifts]:
    """Sums of commitments or contributions per value of the keys, in one query.

    With one key the dictionary's keys are plain values, with several they are tuples.
    """
    sums = (
        rows.order_by()
        .values_list(*keys)
        .annotate(
            sum_money=Sum("amount"),
            sum_goods=Sum("converted_value"),
            sum_days=Sum("labour_days"),
            # What takes an entry back is below zero, and counts as one less.
            count_goods=Count("pk", filter=Q(kind=GiftKind.GOODS, quantity__gt=0))
            - Count("pk", filter=Q(kind=GiftKind.GOODS, quantity__lt=0)),
        )
    )
    return {
        row[0] if len(keys) == 1 else row[:-4]: Gifts(
            int(row[-4]), int(row[-3]), Decimal(row[-2]), row[-1]
        )
        for row in sums
    }


def commitments(user: Reader, as_of: AsOf) -> QuerySet[Commitment]:
    """The promises that the reader may see, up to the day."""
    rows = Commitment.objects.visible_to(user).filter(effective_on__lte=as_of.date)
    return as_of.known(rows)


def contributions(user: Reader, as_of: AsOf) -> QuerySet[Contribution]:
    """What came, as far as the reader may see it, up to the day."""
    rows = Contribution.objects.visible_to(user).filter(effective_on__lte=as_of.date)
    return as_of.known(rows)


@dataclass(frozen=True)
class CommuneContributions:
    """What came to one commune, by who gave it."""

    commune_id: int
    commune_code: str
    commune_name: str
    sponsors: Gifts
    people: Gifts
    localities: Gifts

    @property
    def all(self) -> Gifts:
        return self.sponsors + self.people + self.localities


def contribution_totals(
    user: Reader,
    as_of: AsOf,
    *,
    commune: Commune | None = None,
    communes: QuerySet[Commune] | None = None,
) -> list[CommuneContributions]:
    """Per commune that received anything, by name: sponsors, people and localities apart."""
    rows = contributions(user, as_of)
    if commune is not None:
        rows = rows.filter(commune=commune)
    if communes is not None:
        rows = rows.filter(commune__in=communes.values("pk"))
    sums = gifts_by(
        rows, "commune__sort_key", "commune_id", "commune__code", "commune__name", "giver"
    )
    places: dict[tuple[int, str, str], dict[str, Gifts]] = {}
    for (_sort, pk, code, name, giver), gifts in sorted(
        sums.items(), key=lambda item: (item[0][0], item[0][1])
    ):
        places.setdefault((pk, code, name), {})[giver] = gifts
    return [
        CommuneContributions(
            *place,
            sponsors=by_giver.get(Giver.SPONSOR, Gifts()),
            people=by_giver.get(Giver.PEOPLE, Gifts()),
            localities=by_giver.get(Giver.LOCALITY, Gifts()),
        )
        for place, by_giver in places.items()
    ]


@dataclass(frozen=True)
class GiftLine:
    """One promise or delivery, for lists."""

    pk: int
    on: date
    kind: str
    kind_label: str
    words: str
    description: str
    giver: str
    sponsor_id: int | None
    commune_code: str
    commune_name: str
    task_id: int | None
    is_identified: bool
    is_taken_back: bool
    provenance: str
    source: str
    by_label: str


def gift_line(row: Commitment | Contribution) -> GiftLine:
    """The line of a row whose sponsor and commune are loaded."""
    if row.sponsor:
        giver = row.sponsor.name
    else:
        giver = getattr(row, "giver_name", "") or str(Giver(getattr(row, "giver", "")).label)
    return GiftLine(
        pk=row.pk,
        on=row.effective_on,
        kind=row.kind,
        kind_label=row.get_kind_display(),
        words=row.words,
        description=row.description,
        giver=giver,
        sponsor_id=row.sponsor_id,
        commune_code=row.commune.code,
        commune_name=row.commune.name,
        task_id=getattr(row, "task_id", None),
        is_identified=bool(getattr(row, "funding_source_id", None))
        and not getattr(row, "is_source_taken_back", False),
        is_taken_back=getattr(row, "is_source_taken_back", False),
        provenance=row.provenance,
        source=row.source,
        by_label=row.by_label,
    )


def recent_contributions(
    user: Reader,
    as_of: AsOf,
    limit: int | None = 10,
    *,
    commune: Commune | None = None,
    sponsor: Sponsor | None = None,
    communes: QuerySet[Commune] | None = None,
) -> list[GiftLine]:
    """What came last, the latest first."""
    rows = contributions(user, as_of).select_related("sponsor", "commune")
    if commune is not None:
        rows = rows.filter(commune=commune)
    if sponsor is not None:
        rows = rows.filter(sponsor=sponsor)
    if communes is not None:
        rows = rows.filter(commune__in=communes.values("pk"))
    return [gift_line(row) for row in rows.order_by("-effective_on", "-pk")[:limit]]


def commitment_lines(user: Reader, as_of: AsOf, sponsor: Sponsor) -> list[GiftLine]:
    """What a sponsor promised, the latest first. A promise is identified while the source that the
    office recorded for it stands."""
    taken_back = FundingSource.objects.filter(corrects=OuterRef("funding_source"))
    rows = commitments(user, as_of).filter(sponsor=sponsor).select_related("sponsor", "commune")
    rows = rows.annotate(is_source_taken_back=Exists(taken_back))
    return [gift_line(row) for row in rows.order_by("-effective_on", "-pk")]


def items_for(user: Reader, commitment: Commitment) -> QuerySet[WorkItem]:
    """The work items that a promise may become a source of: of its commune, or inter-commune."""
    here = Q(commune=commitment.commune_id) | Q(commune=None)
    items = WorkItem.objects.visible_to(user).filter(here).select_related("category", "commune")
    return items.order_by("category__position", "sort_key", "pk")


def promised_to(user: Reader, as_of: AsOf, communes: QuerySet[Commune]) -> dict[int, Gifts]:
    """Commune id → what sponsors promised there, as far as the reader may see it; one query."""
    rows = commitments(user, as_of).filter(commune__in=communes.values("pk"))
    return gifts_by(rows, "commune")
