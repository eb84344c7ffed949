"""The criteria of one commune as a table: state, who said so, history, plan."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from criteria.choices import OVERDUE_CODES, Cell, Outcome, Stage
from criteria.models import Assessment, CriteriaSet
from criteria.selectors.standings import CellDetail
from ntm_tracker.dashboard.selectors.progress import Rungs

# Asking a row for its words (`get_stage_display`) costs 70 µs each time, and a page has 150.
STAGE_WORDS = {stage.value: str(stage.label) for stage in Stage}
OUTCOME_WORDS = {outcome.value: str(outcome.label).lower() for outcome in Outcome}


@dataclass(frozen=True)
class Judgement:
    """One row of the history of a criterion, in words."""

    stage: str
    stage_word: str
    outcome: str
    outcome_word: str
    on: date
    by: str
    note: str
    document: str
    provenance: str
    source: str


@dataclass(frozen=True)
class CriterionRow:
    """One line of the criteria table. `deciding` is the judgement that the cell shows, `newer` a
    later self-report that it does not hide. `days_overdue` counts from the planned date and is 0
    where the criterion is met or its day has not passed."""

    detail: CellDetail
    deciding: Judgement | None
    newer: Judgement | None
    history: tuple[Judgement, ...]
    days_overdue: int

    @property
    def was_returned(self) -> bool:
        """Whether an unreported cell stands for a report that was sent back."""
        return self.deciding is not None and self.deciding.outcome == Outcome.RETURNED


@dataclass(frozen=True)
class CriteriaTable:
    """The criteria of one commune with the sums over them."""

    criteria_set: CriteriaSet
    rows: tuple[CriterionRow, ...]
    rungs: Rungs
    met: int
    overdue: int

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def percent(self) -> str:
        """The share met, rounded down, so that 100% means all of them."""
        return f"{self.met * 100 // self.total if self.total else 0}%"


def criteria_table(
    criteria_set: CriteriaSet, details: Sequence[CellDetail], on: date
) -> CriteriaTable:
    """The details as rows of a table, with their sums."""
    cells = [Cell(detail.cell) for detail in details]
    return CriteriaTable(
        criteria_set=criteria_set,
        rows=tuple(
            CriterionRow(
                detail,
                _judgement(detail.deciding),
                _judgement(detail.newer_report),
                tuple(judgement for row in detail.history if (judgement := _judgement(row))),
                (on - detail.planned_on).days if cell in OVERDUE_CODES and detail.planned_on else 0,
            )
            for detail, cell in zip(details, cells, strict=True)
        ),
        rungs=Rungs(
            *(cells.count(code) for code in (Cell.MET_SELF, Cell.MET_VERIFIED, Cell.MET_APPRAISED))
        ),
        met=sum(detail.is_met for detail in details),
        overdue=sum(cell in OVERDUE_CODES for cell in cells),
    )


def _judgement(row: Assessment | None) -> Judgement | None:
    if row is None:
        return None
    return Judgement(
        row.stage,
        STAGE_WORDS[row.stage],
        row.outcome,
        OUTCOME_WORDS[row.outcome],
        row.as_of,
        row.by_label,
        row.note,
        str(row.document or ""),
        row.provenance,
        row.source,
    )
