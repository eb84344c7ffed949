"""The audit trail as a file: the filtered list whole, as a workbook or as CSV."""

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter

from django.core.exceptions import BadRequest
from django.utils import timezone

from ntm_tracker.core.csv_file import csv_bytes
from ntm_tracker.core.numbers import vi_number
from ntm_tracker.core.sheets import Column, Sheet, Table, Workbook, render
from ntm_tracker.dashboard.selectors.audit import AuditRow

# A workbook of more rows takes minutes to write; CSV has no limit.
MOST_IN_WORKBOOK = 20_000
TITLE = "Nhật ký thay đổi số liệu"
HEADINGS = (
    "Ghi lúc",
    "Tính cho ngày",
    "Người ghi",
    "Việc",
    "Đối tượng",
    "Trước",
    "Sau",
    "Lý do, ghi chú",
    "Từ biểu mẫu, tệp",
)
WIDTHS = (17, 12, 20, 18, 34, 26, 26, 30, 20)


def refuse_long(count: int) -> None:
    """A workbook is complete or it is refused; raises BadRequest with what to do."""
    if count > MOST_IN_WORKBOOK:
        raise BadRequest(
            f"Danh sách có {vi_number(count)} dòng, tệp Excel chứa tối đa "
            f"{vi_number(MOST_IN_WORKBOOK)}. Hãy lọc bớt theo ngày, hoặc tải tệp CSV."
        )


def audit_csv(rows: Sequence[AuditRow]) -> bytes:
    """The rows as CSV."""
    return csv_bytes(HEADINGS, (_cells(row) for row in rows))


def audit_workbook(rows: Sequence[AuditRow], *, creator: str, now: datetime) -> bytes:
    """The rows as one sheet, from row 1 on, so that it can be filtered in Excel."""
    columns = [
        Column(title, str(place), width, get=itemgetter(place))
        for place, (title, width) in enumerate(zip(HEADINGS, WIDTHS, strict=True))
    ]
    table = Table(columns, [_cells(row) for row in rows], numbered=False, filterable=True)
    sheet = Sheet(name="Nhật ký", blocks=(table,))
    return render(Workbook(sheets=(sheet,), title=TITLE, creator=creator, created=now))


def _cells(row: AuditRow) -> tuple[str, ...]:
    return (
        f"{timezone.localtime(row.at):%d/%m/%Y %H:%M:%S}",
        f"{row.effective_on:%d/%m/%Y}",
        row.by_label,
        row.action_words,
        row.object_label,
        row.old,
        row.new,
        row.note,
        row.origin_words,
    )
