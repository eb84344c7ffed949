"""The sheet of a commune as its page shows it: cells with words, rungs, files and villages."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from communes.models import Commune
from criteria.choices import Level, Outcome
from criteria.models import Assessment, Draft, VillageRule
from criteria.rules import RUNGS, cell_for, value_words
from criteria.selectors.declarations import MonthReport, due_month, month_report
from criteria.selectors.pages import CriterionRow, VillagesLeft, villages_left
from criteria.selectors.scope import Reader
from criteria.selectors.sets import set_in_force
from criteria.selectors.sheet import CellState, Sheet, SheetCell, SheetCriterion, stamp_of
from criteria.selectors.sheet_rows import sheet
from criteria.workflow import may_report
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from ntm_tracker.core.periods import LateEntry, late_entries
from ntm_tracker.core.permits import Permit, refused

Texts = tuple[str, str, str]
NO_LIMIT = "Chưa có ngưỡng để so; hãy chọn kết quả."


@dataclass(frozen=True)
class Problem:
    """Why a cell could not be kept: what was typed, and what is wrong with it or who was faster."""

    typed: Texts
    errors: tuple[str, ...] = ()
    is_stale: bool = False


@dataclass(frozen=True)
class Step:
    """A rung that says something about a cell: who, when, what."""

    stage: str
    word: str
    said: str
    on: date
    by: str


@dataclass(frozen=True)
class GridCell:
    """One row of the grid. `row` is the criterion it belongs to."""

    cell: SheetCell
    row: SheetCriterion
    is_open: bool
    problem: Problem | None = None
    steps: tuple[Step, ...] = ()
    files: int = 0

    @property
    def key(self) -> str:
        return self.cell.key

    @property
    def stamp(self) -> str:
        return stamp_of(self.cell)

    @property
    def value(self) -> str:
        return self.problem.typed[0] if self.problem else self.cell.typed

    @property
    def outcome(self) -> str:
        return self.problem.typed[1] if self.problem else self.cell.chosen

    @property
    def note(self) -> str:
        return self.problem.typed[2] if self.problem else self.cell.note

    @property
    def state(self) -> str:
        """The code behind the badge."""
        if self.problem:
            return "not_met"
        return {
            CellState.UNREPORTED: "unreported",
            CellState.REPORTED: "reported",
            CellState.DRAFT: "draft",
            CellState.CLEARED: "na",
        }[self.cell.state]

    @property
    def state_word(self) -> str:
        if self.problem:
            return "Chưa lưu"
        return str(self.cell.state.label)

    @property
    def verdict(self) -> str:
        return self.cell.verdict if self.cell.indicator else self.row.verdict

    @property
    def verdict_word(self) -> str:
        return str(Outcome(self.verdict).label) if self.verdict else ""

    @property
    def basis(self) -> str:
        """Where the verdict comes from, or why there is none."""
        return _basis_of_indicator(self.cell) if self.cell.indicator else _basis(self.row)

    @property
    def other(self) -> str:
        """What the other person wrote, who was faster."""
        entry, value = self.cell.entry, self.cell.words or self.cell.typed
        chosen = str(Outcome(self.cell.chosen).label) if self.cell.chosen else ""
        return "; ".join(part for part in (value, chosen, entry and entry.note) if part) or (
            "để trống"
        )


def _basis_of_indicator(cell: SheetCell) -> str:
    limit = cell.threshold
    if cell.chosen and not cell.is_overruled:
        return ""
    if cell.proposed and limit:
        sure = "" if limit.is_verified else " (ngưỡng chưa xác minh)"
        against = "khác với" if cell.is_overruled else "theo"
        return f"{against} ngưỡng {limit.text}{sure}"
    return NO_LIMIT if cell.is_measured and cell.is_filled else ""


def _basis(row: SheetCriterion) -> str:
    if row.is_override and row.follows:
        return f"khác với các chỉ tiêu ({row.follows.label.lower()}); cần ghi lý do"
    if row.declared:
        return "xã tự kết luận"
    if row.follows:
        return "theo các chỉ tiêu"
    if row.verdict:
        return "như lần báo cáo trước"
    return "chưa đủ chỉ tiêu để kết luận" if row.indicators else "chưa có kết luận"


@dataclass(frozen=True)
class GridCriterion:
    """A criterion with its rows. `villages` are those that criterion 20 still waits for."""

    row: SheetCriterion
    head: GridCell
    indicators: tuple[GridCell, ...]
    villages: VillagesLeft | None = None
    rule: VillageRule | None = None

    @property
    def is_open(self) -> bool:
        return self.head.is_open

    @property
    def why_locked(self) -> str:
        return "" if self.is_open else self.row.submit.reason

    @property
    def standing(self) -> str:
        """The cell of the matrix: what counts now."""
        return cell_for(self.row.latest)


@dataclass(frozen=True)
class GridPage:
    """Context of `grid.html`. `may` says whether the reader fills the sheet in at all, `late` into
    which closed months what is sent may still be entered."""

    sheet: Sheet
    may: Permit
    criteria: tuple[GridCriterion, ...]
    month: MonthReport | None
    month_on: date
    has_problems: bool = False
    late: tuple[LateEntry, ...] = ()

    @property
    def commune(self) -> Commune:
        return self.sheet.commune


def may_fill(commune: Commune, user: User, as_of: AsOf) -> Permit:
    """Whether the reader types into the sheet: who reports for the commune, on the reporting date
    alone."""
    answer = may_report(commune.pk, user)
    if answer and not as_of.is_present:
        return refused("Đang xem một ngày khác; số liệu chỉ nhập cho ngày báo cáo.")
    return answer


def open_sheet(commune: Commune, user: User, as_of: AsOf) -> tuple[Sheet, Permit]:
    """The sheet with drafts for who types into it, without for everybody else: what is not sent
    yet is nobody's business."""
    may = may_fill(commune, user, as_of)
    return sheet(commune, as_of.date, user, shows_drafts=bool(may)), may


