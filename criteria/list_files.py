"""The lists of criteria, villages, money and monthly reports, as files: which columns they have."""

from collections.abc import Callable, Sequence

from criteria.choices import Cell
from criteria.models import Criterion
from criteria.selectors.declarations import MonthReport
from criteria.selectors.funding import ItemLine
from criteria.selectors.pages import CriterionCount, CriterionRow
from criteria.selectors.villages import VillageRow
from ntm_tracker.core.list_file import PROVENANCE, ListFile
from ntm_tracker.core.sheets import Column

CELL_WORDS = {cell.value: str(cell.label) for cell in Cell}
COMMUNE_CODE = Column("Mã xã", "commune_code", 9)


def villages_file(rows: Sequence[VillageRow]) -> ListFile:
    return ListFile(
        "thon",
        "Thôn",
        [
            Column("Mã thôn", "pk", 9, "int"),
            Column("Thôn", "name", 20),
            COMMUNE_CODE,
            Column("Xã", "commune_name", 18),
            Column("Số hộ", "households", 9, "int"),
            Column("Trạng thái", width=18, get=lambda row: str(row.state.label)),
            Column("Từ ngày", "since", 12, "date"),
            Column(
                "Phương án", width=12, get=lambda row: "đã duyệt" if row.is_plan_approved else ""
            ),
            Column("Khối lượng phương án (%)", "plan_percent", 12, "int"),
            Column("Vườn kế hoạch", "gardens_planned", 10, "int"),
            Column("Vườn đạt", "gardens_met", 10, "int"),
            PROVENANCE,
        ],
        rows,
    )


def items_file(lines: Sequence[ItemLine]) -> ListFile:
    """Work items with their money in đồng; sums of the page are sums of these rows."""

    def money(title: str, key: str) -> Column:
        return Column(
            f"{title} (đồng)", width=20, kind="money", get=lambda line: getattr(line.money, key)
        )

    return ListFile(
        "kinh-phi",
        "Kinh phí",
        [
            Column("Mã công trình", "code", 14),
            Column("Công trình, hạng mục", "name", 40),
            Column("Mã nội dung", "category_code", 16),
            Column("Nội dung", "category_name", 22),
            COMMUNE_CODE,
            Column("Xã", "commune_label", 20),
            Column("Tiêu chí số", "criterion_number", 9, "int"),
            money("Nhu cầu", "need"),
            money("Đã xác định nguồn", "identified"),
            money("Trong đó tín dụng", "credit"),
            money("Chưa xác định nguồn", "missing"),
            money("Vượt nhu cầu", "surplus"),
            money("Đã giải ngân", "disbursed"),
            PROVENANCE,
        ],
        lines,
    )


def criteria_file(counts: Sequence[CriterionCount]) -> ListFile:
    return ListFile(
        "tieu-chi",
        "Tiêu chí",
        [
            Column("Số", width=6, kind="int", get=lambda row: row.criterion.number),
            Column("Tiêu chí", width=36, get=lambda row: row.criterion.name),
            Column("Phụ trách", width=26, get=lambda row: str(row.criterion.lead or "")),
            Column("Số xã", "total", 8, "int"),
            Column("Đạt", "met", 8, "int"),
            Column("Chưa đạt", "not_met", 8, "int"),
            Column("Chưa báo cáo", "unreported", 9, "int"),
            Column("Quá hạn kế hoạch", "overdue", 9, "int"),
            *(
                Column(
                    f"Đạt, {stage.label.lower()}",
                    width=10,
                    kind="int",
                    get=_rung(place),
                )
                for place, (stage, _count) in enumerate(counts[0].rungs if counts else ())
            ),
        ],
        counts,
    )


def _rung(place: int) -> Callable[[CriterionCount], int]:
    return lambda row: row.rungs[place][1]


def criterion_file(criterion: Criterion, rows: Sequence[CriterionRow]) -> ListFile:
    """One criterion, commune by commune."""
    return ListFile(
        f"tieu-chi-{criterion.number}",
        f"Tiêu chí {criterion.number}",
        [
            Column("Mã xã", "code", 9),
            Column("Xã", "name", 18),
            Column("Kết quả", width=26, get=lambda row: CELL_WORDS[row.cell]),
            Column(
                "Tính đến",
                width=12,
                kind="date",
                get=lambda row: row.row.as_of if row.row else None,
            ),
            Column("Người ghi", width=26, get=lambda row: row.row.by_label if row.row else ""),
            Column("Hiện trạng", width=48, get=lambda row: row.row.note if row.row else ""),
            Column("Kế hoạch đạt", "planned_on", 12, "date"),
            Column("Quá hạn (ngày)", "days_overdue", 9, "int"),
            Column(
                PROVENANCE.title,
                width=12,
                get=lambda row: (
                    "minh họa" if row.row and row.row.provenance == "illustrative" else ""
                ),
            ),
        ],
        rows,
    )


def month_reports_file(rows: Sequence[MonthReport], slug: str) -> ListFile:
    return ListFile(
        f"bao-cao-thang-{slug}",
        f"Báo cáo tháng {slug}",
        [
            Column("Mã xã", "code", 9),
            Column("Xã", "name", 18),
            Column("Đã báo cáo", "reported", 9, "int"),
            Column("Tổng số tiêu chí", "total", 9, "int"),
            Column("Mức đủ (%)", "percent", 9, "int"),
            Column(
                "Chưa báo cáo tiêu chí",
                width=30,
                get=lambda row: ", ".join(str(one.number) for one in row.missing),
            ),
            Column("Xác nhận đủ", width=10, get=lambda row: "x" if row.is_declared else ""),
            Column(
                "Ngày xác nhận",
                width=12,
                kind="date",
                get=lambda row: row.declaration.effective_on if row.declaration else None,
            ),
            Column(
                "Người xác nhận",
                width=26,
                get=lambda row: row.declaration.by_label if row.declaration else "",
            ),
            Column("Hạn gửi", "due_on", 12, "date"),
            Column("Thời hạn", "timeliness", 16),
        ],
        rows,
    )
