"""What a closed month is kept as: rows of every kind, each readable without any other table."""

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import Any

from criteria.choices import Cell, DossierState, SourceKind, VillageState
from criteria.models import (
    ControlTotal,
    CriteriaSet,
    Criterion,
    Department,
    FundingCategory,
    Indicator,
    Threshold,
)
from criteria.selectors.catalogue import CriterionLine, IndicatorLine
from criteria.selectors.control import ControlLine, ItemDifference, Verdict
from criteria.selectors.funding import FundingNode, ItemLine, KindLine, Money
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import Change, CommuneStanding, OverdueCriterion
from criteria.selectors.villages import VillageCounts, VillageRow
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.codec import Codec
from ntm_tracker.core.models import Document, Installation, Period, SnapshotRow
from ntm_tracker.reports.selectors.rows import Adjustment, Closing, KeyLine, MonthRows, State
from sponsors.selectors.assignments import TaskSums
from sponsors.selectors.gifts import Gifts
from sponsors.selectors.reviews import ReviewLine
from sponsors.selectors.sponsors import Papers, Place, SponsorRow
from sponsors.selectors.tasks import TaskCounts, TaskRow

# Stored in the database: a name stays as it is, whatever becomes of the class.
NAMES: dict[str, type] = {
    "as-of": AsOf,
    "adjustment": Adjustment,
    "cell": Cell,
    "change": Change,
    "closing": Closing,
    "commune": CommuneStanding,
    "control": ControlLine,
    "control-total": ControlTotal,
    "criterion": Criterion,
    "criterion-line": CriterionLine,
    "department": Department,
    "document": Document,
    "dossier-state": DossierState,
    "funding-category": FundingCategory,
    "funding-node": FundingNode,
    "gifts": Gifts,
    "indicator": Indicator,
    "indicator-line": IndicatorLine,
    "installation": Installation,
    "item": ItemLine,
    "item-difference": ItemDifference,
    "key-line": KeyLine,
    "money": Money,
    "money-kind": KindLine,
    "month": MonthRows,
    "overdue": OverdueCriterion,
    "papers": Papers,
    "period": Period,
    "place": Place,
    "review": ReviewLine,
    "set": CriteriaSet,
    "set-in-force": SetInForce,
    "source-kind": SourceKind,
    "sponsor": SponsorRow,
    "state": State,
    "task": TaskRow,
    "task-counts": TaskCounts,
    "task-sums": TaskSums,
    "threshold": Threshold,
    "verdict": Verdict,
    "village": VillageRow,
    "village-counts": VillageCounts,
    "village-state": VillageState,
}
CODEC = Codec(NAMES)
MONTH, INSTALLATION, TASK, CRITERION = "month", "installation", "task", "criterion"
# Kinds of rows that stand in the month itself and in its state, with the field each fills.
OF_MONTH = {
    "key-line": "key_lines",
    "change": "changes",
    "overdue": "overdue",
    "funding": "funding",
    "money-commune": "by_commune",
    "money-kind": "by_kind",
    "control": "control",
    "announced": "announced",
    "sponsor": "sponsors",
    "late-task": "late",
    "adjustment": "adjustments",
}
OF_STATE = {"commune": "standings", "village": "villages", "item": "lines"}

# What the report needs: not the tasks, which are many, nor what the criteria ask.
OF_REPORT = (MONTH, INSTALLATION, *OF_MONTH, *OF_STATE)


@dataclass(frozen=True)
class Contents:
    """What is copied when a month is closed: its report with the letterhead it bears, every task,
    and what each criterion asked."""

    rows: MonthRows
    installation: Installation
    tasks: tuple[TaskRow, ...]
    criteria: tuple[CriterionLine, ...]


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
        TASK: contents.tasks,
        CRITERION: contents.criteria,
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
            sponsor_id=row.pk if kind == "sponsor" else getattr(row, "sponsor_id", None),
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
    found = SnapshotRow.objects.filter(period=period, revision=revision or period.revision)
    if kinds:
        found = found.filter(kind__in=kinds)
    by_kind: dict[str, list[Any]] = defaultdict(list)
    for kind, data in found.order_by("kind", "position").values_list("kind", "data"):
        by_kind[kind].append(CODEC.decode(data))
    return {kind: tuple(rows) for kind, rows in by_kind.items()}


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
