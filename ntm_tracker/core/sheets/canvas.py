"""One sheet of paper: lines placed from top to bottom, their heights, and how it all prints."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import shorten
from typing import Any, NamedTuple

from ntm_tracker.core.sheets import cells, metrics
from ntm_tracker.core.sheets.cells import Content
from ntm_tracker.core.sheets.model import SheetError
from ntm_tracker.core.sheets.styles import FONT, Style, Styles

# A4 and the decree's margins (top and bottom 20-25, left 30-35, right 15-20), millimetres.
LONG, SHORT, TOP, LEFT, RIGHT, HEADER = 297, 210, 20, 30, 15, 10
POINTS_PER_MM = 72 / 25.4
TALL = 300.0
"""A line higher than this (points) is cut into several rows: Excel allows 409.5."""
SLICE_LINES = 8
MAX_ROWS = 2**20
MAX_BREAKS = 1000
"""Page ends a sheet may hold; Excel allows 1,026."""
MAX_FROZEN = 260.0
"""Points that may be frozen; more would leave no room to scroll on a small screen."""


class Part(NamedTuple):
    """A cell of a line: grid columns from `first` to `last`, what stands in it and how."""

    first: int
    last: int
    content: Content
    style: Style


class Canvas:
    """A worksheet with a grid of columns (widths in units) that lines are placed on."""

    def __init__(self, ws: Any, styles: Styles, grid: Sequence[float], landscape: bool) -> None:
        from openpyxl.cell import Cell
        from openpyxl.worksheet.cell_range import CellRange

        self.cell, self.range = Cell, CellRange
        self.ws = ws
        self.styles = styles
        self.grid = grid
        self.landscape = landscape
        self.heights: list[float] = []
        self.together: list[tuple[int, int]] = []
        """First and last rows of what should stay on one page."""
        self.repeated: tuple[int, int] | None = None
        """Rows printed again on every later page."""

    @property
    def next_row(self) -> int:
        return len(self.heights) + 1

    def width(self, first: int, last: int) -> float:
        """Points from the left edge of one grid column to the right edge of another."""
        return sum(self.grid[first - 1 : last]) * metrics.UNIT

    def lines_of(self, part: Part) -> tuple[str, ...]:
        """The text of a part as it wraps in its width."""
        width = self.width(part.first, part.last) - part.style.indent * metrics.INDENT
        return metrics.wrap(part.content.text, width, part.style.size, part.style.bold)

    def text_height(self, part: Part) -> float:
        """Points that the text of a part needs."""
        return len(self.lines_of(part)) * metrics.LINE_HEIGHT[part.style.size]

    def space(self, height: float) -> None:
        """An empty line."""
        self.heights.append(height)

    def line(self, parts: Sequence[Part], least: float = 0.0, pad: float = 3.0) -> None:
        """One line as high as its highest cell; a very high one takes several merged rows."""
        height = least
        for part in parts:
            if part.content.data_type == "s":
                height = max(height, self.text_height(part) + pad)
        first = self.next_row
        if height <= TALL:
            self.heights.append(height)
        else:
            part_height = SLICE_LINES * metrics.LINE_HEIGHT[11]
            while height > 0:
                self.heights.append(min(height, part_height))
                height -= part_height
            parts = [p._replace(style=p.style._replace(vertical="top")) for p in parts]
            self.together.append((first, len(self.heights)))
        for part in parts:
            self.put(part, first, len(self.heights))

    def band(self, text: str, style: Style, pad: float = 3.0) -> None:
        """Text over the whole width; nothing for empty text."""
        if text:
            self.line([Part(1, len(self.grid), cells.text_content(text), style)], pad=pad)

    def put(self, part: Part, row: int, last_row: int) -> None:
        """Value and format in the first cell, borders in all, one merged range for them."""
        first, last, content, style = part
        array = self.styles.of(style, content)
        ws = self.ws
        cell = ws._cells[row, first] = self.cell(ws, row, first, style_array=array)
        if content.value is not None:
            # Not through `cell.value`: that turns "=1+1" into a formula and "#N/A" into an error.
            cell._value = content.value
            cell.data_type = content.data_type
        if row == last_row and first == last:
            return
        if style.border:
            for y in range(row, last_row + 1):
                for x in range(first, last + 1):
                    if (y, x) != (row, first):
                        ws._cells[y, x] = self.cell(ws, y, x, style_array=array)
        # Not through `merge_cells`, which looks through all earlier ranges and repaints borders.
        merged = self.range(min_col=first, min_row=row, max_col=last, max_row=last_row)
        ws.merged_cells.ranges.add(merged)

    def freeze(self, body: int, column: int) -> None:
        """Keep what stands above row `body` and left of `column` in view, if it is not too much."""
        row = body if sum(self.heights[: body - 1]) <= MAX_FROZEN else 1
        if row > 1 or column > 1:
            self.ws.freeze_panes = address(row, column)

    def finish(self, footer: str, gridlines: bool) -> None:
        """Sizes, paper, margins, page numbers, repeated rows, page ends."""
        from openpyxl.utils import get_column_letter
        from openpyxl.worksheet.pagebreak import Break

        ws = self.ws
        for at, width in enumerate(self.grid, 1):
            ws.column_dimensions[get_column_letter(at)].width = round(width, 2)
        for row, height in enumerate(self.heights, 1):
            ws.row_dimensions[row].height = round(height, 2)
        ws.sheet_view.showGridLines = gridlines
        ws.page_setup.paperSize = ws.PAPERSIZE_A4
        ws.page_setup.orientation = "landscape" if self.landscape else "portrait"
        ws.sheet_properties.pageSetUpPr.fitToPage = True
        ws.page_setup.fitToWidth, ws.page_setup.fitToHeight = 1, 0
        # Each sheet counts its own pages, as annexes do, also when the whole file is printed.
        ws.page_setup.firstPageNumber, ws.page_setup.useFirstPageNumber = 1, True
        margins = ws.page_margins
        margins.left, margins.right = LEFT / 25.4, RIGHT / 25.4
        margins.top = margins.bottom = TOP / 25.4
        margins.header = margins.footer = HEADER / 25.4
        marks = ws.HeaderFooter
        marks.differentFirst = True
        marks.oddHeader.center.text = "&P"
        marks.oddHeader.center.font, marks.oddHeader.center.size = f"{FONT},Regular", 13
        if footer:
            text = shorten(cells.clean(footer), 120, placeholder=" ...").replace("&", "&&")
            for place in (marks.oddFooter.right, marks.firstFooter.right):
                place.text = text
                place.font, place.size = f"{FONT},Italic", 10
        if not self.heights:
            return
        if len(self.heights) > MAX_ROWS:
            raise SheetError(f"{len(self.heights)} rows, a sheet holds {MAX_ROWS}")
        ws.print_area = f"A1:{address(len(self.heights), len(self.grid))}"
        if self.repeated:
            ws.print_title_rows = f"{self.repeated[0]}:{self.repeated[1]}"
        width, height = page_size(self.landscape)
        scale = min(1.0, int(100 * width / sum(self.grid)) / 100)
        breaks = metrics.page_breaks(self.heights, self.together, height / scale, self.repeated)
        for row in breaks[:MAX_BREAKS]:
            ws.row_breaks.append(Break(id=row))


def page_size(landscape: bool) -> tuple[float, float]:
    """Room between the margins: width in units, height in points."""
    across, down = (LONG, SHORT) if landscape else (SHORT, LONG)
    width = (across - LEFT - RIGHT) * POINTS_PER_MM / metrics.UNIT
    return width - 0.5, (down - 2 * TOP) * POINTS_PER_MM


def address(row: int, column: int) -> str:
    """A1, AB12."""
    from openpyxl.utils import get_column_letter

    return f"{get_column_letter(column)}{row}"
