"""What a closed month is kept as: rows of every kind, each readable without any other table."""

from dataclasses import dataclass, replace
from typing import Any

from criteria.selectors import kept as of_criteria
from criteria.selectors.catalogue import CriterionLine
from criteria.selectors.debts import Debt
from criteria.selectors.funding import ItemKind
from criteria.selectors.standings import CommuneStanding
from ntm_tracker.core import snapshots
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.codec import Codec
from ntm_tracker.core.models import Installation, Period, SnapshotRow
from ntm_tracker.reports.selectors.outlook import Outlook, Planned
from ntm_tracker.reports.selectors.rows import (
    Adjustment,
    Closing,
    KeyLine,
    MonthRows,
    SponsorBefore,
    State,
)
from sponsors.selectors import kept as of_sponsors
from sponsors.selectors.assignments import AssignmentRow
from sponsors.selectors.difficulties import DifficultyRow
from sponsors.selectors.tasks import TaskRow

# Stored in the database: a name stays as it is, whatever becomes of the class.
NAMES: dict[str, type] = of_sponsors.NAMES | {
    "adjustment": Adjustment,
    "as-of": AsOf,
    "closing": Closing,
    "installation": Installation,
    "key-line": KeyLine,
    "month": MonthRows,
    "outlook": Outlook,
    "period": Period,
    "planned": Planned,
    "sponsor-before": SponsorBefore,
    "state": State,
}
CODEC = Codec(NAMES)
MONTH, INSTALLATION, CRITERION = "month", "installation", "criterion"
# Kinds of rows that stand in the month itself and in its state, with the field each fills.
OF_MONTH = {
    "key-line": "key_lines",
    of_criteria.CHANGE: "changes",
    of_criteria.OVERDUE: "overdue",
    "funding": "funding",
    "money-commune": "by_commune",
    "money-kind": "by_kind",
    "control": "control",
    "announced": "announced",
    of_sponsors.SPONSOR: "sponsors",
    "late-task": "late",
    "adjustment": "adjustments",
}
OF_STATE = {
    of_criteria.COMMUNE: "standings",
    of_criteria.VILLAGE: "villages",
    of_criteria.ITEM: "lines",
}

# What the report needs: not the tasks, which are many, nor what the criteria ask.
OF_REPORT = (MONTH, INSTALLATION, *OF_MONTH, *OF_STATE)


@dataclass(frozen=True)
class Contents:
    """What is copied when a month is closed: its report with the letterhead it bears, and what the
    pages of its cut-off day say beyond it: every task, those cancelled apart, who sponsored whom,
    every difficulty, what each criterion asked, the kinds of money at each work item, debts
    (commune id, debt)."""

    rows: MonthRows
    installation: Installation
    tasks: tuple[TaskRow, ...]
    cancelled: tuple[TaskRow, ...]
    assignments: tuple[AssignmentRow, ...]
    difficulties: tuple[DifficultyRow, ...]
    criteria: tuple[CriterionLine, ...]
    item_kinds: tuple[ItemKind, ...]
    debts: tuple[tuple[int, Debt], ...]


def rows_to_store(contents: Contents) -> list[SnapshotRow]:
    """The unsaved rows of a month, with its period and the time it was closed for."""
    rows = contents.rows
    if rows.closing is None:
        raise ValueError("a month is stored when it is closed")
    bare: dict[str, Any] = dict.fromkeys(OF_MONTH.values(), ())
    empty: dict[str, Any] = dict.fromkeys(OF_STATE.values(), ())
    state = replace(rows.state, **empty)
    kinds = {
        MONTH: (replace(rows, state=state, **bare),),
        INSTALLATION: (contents.installation,),
        CRITERION: contents.criteria,
        of_sponsors.TASK: contents.tasks,
        of_sponsors.CANCELLED: contents.cancelled,
        of_sponsors.ASSIGNMENT: contents.assignments,
        of_sponsors.DIFFICULTY: contents.difficulties,
        of_criteria.IN_FORCE: (rows.in_force,) if rows.in_force else (),
        of_criteria.ITEM_KIND: contents.item_kinds,
        of_criteria.DEBT: contents.debts,
        **{kind: getattr(rows, field) for kind, field in OF_MONTH.items()},
        **{kind: getattr(rows.state, field) for kind, field in OF_STATE.items()},
    }
    return [
        SnapshotRow(
            period_id=rows.period.pk,
            revision=rows.closing.revision,
            kind=kind,
            position=position,
            commune_code=_commune_code(row),
            sponsor_id=row.pk if kind == of_sponsors.SPONSOR else getattr(row, "sponsor_id", None),
            data=CODEC.encode(row),
        )
        for kind, found in kinds.items()
        for position, row in enumerate(found)
    ]


def _commune_code(row: Any) -> str:
    if isinstance(row, CommuneStanding):
        return row.code
    return getattr(row, "commune_code", None) or ""


def stored(period: Period, *kinds: str, revision: int | None = None) -> dict[str, tuple]:
    """The rows of a closed month by kind, of its latest closing unless another is asked for; one
    query. Without kinds: everything."""
    return snapshots.stored(period.pk, revision or period.revision, CODEC, kinds)


def month_of(kept: dict[str, tuple]) -> MonthRows:
    """The report out of what `stored` read; kinds that were not asked for are empty."""
    rows: MonthRows = kept[MONTH][0]
    return replace(
        rows,
        state=replace(rows.state, **_filled(OF_STATE, kept)),
        **_filled(OF_MONTH, kept),
    )


def _filled(fields: dict[str, str], kept: dict[str, tuple]) -> dict[str, Any]:
    return {field: kept.get(kind, ()) for kind, field in fields.items()}
