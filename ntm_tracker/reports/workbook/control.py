"""The last sheet: figures held against each other and against what was announced."""

from collections.abc import Iterator
from dataclasses import dataclass

from criteria.choices import MONEY_MEASURES, Measure
from criteria.selectors.funding import Money
from ntm_tracker.core.numbers import vi_number
from ntm_tracker.core.sheets import Column, Notes, Sheet, Table
from ntm_tracker.reports.selectors.rows import MonthRows
from ntm_tracker.reports.workbook.criteria import criterion_lines, road_lines

SUMMARY, CRITERIA, ROAD, MONEY = "Tổng hợp", "Tiến độ tiêu chí", "Lộ trình tiêu chí", "Kinh phí"
BY_CRITERION = "Kết quả theo tiêu chí"
VILLAGES, LATE = "Khu dân cư kiểu mẫu", "Việc chậm tiến độ"


@dataclass(frozen=True)
class Check:
    """One figure as two places of the workbook have it. Money is in đồng, and so is the difference
    that a place shows rounded; `verdict` is given where rounding was announced."""

    what: str
    unit: str
    first_place: str
    first: int
    second_place: str
    second: int
    verdict: str = ""

    @property
    def difference(self) -> int:
        return self.second - self.first

    @property
    def conclusion(self) -> str:
        if self.verdict:
            return self.verdict
        return f"Lệch {vi_number(abs(self.difference))} {self.unit}" if self.difference else "Khớp"


def control_sheet(rows: MonthRows) -> Sheet:
    """Đối chiếu: sheet against sheet, then against the announced figures."""
    columns = (
        Column("TT", kind="index", width=5),
        Column("Số liệu", "what", 34),
        Column("ĐVT", "unit", 9, align="center"),
        Column("Nơi ghi", "first_place", 26, group="Số thứ nhất"),
        Column("Giá trị", "first", 20, "int", group="Số thứ nhất"),
        Column("Nơi ghi", "second_place", 26, group="Số thứ hai"),
        Column("Giá trị", "second", 20, "int", group="Số thứ hai"),
        Column("Chênh lệch", "difference", 18, "int", signed=True, number_label="8=7-5"),
        Column("Kết luận", "conclusion", 20),
    )
    inside, outside = list(checks(rows)), list(_announced(rows))
    wrong = sum(bool(check.difference) for check in inside)
    summary = (
        f"{wrong} trong {len(inside)} phép đối chiếu giữa các bảng bị lệch; cần báo quản trị."
        if wrong
        else f"Cả {len(inside)} phép đối chiếu giữa các bảng đều khớp đến từng đồng."
    )
    return Sheet(
        name="Đối chiếu",
        title="ĐỐI CHIẾU SỐ LIỆU",
        blocks=(
            Table(columns, inside, "1. Giữa các bảng của báo cáo này"),
            Notes((summary,)),
            Table(columns, outside, "2. Với số liệu đã công bố",
                  empty="Chưa có số liệu công bố nào đến ngày này."),
        ),
    )  # fmt: skip


def checks(rows: MonthRows) -> Iterator[Check]:
    """Every total that stands in more than one place, added up from the rows of each place."""
    yield from _criteria(rows)
    yield from _money(rows)
    yield from _villages(rows)
    late = len(rows.late)
    yield Check("Việc chậm tiến độ", "việc", SUMMARY, rows.state.tasks.late, LATE, late)


