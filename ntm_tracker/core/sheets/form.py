"""A workbook to be filled in and sent back: locked keys, drop-down lists, what it was made of.

Its first sheet is one bare table; a hidden sheet says which form it is, when it was made and what
each row said then, so that a file that has grown old is known as such.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any

from django.utils import timezone

from ntm_tracker.core.sheets.cells import MAX_TEXT, clean
from ntm_tracker.core.sheets.styles import FONT

LONGEST_LIST = 250
FIRST_LIST = 3
"""Columns of the hidden sheet before the words of long lists; the marks have the first two."""
SPARE_ROWS = 200
"""Empty rows below the filled ones that may be typed into although the sheet is locked."""


FORMATS = {"money": "#,##0", "int": "0", "number": "#,##0.##", "date": "dd/mm/yyyy"}
ABOUT = {
    "money": "Số tiền.",
    "int": "Số nguyên.",
    "number": "Số, viết 2,5.",
    "date": "Ngày, viết 26/04/2022.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FormColumn:
    """`kind` is text, money, int, number or date; `choices` become a drop-down list."""

    title: str
    key: str
    kind: str = "text"
    width: int = 18
    is_locked: bool = False
    choices: Sequence[str] = ()
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """Rows map column keys to values. `marks` go to the hidden sheet."""

    title: str
    lead: str
    columns: Sequence[FormColumn]
    rows: Sequence[Mapping[str, Any]]
    marks: Mapping[str, str]
    creator: str
    created: datetime


def write_form(form: Form, *, hidden: str) -> bytes:
    """The workbook; `hidden` names the sheet of the marks. Text is text, also "=1+1"."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font, PatternFill, Protection
    from openpyxl.utils import get_column_letter
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    sheet = book.active
    sheet.title = form.title[:31]
    plain, bold = Font(name=FONT, size=12), Font(name=FONT, size=12, bold=True)
    fill, grey = PatternFill("solid", start_color="FFE7F1EC"), Font(name=FONT, color="FF5A5A5A")
    last = len(form.rows) + 1 + SPARE_ROWS
    marks = book.create_sheet(hidden)
    marks.sheet_state = "veryHidden"
    for place, column in enumerate(form.columns, 1):
        name = get_column_letter(place)
        head = sheet.cell(1, place, column.title)
        head.font, head.fill = bold, fill
        head.alignment = Alignment(wrap_text=True, vertical="center")
        sheet.column_dimensions[name].width = column.width
        for row in range(2, last + 1):
            cell = sheet.cell(row, place)
            given = form.rows[row - 2].get(column.key) if row - 2 < len(form.rows) else None
            _put(cell, given, column.kind)
            cell.font = grey if column.is_locked and given not in (None, "") else plain
            is_locked = column.is_locked and row - 2 < len(form.rows)
            cell.protection = Protection(locked=is_locked)
        if column.choices:
            listed = DataValidation("list", formula1=_listed(marks, place, column.choices))
            listed.error, listed.errorTitle = "Hãy chọn trong danh sách.", column.title
            sheet.add_data_validation(listed)
            listed.add(f"{name}2:{name}{last}")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(form.columns))}{len(form.rows) + 1}"
    protection = sheet.protection
    protection.sheet = True
    protection.formatColumns = protection.formatRows = False
    protection.autoFilter = protection.sort = False
    _guide(book, form, bold, plain)
    for row, (key, value) in enumerate(form.marks.items(), 1):
        _put(marks.cell(row, 1), key, "text")
        _put(marks.cell(row, 2), value, "text")
    book.properties.title, book.properties.creator = form.title, form.creator
    moment = form.created.astimezone(timezone.get_fixed_timezone(0)).replace(tzinfo=None)
    book.properties.created = book.properties.modified = moment
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def _put(cell: Any, value: Any, kind: str) -> None:
    if value is None or value == "":
        pass
    elif isinstance(value, int | Decimal):
        cell.value = value
    elif isinstance(value, date):
        cell.value, cell.number_format = value, "dd/mm/yyyy"
        return
    else:
        cell._value, cell.data_type = clean(str(value))[:MAX_TEXT], "s"
    cell.number_format = FORMATS.get(kind, "@")


def _listed(marks: Any, place: int, choices: Sequence[str]) -> str:
    """What a drop-down list is filled from: its words, or cells of the hidden sheet where Excel
    could not tell them apart (a comma in one) or would not take them (255 characters)."""
    from openpyxl.utils import get_column_letter

    words = ",".join(choices)
    if len(words) <= LONGEST_LIST and not any("," in choice for choice in choices):
        return f'"{words}"'
    column = FIRST_LIST + place
    for row, choice in enumerate(choices, 1):
        _put(marks.cell(row, column), choice, "text")
    letter = get_column_letter(column)
    return f"{marks.title}!${letter}$1:${letter}${len(choices)}"


def _guide(book: Any, form: Form, bold: Any, plain: Any) -> None:
    """What each column is for."""
    from openpyxl.styles import Alignment

    sheet = book.create_sheet("Hướng dẫn")
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 90
    made = f"{timezone.localtime(form.created):%H:%M ngày %d/%m/%Y}"
    lines = [
        (form.title, form.lead),
        ("Mẫu lập lúc", made),
        *((column.title, _about(column)) for column in form.columns),
    ]
    for row, (name, text) in enumerate(lines, 1):
        for place, value in enumerate((name, text), 1):
            cell = sheet.cell(row, place)
            _put(cell, value, "text")
            cell.font = bold if place == 1 else plain
            cell.alignment = Alignment(wrap_text=True, vertical="top")


def _about(column: FormColumn) -> str:
    parts = [
        column.help,
        ABOUT.get(column.kind, ""),
        f"Chọn một trong: {', '.join(column.choices)}." if column.choices else "",
        "Cột khóa: cho biết dòng nói về đâu." if column.is_locked else "",
    ]
    return " ".join(part for part in parts if part) or "Chữ."


def as_mark(values: Sequence[Any]) -> str:
    """The values of a row as the hidden sheet keeps them."""
    return json.dumps([plain_text(value) for value in values], ensure_ascii=False)


def plain_text(value: Any) -> str:
    """A value as text, the same whether it came from us or out of a file."""
    return "" if value is None else value.isoformat() if isinstance(value, date) else str(value)
