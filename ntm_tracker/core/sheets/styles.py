"""Cell formats of a workbook: described once, made once, shared by all cells that look alike."""

from __future__ import annotations

from typing import Any, NamedTuple

from ntm_tracker.core.sheets.cells import Content
from ntm_tracker.core.sheets.model import Align

FONT = "Times New Roman"
TEXT = 12
"""Font size of the workbook's normal style, points."""


class Style(NamedTuple):
    """How a cell looks, whatever stands in it."""

    size: int = TEXT
    bold: bool = False
    italic: bool = False
    underline: bool = False
    align: Align = "left"
    vertical: str = "center"
    indent: int = 0
    border: str = ""  # "", "thin" (all sides), "dotted" (below)
    fill: bool = False
    rotated: bool = False


class Styles:
    """One openpyxl style array per format, made on first use.

    Setting font, border and alignment cell by cell costs more than writing the cells.
    """

    def __init__(self, book: Any) -> None:
        from openpyxl.styles import Font
        from openpyxl.utils.indexed_list import IndexedList

        normal = Font(name=FONT, size=TEXT)
        book._fonts = IndexedList([normal])  # the normal font is the measure of column widths
        book._named_styles["Normal"].font = normal
        self._scratch = book.active
        self._made: dict[tuple[Style, str, bool, bool], Any] = {}

    def of(self, style: Style, content: Content) -> Any:
        """The style array of a cell that looks so and holds that: only text wraps."""
        key = style, content.number_format, content.quoted, content.data_type == "s"
        made = self._made.get(key)
        if made is None:
            made = self._made[key] = self._make(*key)
        return made

    def _make(self, style: Style, number_format: str, is_quoted: bool, wraps: bool) -> Any:
        from openpyxl.cell import Cell
        from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

        cell = Cell(self._scratch, row=1, column=1)
        cell.font = Font(
            name=FONT,
            size=style.size,
            bold=style.bold,
            italic=style.italic,
            underline="single" if style.underline else None,
        )
        cell.alignment = Alignment(
            horizontal=style.align,
            vertical=style.vertical,
            wrap_text=wraps,
            text_rotation=90 if style.rotated else 0,
            indent=style.indent,
        )
        if style.border:
            side = Side(style=style.border, color="FF000000")
            every = style.border == "thin"
            cell.border = (
                Border(left=side, right=side, top=side, bottom=side)
                if every
                else Border(bottom=side)
            )
        if style.fill:
            cell.fill = PatternFill("solid", start_color="FFF2F2F2")
        cell.number_format = number_format
        if is_quoted:
            cell.quotePrefix = True
        return cell._style
