"""The first sheet: key figures, changes since last month, announced figures beside ours."""

from datetime import datetime

from criteria.choices import Cell
from ntm_tracker.core.models import Installation
from ntm_tracker.core.numbers import TY
from ntm_tracker.core.sheets import (
    Column,
    Figure,
    Heading,
    KeyFigure,
    KeyFigures,
    Letterhead,
    Paragraph,
    Sheet,
    Signature,
    Table,
)
from ntm_tracker.reports.selectors.rows import KeyLine, MonthRows

TITLE = "Kết quả xây dựng nông thôn mới và đỡ đầu, tài trợ các xã chưa đạt chuẩn"


def _figure(line: KeyLine, value: int | None, *, signed: bool = False) -> Figure | None:
    if value is None:
        return None
    if line.is_money:
        return Figure(value, "money", TY, decimals=1, signed=signed)
    return Figure(value, "int", signed=signed)


def summary_sheet(
    rows: MonthRows, installation: Installation, stamp: datetime, signature: Signature
) -> Sheet:
    """Tổng hợp; `stamp` is the local time of making."""
    figures = []
    if rows.target_date:
        figures = [
            KeyFigure("Ngày phấn đấu 100% số xã đạt chuẩn", rows.target_date),
            KeyFigure("Số ngày còn lại tính từ ngày chốt số liệu", rows.days_left, "ngày"),
        ]
    columns = (
        Column("TT", kind="index", width=5),
        Column("Chỉ tiêu", "label", 40),
        Column("ĐVT", "unit", 10, align="center"),
        Column("Tháng trước", "before", 12, "int", get=lambda x: _figure(x, x.before)),
        Column("Tháng này", "now", 12, "int", get=lambda x: _figure(x, x.now)),
        Column(
            "Tăng, giảm", "change", 12, "int", get=lambda x: _figure(x, x.change, signed=True),
            number_label="6=5-4", signed=True,
        ),
        Column("Ghi chú", "note", 30),
    )  # fmt: skip
    changes = (
        Column("TT", kind="index", width=5),
        Column("Xã", "commune_name", 20),
        Column("Tiêu chí", "criterion", 44, get=lambda c: str(c.criterion)),
        Column("Trước", "before", 24, get=lambda c: Cell(c.before).label),
        Column("Nay", "after", 24, get=lambda c: Cell(c.after).label),
    )
    other = len(rows.changes) - len(rows.turned)
    return Sheet(
        name="Tổng hợp",
        label="BÁO CÁO",
        title=TITLE,
        letterhead=Letterhead(
            superior=installation.superior_name,
            issuer=installation.office_name,
            number=f".../{installation.report_suffix}",
            place=installation.place,
            date=stamp.date() if installation.reporting_date is None else None,
        ),
        signature=signature,
        blocks=(
            Heading("I. Số liệu chính"),
            *((KeyFigures(tuple(figures)),) if figures else ()),
            Table(columns, rows.key_lines),
            Heading("II. Tiêu chí thay đổi so với tháng trước"),
            Table(changes, rows.turned, empty="Không có tiêu chí nào thay đổi."),
            *(
                (
                    Paragraph(
                        f"Ngoài ra {other} tiêu chí giữ kết quả nhưng đã qua bậc khác (kiểm tra, "
                        "thẩm định) hoặc được báo cáo lại.",
                        italic=True,
                    ),
                )
                if other
                else ()
            ),
            Heading("III. Đối chiếu với số liệu đã công bố"),
            *_control(rows),
        ),
    )


def _control(rows: MonthRows) -> tuple[Table | Paragraph, ...]:
    if not rows.control:
        return (Paragraph("Chưa có số liệu công bố nào đến ngày này."),)
    columns = (
        Column("TT", kind="index", width=5),
        Column("Chỉ tiêu", "label", 44,
               get=lambda c: f"{c.control.category or 'Tổng cộng'} – "
               f"{c.control.get_measure_display().lower()}"),
        Column("Công bố", "amount", 14, "money", get=lambda c: c.control.amount, scale=TY),
        Column("Số liệu hệ thống", "ours", 14, "money", scale=TY),
        Column("Chênh lệch (đồng)", "difference", 18, "int", signed=True, number_label="5=4-3"),
        Column("Kết luận", "verdict", 18, get=lambda c: c.verdict.value.capitalize()),
        Column("Hạng mục làm lệch", "rows", 40,
               get=lambda c: "; ".join(
                   f"{row.name} ({row.commune_name or 'liên xã'})" for row in c.rows)),
    )  # fmt: skip
    first = rows.control[0].control
    return (
        Table(columns, rows.control, unit="tỷ đồng"),
        Paragraph(
            f"Nguồn số công bố: {first.document.issuer}, ngày {first.announced_on:%d/%m/%Y}: "
            f"“{first.document.subject}”.",
            italic=True,
        ),
    )