def _criteria(rows: MonthRows) -> Iterator[Check]:
    if rows.in_force is None:
        return
    lines, road = criterion_lines(rows), road_lines(rows)
    met = sum(row.met for row in rows.state.open)
    all_cells = len(rows.state.open) * rows.in_force.total
    yield Check("Tiêu chí đạt", "tiêu chí", CRITERIA, met,
                BY_CRITERION, sum(line.met for line in lines))  # fmt: skip
    yield Check("Tiêu chí chưa đạt", "tiêu chí", CRITERIA, all_cells - met,
                f"{ROAD}, số dòng", len(road))  # fmt: skip
    yield Check("Tiêu chí quá hạn", "tiêu chí", CRITERIA,
                sum(row.overdue for row in rows.state.open), f"{ROAD}, quá hạn",
                sum(line.days_late is not None for line in road))  # fmt: skip
    if rows.before is not None:
        turned = sum(
            change.is_gain - change.is_loss
            for change in rows.turned
            if change.commune_id in {row.commune_id for row in rows.state.open}
        )
        was = sum(line.before or 0 for line in lines)
        yield Check("Tiêu chí đạt tăng, giảm", "tiêu chí", f"{BY_CRITERION}, tăng, giảm", met - was,
                    f"{SUMMARY}, mục II", turned)  # fmt: skip


def _money(rows: MonthRows) -> Iterator[Check]:
    total = rows.state.money
    categories = sum((node.money for node in rows.funding), Money())
    communes = sum((node.money for node in rows.by_commune), Money())
    items = sum(
        (item.money for node in rows.funding for part in node.children for item in part.children),
        Money(),
    )
    for word, field in (
        ("Nhu cầu kinh phí", "need"),
        ("Kinh phí đã xác định nguồn", "identified"),
        ("Kinh phí chưa xác định nguồn", "missing"),
    ):
        amount = getattr(total, field)
        for place, money in (("theo lĩnh vực", categories), ("theo xã", communes),
                             ("theo hạng mục", items)):  # fmt: skip
            yield Check(word, "đồng", SUMMARY, amount, f"{MONEY}, {place}", getattr(money, field))
    yield Check("Kinh phí đã xác định nguồn", "đồng", SUMMARY, total.identified,
                f"{MONEY}, theo nguồn vốn", sum(line.amount for line in rows.by_kind))  # fmt: skip
    yield Check("Nhu cầu = đã xác định + chưa xác định - vượt", "đồng", MONEY, total.need,
                MONEY, total.identified + total.missing - total.surplus)  # fmt: skip


def _villages(rows: MonthRows) -> Iterator[Check]:
    left = sum(not village.is_met for village in rows.state.villages)
    gardens = sum(village.gardens_met for village in rows.state.villages)
    counts = rows.state.village_counts
    yield Check("Thôn chưa đạt khu dân cư kiểu mẫu", "thôn", SUMMARY, counts.left,
                f"{VILLAGES}, theo thôn", left)  # fmt: skip
    yield Check("Vườn đạt chuẩn vườn mẫu", "vườn", SUMMARY, counts.gardens_met,
                f"{VILLAGES}, theo thôn", gardens)  # fmt: skip
    if rows.before is not None:
        here = {village.pk for village in rows.state.villages}
        was = sum(v.gardens_met for v in rows.before.villages if v.pk in here)
        yield Check("Vườn đạt chuẩn vườn mẫu, tháng trước", "vườn", SUMMARY,
                    rows.before.village_counts.gardens_met, f"{VILLAGES}, tháng trước",
                    was)  # fmt: skip


def _announced(rows: MonthRows) -> Iterator[Check]:
    counted = {
        Measure.COMMUNES_LEFT: (len(rows.state.open), "xã"),
        Measure.VILLAGES_LEFT: (rows.state.village_counts.left, "thôn"),
        Measure.SPONSORS: (rows.state.sponsors, "đơn vị"),
    }
    for line in rows.control:
        place = f"{MONEY}, {line.control.category or 'tổng cộng'}"
        yield Check(str(line.control.get_measure_display()), "đồng", "Số công bố",
                    line.control.amount, place, line.ours, line.verdict.value.capitalize(),
                    )  # fmt: skip
    for total in rows.announced:
        if total.measure in MONEY_MEASURES:
            continue
        ours, unit = counted[Measure(total.measure)]
        exact = total.precision <= 1
        word = "" if exact else f"Công bố “{total.wording}”"
        yield Check(str(total.get_measure_display()), unit, "Số công bố", total.amount,
                    SUMMARY, ours, word)  # fmt: skip
