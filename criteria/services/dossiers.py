"""Moving a dossier: every step is a new row."""

from datetime import date, datetime

from django.db import transaction

from communes.models import Commune
from criteria.choices import DossierState
from criteria.models import CriteriaSet, Dossier, DossierStep
from criteria.services.assessments import refuse_future
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.models import Document, User


@transaction.atomic
def record_dossier_step(
    *,
    commune: Commune,
    criteria_set: CriteriaSet,
    state: DossierState,
    effective_on: date,
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
    note: str = "",
    document: Document | None = None,
    provenance: str = Provenance.ENTERED,
    source: str = "",
) -> DossierStep:
    """Append a step to the commune's dossier under the set, opening the dossier if need be.

    Raises ValidationError for a date after `today`, the reporting date.
    """
    refuse_future(effective_on, today)
    dossier, _created = Dossier.objects.get_or_create(commune=commune, criteria_set=criteria_set)
    before = dossier.steps.filter(effective_on__lte=effective_on).last()
    step = DossierStep.objects.create(
        dossier=dossier,
        state=state,
        effective_on=effective_on,
        recorded_at=now,
        by=by,
        by_label=by_label or str(by or "Lệnh hệ thống"),
        note=note,
        document=document,
        provenance=provenance,
        source=source,
    )
    audit.record(
        by=by,
        action="dossier.step",
        obj=step,
        now=now,
        effective_on=effective_on,
        old=before.get_state_display() if before else "",
        new=step.get_state_display(),
        note=note,
        commune_id=commune.pk,
    )
    return step
