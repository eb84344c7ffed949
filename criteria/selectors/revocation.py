"""Recognised communes whose criteria have fallen since, by the rule for revoking recognition."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet

from communes.models import Commune
from criteria.choices import RECOGNISED_STATES, Outcome
from criteria.models import Assessment, Criterion
from criteria.rules import decide, revocation_reason
from criteria.selectors.dossiers import dossier_states
from criteria.selectors.history import commune_states
from criteria.selectors.sets import SetInForce


@dataclass(frozen=True)
class Fall:
    """A criterion that is found not met after recognition, with the row that says so."""

    criterion: Criterion
    row: Assessment


@dataclass(frozen=True)
class Fallen:
    """What has fallen in one recognised commune; `reason` is empty where it does not suffice."""

    commune_id: int
    code: str
    name: str
    since: date
    total: int
    falls: tuple[Fall, ...]

    @property
    def reason(self) -> str:
        return revocation_reason(
            fallen=len(self.falls),
            weighty=sum(fall.criterion.weighs_in_revocation for fall in self.falls),
            total=self.total,
        )


def fallen_communes(
    communes: QuerySet[Commune],
    in_force: SetInForce,
    on: date,
    known_at: datetime | None = None,
) -> list[Fallen]:
    """The recognised among the communes in which something has fallen, by name; five queries, one
    where none is recognised.

    Only what was said after recognition counts: communes recognised long ago have no cells. With
    `known_at`, as far as it was written down by that time.
    """
    recognised = {
        commune: since
        for commune, (state, since) in dossier_states(communes, in_force.criteria_set, on).items()
        if state in RECOGNISED_STATES
    }
    if not recognised:
        return []
    criteria = {criterion.pk: criterion for criterion in in_force.criteria}
    states = commune_states(on, list(recognised), criteria, known_at)
    rows = Assessment.objects.in_bulk(
        {pk for state in states.values() for pk in state.row_ids.values()}
    )
    falls: dict[int, list[Fall]] = defaultdict(list)
    for (commune, criterion), state in states.items():
        said = _since((rows[pk] for pk in state.row_ids.values()), recognised[commune])
        _cell, stage = decide(said)
        if stage and said[stage].outcome == Outcome.NOT_MET:
            falls[commune].append(Fall(criteria[criterion], said[stage]))
    if not falls:
        return []
    names = communes.filter(pk__in=falls).order_by("sort_key", "id")
    return [
        Fallen(
            pk,
            code,
            name,
            recognised[pk],
            in_force.total,
            tuple(sorted(falls[pk], key=lambda fall: fall.criterion.number)),
        )
        for pk, code, name in names.values_list("pk", "code", "name")
    ]


def _since(rows: Iterable[Assessment], day: date) -> dict[str, Assessment]:
    return {row.stage: row for row in rows if row.as_of > day}
