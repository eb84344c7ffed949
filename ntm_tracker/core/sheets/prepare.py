"""Read a table's rows once into cells, and settle how wide its columns want to be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any, Literal

from ntm_tracker.core.sheets import cells, metrics
from ntm_tracker.core.sheets.model import Column, Figure, GroupRow, KeyFigures, SheetError, Table

BODY = 11
"""Font size of tables, points."""
_ROOM = metrics.PADDING / metrics.UNIT

_KEY_FIGURE_COLUMNS = (
    Column("", "label", 52),
    Column("", "value", 14, align="right"),
    Column("", "unit", 14),
    Column("", "note", 38),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One row ready to be placed: its cells by column, and what kind of row it is."""

    kind: Literal["row", "group", "total"]
    cells: list[cells.Content]
    title_at: int = -1
    """The column whose text runs on over the empty cells to its right."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A table (or key-figure list) with its cells, and wanted and needed widths in units."""

    source: Table | KeyFigures
    columns: Sequence[Column]
    lines: Sequence[Line]
    wanted: Sequence[float]
    needed: Sequence[float]


def prepare(source: Table | KeyFigures) -> Prepared:
    """Cells and widths of a block that stands in columns; SheetError names row and column."""
    if isinstance(source, Table):
        columns = source.columns
        lines = _table_lines(source)
    else:
        columns = _KEY_FIGURE_COLUMNS
        lines = [Line("row", [_key_figure_cell(item, c) for c in columns]) for item in source.items]
    if not columns:
        raise SheetError("a table without columns")
    needed = [_needed(column, at, source, lines) for at, column in enumerate(columns)]
    _widen_groups(columns, needed)
    wanted = [max(column.width, need) for column, need in zip(columns, needed, strict=True)]
    return Prepared(source, columns, lines, wanted, needed)


def number_labels(table: Table) -> list[cells.Content]:
    """The row under the heading: 1, 2, 3=4+5."""
    return [
        cells.text_content(column.number_label)
        if column.number_label
        else cells.Content(position, "n", "0")
        for position, column in enumerate(table.columns, 1)
    ]


def header_text(column: Column) -> str:
    """Title and, under it, the unit of a column."""
    return f"{column.title}\n({column.unit})" if column.unit else column.title


def _key_figure_cell(item: Any, column: Column) -> cells.Content:
    value = getattr(item, column.key)
    if isinstance(value, int):
        value = Figure(value)
    elif isinstance(value, date):
        value = Figure(value, "date")
    return cells.content(value, column)


def _table_lines(table: Table) -> list[Line]:
    keys = {column.key for column in table.columns}
    lines: list[Line] = []
    index = groups = 0
    for number, row in enumerate(table.rows, 1):
        if isinstance(row, GroupRow):
            groups += 1
            index = 0
            where = f"group {row.title!r}"
            values = _sum_cells(table, row.values or {}, keys, where)
            lines.append(_titled(table, "group", values, row.title, cells.roman(groups)))
            continue
        index += 1
        line = []
        for column in table.columns:
            try:
                given = index if column.kind == "index" else cells.row_value(row, column)
                line.append(cells.content(given, column))
            except SheetError as error:
                raise SheetError(
                    f"{_name(table)}, row {number}, {column.title!r}: {error}"
                ) from None
        lines.append(Line("row", line))
    if table.total is not None:
        values = _sum_cells(table, table.total, keys, "total")
        lines.append(_titled(table, "total", values, table.total_label))
    return lines


def _name(table: Table) -> str:
    return f"table {table.title or [column.title for column in table.columns][:3]!r}"


def _sum_cells(
    table: Table, values: Mapping[str, Any], keys: set[str], where: str
) -> list[cells.Content]:
    if unknown := set(values) - keys:
        raise SheetError(f"{_name(table)}, {where}: no column {sorted(unknown)}")
    line = []
    for column in table.columns:
        try:
            line.append(cells.content(values.get(column.key), column))
        except SheetError as error:
            raise SheetError(f"{_name(table)}, {where}, {column.title!r}: {error}") from None
    return line


def _titled(
    table: Table,
    kind: Literal["group", "total"],
    line: list[cells.Content],
    title: str,
    marker: str = "",
) -> Line:
    """Put a group's or total's title into the leading cells that carry no sum."""
    at = 0
    if marker:
        if table.columns[0].kind == "index":
            line[0] = cells.text_content(marker, "center")
            at = 1
        else:
            title = f"{marker}. {title}"
    if at < len(line) and line[at].value is None:
        line[at] = cells.text_content(title, "left" if marker else "center")
    return Line(kind, line, at)


def _needed(column: Column, at: int, source: Table | KeyFigures, lines: Sequence[Line]) -> float:
    """The least width in units at which no number turns into ### and no heading splits a word."""
    widest = 0.0
    if isinstance(source, Table) and not column.rotated:
        words = f"{header_text(column)} {column.number_label if source.numbered else ''}"
        widest = metrics.longest_word(words, BODY, bold=True)
    values = [line.cells[at] for line in lines if line.cells[at].data_type != "s"]
    numbers = [cell for cell in values if cell.data_type == "n" and cell.value is not None]
    if numbers:
        extremes = {max(numbers, key=_size), min(numbers, key=_size)}
        widest = max(widest, *(metrics.text_width(c.text, BODY, bold=True) for c in extremes))
    if any(cell.data_type == "d" for cell in values):
        widest = max(widest, metrics.text_width("00/00/0000", BODY))
    return widest / metrics.UNIT + _ROOM


def _widen_groups(columns: Sequence[Column], needed: list[float]) -> None:
    """Let the columns under a group heading together hold its longest word."""
    for group, members in groupby(range(len(columns)), key=lambda at: columns[at].group):
        run = list(members)
        width = sum(max(columns[at].width, needed[at]) for at in run)
        word = metrics.longest_word(group, BODY, bold=True) / metrics.UNIT + _ROOM
        if group and word > width:
            for at in run:
                needed[at] = max(columns[at].width, needed[at]) * word / width


def _size(cell: cells.Content) -> float:
    """Order numbers by how much room they take, roughly: negative ones need a sign."""
    value: Any = cell.value
    return value if value >= 0 else -value * 10
