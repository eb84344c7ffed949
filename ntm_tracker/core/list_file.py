"""A list as a file: whole, as filtered and as the reader may see it, as a workbook or as CSV.

The address is that of the list itself with `file=xlsx` or `file=csv`, so that a file can never show
more than its page.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.utils import timezone

from ntm_tracker.core.csv_file import CONTENT_TYPE as CSV_TYPE
from ntm_tracker.core.csv_file import csv_bytes
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.numbers import vi_number
from ntm_tracker.core.paging import MOST_ROWS
from ntm_tracker.core.sheets import CONTENT_TYPE as XLSX_TYPE
from ntm_tracker.core.sheets import Column, Sheet, Table, Workbook, render
from ntm_tracker.core.sheets.cells import row_value

KINDS = ("xlsx", "csv")
# The column that every list of things with a provenance ends with.
PROVENANCE = Column(
    "Dữ liệu",
    width=12,
    get=lambda row: "minh họa" if row.provenance == "illustrative" else "",
)
# What sums, which have none of their own, end with where the figures are those of the demo.
OF_DEMO = Column(PROVENANCE.title, width=14, get=lambda _row: "bản minh họa")


@dataclass(frozen=True)
class ListFile:
    """What a list says: `name` begins the file's name, rows are the selectors' own objects."""

    name: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Any]


def wanted_file(request: PageRequest) -> str:
    """The kind of file that the address asks for, "" for the page. Raises BadRequest."""
    kind = request.GET.get("file", "")
    if kind and kind not in KINDS:
        raise BadRequest("Danh sách chỉ tải được dạng Excel (xlsx) hoặc CSV.")
    return kind


def file_response(request: PageRequest, file: ListFile, kind: str) -> HttpResponse:
    """The file, complete before it is sent. Raises BadRequest for more rows than it can hold."""
    if len(file.rows) > MOST_ROWS:
        raise BadRequest(
            f"Danh sách có hơn {vi_number(MOST_ROWS)} dòng, không tải được một lần. Hãy lọc bớt, "
            "ví dụ theo xã hoặc theo ngày."
        )
    if request.installation.is_demo and all(one.title != OF_DEMO.title for one in file.columns):
        file = replace(file, columns=[*file.columns, OF_DEMO])
    on = request.as_of.date
    if kind == "csv":
        headings = [column.title for column in file.columns]
        content, content_type = csv_bytes(headings, _texts(file)), CSV_TYPE
    else:
        content, content_type = _workbook(request, file, on), XLSX_TYPE
    response = HttpResponse(content, content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}-{on:%Y%m%d}.{kind}"'
    return response


def _workbook(request: PageRequest, file: ListFile, on: date) -> bytes:
    """One sheet whose heading stands in row 1, so that it is filtered, sorted and read again."""
    table = Table(file.columns, file.rows, numbered=False, filterable=True)
    return render(
        Workbook(
            sheets=(Sheet(name=file.title, blocks=(table,)),),
            title=f"{file.title}, số liệu đến ngày {on:%d/%m/%Y}",
            creator=request.installation.office_name,
            created=timezone.now(),
        )
    )


def _texts(file: ListFile) -> Iterator[list[object]]:
    for row in file.rows:
        yield [_text(row_value(row, column)) for column in file.columns]


def _text(value: Any) -> object:
    """As CSV writes it: days as Vietnamese read them, numbers without separators."""
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return "" if value is None else value
