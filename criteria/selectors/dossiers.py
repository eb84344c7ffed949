"""How far each commune's papers are."""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from communes.models import Commune, UnitSuccession
from criteria.choices import RECOGNISED_STATES, DossierState
from criteria.dossier_workflow import next_on_the_way
from criteria.models import CriteriaSet, DossierStep, ProcedureStep
from criteria.selectors.history import latest_first
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.working_days import add_working_days


def dossier_states(
    communes: QuerySet[Commune], criteria_set: CriteriaSet | int, on: date
) -> dict[int, tuple[DossierState, date]]:
    """Commune id → (state, since) of its dossier under the set (or its id) on a day, in one
    query."""
    rows = (
        DossierStep.objects.filter(
            dossier__criteria_set=criteria_set,
            dossier__commune__in=communes.values("pk"),
            effective_on__lte=on,
        )
        .annotate(place=latest_first(["dossier_id"], "effective_on"))
        .filter(place=1)
        .order_by()
        .values_list("dossier__commune_id", "state", "effective_on")
    )
    return {commune: (DossierState(state), since) for commune, state, since in rows}


def dossier_steps(commune: Commune, as_of: AsOf) -> list[DossierStep]:
    """The steps of a commune's dossiers up to a day, the latest first."""
    steps = DossierStep.objects.filter(dossier__commune=commune, effective_on__lte=as_of.date)
    return list(
        as_of.known(steps)
        .select_related("document", "dossier__criteria_set")
        .order_by("-effective_on", "-id")
    )


def procedure_on(day: date) -> dict[str, ProcedureStep]:
    """Step → its configuration in force on a day (`criteria.dossier_workflow`), in one query."""
    rows = ProcedureStep.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day
    )
    return {row.code: row for row in rows.order_by("valid_from")}


@dataclass(frozen=True)
class WaitingDossier:
    """A dossier whose next step has a day limit: which step, and the last day for it."""

    commune_code: str
    commune_name: str
    step: str
    due_on: date


def waiting_dossiers(
    communes: QuerySet[Commune], criteria_set: CriteriaSet, on: date, until: date
) -> list[WaitingDossier]:
    """The dossiers whose next step is due by `until` under the configuration in force, by commune
    name; three queries."""
    procedure = procedure_on(on)
    states = dossier_states(communes, criteria_set, on)
    found = []
    names = communes.filter(pk__in=states).order_by("sort_key", "id")
    for pk, code, name in names.values_list("pk", "code", "name"):
        state, since = states[pk]
        passage = next_on_the_way(state)
        rule = procedure.get(passage.step) if passage else None
        if rule is None or rule.day_limit is None:
            continue
        due_on = (
            add_working_days(since, rule.day_limit)
            if rule.counts_working_days
            else since + timedelta(days=rule.day_limit)
        )
        if due_on <= until:
            found.append(WaitingDossier(code, name, rule.name, due_on))
    return found


def has_recognised_origin(commune: Commune, on: date) -> bool:
    """Whether a unit of which this one was made had been recognised, under whatever set."""
    origins = UnitSuccession.objects.filter(new=commune, on__lte=on).values("old")
    latest = (
        DossierStep.objects.filter(dossier__commune__in=origins, effective_on__lte=on)
        .annotate(place=latest_first(["dossier_id"], "effective_on"))
        .filter(place=1)
        .order_by()
    )
    return any(state in RECOGNISED_STATES for state in latest.values_list("state", flat=True))
