"""Sponsorship of one commune, read once for all that its page says of it."""

from collections import defaultdict
from dataclasses import dataclass

from communes.models import Commune
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from sponsors.choices import Giver
from sponsors.selectors.assignments import CommuneSponsor, PlaceSums, TaskSums
from sponsors.selectors.gifts import (
    CommuneContributions,
    Gifts,
    commitments,
    contributions,
    gifts_by,
    total,
)
from sponsors.selectors.reported import commune_sponsors_then, summed, tasks_then
from sponsors.selectors.tasks import TaskRow


@dataclass(frozen=True)
class CommuneWork:
    """Who is at work, the tasks, the sum promised, and what came by who gave it
    (None: nothing)."""

    sponsors: tuple[CommuneSponsor, ...]
    tasks: tuple[TaskRow, ...]
    promised: Gifts
    totals: CommuneContributions | None


def commune_work(user: User, commune: Commune, as_of: AsOf) -> CommuneWork:
    """The work in a commune that the reader may see. The sums by sponsor come out of the rows and
    sums of the commune that are shown beside them; five queries for who sees all communes."""
    tasks = tasks_then(user, as_of, commune=commune)
    promised = gifts_by(commitments(user, as_of).filter(commune=commune), "assignment_id")
    given = gifts_by(
        contributions(user, as_of).filter(commune=commune),
        "giver",
        "sponsor_id",
        "commune_id",
        "village_id",
    )
    delivered = {key[1:]: gifts for key, gifts in given.items() if key[0] == Giver.SPONSOR}
    sums = PlaceSums(promised, delivered, _by_place(tasks))
    return CommuneWork(
        tuple(commune_sponsors_then(user, commune, as_of, sums=sums)),
        tuple(tasks),
        total(promised.values()),
        _by_giver(commune, given) if given else None,
    )


def _by_giver(commune: Commune, given: dict[tuple, Gifts]) -> CommuneContributions:
    by_giver = {
        giver: total(gifts for key, gifts in given.items() if key[0] == giver) for giver in Giver
    }
    return CommuneContributions(
        commune.pk,
        commune.code,
        commune.name,
        sponsors=by_giver[Giver.SPONSOR],
        people=by_giver[Giver.PEOPLE],
        localities=by_giver[Giver.LOCALITY],
    )


def _by_place(tasks: list[TaskRow]) -> dict[tuple, TaskSums]:
    """(sponsor, commune, village) → sums of its tasks, of which none is cancelled."""
    rows: dict[tuple, list[TaskRow]] = defaultdict(list)
    for row in tasks:
        rows[row.sponsor_id, row.commune_id, row.village_id].append(row)
    return {place: summed(own) for place, own in rows.items()}
