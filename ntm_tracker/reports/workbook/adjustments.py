"""Điều chỉnh: what last month's report, closed and sent, would say otherwise today."""

from ntm_tracker.core.numbers import TRIEU
from ntm_tracker.core.sheets import Column, Paragraph, Sheet, Table
from ntm_tracker.reports.selectors.rows import MonthRows


def adjustments_sheets(rows: MonthRows) -> tuple[Sheet, ...]:
    """The sheet of corrections; none where no closed figure was corrected."""
    if not rows.adjustments:
        return ()
    columns = (
        Column("TT", kind="index", width=5),
        Column("Nội dung", "subject", 16),
        Column("Xã, nơi thực hiện", "place", 18),
        Column("Chỉ tiêu", "what", 36),
        Column("Đã báo cáo", "before", 18),
        Column("Nay", "after", 18),
        Column("Chênh lệch", "difference", 12, "money", scale=TRIEU, signed=True,
               unit="triệu đồng"),
    )  # fmt: skip
    return (
        Sheet(
            name="Điều chỉnh",
            title="ĐIỀU CHỈNH SỐ LIỆU ĐÃ CHỐT CỦA THÁNG TRƯỚC",
            blocks=(
                Paragraph(
                    "Cột “Tháng trước” trong báo cáo là số đã chốt, đã gửi. Các thay đổi dưới đây "
                    "được ghi sau khi khóa sổ và tính cho ngày chốt của tháng trước.",
                    italic=True,
                ),
                Table(columns, rows.adjustments),
            ),
        ),
    )
