"""The procedure of the catalogue, and dossiers at a state, for several tests."""

from datetime import date

from criteria.choices import DossierState
from criteria.models import DossierStep, ProcedureStep
from criteria.services.dossiers import record_dossier_step
from ntm_tracker.dashboard.catalogues.files import FIXTURES, Loading
from ntm_tracker.dashboard.catalogues.sets import load_procedure_steps
from tests.factories import NOW, TODAY


def load_procedure() -> None:
    load_procedure_steps(Loading(FIXTURES))


def rule(step: str, **fields) -> ProcedureStep:
    """A bare row of configuration, not stored."""
    return ProcedureStep(
        **{"code": step, "actor": "cơ quan", "roles": "office", "valid_from": TODAY} | fields
    )


def put(commune, criteria_set, state: DossierState, on: date = date(2022, 4, 1)) -> DossierStep:
    """The dossier brought to a state by a command."""
    return record_dossier_step(
        commune=commune,
        criteria_set=criteria_set,
        state=state,
        effective_on=on,
        by=None,
        now=NOW,
        today=TODAY,
    )
