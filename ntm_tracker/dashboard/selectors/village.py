"""One village: where it stands, how it came there, who helps it."""

from dataclasses import dataclass

from communes.models import Commune, Village
from criteria.models import VillageStatus
from criteria.selectors.reported import name_then, villages_then
from criteria.selectors.village_grid import village_set
from criteria.selectors.village_readiness import VillageReadiness, village_readiness
from criteria.selectors.villages import VillageRow, village_history
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from ntm_tracker.dashboard.selectors import sponsorship
from ntm_tracker.dashboard.selectors.trail import TrailRow, own_sponsor_id, trail


@dataclass(frozen=True)
class VillagePage:
    """Context of `village.html`. `commune_is_open` says whether the reader may open the page of
    its commune: who sponsors only the village may know just the name."""

    village: Village
    row: VillageRow
    as_of: AsOf
    commune: Commune
    commune_is_open: bool
    readiness: VillageReadiness
    history: tuple[VillageStatus, ...]
    work: sponsorship.PlaceWork
    changes: tuple[TrailRow, ...]


def village_page(
    user: User, village: Village, as_of: AsOf, province_code: str
) -> VillagePage | None:
    """Everything about a village that `user` (who may see it) may see; constant queries.

    None where the village belonged to no commune on that day.
    """
    rows = villages_then(Village.objects.filter(pk=village.pk), as_of)
    if not rows:
        return None
    row = rows[0]
    commune = name_then(Commune.objects.select_related("district").get(pk=row.commune_id), as_of)
    return VillagePage(
        village=village,
        row=row,
        as_of=as_of,
        commune=commune,
        commune_is_open=Commune.objects.visible_to(user).filter(pk=commune.pk).exists(),
        readiness=village_readiness(user, row, village_set(as_of.date, province_code), as_of),
        history=tuple(village_history(village, as_of.date)),
        work=sponsorship.village_work(user, commune, village, as_of),
        changes=trail(user, as_of.date, own_sponsor=own_sponsor_id(user), village_id=village.pk),
    )
