"""Reading a catalogue (CSV) and bringing a table to what it says, with every error named."""

import csv
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models

from ntm_tracker.core.text import nfc

Model = TypeVar("Model", bound=models.Model)
Object = TypeVar("Object")
FIXTURES: Path = settings.BASE_DIR / "fixtures"
BATCH = 500


class CatalogueError(Exception):
    """Everything that is wrong with one file: one line each, with file and line number."""

    def __init__(self, problems: Iterable[str]):
        self.problems = list(problems)
        super().__init__("\n".join(self.problems))


class RowError(Exception):
    """What is wrong with one row; `read` gathers these into a CatalogueError."""


@dataclass(frozen=True)
class FileReport:
    """What loading one file did."""

    file: str
    created: int
    updated: int
    unchanged: int
    changes: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.file}: {self.created} mới, {self.updated} sửa, {self.unchanged} giữ nguyên"


@dataclass(frozen=True)
class Row:
    """A line of a catalogue. Each method reads one cell or raises RowError in Vietnamese."""

    file: str
    line: int
    cells: Mapping[str, str]

    def problem(self, text: str) -> str:
        """What is wrong here, with file and line, as a person reads it."""
        return f"{self.file}, dòng {self.line}: {text}."

    def optional(self, column: str) -> str:
        return self.cells[column]

    def text(self, column: str) -> str:
        if not self.cells[column]:
            raise RowError(f"thiếu “{column}”")
        return self.cells[column]

    def day(self, column: str) -> date:
        text = self.text(column)
        try:
            return date.fromisoformat(text)
        except ValueError:
            raise RowError(
                f"cột “{column}”: “{text}” không phải là ngày, hãy viết như 2022-04-26"
            ) from None

    def optional_day(self, column: str) -> date | None:
        return self.day(column) if self.cells[column] else None

    def validity(self) -> dict[str, date | None]:
        """`valid_from` and `valid_to` (inclusive, or empty), in this order in time."""
        start, end = self.day("valid_from"), self.optional_day("valid_to")
        if end and end < start:
            raise RowError(f"ngày kết thúc {end:%d/%m/%Y} trước ngày bắt đầu {start:%d/%m/%Y}")
        return {"valid_from": start, "valid_to": end}

    def whole(self, column: str) -> int:
        text = self.text(column)
        if not text.isascii() or not text.isdigit():
            raise RowError(f"cột “{column}”: “{text}” không phải là số nguyên không âm")
        return int(text)

    def optional_whole(self, column: str) -> int | None:
        return self.whole(column) if self.cells[column] else None

    def optional_number(self, column: str) -> Decimal | None:
        text = self.cells[column]
        if not text:
            return None
        try:
            number = Decimal(text)
        except InvalidOperation:
            number = Decimal("NaN")
        if not number.is_finite():
            raise RowError(f"cột “{column}”: “{text}” không phải là số, hãy viết như 24.2")
        return number

    def flag(self, column: str) -> bool:
        text = self.text(column)
        if text not in {"yes", "no"}:
            raise RowError(f"cột “{column}”: “{text}” phải là yes hoặc no")
        return text == "yes"

    def find(self, key: Hashable, known: Mapping[Any, Object], what: str) -> Object:
        """What stands under `key` in an earlier catalogue."""
        if key not in known:
            shown = ", ".join(map(str, key)) if isinstance(key, tuple) else key
            raise RowError(f"không tìm thấy {what} “{shown}”")
        return known[key]

    def optional_find(self, column: str, known: Mapping[Any, Object], what: str) -> Object | None:
        return self.find(self.cells[column], known, what) if self.cells[column] else None


def read(
    folder: Path, file: str, columns: str, build: Callable[[Row], Object]
) -> list[tuple[Row, Object]]:
    """Every row of a file with what `build` makes of it.

    Each catalogue has a `source` column besides `columns`, and no row may leave it empty.
    Raises CatalogueError with all the rows that are wrong, or with what is wrong with the file.
    """
    rows = _rows(folder / file, [*columns.split(), "source"])
    built, problems = [], []
    for row in rows:
        try:
            row.text("source")
            built.append((row, build(row)))
        except RowError as error:
            problems.append(row.problem(str(error)))
    if problems:
        raise CatalogueError(problems)
    return built


def _rows(path: Path, columns: list[str]) -> list[Row]:
    name = path.name
    rows: list[Row] = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.reader(file, strict=True)
            header = next(reader, [])
            wrong = [f"thiếu cột “{column}”" for column in columns if column not in header]
            wrong += [f"cột lạ “{column}”" for column in header if column not in columns]
            if wrong or len(set(header)) < len(header):
                raise CatalogueError([f"{name}, dòng 1: {'; '.join(wrong) or 'cột bị lặp'}."])
            line = reader.line_num + 1
            for cells in reader:
                if cells and len(cells) != len(header):
                    problem = f"có {len(cells)} ô, phải có {len(header)} ô"
                    raise CatalogueError([f"{name}, dòng {line}: {problem}."])
                if cells:
                    rows.append(Row(name, line, dict(zip(header, map(nfc, cells), strict=True))))
                line = reader.line_num + 1
    except OSError:
        raise CatalogueError([f"{name}: không mở được tệp {path}."]) from None
    except UnicodeDecodeError:
        raise CatalogueError([f"{name}: tệp phải được lưu ở dạng UTF-8."]) from None
    except csv.Error as error:
        problem = f"không đọc được dạng CSV ({error})"
        raise CatalogueError([f"{name}, dòng {reader.line_num}: {problem}."]) from None
    return rows