def grid_cell(
    found: Sheet, key: str, may: Permit, problem: Problem | None = None
) -> GridCell | None:
    """One cell as it is drawn alone; no query."""
    row, cell = found.criterion_of(key), found.cell(key)
    if row is None or cell is None:
        return None
    return GridCell(cell, row, bool(may and row.submit), problem, _steps(cell, row))


def _steps(cell: SheetCell, row: SheetCriterion) -> tuple[Step, ...]:
    if cell.indicator:
        rows = [cell.reported] if cell.reported else []
    else:
        rows = [row.latest[stage] for stage in reversed(RUNGS) if stage in row.latest]
    unit = cell.indicator.unit if cell.indicator else ""
    return tuple(
        Step(
            said.stage,
            str(said.get_stage_display()),
            ": ".join(filter(None, (value_words(said, unit), str(said.get_outcome_display())))),
            said.as_of,
            said.by_label,
        )
        for said in rows
    )


def grid_page(
    commune: Commune,
    user: User,
    as_of: AsOf,
    *,
    month: date | None = None,
    problems: Mapping[str, Problem] | None = None,
) -> GridPage:
    """Everything on the page of a commune's sheet; a constant number of queries."""
    found, may = open_sheet(commune, user, as_of)
    problems = problems or {}
    files = _file_counts(found)

    def put(cell: SheetCell, row: SheetCriterion) -> GridCell:
        return GridCell(
            cell,
            row,
            bool(may and row.submit),
            problems.get(cell.key),
            _steps(cell, row),
            files.get(cell.key, 0),
        )

    rule = VillageRule.objects.filter(
        criterion__in=[row.criterion.pk for row in found.criteria]
    ).first()
    criteria = tuple(
        GridCriterion(
            row,
            put(row.cell, row),
            tuple(put(cell, row) for cell in row.indicators),
            *_villages(found, row, rule, user),
        )
        for row in found.criteria
    )
    asked = month or due_month(as_of.date)
    in_force = set_in_force(Level.COMMUNE, as_of.date, commune.province.code)
    return GridPage(
        found,
        may,
        criteria,
        month_report(commune, in_force, asked, as_of.date) if in_force else None,
        asked,
        bool(problems),
        late_entries(commune.pk, today=as_of.reporting_date) if may else (),
    )


def _villages(
    found: Sheet, row: SheetCriterion, rule: VillageRule | None, user: Reader
) -> tuple[VillagesLeft | None, VillageRule | None]:
    if rule is None or rule.criterion_id != row.criterion.pk:
        return None, None
    commune, cell = found.commune, cell_for(row.latest)
    here = CriterionRow(commune.pk, commune.code, commune.name, cell, None, None, None, 0)
    # The sheet is where people write: live, whatever the day.
    live = AsOf(found.on, found.on, found.on, found.on)
    return next(iter(villages_left(user, live, [here], rule)), None), rule


def _file_counts(found: Sheet) -> dict[str, int]:
    """Key of a cell → how many files stand beside what is in it; two queries."""
    cells = [cell for row in found.criteria for cell in row.cells]
    drafts = {cell.draft.pk: cell.key for cell in cells if cell.draft}
    reports = {cell.reported.pk: cell.key for cell in cells if cell.reported and not cell.draft}
    counts: dict[str, int] = {}
    for model, keys in ((Draft, drafts), (Assessment, reports)):
        rows = model.objects.filter(pk__in=keys).order_by().values_list("pk", Count("attachments"))
        counts |= {keys[pk]: number for pk, number in rows}
    return counts
