"""The annexes on criteria: how many are met where, and when the others are planned to be."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import wrap

from criteria.choices import Cell, DossierState
from criteria.models import Criterion
from criteria.rules import is_met
from criteria.selectors.standings import CommuneStanding, met_by_criterion
from ntm_tracker.core.sheets import Chart, Column, Figure, Notes, Paragraph, Sheet, Table
from ntm_tracker.reports.selectors.rows import MonthRows

# What a cell says on paper, in black and white: Đ met, x not met, with the rung as a small letter.
SIGNS = {
    Cell.MET_SELF: "Đ",
    Cell.MET_VERIFIED: "Đk",
    Cell.MET_APPRAISED: "Đt",
    Cell.NOT_MET_SELF: "x",
    Cell.NOT_MET_VERIFIED: "xk",
    Cell.NOT_MET_APPRAISED: "xt",
    Cell.OVERDUE_SELF: "x!",
    Cell.OVERDUE_VERIFIED: "xk!",
    Cell.OVERDUE_APPRAISED: "xt!",
    Cell.NOT_APPLICABLE: "–",
    Cell.RETURNED: "TL",
    Cell.OVERDUE_RETURNED: "TL!",
    Cell.UNREPORTED: "",
    Cell.OVERDUE_UNREPORTED: "!",
}
LEGEND = (
    "Đ: đạt; x: chưa đạt; không thêm chữ: tự đánh giá; k: đã kiểm tra; t: đã thẩm định; "
    "!: quá hạn theo lộ trình; –: không áp dụng; TL: trả lại; ô trống: chưa báo cáo."
)


@dataclass(frozen=True)
class CriterionLine:
    """A criterion with how many of the communes not yet recognised meet it."""

    criterion: Criterion
    met: int
    left: int
    before: int | None

    @property
    def change(self) -> int | None:
        return None if self.before is None else self.met - self.before


@dataclass(frozen=True)
class RoadLine:
    """A criterion that a commune does not meet, with the day it is planned for."""

    commune_name: str
    criterion: Criterion
    cell: str
    planned_on: date | None
    on: date

    @property
    def days_late(self) -> int | None:
        late = (self.on - self.planned_on).days if self.planned_on else 0
        return late if late > 0 else None

    @property
    def days_left(self) -> int | None:
        if self.planned_on is None or self.planned_on < self.on:
            return None
        return (self.planned_on - self.on).days


def criterion_lines(rows: MonthRows) -> list[CriterionLine]:
    """Every criterion of the set, with the same communes a month ago."""
    if rows.in_force is None:
        return []
    same = {row.commune_id for row in rows.state.open}
    old = [row for row in rows.before.standings if row.commune_id in same] if rows.before else []
    before = met_by_criterion(old, rows.in_force) if rows.before else [None] * rows.in_force.total
    return [
        CriterionLine(criterion, met, len(rows.state.open) - met, was)
        for criterion, met, was in zip(
            rows.in_force.criteria, rows.met_by_criterion, before, strict=True
        )
    ]


def road_lines(rows: MonthRows) -> list[RoadLine]:
    """What is not met yet, by commune and criterion number."""
    planned = {row.commune_id: row.days for row in rows.outlook.planned}
    criteria: Sequence[Criterion] = rows.in_force.criteria if rows.in_force else ()
    return [
        RoadLine(row.name, criterion, cell, day, rows.as_of.date)
        for row in rows.state.open
        for criterion, cell, day in zip(
            criteria, row.cells, planned.get(row.commune_id, (None,) * len(criteria)), strict=True
        )
        if not is_met(cell)
    ]


def criteria_sheet(rows: MonthRows) -> Sheet:
    """Tiến độ tiêu chí: commune × criterion, counts, the month before."""
    name, title = "Tiến độ tiêu chí", "TIẾN ĐỘ THỰC HIỆN TIÊU CHÍ NÔNG THÔN MỚI CỦA CÁC XÃ"
    if rows.in_force is None:
        nothing = Paragraph("Chưa có bộ tiêu chí nào áp dụng cho ngày này.")
        return Sheet(name=name, title=title, blocks=(nothing,))
    recognised = [row.name for row in rows.state.standings if row.is_recognised]
    notes = [LEGEND]
    if recognised:
        notes.append(f"Xã đã được công nhận ({len(recognised)}): {', '.join(recognised)}.")
    return Sheet(
        name=name,
        title=title,
        blocks=(_matrix(rows), Notes(tuple(notes))),
    )


@dataclass(frozen=True)
class GroupLine:
    """A group of criteria: cells of commune × criterion that are met, and those that are not."""

    name: str
    met: int
    left: int


def group_table(rows: MonthRows) -> Table:
    """How the groups of criteria stand, over the communes not yet recognised."""
    groups: dict[str, list[CriterionLine]] = {}
    for line in criterion_lines(rows):
        groups.setdefault(line.criterion.group_name or "Tiêu chí khác", []).append(line)
    lines = [
        GroupLine(name, sum(one.met for one in members), sum(one.left for one in members))
        for name, members in groups.items()
    ]
    columns = (
        Column("TT", kind="index", width=5),
        Column("Nhóm tiêu chí", "name", 36),
        Column("Lượt đạt", "met", 12, "int"),
        Column("Lượt chưa đạt", "left", 12, "int"),
    )
    total = {"met": sum(one.met for one in lines), "left": sum(one.left for one in lines)}
    return Table(columns, lines, numbered=False, total=total,
                 empty="Chưa có bộ tiêu chí nào áp dụng cho ngày này.")  # fmt: skip


def by_criterion_sheet(rows: MonthRows) -> Sheet:
    """Kết quả theo tiêu chí: how many communes meet each, with a chart."""
    lines = criterion_lines(rows)
    before = [line.before for line in lines if line.before is not None]
    total = sum(line.met for line in lines)
    columns = (
        Column("TT", kind="index", width=5),
        Column("Tiêu chí", "criterion", 36, get=lambda x: str(x.criterion)),
        Column("Số xã đạt", "met", 8, "int"),
        Column("Số xã chưa đạt", "left", 8, "int"),
        Column("Số xã đạt tháng trước", "before", 9, "int"),
        Column("Tăng, giảm", "change", 8, "int", signed=True, number_label="6=3-5"),
    )
    table = Table(
        columns, lines,
        empty="Chưa có bộ tiêu chí nào áp dụng cho ngày này.",
        total={
            "met": total, "left": sum(line.left for line in lines),
            "before": sum(before) if before else None,
            "change": total - sum(before) if before else None,
        },
        chart=Chart("Số xã đạt và chưa đạt theo tiêu chí", "criterion", ("met", "left"), True),
        names={"met": "TIEU_CHI_DAT", "left": "TIEU_CHI_CHUA_DAT"},
    )  # fmt: skip
    return Sheet(
        name="Kết quả theo tiêu chí",
        title="KẾT QUẢ THEO TỪNG TIÊU CHÍ CỦA CÁC XÃ CHƯA ĐƯỢC CÔNG NHẬN",
        blocks=(table, group_table(rows)),
        landscape=False,
    )


def _matrix(rows: MonthRows) -> Table:
    in_force = rows.in_force
    assert in_force is not None  # noqa: S101 (the sheet says so otherwise)
    spans = dict(in_force.groups)
    before = {row.commune_id: row.met for row in rows.before.standings} if rows.before else {}

    def change(row: CommuneStanding) -> int | None:
        return row.met - before[row.commune_id] if row.commune_id in before else None

    columns = [Column("TT", kind="index", width=4.5), Column("Xã", "name", 14)]
    columns += [
        Column(
            # Upright headings in two lines: one line would take half the page.
            "\n".join(wrap(f"{criterion.number}. {criterion.name}", 30)), f"c{at}", 5,
            align="center", rotated=True, get=_sign(at),
            # A group of one criterion would say the same twice, in a column too narrow for it.
            group=criterion.group_name if spans[criterion.group_name] > 1 else "",
        )
        for at, criterion in enumerate(in_force.criteria)
    ]  # fmt: skip
    columns += [
        Column("Số tiêu chí đạt", "met", 7, "int", align="center"),
        Column("Chưa đạt", "left", 6, "int", align="center",
               get=lambda r: in_force.total - r.met),
        Column("Tháng trước", "before", 7, "int", align="center",
               get=lambda r: before.get(r.commune_id)),
        Column("Tăng, giảm", "change", 6, "int", align="center", signed=True, get=change),
        Column("Quá hạn", "overdue", 6, "int", align="center"),
        Column("Hồ sơ", "dossier", 13,
               get=lambda r: DossierState(r.dossier).label if r.dossier else ""),
    ]  # fmt: skip
    totals: dict[str, Figure | int | None] = {
        f"c{at}": Figure(met) for at, met in enumerate(rows.met_by_criterion)
    }
    met = sum(row.met for row in rows.state.open)
    was = sum(before.get(row.commune_id, 0) for row in rows.state.open) if before else None
    totals |= {
        "met": met,
        "left": len(rows.state.open) * in_force.total - met,
        "before": was,
        "change": None if was is None else met - was,
        "overdue": sum(row.overdue for row in rows.state.open),
    }
    return Table(
        columns, rows.state.open, total=totals, total_label="Số xã đạt",
        frozen_columns=2, filterable=True, empty="Tất cả các xã đã được công nhận.",
        chart=Chart("Số tiêu chí đạt và chưa đạt của các xã", "name", ("met", "left"), True),
        names={"overdue": "TIEU_CHI_QUA_HAN"},
    )  # fmt: skip


def road_sheet(rows: MonthRows) -> Sheet:
    """Lộ trình tiêu chí: what each commune has not met, and by when it plans to."""
    columns = (
        Column("TT", kind="index", width=5),
        Column("Xã", "commune_name", 16),
        Column("Tiêu chí", "criterion", 40, get=lambda x: str(x.criterion)),
        Column("Hiện trạng", "cell", 28, get=lambda x: Cell(x.cell).label),
        Column("Dự kiến đạt", "planned_on", 12, "date"),
        Column("Quá hạn", "days_late", 9, "int", unit="ngày"),
        Column("Còn lại", "days_left", 9, "int", unit="ngày"),
    )
    lines = road_lines(rows)
    unplanned = sum(line.planned_on is None for line in lines)
    notes = (Notes((f"{unplanned} tiêu chí chưa có ngày dự kiến đạt.",)),) if unplanned else ()
    return Sheet(
        name="Lộ trình tiêu chí",
        title="LỘ TRÌNH THỰC HIỆN CÁC TIÊU CHÍ CHƯA ĐẠT",
        blocks=(
            Table(columns, lines, frozen_columns=3, filterable=True,
                  empty="Không còn tiêu chí nào chưa đạt."),
            *notes,
        ),
    )  # fmt: skip


def _sign(at: int) -> Callable[[CommuneStanding], str]:
    """What the cell at a place of a commune's row says on paper."""
    return lambda row: SIGNS[Cell(row.cells[at])]
