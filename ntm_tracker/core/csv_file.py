"""Tables as CSV that Excel opens rightly: UTF-8 with its mark, and no text taken for a formula."""

import csv
from collections.abc import Iterable, Sequence
from io import StringIO

CONTENT_TYPE = "text/csv; charset=utf-8"
# What a spreadsheet program reads as the beginning of a formula; an apostrophe makes it text.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """The whole table; complete before anything is sent."""
    text = StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([_safe(value) for value in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def as_meant(text: str) -> str:
    """A cell that comes back, without the apostrophe that made it text."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA) else text


def _safe(value: object) -> object:
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value
