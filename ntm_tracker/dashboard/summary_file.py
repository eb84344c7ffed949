"""The sheet of a leader as PDF: one page of A4 with what the page says, through LibreOffice."""

from datetime import datetime

from ntm_tracker.core import office
from ntm_tracker.core.models import Installation
from ntm_tracker.core.numbers import TY
from ntm_tracker.core.sheets import (
    Column,
    KeyFigure,
    KeyFigures,
    Paragraph,
    Sheet,
    Table,
    Workbook,
    render,
)
from ntm_tracker.dashboard.selectors.summary import CommuneLine, Summary, Told, ToldList
from ntm_tracker.dashboard.selectors.words import Line

UNIT = "tỷ đồng"


def summary_pdf(page: Summary, installation: Installation, now: datetime) -> bytes:
    """The bytes of the file; `now` is the moment of making. Raises office.OfficeFailed."""
    return office.to_pdf(render(workbook(page, installation, now)), ".xlsx")


def workbook(page: Summary, installation: Installation, now: datetime) -> Workbook:
    """The sheet that LibreOffice prints, upright and one page wide."""
    on = page.scope.as_of.date
    title = f"Tóm tắt tình hình đến ngày {on:%d/%m/%Y}"
    sheet = Sheet(
        name="Tóm tắt",
        label=installation.office_name or "",
        title=title,
        period=page.scope.name,
        notice="Số liệu minh họa" if installation.is_demo else "",
        blocks=(
            Paragraph("; ".join(_lead(part) for part in page.lead) + "."),
            KeyFigures([KeyFigure(one.label, one.value, one.unit, one.note) for one in page.stats]),
            Table(COLUMNS, page.communes, title="Từng xã", unit=UNIT, numbered=False),
            Table(LISTS, page.lists, title="Vướng mắc, thay đổi", numbered=False),
        ),
        landscape=False,
    )
    creator = installation.office_name or "Theo dõi nông thôn mới"
    return Workbook(sheets=[sheet], title=title, creator=creator, created=now)


def _lead(part: Line) -> str:
    return f"{part.figure} {part.words}"


def _line(line: Told) -> str:
    return f"- {line.text}{' (minh họa)' if line.provenance == 'illustrative' else ''}"


def _lines(told: ToldList) -> str:
    return "\n".join(map(_line, told.lines))


def _lacking(row: CommuneLine) -> str:
    numbers = ", ".join(str(criterion.number) for criterion in row.lacking)
    return f"{numbers} ({row.overdue} quá hạn)" if row.overdue else numbers


# Wider than the page: the whole shrinks until it stands on one sheet.
COLUMNS = (
    Column("Xã", "name", 18),
    Column("Hồ sơ", "stage_label", 24),
    Column("Đạt", "met", 8, get=lambda row: f"{row.met}/{row.total}", align="center"),
    Column("Tiêu chí chưa đạt", "lacking", 40, get=_lacking),
    Column("Nhu cầu", "need", 11, "money", get=lambda row: row.money.need, scale=TY),
    Column(
        "Chưa xác định nguồn", "missing", 12, "money", get=lambda row: row.money.missing, scale=TY
    ),
)
LISTS = (Column("Nội dung", "title", 20), Column("Cụ thể", "lines", 90, get=_lines))
