"""The criteria of one commune as a table: state, who said so, history, plan."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape

from django.utils.safestring import SafeString, mark_safe

from criteria.choices import OVERDUE_CODES, Cell, Outcome, Stage
from criteria.models import Assessment, CriteriaSet
from criteria.selectors.standings import CellDetail
from ntm_tracker.dashboard.selectors.progress import RUNG_CELLS, Rungs

# Asking a row for its words (`get_stage_display`) costs 70 µs each time, and a page has 150.
STAGE_WORDS = {stage.value: str(stage.label) for stage in Stage}
OUTCOME_WORDS = {outcome.value: str(outcome.label).lower() for outcome in Outcome}


@dataclass(frozen=True)
class CriterionRow:
    """One line of the criteria table. `history` is the items of its list, ready for the page;
    `newer` says what a later self-report says that the figure of a higher rung does not hide.
    `days_overdue` counts from the planned date and is 0 where the criterion is met or its day has
    not passed."""

    detail: CellDetail
    newer: str
    history: SafeString
    days_overdue: int


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
                _newer_words(detail.newer_report),
                history_items(detail.history),
                (on - detail.planned_on).days if cell in OVERDUE_CODES and detail.planned_on else 0,
            )
            for detail, cell in zip(details, cells, strict=True)
        ),
        rungs=Rungs(*map(cells.count, RUNG_CELLS)),
        met=sum(detail.is_met for detail in details),
        overdue=sum(cell in OVERDUE_CODES for cell in cells),
    )


def _newer_words(row: Assessment | None) -> str:
    if row is None:
        return ""
    return f"Xã báo cáo mới hơn, {row.as_of:%d/%m/%Y}: {OUTCOME_WORDS[row.outcome]}"


def history_items(rows: Iterable[Assessment]) -> SafeString:
    """The list items of a criterion's history. A page has up to 700 of them, and a template writes
    them four times slower than this."""
    return mark_safe("".join(map(_history_item, rows)))  # noqa: S308  (every text is escaped)


def _history_item(row: Assessment) -> str:
    note = f", {escape(row.note)}" if row.note else ""
    document = f", {escape(str(row.document))}" if row.document else ""
    source = f' <span class="source">{escape(row.source)}</span>' if row.source else ""
    return (
        f'<li><span class="rung" data-stage="{row.stage}">{STAGE_WORDS[row.stage]}</span> '
        f"{row.as_of:%d/%m/%Y}: {OUTCOME_WORDS[row.outcome]}{note} "
        f'<span class="feed__by">{escape(row.by_label)}{document}</span>{source}</li>'
    )
