"""From a row's value to what stands in a cell: type, number format, cleaned text. No openpyxl."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from math import isfinite
from typing import Any, NamedTuple

from ntm_tracker.core.numbers import TY
from ntm_tracker.core.sheets.model import Align, Column, Figure, Kind, SheetError

MAX_TEXT = 32_767  # UTF-16 units in a cell
MAX_AMOUNT = 10**16  # openpyxl writes 16 significant digits
MAX_WHOLE = 2**53  # above it a cell cannot tell a whole number from the next
MAX_NAME = 31
FIRST_DATE = date(1900, 3, 1)  # before this day Excel counts a 29 February that never was

# What XML 1.0 cannot carry; Excel calls a file that contains it damaged.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Excel reads _x0041_ as A; the underscore written as _x005F_ keeps what was typed.
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")
_FORMULA_START = ("=", "+", "-", "@", "\t", "'")
_NAME_BAD = re.compile(r"[\[\]:*?/\\]")
_ALIGN: dict[Kind, Align] = {"text": "left", "index": "center", "date": "center"}


class Content(NamedTuple):
    """A cell's value, openpyxl data type, number format, and the default alignment of its kind."""

    value: str | int | float | date | None = None
    data_type: str = "n"
    number_format: str = "General"
    align: Align = "left"
    quoted: bool = False
    decimals: int = 0

    @property
    def text(self) -> str:
        """What a reader sees, to measure by; other separators are as wide."""
        match self.value:
            case None:
                return ""
            case str():
                return self.value
            case date():
                return "00/00/0000"
        value = self.value * 100 if "%" in self.number_format else self.value
        sign = "+" if "+" in self.number_format and value > 0 else ""
        return f"{sign}{value:,.{self.decimals}f}" + ("%" if "%" in self.number_format else "")


BLANK = Content()


def clean(text: str) -> str:
    """Text as a cell can hold it: control characters removed, line ends as one newline."""
    return _ILLEGAL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def text_content(text: str, align: Align = "left") -> Content:
    """A string cell whatever the text looks like; SheetError when it is too long for a cell."""
    text = _ESCAPE.sub("_x005F_", clean(text))
    if not text:
        return Content(align=align)
    if len(text) > MAX_TEXT // 2 and len(text.encode("utf-16-le")) // 2 > MAX_TEXT:
        raise SheetError(f"text of {len(text)} characters, a cell holds {MAX_TEXT}")
    return Content(text, "s", align=align, quoted=text.startswith(_FORMULA_START))


@cache
def number_format(kind: Kind, decimals: int, signed: bool = False) -> str:
    """Excel's format code for numbers of this kind; the reader's system picks the separators."""
    code = ("0" if kind == "percent" else "#,##0") + ("." + "0" * decimals if decimals else "")
    code += "%" if kind == "percent" else ""
    return f"+{code};-{code};{code}" if signed else code


def content(value: Any, column: Column | Figure) -> Content:
    """The cell for a row's value in this column; None and "" give an empty cell."""
    if isinstance(value, Figure):
        return content(value.value, value)
    kind = column.kind
    align = _ALIGN.get(kind, "right")
    if value is None or value == "":
        return Content(align=align)
    if isinstance(value, bool):
        raise SheetError(f"{value!r} is neither text nor a number: choose the words for it")
    if kind == "text":
        return text_content(str(value), align)
    if kind == "date":
        return Content(_as_date(value), "d", "dd/mm/yyyy", align)
    if kind in ("int", "index", "money") and not isinstance(value, int):
        raise SheetError(f"{value!r} is not a whole number")
    if not isinstance(value, int | float | Decimal) or not isfinite(value):
        raise SheetError(f"{value!r} is not a number")
    number: int | float | Decimal = value / column.scale if column.scale != 1 else value
    if not -MAX_AMOUNT <= value <= MAX_AMOUNT or (type(number) is int and abs(number) > MAX_WHOLE):
        raise SheetError(f"{value} has more digits than a cell can hold")
    decimals = decimals_of(column)
    return Content(
        float(number) if isinstance(number, Decimal) else number,
        "n",
        number_format(kind, decimals, column.signed),
        align,
        decimals=decimals,
    )


def row_value(row: Any, column: Column) -> Any:
    """What the row holds for the column; a key that the row lacks is an error, not a blank."""
    if column.get is not None:
        return column.get(row)
    if not column.key:
        raise SheetError("the column has neither key nor get")
    return row[column.key] if isinstance(row, Mapping) else getattr(row, column.key)


def _as_date(value: Any) -> date:
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise SheetError(f"{value!r}: give the local date, not an instant")
        value = value.date()
    if not isinstance(value, date):
        raise SheetError(f"{value!r} is not a date")
    if value < FIRST_DATE:
        raise SheetError(f"{value:%d/%m/%Y} is before Excel's calendar")
    return value


def decimals_of(column: Column | Figure) -> int:
    if column.decimals is not None:
        return column.decimals
    return int(column.kind == "number" or (column.kind == "money" and column.scale >= TY))


def date_line(place: str, day: date | None) -> str:
    """Place and date as the decree writes them: a leading zero for days < 10, months 1 and 2; the
    dots of its models where nothing is signed yet, to be filled in by hand."""
    prefix = f"{place}, " if place else ""
    if day is None:
        return f"{prefix}ngày ... tháng ... năm ..."
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"{prefix}ngày {day.day:02d} tháng {month} năm {day.year}"


def roman(number: int) -> str:
    """Capital roman numeral, 1 to 3999."""
    values = (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1)
    signs = ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I")
    out = ""
    for value, sign in zip(values, signs, strict=True):
        count, number = divmod(number, value)
        out += sign * count
    return out


def sheet_names(names: list[str]) -> list[str]:
    """Names that Excel accepts: no []:*?/\\ or outer quotes, 31 characters, no two alike."""
    taken: set[str] = set()
    result = []
    for position, raw in enumerate(names, 1):
        base = " ".join(_NAME_BAD.sub(" ", clean(raw)).split()).strip("'") or f"Trang {position}"
        name, copy = base[:MAX_NAME].rstrip(" '"), 1
        while name.casefold() in taken:
            copy += 1
            suffix = f" ({copy})"
            name = base[: MAX_NAME - len(suffix)].rstrip(" '") + suffix
        taken.add(name.casefold())
        result.append(name)
    return result
