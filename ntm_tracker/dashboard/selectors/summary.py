"""The situation on one sheet of paper."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from criteria.choices import DossierState
from criteria.models import Criterion
from criteria.rules import count_met
from criteria.selectors import reported
from criteria.selectors.funding import ItemLine, Money, total
from criteria.selectors.standings import CommuneStanding
from ntm_tracker.core.models import Installation
from ntm_tracker.core.numbers import to_ty
from ntm_tracker.dashboard.selectors import words
from ntm_tracker.dashboard.selectors.figures import Figures, MonthChanges, figures_of, target
from ntm_tracker.dashboard.selectors.scope import Scope
from ntm_tracker.dashboard.selectors.table import ground, sort_standings

# As many as fit on a sheet beside the figures; whoever wants more has the board.
COMMUNES = 12
NAMED, CHANGED, FIGURES = 5, 6, 3


@dataclass(frozen=True)
class CommuneLine:
    """Where one commune stands: criteria met, which are not, what is missing in đồng."""

    code: str
    name: str
    stage: DossierState | None
    met: int
    total: int
    lacking: tuple[Criterion, ...]
    overdue: int
    money: Money

    @property
    def stage_label(self) -> str:
        return str(self.stage.label) if self.stage else "Chưa có hồ sơ"


@dataclass(frozen=True)
class Told:
    """One line of a list; a task says where it comes from."""

    text: str
    provenance: str = ""


@dataclass(frozen=True)
class ToldList:
    """What is said below the table, the same on the page and in its PDF."""

    code: str
    title: str
    lines: tuple[Told, ...]


@dataclass(frozen=True)
class Summary:
    """Context of `summary.html`. Without a criteria set, or over several provinces, there are no
    `figures` and nothing else stands on the sheet."""

    scope: Scope
    figures: Figures | None = None
    lead: tuple[words.Line, ...] = ()
    stats: tuple[words.Stat, ...] = ()
    communes: tuple[CommuneLine, ...] = ()
    unnamed: int = 0
    lists: tuple[ToldList, ...] = ()
    text: str = ""


def summary(scope: Scope, installation: Installation) -> Summary:
    """The sheet of an area: the figures of the board, with the communes not yet recognised, those
    that lack most first. Constant queries."""
    base = ground(scope)
    if base.in_force is None or not base.standings:
        return Summary(scope)
    lines = reported.lines_of(scope.items, scope.as_of)
    figures = figures_of(base, base.in_force, lines)
    goal = target(installation, scope.as_of.date)
    stats = words.stats(scope, figures, goal)
    rows = sort_standings([row for row in base.standings if not row.is_recognised], scope.sort)
    rows = sorted(rows, key=lambda row: row.met)
    return Summary(
        scope=scope,
        figures=figures,
        lead=words.lead(figures, goal),
        stats=stats,
        communes=_communes(rows[:COMMUNES], base.in_force.criteria, lines),
        unnamed=max(0, len(rows) - COMMUNES),
        lists=_lists(figures),
        text=words.area_text(scope, figures, stats, is_demo=installation.is_demo),
    )


def _communes(
    rows: Iterable[CommuneStanding], criteria: Sequence[Criterion], lines: Iterable[ItemLine]
) -> tuple[CommuneLine, ...]:
    items: dict[int | None, list[ItemLine]] = {}
    for line in lines:
        items.setdefault(line.commune_id, []).append(line)
    return tuple(
        CommuneLine(
            code=row.code,
            name=row.name,
            stage=row.dossier,
            met=row.met,
            total=len(criteria),
            lacking=tuple(
                criterion
                for criterion, cell in zip(criteria, row.cells, strict=False)
                if not count_met(cell)
            ),
            overdue=row.overdue,
            money=total(items.get(row.commune_id, [])),
        )
        for row in rows
    )


def _lists(figures: Figures) -> tuple[ToldList, ...]:
    """What blocks, who is late, where money is missing, what changed."""
    changes = figures.changes
    since = f" từ {changes.since:%d/%m/%Y}" if changes else ""
    return (
        ToldList("blocking", "Vướng ở tiêu chí nào", _blocking(figures)),
        ToldList("late", "Ai đang chậm", _late(figures)),
        ToldList("money", "Tiền thiếu ở đâu", _missing(figures)),
        ToldList("changes", f"Thay đổi{since}", _changed(changes)),
    )


def _blocking(figures: Figures) -> tuple[Told, ...]:
    lines = tuple(
        Told(
            f"{one.criterion.number}. {one.criterion.name}: "
            f"{one.missing}/{one.communes} xã chưa đạt"
            + (f", {one.overdue} xã quá hạn" if one.overdue else "")
        )
        for one in figures.blocking[:NAMED]
    )
    return lines or (Told("Không còn tiêu chí nào chưa đạt."),)


def _late(figures: Figures) -> tuple[Told, ...]:
    lines = tuple(
        Told(
            f"{task.doer}: {task.title}, {task.commune_name}, chậm {task.days_late} ngày",
            task.provenance,
        )
        for task in figures.work.late[:NAMED]
    )
    return lines or (Told("Không có việc nào chậm."),)


def _missing(figures: Figures) -> tuple[Told, ...]:
    lines = tuple(
        Told(f"{row.name}: thiếu {to_ty(row.money.missing)} trong {to_ty(row.money.need)} tỷ đồng")
        for row in figures.money.rows
        if row.money.missing
    )
    return lines or (Told("Không thiếu ở nội dung nào."),)


def _changed(changes: MonthChanges | None) -> tuple[Told, ...]:
    if changes is None:
        return (Told("Chưa có số liệu tháng trước để so."),)
    lines = [
        Told(
            f"{change.name}"
            + _numbers(", đạt thêm tiêu chí ", change.gained)
            + _numbers(", không còn đạt tiêu chí ", change.lost)
        )
        for change in changes.communes[:CHANGED]
    ]
    lines += [
        Told(f"{line.words}: {line.figure}") for line in words.change_lines(changes)[:FIGURES]
    ]
    return tuple(lines) or (Told("Không có gì thay đổi."),)


def _numbers(said: str, criteria: Sequence[Criterion]) -> str:
    return said + ", ".join(str(one.number) for one in criteria) if criteria else ""
