"""Several provinces side by side, each measured by its own criteria set."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, Count, F, OuterRef, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from communes.models import Commune, Province
from criteria.choices import MET_CELLS, Cell, DossierState, Level
from criteria.models import (
    CriteriaSet,
    Criterion,
    DossierStep,
    FundingNeed,
    FundingSource,
    Standing,
    WorkItem,
)
from criteria.rules import is_met
from criteria.selectors.history import commune_states, latest_first
from ntm_tracker.core.clock import AsOf
from ntm_tracker.dashboard.addresses import address
from ntm_tracker.dashboard.selectors.progress import Rollup, RollupRow, Tally, rollup, tally_one
from ntm_tracker.dashboard.selectors.scope import ALL, Scope

# (commune id, criteria set id)
Key = tuple[int, int]


class ProvinceSet(NamedTuple):
    """The set that measures a province's communes, and how many criteria it has."""

    pk: int
    size: int


class Count3(NamedTuple):
    """What one commune has: criteria met, overdue, and reported at all."""

    met: int = 0
    overdue: int = 0
    reported: int = 0


def by_province(scope: Scope, provinces: Sequence[Province]) -> Rollup:
    """One row per province; five queries for the whole country, grouped in the database."""
    as_of = scope.as_of
    sets = _set_by_province(provinces, as_of.date)
    chosen = {each.pk for each in sets.values()}
    counts = _counts(scope.communes, chosen, as_of)
    states = _dossiers(scope.communes, chosen, as_of.date)
    tallies = {province.pk: Tally() for province in provinces}
    for commune, province_id in scope.communes.rural().values_list("pk", "province_id"):
        key = (commune, sets[province_id].pk if province_id in sets else 0)
        count = counts.get(key, Count3())
        tallies[province_id] += tally_one(
            states.get(key), count.met, count.overdue, has_data=count.reported > 0
        )
    missing = missing_by(scope.items, as_of.date, "commune__province")
    rows = [
        RollupRow(
            province.name,
            address("dashboard:board", as_of, scope=ALL, province=province.code),
            tallies[province.pk],
            sets[province.pk].size if province.pk in sets else 0,
            missing.get(province.pk, 0),
        )
        for province in provinces
    ]
    return rollup("Tỉnh", rows, scope.sort, missing.get(None, 0))


def _set_by_province(provinces: Iterable[Province], on: date) -> dict[int, ProvinceSet]:
    """Province id → the set that measures its communes, chosen as `set_in_force` does."""
    sets = list(
        CriteriaSet.objects.in_force(Level.COMMUNE, on)
        .order_by("-valid_from", "code")
        .annotate(size=Count("criteria"))
        .values_list("province_id", "pk", "size")
    )
    chosen = {}
    for province in provinces:
        own = [ProvinceSet(pk, size) for owner, pk, size in sets if owner == province.pk]
        national = [ProvinceSet(pk, size) for owner, pk, size in sets if owner is None]
        if own or national:
            chosen[province.pk] = (own or national)[0]
    return chosen


def _counts(communes: QuerySet[Commune], sets: set[int], as_of: AsOf) -> dict[Key, Count3]:
    """What each commune has under each set: grouped in SQL for the present."""
    if as_of.is_present:
        met = Q(cell__in=[cell.value for cell in MET_CELLS])
        rows = (
            Standing.objects.filter(
                commune__in=communes.values("pk"), criterion__criteria_set__in=sets
            )
            .order_by()
            .values_list("commune", "criterion__criteria_set")
            .annotate(
                met=Count("pk", filter=met),
                overdue=Count("pk", filter=~met & Q(planned_on__lt=as_of.date)),
                reported=Count("pk", filter=~Q(cell=Cell.UNREPORTED)),
            )
        )
        return {(commune, chosen): Count3(*numbers) for commune, chosen, *numbers in rows}
    set_of = dict(Criterion.objects.filter(criteria_set__in=sets).values_list("pk", "criteria_set"))
    counts: dict[Key, Count3] = {}
    states = commune_states(as_of.date, communes.values("pk"), set_of)
    for (commune, criterion), state in states.items():
        key = (commune, set_of[criterion])
        old = counts.get(key, Count3())
        met_now = is_met(state.cell)
        late = bool(state.planned_on and state.planned_on < as_of.date and not met_now)
        counts[key] = Count3(
            old.met + met_now, old.overdue + late, old.reported + (state.cell != Cell.UNREPORTED)
        )
    return counts


def _dossiers(communes: QuerySet[Commune], sets: set[int], on: date) -> dict[Key, DossierState]:
    """(commune, set) → state of the dossier, over several sets in one query."""
    rows = (
        DossierStep.objects.filter(
            dossier__commune__in=communes.values("pk"),
            dossier__criteria_set__in=sets,
            effective_on__lte=on,
        )
        .annotate(place=latest_first(["dossier_id"], "effective_on"))
        .filter(place=1)
        .order_by()
        .values_list("dossier__commune", "dossier__criteria_set", "state")
    )
    return {(commune, chosen): DossierState(state) for commune, chosen, state in rows}


def missing_by(items: QuerySet[WorkItem], on: date, field: str) -> dict[Any, int]:
    """Missing money in đồng by a field of the work item, added up per item in the database."""

    def amounts(model: type[FundingNeed] | type[FundingSource]) -> Coalesce:
        rows = model.objects.filter(item=OuterRef("pk"), effective_on__lte=on).order_by()
        sums = rows.values("item").annotate(sum=Sum("amount")).values("sum")
        return Coalesce(Subquery(sums), Value(0), output_field=BigIntegerField())

    rows = (
        items.annotate(need=amounts(FundingNeed), have=amounts(FundingSource))
        .order_by()
        .values_list(field)
        .annotate(sum=Sum(Greatest(F("need") - F("have"), Value(0))))
    )
    return {key: int(missing) for key, missing in rows}
