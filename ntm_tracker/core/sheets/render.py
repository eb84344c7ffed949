"""Compose sheets from what `model` describes, and pack them into a file that knows no clock."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ntm_tracker.core.sheets import cells, charts, metrics
from ntm_tracker.core.sheets.canvas import Canvas, Part, address, page_size
from ntm_tracker.core.sheets.grid import closest_cut, fit_spans, make_grid
from ntm_tracker.core.sheets.model import (
    Block,
    Heading,
    KeyFigures,
    Letterhead,
    Notes,
    Paragraph,
    Sheet,
    SheetError,
    Signature,
    Table,
    Workbook,
)
from ntm_tracker.core.sheets.prepare import (
    BODY,
    Prepared,
    header_text,
    number_labels,
    prepare,
)
from ntm_tracker.core.sheets.styles import FONT, Style, Styles

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

GAP = 6.0  # points between blocks
HIGHEST = 400.0  # points of a row of headings
ROTATED = 10  # font size of headings turned by 90 degrees
CELL = Style(size=BODY, border="thin")
HEAD = CELL._replace(bold=True, align="center", fill=True)
ITEM = Style(border="dotted")

Spans = Sequence[tuple[int, int]]


def render(workbook: Workbook) -> bytes:
    """The workbook as the bytes of an .xlsx file; the same input gives the same bytes.

    Raises SheetError instead of writing anything cut, rounded by Excel or silently left out.
    """
    from openpyxl import Workbook as Book
    from openpyxl.writer.excel import ExcelWriter

    if not workbook.sheets:
        raise SheetError("a workbook without sheets")
    book = Book()
    styles = Styles(book)
    book.remove(book.active)
    names = cells.sheet_names([sheet.name for sheet in workbook.sheets])
    for name, sheet in zip(names, workbook.sheets, strict=True):
        try:
            SheetWriter(book.create_sheet(name), sheet, styles).write()
        except SheetError as error:
            raise SheetError(f"sheet {sheet.name!r}: {error}") from None
    created = workbook.created
    if created.tzinfo is not None:
        created = created.astimezone(UTC).replace(tzinfo=None)
    properties = book.properties
    properties.title = cells.clean(workbook.title)
    properties.creator = properties.lastModifiedBy = cells.clean(workbook.creator)
    properties.created = properties.modified = created.replace(microsecond=0)
    buffer = BytesIO()
    ExcelWriter(book, TimelessZip(buffer, "w", ZIP_DEFLATED)).save()
    return buffer.getvalue()


class TimelessZip(ZipFile):
    """A zip archive whose entries carry no clock, so that equal content is equal bytes."""

    def writestr(self, zinfo_or_arcname: Any, data: Any, *_args: Any, **_kwargs: Any) -> None:
        info = ZipInfo(zinfo_or_arcname, date_time=(1980, 1, 1, 0, 0, 0))
        info.compress_type = ZIP_DEFLATED
        info.external_attr = 0o600 << 16
        super().writestr(info, data)

    def write(self, filename: Any, arcname: Any = None, *_args: Any, **_kwargs: Any) -> None:
        self.writestr(arcname, Path(filename).read_bytes())


class SheetWriter:
    """Write one sheet: letterhead, titles, blocks, signature."""

    def __init__(self, ws: Any, sheet: Sheet, styles: Styles) -> None:
        self.sheet = sheet
        self.blocks: list[Block | Prepared] = [
            prepare(block) if isinstance(block, Table | KeyFigures) else block
            for block in sheet.blocks
        ]
        prepared = [block for block in self.blocks if isinstance(block, Prepared)]
        self.grid = make_grid(
            prepared, page_size(sheet.landscape)[0], bool(sheet.letterhead or sheet.signature)
        )
        self.cut = closest_cut(self.grid)[0]
        self.canvas = Canvas(ws, styles, self.grid, sheet.landscape)
        # The table whose heading is repeated and frozen is the last one: over the rows of
        # another table it would lie.
        tables = [block for block in prepared if isinstance(block.source, Table)]
        self.main = tables[-1] if tables else None
        self.tail = [0, 0]  # where the last two rows of the latest table begin

    def write(self) -> None:
        """Everything on the sheet, then how it prints."""
        sheet, canvas = self.sheet, self.canvas
        if sheet.letterhead:
            self.letterhead(sheet.letterhead)
        self.titles()
        for block in self.blocks:
            if canvas.heights:
                canvas.space(GAP)
            start = canvas.next_row
            match block:
                case Heading():
                    canvas.band(block.text, Style(size=13, bold=True))
                    canvas.together.append((start, canvas.next_row + 1))
                case Paragraph():
                    canvas.band(block.text, Style(size=13, italic=block.italic))
                case Notes():
                    self.notes(block)
                case Prepared(source=Table() as table):
                    self.table(block, table)
                case Prepared():
                    self.rows(block, fit_spans(block.wanted, block.needed, self.grid), ITEM)
        if sheet.signature:
            self.signature(sheet.signature)
        canvas.finish(sheet.notice, gridlines=not (sheet.letterhead or sheet.title))

    # -- the frame of a document -----------------------------------------------------------------

    def letterhead(self, head: Letterhead) -> None:
        """Issuer left, state right, line by line, so that the halves stay level."""
        plain, bold = Style(align="center"), Style(align="center", bold=True)
        rule = bold._replace(size=9)
        left = [*self.lines(head.superior, plain, left=True), *self.lines(head.issuer, bold, True)]
        left.append(("—" * 7, rule))  # em dashes join to the line that stands under the issuer
        right = [
            *self.lines(head.national_title, bold),
            *self.lines(head.motto, bold._replace(size=13, underline=True)),
        ]
        for at in range(max(len(left), len(right))):
            parts = [
                Part(first, last, cells.text_content(lines[at][0]), lines[at][1])
                for (first, last), lines in ((self.half(True), left), (self.half(False), right))
                if at < len(lines)
            ]
            self.canvas.line(parts, pad=0.5)
        number = f"Số: {head.number}" if head.number else ""
        day = cells.date_line(head.place, head.date)
        plain = plain._replace(size=13)
        self.canvas.line(
            [
                Part(*self.half(True), cells.text_content(number), plain),
                Part(*self.half(False), cells.text_content(day), plain._replace(italic=True)),
            ]
        )

    def half(self, left: bool) -> tuple[int, int]:
        """First and last grid column of the left or right half."""
        return (1, self.cut) if left else (self.cut + 1, len(self.grid))

    def lines(self, text: str, style: Style, left: bool = False) -> list[tuple[str, Style]]:
        part = Part(*self.half(left), cells.text_content(text), style)
        return [(line, style) for line in self.canvas.lines_of(part)] if text else []

    def titles(self) -> None:
        sheet, canvas = self.sheet, self.canvas
        if canvas.heights and (sheet.label or sheet.title):
            canvas.space(10)
        centred = Style(size=13, align="center")
        canvas.band(sheet.label, centred._replace(size=14, bold=True), pad=1)
        canvas.band(sheet.title, centred._replace(size=14, bold=True), pad=1)
        canvas.band(sheet.period, centred._replace(italic=True))
        canvas.band(sheet.notice, centred._replace(size=12, bold=True))

    def signature(self, signature: Signature) -> None:
        """Recipients left, signer right, in one row, which no page end can divide."""
        from openpyxl.cell.rich_text import CellRichText, TextBlock
        from openpyxl.cell.text import InlineFont

        canvas = self.canvas
        canvas.space(12)
        row = canvas.next_row
        bold = Style(size=13, bold=True, align="center", vertical="top")
        signed = cells.text_content(f"{signature.title}\n\n\n\n\n{signature.name}")
        parts = [Part(*self.half(False), signed, bold)]
        head, names = "Nơi nhận:\n", "\n".join(signature.recipients)
        if names:
            listed = cells.text_content(head + names)
            parts.append(Part(*self.half(True), listed, Style(vertical="top")))
        canvas.line(parts)
        if names:
            fonts = InlineFont(rFont=FONT, sz=12, b=True, i=True), InlineFont(rFont=FONT, sz=11)
            texts = head, cells.clean(names)
            blocks = [TextBlock(font, text) for font, text in zip(fonts, texts, strict=True)]
            canvas.ws._cells[row, 1]._value = CellRichText(*blocks)
        self.keep_with_rows(row)

    def keep_with_rows(self, last: int) -> None:
        """Notes and signature take the last two rows of the table along to a new page."""
        self.canvas.together += [(row or last, last) for row in self.tail]

    # -- blocks ----------------------------------------------------------------------------------

    def notes(self, block: Notes) -> None:
        self.canvas.band(block.title, Style(size=BODY, bold=True, italic=True), pad=1)
        for item in block.items:
            self.canvas.band(item, Style(size=BODY, italic=True), pad=1)
        self.keep_with_rows(self.canvas.next_row - 1)

    def table(self, block: Prepared, table: Table) -> None:
        canvas = self.canvas
        spans = fit_spans(block.wanted, block.needed, self.grid)
        start = canvas.next_row
        canvas.band(table.title, Style(bold=True))
        if table.unit:
            canvas.band(f"(ĐVT: {table.unit})", Style(italic=True, align="right"), pad=1)
        head = canvas.next_row
        self.header(block, spans)
        if table.numbered:
            italic = CELL._replace(italic=True, align="center")
            labels = zip(spans, number_labels(table), strict=True)
            canvas.line([Part(*span, label, italic) for span, label in labels], 16, pad=1)
        body = canvas.next_row
        if not table.rows:
            empty = CELL._replace(italic=True, align="center")
            canvas.line([Part(1, len(self.grid), cells.text_content(table.empty), empty)], 20)
        self.tail = self.rows(block, spans, CELL)
        canvas.together += [(start, row) for row in (body, min(body + 1, canvas.next_row - 1))]
        self.keep_with_rows(canvas.next_row - 1)
        if block is self.main:
            canvas.repeated = (head, body - 1)
            frozen = table.frozen_columns
            canvas.freeze(body, spans[frozen - 1][1] + 1 if frozen else 1)
        if table.filterable:
            if any(first != last for first, last in spans):
                raise SheetError("only the table with most columns of a sheet can be filtered")
            last = canvas.next_row - 1 - (table.total is not None)
            canvas.ws.auto_filter.ref = f"{address(body - 1, 1)}:{address(last, len(spans))}"
        keys = {column.key: span[0] for column, span in zip(block.columns, spans, strict=True)}
        if table.names:
            charts.name_cells(
                canvas.ws, {name: (self.tail[1], keys[key]) for key, name in table.names.items()}
            )
        if table.chart and table.rows:
            charts.draw(canvas, table, keys, body)

    def header(self, block: Prepared, spans: Spans) -> None:
        """Headings in one row, or in two when some columns share a group heading."""
        canvas, columns = self.canvas, block.columns
        rotated = HEAD._replace(rotated=True, size=ROTATED)
        parts = [
            Part(*span, cells.text_content(header_text(c)), rotated if c.rotated else HEAD)
            for c, span in zip(columns, spans, strict=True)
        ]
        whole = max(self.heading_height(part) for part in parts) + 4
        tops: list[Part] = []
        for at, column in enumerate(columns):
            if column.group and at and columns[at - 1].group == column.group:
                tops[-1] = tops[-1]._replace(last=spans[at][1])
            elif column.group:
                tops.append(Part(*spans[at], cells.text_content(column.group), HEAD))
        row = canvas.next_row
        if not tops:
            canvas.heights.append(min(whole, HIGHEST))
            for part in parts:
                canvas.put(part, row, row)
            return
        below = [part for part, c in zip(parts, columns, strict=True) if c.group]
        top = max(canvas.text_height(part) for part in tops) + 4
        bottom = max(self.heading_height(part) for part in below) + 4
        canvas.heights += [min(top, HIGHEST), min(max(bottom, whole - top), HIGHEST)]
        for part in tops:
            canvas.put(part, row, row)
        for part, column in zip(parts, columns, strict=True):
            canvas.put(part, row + 1 if column.group else row, row + 1)

    def heading_height(self, part: Part) -> float:
        """Points for a heading; one turned by 90 degrees wraps into what the width allows."""
        if not part.style.rotated:
            return self.canvas.text_height(part)
        width = self.canvas.width(part.first, part.last)
        lines = max(1, int((width - 1) / metrics.LINE_HEIGHT[ROTATED]))
        height = 40.0
        while (
            height < HIGHEST
            and len(metrics.wrap(part.content.text, height, ROTATED, bold=True)) > lines
        ):
            height += 4
        return height + 4

    def rows(self, block: Prepared, spans: Spans, style: Style) -> list[int]:
        """The rows of a table or list; returns where the last two of them begin."""
        canvas = self.canvas
        starts = [0, 0]
        # Made once, not for each of fifty thousand cells.
        looks = {
            (is_bold, align, indent): style._replace(bold=is_bold, align=align, indent=indent)
            for is_bold in (False, True)
            for align in ("left", "center", "right")
            for indent in (0, 1)
        }
        for line in block.lines:
            special = line.kind != "row"
            parts: list[Part] = []
            titled = after_number = False
            for at, (span, cell, column) in enumerate(
                zip(spans, line.cells, block.columns, strict=True)
            ):
                if titled and cell.value is None:  # a title runs on to the next number
                    parts[-1] = parts[-1]._replace(last=span[1])
                    continue
                words = special and cell.data_type == "s"
                titled = words and at == line.title_at
                align = cell.align if words or not column.align else column.align
                # Text keeps off a number that ends at the same line. (Indenting the number would
                # do too, but LibreOffice 7 then forgets every second one.)
                indent = int(after_number and align == "left")
                after_number = align == "right"
                parts.append(Part(*span, cell, looks[special, align, indent]))
            starts = [starts[1], canvas.next_row]
            canvas.line(parts, least=20 if special else 18)
            if line.kind == "group":
                canvas.together.append((starts[1], canvas.next_row))
        return starts
