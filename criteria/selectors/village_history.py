"""Who changed what in one cell of a village, when, from what to what."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise

from communes.models import Commune, Village
from criteria.choices import Outcome, Stage, VillageState
from criteria.models import Assessment, Criterion, VillageStatus
from criteria.selectors.sets import SetInForce
from criteria.village_fields import BY_FIELD, criterion_field, in_words, status_value
from criteria.village_workflow import may_fill, may_take_back, may_take_back_status
from criteria.workflow import may_report
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import Permit, refused

# What a row of the history says, where it is not a value that a cell can show.
WITHDRAWN = "Không còn báo cáo"


@dataclass(frozen=True)
class CellChange:
    """One change of one cell, the latest first in its history."""

    effective_on: date
    recorded_at: datetime
    by: str
    old: str
    new: str
    note: str
    rung: str
    rung_word: str
    provenance: str
    is_correction: bool


@dataclass(frozen=True)
class CellHistory:
    """The changes of one cell, the latest first, and whether the reader may take back the last."""

    field: str
    title: str
    changes: tuple[CellChange, ...]
    may_take_back: Permit


def criterion_history(
    user: User, village: Village, criterion: Criterion, until: date
) -> CellHistory:
    """Every judgement of one village criterion up to a day, each with what its rung said before."""
    rows = list(
        Assessment.objects.filter(village=village, criterion=criterion, as_of__lte=until).order_by(
            "as_of", "id"
        )
    )
    field = criterion_field(criterion.number)
    said: dict[str, str] = {}
    changes = []
    for row in rows:
        new = WITHDRAWN if row.outcome == Outcome.WITHDRAWN else row.get_outcome_display()
        old = said.get(row.stage, in_words(field, ""))
        changes.append(_change(row, row.as_of, old, new, row.stage))
        said[row.stage] = new
    reports = [row for row in rows if row.stage == Stage.SELF]
    return CellHistory(
        field,
        f"{criterion.number}. {criterion.name}",
        tuple(changes[::-1]),
        may_take_back(reports[-1] if reports else None, user),
    )


def status_history(user: User, village: Village, field: str, until: date) -> CellHistory:
    """Every change of one column of the status rows up to a day."""
    rows = list(village.statuses.filter(effective_on__lte=until).order_by("effective_on", "id"))
    changes = []
    for before, row in pairwise([None, *rows]):
        old, new = status_value(before, field), status_value(row, field)
        if row is not None and old != new:
            changes.append(
                _change(row, row.effective_on, in_words(field, old), in_words(field, new))
            )
    before, last = ([None, None, *rows])[-2:]
    return CellHistory(
        field,
        BY_FIELD[field].title,
        tuple(changes[::-1]),
        may_take_back_status(last, before, user),
    )


def _change(
    row: Assessment | VillageStatus, on: date, old: str, new: str, rung: str = ""
) -> CellChange:
    return CellChange(
        on,
        row.recorded_at,
        row.by_label,
        old,
        new,
        row.note,
        rung,
        str(Stage(rung).label) if rung else "",
        row.provenance,
        row.corrects_id is not None,
    )


def cell_history(
    user: User,
    village: Village,
    commune: Commune,
    in_force: SetInForce | None,
    field: str,
    as_of: AsOf,
) -> CellHistory | None:
    """The history of one cell up to a day; None where the grid has no such cell.

    What is locked, or looked at on another day, cannot be taken back.
    """
    if field in BY_FIELD:
        history = status_history(user, village, field, as_of.date)
        permit = may_report(commune.pk, user)
    else:
        criteria = in_force.criteria if in_force else ()
        criterion = next((row for row in criteria if criterion_field(row.number) == field), None)
        if criterion is None:
            return None
        history = criterion_history(user, village, criterion, as_of.date)
        last = village.statuses.filter(effective_on__lte=as_of.date).order_by(
            "-effective_on", "-id"
        )
        state = last.values_list("state", flat=True).first() or VillageState.NOT_YET
        permit = may_fill(state=state, commune_id=commune.pk, user=user)
    if not as_of.is_present:
        permit = refused("Chỉ rút lại được ở ngày báo cáo.")
    return history if permit else replace(history, may_take_back=permit)
