"""What a workbook says, without a word about Excel: frozen dataclasses, laid out by `render`.

Units: widths are Excel column units (one digit of 12 pt Times New Roman, 6 pt on paper), heights
are points, money is integer đồng.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal

Kind = Literal["text", "index", "int", "money", "number", "percent", "date"]
Align = Literal["left", "center", "right"]

NATIONAL_TITLE = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
MOTTO = "Độc lập - Tự do - Hạnh phúc"


class SheetError(ValueError):
    """A workbook that cannot be written completely and truthfully is not written at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """The two blocks at the top of an official document.

    `number` follows "Số: " as given, e.g. ".../BC-VPĐP". Without `date` the day is left open to be
    filled in by hand.
    """

    issuer: str
    superior: str = ""
    number: str = ""
    place: str = ""
    date: date | None = None
    national_title: str = NATIONAL_TITLE
    motto: str = MOTTO


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """Who signs (right) and who receives (left); `title` may hold two lines (KT. ... / PHÓ ...)."""

    title: str
    name: str = ""
    recipients: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Figure:
    """One value with a format of its own, where a column mixes counts, money and percentages."""

    value: Any
    kind: Kind = "int"
    scale: int = 1
    decimals: int | None = None
    signed: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table.

    `key` is the attribute or mapping key of a row; `get` computes the value instead, and `key`
    then only names the column in totals. Kinds: `index` numbers the rows 1, 2, ... by itself;
    `money` takes integer đồng and writes the number value / `scale` (TY, TRIEU), unrounded: who
    reads the file with pandas gets 1346.7 tỷ and sums that agree within 1e-9, while the eye sees
    `decimals` places (default 1 for tỷ, 0 below); `percent` takes 0.6 for 60 %; `signed` writes +
    before an increase. `number_label` is the formula under the heading, e.g. "3=4+5". Columns side
    by side with the same `group` share a heading above their own. `rotated` turns the heading by
    90 degrees.

    `width` is a wish: number columns grow until their longest number fits, every column until the
    longest word of its heading does, and the columns of a sheet are stretched together to fill the
    page. Up to about 119 in all (78 upright) the sheet prints at full size, above it shrinks.
    """

    title: str
    key: str = ""
    width: float = 12
    kind: Kind = "text"
    get: Callable[[Any], Any] | None = None
    group: str = ""
    unit: str = ""
    number_label: str = ""
    align: Align | None = None
    scale: int = 1
    decimals: int | None = None
    signed: bool = False
    rotated: bool = False


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A bold line between rows, numbered I, II, ...; `values` are its subtotals by column key."""

    title: str
    values: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True)
class Chart:
    """Bars under a table, drawn by the reader's own program from the cells of the table.

    `label` is the key of the column with the words, `values` of the columns with the numbers, one
    colour each; `stacked` lays them end to end. Rows of groups and totals would be bars too: such a
    chart belongs under a table without groups.
    """

    title: str
    label: str
    values: Sequence[str]
    stacked: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Columns and rows; `rows` may contain GroupRow between the caller's own objects.

    `total` holds the sums by column key, computed by the caller: they are written as numbers, not
    formulas, so that previews show them. `numbered` adds the row 1, 2, 3=4+5 under the heading.
    `filterable` puts filter buttons on the heading; only the table that sets the columns of its
    sheet (the one with most columns) can have them. `names` gives the total of a column, by its
    key, a name of the workbook, so that formulas elsewhere find it wherever the row moves.
    """

    columns: Sequence[Column]
    rows: Sequence[Any]
    title: str = ""
    unit: str = ""
    total: Mapping[str, Any] | None = None
    total_label: str = "Tổng cộng"
    numbered: bool = True
    filterable: bool = False
    frozen_columns: int = 0
    empty: str = "Không có số liệu"
    chart: Chart | None = None
    names: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Heading:
    """A bold line over the whole width, kept on the page of what follows."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text over the whole width."""

    text: str
    italic: bool = False


@dataclass(frozen=True, slots=True)
class KeyFigure:
    """One line of a key-figure list: words, number, unit, remark."""

    label: str
    value: Figure | int | str | date | None
    unit: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class KeyFigures:
    """A short list of figures without frame."""

    items: Sequence[KeyFigure]


@dataclass(frozen=True, slots=True)
class Notes:
    """Remarks under a table, one paragraph each."""

    items: Sequence[str]
    title: str = "Ghi chú:"


Block = Heading | Paragraph | KeyFigures | Table | Notes


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet, printed on A4 and fitted to one page wide.

    From top to bottom: letterhead, `label` ("BÁO CÁO", "Phụ lục I"), `title`, `period` (italic),
    `notice` (bold, e.g. "BẢN TẠM ...", repeated at the foot of every page), blocks, signature. What
    is empty takes no room: a sheet of one bare table begins with its heading in row 1.
    """

    name: str
    blocks: Sequence[Block]
    title: str = ""
    label: str = ""
    period: str = ""
    notice: str = ""
    letterhead: Letterhead | None = None
    signature: Signature | None = None
    landscape: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """Sheets and document properties; `created` is an argument: same input, identical bytes."""

    sheets: Sequence[Sheet]
    title: str
    creator: str
    created: datetime
