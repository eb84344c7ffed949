"""The letter of a month: sections of text, then the tables they speak of as annexes."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from django.utils import timezone

from criteria.choices import DossierState
from ntm_tracker.core.letters import Annex, Letter
from ntm_tracker.core.models import Installation
from ntm_tracker.core.numbers import TY
from ntm_tracker.core.sheets import (
    Column,
    Heading,
    Letterhead,
    Notes,
    Paragraph,
    Sheet,
    Signature,
    Table,
    roman,
)
from ntm_tracker.reports.selectors.rows import MonthRows
from ntm_tracker.reports.word.figures import figures
from ntm_tracker.reports.word.texts import SECTIONS, draft
from ntm_tracker.reports.workbook import ILLUSTRATIVE_NOTE, draft_notice
from ntm_tracker.reports.workbook.annexes import coming_sheet, difficulties_sheet, late_sheet
from ntm_tracker.reports.workbook.criteria import group_table
from ntm_tracker.reports.workbook.summary import TITLE

SUBJECT = TITLE


def month_letter(
    rows: MonthRows, installation: Installation, texts: Mapping[str, str], *, now: datetime
) -> Letter:
    """The report in words. `texts` are what the office wrote instead of standard texts, by section;
    the same input gives the same letter. Raises ValidationError for an unknown placeholder."""
    stamp = timezone.localtime(now)
    tables = {"tieu-chi": group_table(rows), "kinh-phi": _money(rows)}
    known = figures(rows)
    blocks: list[Heading | Paragraph | Table | Notes] = []
    for section in SECTIONS:
        if section.heading:
            blocks.append(Heading(section.heading))
        blocks.append(Paragraph(draft(texts.get(section.slug) or section.standard, known)))
        if section.slug in tables:
            blocks.append(tables[section.slug])
    if installation.is_demo:
        blocks.append(Notes((ILLUSTRATIVE_NOTE,)))
    return Letter(
        letterhead=Letterhead(
            superior=installation.superior_name,
            issuer=installation.office_name,
            number=f".../{installation.report_suffix}",
            place=installation.place,
            date=stamp.date() if installation.reporting_date is None else None,
        ),
        kind="BÁO CÁO",
        subject=f"{SUBJECT} tháng {rows.period.month.month} năm {rows.period.month.year}",
        notice=draft_notice(rows, now),
        blocks=blocks,
        signature=Signature(
            title=installation.signer_title,
            name=installation.signer_name,
            recipients=tuple(filter(None, installation.recipients.splitlines())),
        ),
        annexes=tuple(
            Annex(label=f"Phụ lục {roman(number)}", title=title, blocks=found, landscape=landscape)
            for number, (title, found, landscape) in enumerate(_annexes(rows), 1)
        ),
        creator=installation.office_name,
        created=now,
    )


def _money(rows: MonthRows) -> Table:
    money = rows.state.money
    columns = (
        Column("TT", kind="index", width=5),
        Column("Lĩnh vực", "label", 34),
        Column("Nhu cầu", "need", 14, "money", get=lambda n: n.money.need, scale=TY),
        Column("Đã xác định nguồn", "identified", 14, "money",
               get=lambda n: n.money.identified, scale=TY),
        Column("Chưa xác định nguồn", "missing", 14, "money",
               get=lambda n: n.money.missing, scale=TY),
    )  # fmt: skip
    total = {"need": money.need, "identified": money.identified, "missing": money.missing}
    return Table(columns, rows.funding, unit="tỷ đồng", total=total, numbered=False)


def _annexes(rows: MonthRows) -> Iterator[tuple[str, tuple[Table, ...], bool]]:
    before = {row.commune_id: row.met for row in rows.before.standings} if rows.before else {}
    columns = (
        Column("TT", kind="index", width=5),
        Column("Xã", "name", 24),
        Column("Số tiêu chí đạt", "met", 12, "int"),
        Column("Tháng trước", "before", 12, "int", get=lambda r: before.get(r.commune_id)),
        Column("Quá hạn", "overdue", 10, "int"),
        Column("Hồ sơ", "dossier", 26,
               get=lambda r: DossierState(r.dossier).label if r.dossier else ""),
    )  # fmt: skip
    yield "TIÊU CHÍ ĐẠT CỦA CÁC XÃ CHƯA ĐẠT CHUẨN", (Table(columns, rows.state.open),), False
    overdue = (
        Column("TT", kind="index", width=5),
        Column("Xã", "commune_name", 18),
        Column("Tiêu chí", "criterion", 44, get=lambda o: str(o.criterion)),
        Column("Dự kiến đạt", "planned_on", 13, "date"),
        Column("Quá hạn", "days", 10, "int", unit="ngày"),
    )
    nothing = "Không có tiêu chí nào quá hạn."
    yield "TIÊU CHÍ QUÁ HẠN THEO LỘ TRÌNH", (Table(overdue, rows.overdue, empty=nothing),), False
    for sheet in (late_sheet(rows), coming_sheet(rows), difficulties_sheet(rows)):
        yield sheet.title, _tables(sheet), True


def _tables(sheet: Sheet) -> tuple[Table, ...]:
    return tuple(block for block in sheet.blocks if isinstance(block, Table))
