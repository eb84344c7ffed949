"""What a column of an imported table is, what its cells mean, and what is wrong with them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property
from typing import Literal, TypeVar

from rapidfuzz import process

from ntm_tracker.core.intake.reading import Value
from ntm_tracker.core.numbers import parse_amount, parse_decimal
from ntm_tracker.core.text import search_text

Kind = Literal["text", "money", "int", "number", "date", "choice"]
Cell = str | int | Decimal | date | None
"""What a cell says: text, đồng and whole numbers, other numbers, a day, nothing."""
Number = TypeVar("Number", int, int | Decimal)
DAYS = ("%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%Y-%m-%d")
NEAR = 70.0
MOST_OFFERS = 200
"""Texts of one file for which a near name is looked for: each looks through all names, and nobody
reads more."""


@dataclass(frozen=True)
class Field:
    """One column. `choices` are (value, words); a cell may say either. `is_key` columns say which
    thing a row speaks of and are locked in our forms; numbers that are `is_signed` may be below
    zero; text is at most `longest` characters (0: any number). Text that `is_name` names something:
    case and the word of its kind before it ("Xã Hà Linh") make no difference."""

    key: str
    title: str
    kind: Kind = "text"
    aliases: tuple[str, ...] = ()
    required: bool = False
    is_key: bool = False
    is_signed: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    width: int = 18
    help: str = ""
    longest: int = 0
    is_name: bool = False


@dataclass(frozen=True)
class Problem:
    """What is wrong with one cell, with its place as Excel names it. Without a row the whole sheet
    is meant."""

    sheet: str
    row: int | None
    column: str
    heading: str
    given: str
    message: str

    @property
    def place(self) -> str:
        """E7, or the row alone."""
        return f"{self.column}{self.row}" if self.row else ""


@dataclass(frozen=True)
class Row:
    """One row of a table. `values` holds what could be read, by field; a key that is missing was
    no column, "" or None was an empty cell."""

    sheet: str
    number: int
    values: Mapping[str, Cell]
    columns: Mapping[str, str] = field(default_factory=dict)
    """Letter of each field's column."""
    given: Mapping[str, Value] = field(default_factory=dict)
    """The cells as they came, to be handed back."""

    def problem(self, one: Field, message: str) -> Problem:
        """A problem with a cell of this row."""
        given = self.values.get(one.key)
        return Problem(
            self.sheet,
            self.number,
            self.columns.get(one.key, ""),
            one.title,
            f"{given:%d/%m/%Y}" if isinstance(given, date) else str(given or ""),
            message,
        )


def read_value(one: Field, value: Value, unit: str = "đồng") -> Cell:
    """What a cell says. Raises ValueError with a Vietnamese sentence."""
    if value is None or value == "":
        return None if one.kind != "text" else ""
    if one.kind == "money":
        return _signed(_number(value), lambda text: parse_amount(text, unit), one)
    if one.kind == "int":
        number = parse_decimal(_number(value))
        if number != number.to_integral_value():
            raise ValueError(f"“{value}” phải là số nguyên.")
        return int(number)
    if one.kind == "number":
        return _signed(_number(value), lambda text: plain_number(parse_decimal(text)), one)
    if one.kind == "date":
        return _day(value)
    if one.kind == "choice":
        return _choice(one, _text(value))
    text = _text(value)
    if one.longest and len(text) > one.longest:
        raise ValueError(f"Dài {len(text)} ký tự; nhiều nhất là {one.longest}.")
    return text


def plain_number(number: Decimal) -> int | Decimal:
    """A number written one way only: 40.0 → 40, 2.50 → 2.5."""
    return int(number) if number == number.to_integral_value() else number.normalize()


def _number(value: Value) -> str | int | float:
    if isinstance(value, bool | date):
        raise ValueError(f"“{value}” không phải là số.")
    return value if value is not None else ""


def _signed(
    value: str | int | float, read: Callable[[str | int | float], Number], one: Field
) -> Number:
    """A number as `read` takes it; of signed ones -5, −5 and (5) are below zero."""
    if not one.is_signed:
        return read(value)
    if isinstance(value, str):
        bare = value.strip()
        if bare.startswith(("-", "−", "(")):
            return -read(bare.strip("-−() "))
        return read(bare)
    return read(value) if value >= 0 else -read(-value)


def _text(value: Value) -> str:
    """A number that Excel made of a phone number or a code becomes its digits again."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, date):
        return f"{value:%d/%m/%Y}"
    return str(value)


def _day(value: Value) -> date:
    if isinstance(value, date):
        return value
    for pattern in DAYS:
        try:
            return datetime.strptime(str(value), pattern).date()
        except ValueError:
            continue
    raise ValueError(f"Không đọc được ngày “{value}”; hãy viết như 26/04/2022.")


def _choice(one: Field, text: str) -> str:
    plain = search_text(text)
    for value, words in one.choices:
        if plain in (search_text(words), search_text(value)):
            return value
    near = nearest(text, [words for _value, words in one.choices])
    offer = f" Có phải “{near}”?" if near else ""
    words = ", ".join(words for _value, words in one.choices)
    raise ValueError(f"Không có “{text}”.{offer} Chọn một trong: {words}.")


class Near:
    """Names among which the one that a text is most like is looked for, without accents; prepared
    once for a whole file."""

    def __init__(self, names: Iterable[str]):
        self.names = names
        self.offers: dict[str, str] = {}

    @cached_property
    def plain(self) -> dict[str, str]:
        return {search_text(name): name for name in self.names}

    def to(self, text: str) -> str:
        """The nearest name; "" where none is near, or where too many were asked for."""
        plain = search_text(text)
        if plain not in self.offers and len(self.offers) < MOST_OFFERS:
            found = process.extractOne(plain, list(self.plain), score_cutoff=NEAR)
            self.offers[plain] = self.plain[found[0]] if found else ""
        return self.offers.get(plain, "")


def nearest(text: str, names: Iterable[str]) -> str:
    """The name that one text is most like; "" where none is near."""
    return Near(names).to(text)
