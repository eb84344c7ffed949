"""Make a workbook of one sheet and read it back."""

from io import BytesIO

import openpyxl

from ntm_tracker.core.sheets import Column, Sheet, Workbook, render
from tests.core.sheets_sample import CREATED

NAME = Column("Tên", "name", 20)


def book(*blocks, **sheet) -> Workbook:
    sheets = (Sheet(**{"name": "Trang", "blocks": blocks} | sheet),)
    return Workbook(sheets=sheets, title="Thử", creator="Văn phòng", created=CREATED)


def reopen(*blocks, **sheet):
    return openpyxl.load_workbook(BytesIO(render(book(*blocks, **sheet)))).active


def find(ws, text: str):
    """The first cell that holds the text."""
    return next(cell for row in ws.iter_rows() for cell in row if cell.value == text)


def merges(ws) -> set[str]:
    return {str(area) for area in ws.merged_cells.ranges}
