"""The same sheets for a browser: every block as text, so that page and file cannot differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from ntm_tracker.core.sheets.cells import Content
from ntm_tracker.core.sheets.model import (
    Heading,
    KeyFigures,
    Letterhead,
    Notes,
    Paragraph,
    Sheet,
    Signature,
    Table,
)
from ntm_tracker.core.sheets.prepare import header_text, number_labels, prepare

_VIETNAMESE = str.maketrans(",.", ".,")


@dataclass(frozen=True, slots=True)
class HeaderCell:
    """A heading with how far it spans; `rotated` headings stand upright."""

    text: str
    colspan: int = 1
    rowspan: int = 1
    rotated: bool = False


@dataclass(frozen=True, slots=True)
class BodyCell:
    """A cell as text; `align` is left, center or right."""

    text: str
    align: str
    colspan: int = 1


@dataclass(frozen=True, slots=True)
class BodyRow:
    """A row of cells: `kind` is row, group or total."""

    kind: str
    cells: tuple[BodyCell, ...]


@dataclass(frozen=True, slots=True)
class PreviewBlock:
    """A block by `kind`: heading, paragraph, notes, figures or table."""

    kind: str
    text: str = ""
    unit: str = ""
    lines: tuple[str, ...] = ()
    head: tuple[tuple[HeaderCell, ...], ...] = ()
    rows: tuple[BodyRow, ...] = ()
    columns: int = 0
    empty: str = ""


@dataclass(frozen=True, slots=True)
class PreviewSheet:
    """A sheet as a template shows it."""

    name: str
    label: str
    title: str
    period: str
    notice: str
    letterhead: Letterhead | None
    signature: Signature | None
    blocks: tuple[PreviewBlock, ...]


def preview(sheet: Sheet) -> PreviewSheet:
    """The sheet with every cell as Vietnamese text (1.346,7; 30/04/2022). Needs no openpyxl."""
    return PreviewSheet(
        sheet.name,
        sheet.label,
        sheet.title,
        sheet.period,
        sheet.notice,
        sheet.letterhead,
        sheet.signature,
        tuple(_block(block) for block in sheet.blocks),
    )


def _block(block: Heading | Paragraph | KeyFigures | Table | Notes) -> PreviewBlock:
    match block:
        case Heading():
            return PreviewBlock("heading", block.text)
        case Paragraph():
            return PreviewBlock("paragraph", block.text)
        case Notes():
            return PreviewBlock("notes", block.title, lines=tuple(block.items))
        case KeyFigures():
            rows = tuple(_row(line.kind, line.cells) for line in prepare(block).lines)
            return PreviewBlock("figures", rows=rows)
    prepared = prepare(block)
    rows = tuple(_row(line.kind, line.cells, line.title_at) for line in prepared.lines)
    return PreviewBlock(
        "table",
        block.title,
        block.unit,
        head=_head(block),
        rows=rows,
        columns=len(block.columns),
        empty="" if block.rows else block.empty,
    )


def _head(table: Table) -> tuple[tuple[HeaderCell, ...], ...]:
    columns = table.columns
    grouped = any(column.group for column in columns)
    first: list[HeaderCell] = []
    second: list[HeaderCell] = []
    for group, run in groupby(columns, key=lambda column: column.group):
        members = list(run)
        if group:
            first.append(HeaderCell(group, colspan=len(members)))
            second += [HeaderCell(header_text(c), rotated=c.rotated) for c in members]
        else:
            span = 2 if grouped else 1
            first += [HeaderCell(header_text(c), 1, span, c.rotated) for c in members]
    head = [tuple(first)]
    if second:
        head.append(tuple(second))
    if table.numbered:
        head.append(tuple(HeaderCell(_text(cell)) for cell in number_labels(table)))
    return tuple(head)


def _row(kind: str, cells: list[Content], title_at: int = -1) -> BodyRow:
    """A title runs on over the empty cells to its right, as it does on paper."""
    row: list[BodyCell] = []
    at = 0
    while at < len(cells):
        span = 1
        if at == title_at:
            while at + span < len(cells) and cells[at + span].value is None:
                span += 1
        row.append(BodyCell(_text(cells[at]), cells[at].align, span))
        at += span
    return BodyRow(kind, tuple(row))


def _text(cell: Content) -> str:
    if isinstance(cell.value, date):
        return f"{cell.value:%d/%m/%Y}"
    if isinstance(cell.value, str):
        return cell.value
    return cell.text.translate(_VIETNAMESE)
