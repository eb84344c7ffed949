"""A file as sheets of cells, each row with its number in Excel."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO, StringIO

from ntm_tracker.core.csv_file import as_meant
from ntm_tracker.core.intake.limits import MAX_ROWS, ZIPPED, UnreadableFile, kind_of
from ntm_tracker.core.text import nfc

Value = str | int | float | bool | date | None
HIDDEN = "_ntm"
"""Name of the sheet in which our own forms say what they are."""


@dataclass(frozen=True)
class Book:
    """Sheets in their order. `marks` is what the hidden sheet of our own forms says, by key."""

    sheets: tuple[tuple[str, tuple[tuple[Value, ...], ...]], ...]
    marks: dict[str, str]


def read_book(data: bytes, name: str) -> Book:
    """The cells of a file: text in its normal form, numbers as numbers, days as days. The first row
    of a sheet is row 1 of Excel. Raises UnreadableFile."""
    kind_of(data, name)
    return read_kept(data)


def read_kept(data: bytes) -> Book:
    """`read_book` of a file that was measured when it came."""
    if data.startswith(ZIPPED):
        return _workbook(data)
    return Book((("CSV", _csv_rows(data)),), {})


def _workbook(data: bytes) -> Book:
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        book = CalamineWorkbook.from_filelike(BytesIO(data))
        sheets, marks, text = [], {}, _Texts()
        for sheet in book.sheets_metadata:
            if sheet.name == HIDDEN:
                rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                marks = {str(row[0]): str(row[1]) for row in rows if len(row) > 1}
            elif sheet.visible == SheetVisibleEnum.Visible:
                rows = book.get_sheet_by_name(sheet.name).to_python(skip_empty_area=False)
                cells = (tuple([_value(cell, text) for cell in row]) for row in rows)
                sheets.append((sheet.name, tuple(cells)))
    except (CalamineError, ValueError, OSError) as error:
        raise UnreadableFile(
            "Không đọc được bảng tính. Hãy mở tệp bằng Excel, lưu lại dạng .xlsx rồi chọn lại."
        ) from error
    return Book(tuple(sheets), marks)


class _Texts(dict[str, str]):
    """Text → its normal form. The names in a table stand there hundreds of times."""

    def __missing__(self, text: str) -> str:
        self[text] = nfc(text)
        return self[text]


def _value(value: object, text: _Texts) -> Value:
    if isinstance(value, str):
        return text[value]
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, bool | int | float | date):
        return value
    return None if value is None else nfc(str(value))


def _csv_rows(data: bytes) -> tuple[tuple[Value, ...], ...]:
    text = _decoded(data)
    if "\0" in text:
        raise UnreadableFile("Tệp CSV có ký tự không phải chữ. Hãy lưu lại dạng CSV UTF-8.")
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = max(";\t,", key=first.count)
    try:
        rows = csv.reader(StringIO(text, newline=""), delimiter=separator)
        found = tuple(tuple(as_meant(nfc(cell)) for cell in row) for row in rows)
    except csv.Error as error:
        raise UnreadableFile("Không đọc được tệp CSV. Hãy lưu lại dạng CSV UTF-8.") from error
    if len(found) > MAX_ROWS:
        raise UnreadableFile("Tệp CSV có quá nhiều dòng. Hãy chia tệp.")
    return found


def _decoded(data: bytes) -> str:
    encodings: Sequence[str] = ["utf-8-sig"]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        encodings = ["utf-16"]
    try:
        return data.decode(encodings[0])
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            "Tệp CSV không dùng bảng mã UTF-8 nên chữ tiếng Việt sẽ sai. Hãy lưu lại: Save As, "
            "chọn “CSV UTF-8”, hoặc gửi tệp Excel (.xlsx)."
        ) from error
