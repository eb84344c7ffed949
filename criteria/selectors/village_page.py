"""The village list: which villages the reader may see, narrowed by commune, name and state."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import BadRequest
from django.db.models import Exists, OuterRef, Q, QuerySet

from communes.models import Commune, Village, VillageMembership, valid_on
from criteria.selectors import reported
from criteria.selectors.scope import Reader
from criteria.selectors.villages import VillageCounts, VillageRow, village_counts
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation
from ntm_tracker.core.text import search_words


@dataclass(frozen=True)
class VillageFilter:
    """What the address asks for; "" means everything."""

    commune: str = ""
    state: str = ""
    q: str = ""


@dataclass(frozen=True)
class VillagePage:
    """The rows that match everything. The counts are those before the state is chosen, so that
    they still say how the villages are divided."""

    filters: VillageFilter
    rows: tuple[VillageRow, ...]
    counts: VillageCounts
    choices: tuple[tuple[str, str], ...]

    @property
    def is_filtered(self) -> bool:
        return bool(self.filters.commune or self.filters.state or self.filters.q)


def village_page(
    user: Reader, as_of: AsOf, installation: Installation, filters: VillageFilter
) -> VillagePage:
    """The page for one reader and day; at most four queries, whatever the number of villages.

    Raises BadRequest with a Vietnamese sentence for a commune in which the reader sees no village.
    """
    villages = Village.objects.visible_to(user)
    there = _with_villages(villages, as_of)
    communes = there
    if user.sees_all_communes:
        communes = there.filter(
            pk__in=reported.followed_units(user, as_of, installation.focus_district).values("pk")
        )
    choices = [(commune.code, str(reported.name_then(commune, as_of))) for commune in communes]
    if filters.commune:
        communes = there.filter(code=filters.commune[:10])
        chosen = communes.first()
        if chosen is None:
            raise BadRequest(
                f"Không có thôn nào của xã mang mã “{filters.commune[:10]}” trong phạm vi bạn xem."
            )
        if (chosen.code, str(chosen)) not in choices:
            choices.append((chosen.code, str(chosen)))
    rows = reported.villages_then(_named(villages, filters.q, as_of.date), as_of, communes)
    shown = [row for row in rows if filters.state in ("", row.state)]
    return VillagePage(filters, tuple(shown), village_counts(rows), tuple(choices))


def _with_villages(villages: QuerySet[Village], as_of: AsOf) -> QuerySet[Commune]:
    """The communes of these villages on a day, by name."""
    members = VillageMembership.objects.filter(
        valid_on(as_of.date), village__in=villages.values("pk")
    )
    communes = reported.all_units(as_of).filter(pk__in=members.values("commune"))
    return communes.order_by("sort_key", "id")


def _named(villages: QuerySet[Village], query: str, on: date) -> QuerySet[Village]:
    """Villages whose name, or whose commune's, holds every word, with or without accents."""
    for word in search_words(query):
        members = VillageMembership.objects.filter(
            valid_on(on), village=OuterRef("pk"), commune__search_text__contains=word
        )
        villages = villages.filter(Q(search_text__contains=word) | Exists(members))
    return villages
