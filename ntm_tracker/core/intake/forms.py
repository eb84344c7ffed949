"""The workbook of an importer: with today's rows, without, or with the rows that were wrong."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.intake.fields import Field, Problem, Row
from ntm_tracker.core.intake.importer import Importer
from ntm_tracker.core.intake.names import says
from ntm_tracker.core.intake.reading import HIDDEN, Value
from ntm_tracker.core.models import User
from ntm_tracker.core.sheets.form import Form, FormColumn, as_mark, plain_text, write_form
from ntm_tracker.core.text import search_text

VERSION = "1"
ROW = "row:"
BROKEN = (
    "Phần ẩn của mẫu về dòng này đã hỏng nên không biết ô nào được sửa. Hãy tải mẫu mới rồi nhập "
    "lại vào đó."
)
REASON = FormColumn(title="Lý do chưa nhập được", key="_reason", width=60)


def form_file(
    importer: Importer, user: User, as_of: AsOf, *, is_empty: bool, creator: str, now: datetime
) -> bytes:
    """The form with today's rows (as the account may see them), or without."""
    rows = [] if is_empty else importer.current(user, as_of)
    key = importer.fields[0].key
    marks = {"kind": importer.kind, "version": VERSION, "exported_at": now.isoformat()} | {
        f"{ROW}{row[key]}": as_mark([row.get(one.key) for one in importer.fields]) for row in rows
    }
    return _write(importer, [_column(one) for one in importer.fields], rows, marks, creator, now)


def bad_rows_file(
    importer: Importer,
    book_rows: Mapping[int, Mapping[str, Value]],
    problems: Iterable[Problem],
    *,
    creator: str,
    now: datetime,
) -> bytes:
    """The rows that were not taken, as they came, each with its reasons; to be put right and sent
    again."""
    reasons: dict[int, list[str]] = {}
    for problem in problems:
        if problem.row:
            reasons.setdefault(problem.row, []).append(f"{problem.heading}: {problem.message}")
    rows = [
        {**book_rows.get(number, {}), REASON.key: " ".join(said)}
        for number, said in sorted(reasons.items())
    ]
    columns = [replace(_column(one), is_locked=False) for one in importer.fields] + [REASON]
    marks = {"kind": importer.kind, "version": VERSION}
    return _write(importer, columns, rows, marks, creator, now)


def _write(
    importer: Importer,
    columns: Sequence[FormColumn],
    rows: Sequence[Mapping[str, Any]],
    marks: Mapping[str, str],
    creator: str,
    now: datetime,
) -> bytes:
    form = Form(
        title=importer.title,
        lead=importer.lead,
        columns=columns,
        rows=rows,
        marks=marks,
        creator=creator,
        created=now,
    )
    return write_form(form, hidden=HIDDEN)


def _column(one: Field) -> FormColumn:
    return FormColumn(
        title=one.title,
        key=one.key,
        kind=one.kind,
        width=one.width,
        is_locked=one.is_key,
        choices=tuple(words for _value, words in one.choices),
        help=one.help,
    )


def settled(
    importer: Importer,
    rows: Sequence[Row],
    marks: Mapping[str, str],
    current: Sequence[Mapping[str, Any]],
) -> tuple[list[Row], list[Problem]]:
    """Rows of a form that has grown old: a cell that nobody touched says what is there today, not
    what was there when the form was made; a cell that was changed on both sides is a problem."""
    if not any(key.startswith(ROW) for key in marks):
        return list(rows), []
    key = importer.fields[0].key
    today = {plain_text(row[key]): row for row in current}
    found, problems = [], []
    for row in rows:
        code = plain_text(row.values.get(key))
        mark, now = marks.get(f"{ROW}{code}"), today.get(code)
        if mark is None or now is None:
            found.append(row)
            continue
        then = _then(mark)
        if then is None:
            problems.append(row.problem(importer.fields[0], BROKEN))
            continue
        values = dict(row.values)
        for one, was in zip(importer.fields, then, strict=False):
            if one.is_key or one.key not in values:
                continue
            given, there = _value(one, values[one.key]), _value(one, now.get(one.key))
            was = _value(one, was)
            if given == was:
                values[one.key] = there if one.kind in ("text", "choice") else now.get(one.key)
            elif there not in (was, given) and not (one.is_name and _same(given, there)):
                problems.append(
                    row.problem(
                        one,
                        f"Sau khi lập mẫu, ô này đã được đổi thành “{now.get(one.key)}”. Hãy tải "
                        "mẫu mới, hoặc sửa ô theo số mới rồi gửi lại.",
                    )
                )
        found.append(replace(row, values=values))
    return found, problems


def _then(mark: str) -> list[Any] | None:
    """What stood in the row when the form was made; None where its hidden part is broken."""
    try:
        then = json.loads(mark)
    except (ValueError, RecursionError):
        return None
    return then if isinstance(then, list) else None


def _same(one: str, other: str) -> bool:
    """Whether two names are one: "Xã Hà Linh Mới" that was typed is kept as "Hà Linh Mới"."""
    return says(one, other) or says(other, one)


def _value(one: Field, given: Any) -> str:
    """A value to be compared: of a choice its code, however its words are written."""
    text = plain_text(given)
    plain = search_text(text) if one.choices else ""
    codes = (
        value for value, words in one.choices if plain in (search_text(words), search_text(value))
    )
    return next(codes, text)
