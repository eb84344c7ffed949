"""The steering committee's workbook: the rows of a month laid out as a summary, numbered
annexes and a sheet that holds them against each other."""

from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from ntm_tracker.core.models import Installation
from ntm_tracker.core.sheets import Notes, Signature, Workbook, roman
from ntm_tracker.reports.selectors.rows import MonthRows
from ntm_tracker.reports.workbook.adjustments import adjustments_sheets
from ntm_tracker.reports.workbook.annexes import (
    coming_sheet,
    difficulties_sheet,
    late_sheet,
    sponsors_sheet,
    villages_sheet,
)
from ntm_tracker.reports.workbook.control import control_sheet
from ntm_tracker.reports.workbook.criteria import (
    by_criterion_sheet,
    criteria_sheet,
    road_sheet,
)
from ntm_tracker.reports.workbook.money import funding_sheet
from ntm_tracker.reports.workbook.summary import summary_sheet

ILLUSTRATIVE_NOTE = (
    "Bản minh họa: tổng số theo Báo Hà Tĩnh ngày 26/4/2022 và Quyết định số 834/QĐ-UBND ngày "
    "22/4/2022; dấu ◇ là phần minh họa: việc chia theo xã, thôn, đơn vị, việc và số liệu sau ngày "
    "26/4/2022 là dựng thêm."
)


def draft_notice(rows: MonthRows, now: datetime) -> str:
    """What files of a month say while it is open: a draft, and of when."""
    stamp = timezone.localtime(now)
    return "" if rows.closing else f"BẢN TẠM lúc {stamp:%H:%M} ngày {stamp:%d/%m/%Y}"


def month_workbook(rows: MonthRows, installation: Installation, *, now: datetime) -> Workbook:
    """Lay out a month. The same rows and the same `now` (an aware datetime) give the same bytes."""
    month = rows.period.month
    period = (
        f"(Kỳ báo cáo: tháng {month.month} năm {month.year}, "
        f"số liệu đến ngày {rows.as_of.date:%d/%m/%Y})"
    )
    stamp = timezone.localtime(now)
    notice = draft_notice(rows, now)
    signature = Signature(
        title=installation.signer_title,
        name=installation.signer_name,
        recipients=tuple(filter(None, installation.recipients.splitlines())),
    )
    notes = (Notes((ILLUSTRATIVE_NOTE,)),) if installation.is_demo else ()
    annexes = (
        criteria_sheet(rows),
        by_criterion_sheet(rows),
        road_sheet(rows),
        funding_sheet(rows),
        sponsors_sheet(rows),
        villages_sheet(rows),
        late_sheet(rows),
        coming_sheet(rows),
        difficulties_sheet(rows),
        control_sheet(rows),
        *adjustments_sheets(rows),
    )
    sheets = (
        summary_sheet(rows, installation, stamp, signature),
        *(
            replace(sheet, label=f"Phụ lục {roman(number)}")
            for number, sheet in enumerate(annexes, 1)
        ),
    )
    return Workbook(
        title=f"Báo cáo tháng {month.month} năm {month.year}",
        creator=installation.office_name,
        created=now,
        sheets=tuple(
            replace(sheet, period=period, notice=notice, blocks=(*sheet.blocks, *notes))
            for sheet in sheets
        ),
    )
