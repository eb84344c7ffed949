"""How far each commune's papers are."""

from datetime import date

from django.db.models import QuerySet

from communes.models import Commune
from criteria.choices import DossierState
from criteria.models import CriteriaSet, DossierStep
from criteria.selectors.history import latest_first


def dossier_states(
    communes: QuerySet[Commune], criteria_set: CriteriaSet, on: date
) -> dict[int, tuple[DossierState, date]]:
    """Commune id → (state, since) of its dossier under the set on a day, in one query."""
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


def dossier_steps(commune: Commune, on: date) -> list[DossierStep]:
    """The steps of a commune's dossiers up to a day, the latest first."""
    return list(
        DossierStep.objects.filter(dossier__commune=commune, effective_on__lte=on)
        .select_related("document", "dossier__criteria_set")
        .order_by("-effective_on", "-id")
    )