def store(
    file: str,
    built: list[tuple[Row, Model]],
    key_of: Callable[[Model], Hashable],
    fields: str,
) -> tuple[FileReport, list[Model]]:
    """Bring the table of `built` (unsaved objects) to what they say; rows it does not name stay.

    `key_of` names the object for good; `fields` are what the catalogue decides. Returns what was
    done and the stored objects in the order of the file. Few queries, however long the file.
    """
    if not built:
        return FileReport(file, 0, 0, 0), []
    model = type(built[0][1])
    columns = [model._meta.get_field(name) for name in fields.split()]
    _check(model, built, key_of, {column.name for column in columns if not column.is_relation})
    existing = {key_of(row): row for row in model._default_manager.all()}
    stored: list[Model] = []
    new: list[Model] = []
    changed: dict[Model, str] = {}
    for _, wanted in built:
        found = existing.get(key_of(wanted))
        if found is None:
            new.append(wanted)
        elif differences := _take_over(found, wanted, columns):
            changed[found] = f"{found}: {differences}"
        stored.append(wanted if found is None else found)
    _write(model, new, list(changed), [column.name for column in columns])
    unchanged = len(built) - len(new) - len(changed)
    report = FileReport(file, len(new), len(changed), unchanged, tuple(changed.values()))
    return report, stored


def _take_over(found: Model, wanted: Model, columns: Iterable[Any]) -> str:
    """Give `found` the values of `wanted`; says which columns that changed, in words."""
    differences = []
    for column in columns:
        old, value = getattr(found, column.attname), getattr(wanted, column.attname)
        if old != value:
            setattr(found, column.attname, value)
            differences.append(f"{column.verbose_name}: {_shown(old)} → {_shown(value)}")
    return "; ".join(differences)


def _check(
    model: type[models.Model],
    built: list[tuple[Row, Model]],
    key_of: Callable[[Model], Hashable],
    fields: set[str],
) -> None:
    """Lengths, choices and limits of the columns, which SQLite would not refuse; double keys."""
    others = [field.name for field in model._meta.fields if field.name not in fields]
    lines: dict[Hashable, int] = {}
    problems = []
    for row, wanted in built:
        try:
            wanted.clean_fields(exclude=others)
        except ValidationError as error:
            problems += [
                row.problem(f"cột “{name}”: {' '.join(messages).rstrip('.')}")
                for name, messages in error.message_dict.items()
            ]
        first = lines.setdefault(key_of(wanted), row.line)
        if first != row.line:
            problems.append(row.problem(f"trùng với dòng {first}"))
    if problems:
        raise CatalogueError(problems)


def _write(model: type[Model], new: list[Model], changed: list[Model], fields: list[str]) -> None:
    prepare = getattr(model, "prepare", None)
    if prepare is None and model.save is not models.Model.save:
        # save() derives columns that a bulk write would leave behind.
        for row in [*new, *changed]:
            row.save()
        return
    if prepare is not None:
        for row in [*new, *changed]:
            prepare(row)
        fields = [*fields, "sort_key", "search_text"]
    model._default_manager.bulk_create(new, batch_size=BATCH)
    model._default_manager.bulk_update(changed, fields, batch_size=BATCH)


def _shown(value: object) -> str:
    text = f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
    return "(trống)" if value in (None, "") else text if len(text) <= 80 else f"{text[:80]}…"


@dataclass
class Loading:
    """One run: the folder that is read, and what has been done so far."""

    folder: Path
    reports: list[FileReport] = field(default_factory=list)

    def table(
        self,
        file: str,
        columns: str,
        build: Callable[[Row], Model],
        key_of: Callable[[Model], Hashable],
        fields: str = "",
    ) -> list[tuple[Row, Model]]:
        """Read a file and store its rows; `fields` where they are not named like the columns."""
        return self.store(file, read(self.folder, file, columns, build), key_of, fields or columns)

    def store(
        self,
        title: str,
        built: list[tuple[Row, Model]],
        key_of: Callable[[Model], Hashable],
        fields: str,
    ) -> list[tuple[Row, Model]]:
        """Store rows and report it under `title`; returns them with the stored objects."""
        report, stored = store(title, built, key_of, fields)
        self.reports.append(report)
        return [(row, found) for (row, _), found in zip(built, stored, strict=True)]
