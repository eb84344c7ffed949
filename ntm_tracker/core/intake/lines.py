"""What importers do alike: which thing a row speaks of, what it changes, and how that reads."""

from collections.abc import Collection, Hashable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Generic, TypeVar

from ntm_tracker.core.intake.fields import Field, Near, Problem, Row
from ntm_tracker.core.intake.importer import CellChange
from ntm_tracker.core.intake.names import Names, Thing, says
from ntm_tracker.core.numbers import vi_number
from ntm_tracker.core.text import nfc, search_text

NEW = "moi"
NOTE = "Nhập từ tệp."
UNDO_NOTE = "Hoàn tác tệp đã nhập."
"""What the trail says where a service asks for a reason and the row gives none."""
Known = TypeVar("Known")


class Once:
    """Which row of a file was the first to speak of a thing."""

    def __init__(self) -> None:
        self.seen: dict[Hashable, int] = {}

    def problem(self, row: Row, one: Field, key: Hashable) -> Problem | None:
        """What is wrong where an earlier row spoke of the same; the first one counts."""
        first = self.seen.setdefault(key, row.number)
        if first == row.number:
            return None
        return row.problem(one, f"Trùng với dòng {first} của tệp; chỉ giữ lại một dòng.")


def unknown(row: Row, one: Field, code: str, known: Near, words: str) -> Problem:
    """A code that names nothing; `words` says of what ("công trình mã")."""
    near = known.to(code)
    hint = f" Có phải “{near}”?" if near else ""
    return row.problem(one, f"Không có {words} “{code}”.{hint}")


def matched(
    rows: Sequence[Row], known: Mapping[str, Known], code: Field, words: str
) -> tuple[list[tuple[Row, Known | None]], list[Problem]]:
    """Each row with the thing whose code it gives, None where it gives none or says "mới"."""
    found: list[tuple[Row, Known | None]] = []
    problems: list[Problem] = []
    once, near = Once(), Near(known)
    for row in rows:
        text = nfc(str(row.values.get(code.key) or ""))
        if not text or search_text(text) == NEW:
            found.append((row, None))
        elif text not in known:
            problems.append(unknown(row, code, text, near, words))
        elif problem := once.problem(row, code, text):
            problems.append(problem)
        else:
            found.append((row, known[text]))
    return found, problems


class Line(Generic[Known]):
    """One row being read, with what was found wrong in it so far."""

    def __init__(self, row: Row, fields: Sequence[Field]):
        self.row = row
        self.fields = {one.key: one for one in fields}
        self.problems: list[Problem] = []

    def wrong(self, key: str, message: str) -> None:
        """Note a problem with a cell."""
        sentence = message[:1].upper() + message[1:]
        self.problems.append(self.row.problem(self.fields[key], sentence))

    def text(self, key: str) -> str:
        return nfc(str(self.row.values.get(key) or ""))

    def value(self, key: str) -> Any:
        """What a cell says; text in its normal form, None for nothing."""
        return _plain(self.row.values.get(key))

    def choice(self, key: str, default: str = "") -> str:
        """The code of what a cell chooses."""
        return str(self.row.values.get(key) or default)

    def day(self, key: str) -> date | None:
        value = self.row.values.get(key)
        return value if isinstance(value, date) else None

    def named(self, key: str, names: Names[Thing]) -> Thing | None:
        """The thing that a cell names; None, and a problem, where there is no such one."""
        try:
            return names.one(self.text(key))
        except ValueError as error:
            self.wrong(key, str(error))
            return None

    def changed(self, there: Mapping[str, Any], keeps: Collection[str] = ()) -> dict[str, Any]:
        """What the row says otherwise than `there` (values by field, choices by their codes).

        Columns that the file lacks say nothing, nor do empty cells of those in `keeps`. A key
        column, which tells what a row speaks of, cannot be changed by a file: another word in it
        is a problem; a shorter one, "Hương Bình" for "Xã Hương Bình", is not.
        """
        changes = {}
        for key, one in self.fields.items():
            if key not in self.row.values or key not in there:
                continue
            given, now = _plain(self.row.values[key]), _plain(there[key])
            if given == now or (given is None and key in keeps):
                continue
            if not one.is_key:
                changes[key] = given
            elif given is not None and not says(str(given), str(now)):
                stands = f"là “{shown(one, now)}”" if now else "để trống"
                self.wrong(key, f"Cột này không sửa bằng tệp; hiện {stands}.")
        return changes

    def cells(self, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[CellChange, ...]:
        """The cells of `new` that differ from `old`, in words."""
        return tuple(
            CellChange(one.title, shown(one, old.get(key)), shown(one, new[key]))
            for key, one in self.fields.items()
            if key in new and _plain(old.get(key)) != _plain(new[key])
        )


def _plain(value: Any) -> Any:
    """A value to be compared: text in its normal form, None for nothing."""
    return (nfc(value) or None) if isinstance(value, str) else value


def shown(one: Field, value: Any) -> str:
    """A value of a field as people read it; "" for none."""
    if value is None or value == "":
        return ""
    if one.kind == "date":
        return f"{value:%d/%m/%Y}"
    if one.kind in ("money", "int", "number"):
        return vi_number(value, max(0, -int(Decimal(value).as_tuple().exponent)))
    return dict(one.choices).get(str(value), str(value))


def in_words(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """Values of a row as the form has them: a choice by its words, the rest as it is."""
    words = {one.key: dict(one.choices) for one in fields if one.choices}
    return {
        key: words[key].get(str(value), "") if key in words else value
        for key, value in values.items()
    }
