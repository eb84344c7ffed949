"""The list of what came: by giver, commune and month, with what may be taken back."""

from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page
from django.db.models import Exists, F, OuterRef, QuerySet

from criteria.selectors.reported import all_units
from ntm_tracker.core.clock import AsOf, month_end
from ntm_tracker.core.models import User
from ntm_tracker.core.paging import page_of, rows_on
from sponsors.choices import Giver
from sponsors.models import Contribution
from sponsors.rules import may_take_back_contribution
from sponsors.selectors.gifts import GiftLine, Gifts, contributions, gift_line, gifts_by, total

PAGE_SIZE = 100


@dataclass(frozen=True)
class ContributionFilters:
    """What an address narrows the list by. `commune` is a code, `month` its first day."""

    giver: str = ""
    commune: str = ""
    month: date | None = None


@dataclass(frozen=True)
class ContributionRow:
    """One entry. `is_taken_back`: a later row negates it; `corrects`: it is such a row, or
    (`is_restoring`) one by which an entry that was taken back holds again."""

    line: GiftLine
    giver_label: str
    gifts: Gifts
    corrects: int | None
    is_restoring: bool
    is_taken_back: bool
    may_take_back: bool


@dataclass(frozen=True)
class GiverSum:
    """What one kind of giver gave; the three kinds of gifts stay apart."""

    label: str
    gifts: Gifts


@dataclass(frozen=True)
class ContributionList:
    """Context of the list. The sums are over everything that the filters leave."""

    page: Page
    rows: tuple[ContributionRow, ...]
    sums: tuple[GiverSum, ...]
    total: Gifts


def contribution_list(
    user: User, as_of: AsOf, filters: ContributionFilters, number: int | None = 1
) -> ContributionList:
    """One page of what came, the latest first. Raises EmptyPage past the last page."""
    found = contributions(user, as_of)
    if filters.giver:
        found = found.filter(giver=filters.giver)
    if filters.commune:
        found = found.filter(commune__in=all_units(as_of).filter(code=filters.commune))
    if filters.month:
        span = (filters.month, month_end(filters.month))
        found = found.filter(effective_on__range=span)
    sums = gifts_by(found, "giver")
    page = page_of(found.order_by("-effective_on", "-pk"), number, PAGE_SIZE)
    rows = _loaded(found, as_of).order_by("-effective_on", "-pk")[rows_on(page)]
    return ContributionList(
        page=page,
        rows=tuple(_row(row, user, as_of) for row in rows),
        sums=tuple(GiverSum(str(giver.label), sums[giver]) for giver in Giver if giver in sums),
        total=total(sums.values()),
    )


def contribution_row(user: User, as_of: AsOf, pk: int) -> ContributionRow | None:
    """One entry; None where it does not exist for the reader on that day."""
    for row in _loaded(contributions(user, as_of).filter(pk=pk), as_of):
        return _row(row, user, as_of)
    return None


def visible_contribution(user: User, as_of: AsOf, pk: int) -> Contribution | None:
    """One entry as an object; None where it does not exist for the reader on that day."""
    return contributions(user, as_of).filter(pk=pk).first()


def contribution_communes(user: User, as_of: AsOf) -> tuple[tuple[str, str], ...]:
    """(code, name) of the communes that received anything, for the filter."""
    received = contributions(user, as_of).order_by().values("commune")
    communes = all_units(as_of).filter(pk__in=received)
    return tuple(communes.order_by("sort_key", "pk").values_list("code", "name"))


def _loaded(found: QuerySet[Contribution], as_of: AsOf) -> QuerySet[Contribution]:
    later = Contribution.objects.filter(corrects=OuterRef("pk"))
    if as_of.closed is None:
        later = later.filter(corrections=None)
    else:
        restored = as_of.known(Contribution.objects.filter(corrects=OuterRef("pk")))
        later = as_of.known(later).filter(~Exists(restored))
    return found.select_related("sponsor", "commune", "village").annotate(
        undone=Exists(later), restores=F("corrects__corrects")
    )


def _row(row: Contribution, user: User, as_of: AsOf) -> ContributionRow:
    undone = bool(getattr(row, "undone", False))
    is_last_word = row.corrects_id is None and not undone
    return ContributionRow(
        line=gift_line(row),
        giver_label=row.get_giver_display(),
        gifts=Gifts(
            row.amount, row.converted_value, row.labour_days, 1 if row.kind == "goods" else 0
        ),
        corrects=row.corrects_id,
        is_restoring=getattr(row, "restores", None) is not None,
        is_taken_back=undone,
        may_take_back=is_last_word
        and as_of.is_present
        and bool(may_take_back_contribution(user, row)),
    )
