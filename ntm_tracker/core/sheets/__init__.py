"""Spreadsheets in the manner of an office: describe a workbook, `render` it to bytes.

The layout follows Nghị định 30/2020/NĐ-CP; nothing in here knows what the figures mean. Only
`render`, `canvas`, `charts` and `styles` import openpyxl, when they are called, so that starting
the application stays cheap.
"""

from ntm_tracker.core.sheets.cells import clean, date_line, roman, sheet_names
from ntm_tracker.core.sheets.model import (
    Block,
    Chart,
    Column,
    Figure,
    GroupRow,
    Heading,
    KeyFigure,
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
from ntm_tracker.core.sheets.preview import PreviewSheet, preview
from ntm_tracker.core.sheets.render import CONTENT_TYPE, render

__all__ = [
    "CONTENT_TYPE",
    "Block",
    "Chart",
    "Column",
    "Figure",
    "GroupRow",
    "Heading",
    "KeyFigure",
    "KeyFigures",
    "Letterhead",
    "Notes",
    "Paragraph",
    "PreviewSheet",
    "Sheet",
    "SheetError",
    "Signature",
    "Table",
    "Workbook",
    "clean",
    "date_line",
    "preview",
    "render",
    "roman",
    "sheet_names",
]
