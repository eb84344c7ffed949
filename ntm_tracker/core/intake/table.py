"""Finding the table on a sheet as people send it, and reading its rows."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from ntm_tracker.core.intake.fields import Field, Problem, Row, nearest, read_value
from ntm_tracker.core.intake.reading import Book, Value
from ntm_tracker.core.text import search_text

DEEPEST_HEADING = 40
UNIT = re.compile(r"\(?\b(tỷ|tỉ|triệu|nghìn|đồng)\b[^)]*\)?", re.IGNORECASE)
BRACKET = re.compile(r"\([^)]*\)")
TOTAL = ("tong cong", "cong", "tong so")


@dataclass(frozen=True)
class Found:
    """Where the table is: `at` is the index of its heading row, `places` field → column index."""

    at: int
    places: dict[str, int]
    headings: dict[str, str]


def read_table(book: Book, fields: Sequence[Field]) -> tuple[list[Row], list[Problem]]:
    """The rows of the sheet that has the table, and everything that cannot be read in it.

    Rows without anything, and a line of totals, are left out. Cells with a problem are missing in
    their row's values. Two sheets with the table that say different things are a problem, and no
    row is taken: which of them holds cannot be guessed.
    """
    places = [(name, found, rows) for name, rows in book.sheets if (found := _find(rows, fields))]
    required = [one for one in fields if one.required]
    if not places:
        titles = ", ".join(f"“{one.title}”" for one in required)
        return [], [Problem("", None, "", "", "", f"Không thấy bảng có các cột {titles}.")]
    keys = {one.key for one in required}
    complete = [place for place in places if keys <= place[1].places.keys()]
    if not complete:
        sheet, found, cells = max(places, key=lambda place: len(place[1].places))
        missing = [one for one in required if one.key not in found.places]
        return [], list(_missing(sheet, found, missing, cells))
    tables = [(sheet, _rows(sheet, found, cells, fields)) for sheet, found, cells in complete]
    filled = [(sheet, table) for sheet, table in tables if table[0]] or tables[:1]
    said = {str([row.given for row in rows]): sheet for sheet, (rows, _problems) in filled}
    if len(said) > 1:
        names = ", ".join(f"“{sheet}”" for sheet in said.values())
        sentence = (
            f"Tệp có {len(said)} trang tính cùng có bảng này mà khác nhau: {names}. Hãy để lại một "
            "trang (gộp các dòng vào đó nếu cần) rồi gửi lại."
        )
        return [], [Problem("", None, "", "", "", sentence)]
    return filled[0][1]


def _missing(
    sheet: str, found: Found, missing: Sequence[Field], cells: Sequence[Sequence[Value]]
) -> Iterator[Problem]:
    given = [str(cell) for cell in cells[found.at] if cell not in (None, "")]
    for one in missing:
        near = nearest(one.title, given)
        hint = f" Có phải cột “{near}”? Hãy đổi tên cột." if near else ""
        yield Problem(sheet, found.at + 1, "", one.title, "", f"Thiếu cột “{one.title}”.{hint}")


def _find(rows: Sequence[Sequence[Value]], fields: Sequence[Field]) -> Found | None:
    """The row that names most columns; the row above helps where headings are merged."""
    names = {
        search_text(_bare(name)): one.key for one in fields for name in (one.title, *one.aliases)
    }
    best: Found | None = None
    for at, row in enumerate(rows[:DEEPEST_HEADING]):
        above = rows[at - 1] if at else ()
        places: dict[str, int] = {}
        headings: dict[str, str] = {}
        group = ""
        for place, cell in enumerate(row):
            top = above[place] if place < len(above) else None
            group = str(top) if top not in (None, "") else group
            for text in _headings(cell, top, group):
                key = names.get(search_text(_bare(text)))
                if key and key not in places:
                    places[key], headings[key] = place, text
                    break
        if len(places) > 1 and (best is None or len(places) > len(best.places)):
            best = Found(at, places, headings)
    return best


def _headings(cell: Value, top: Value, group: str) -> Iterator[str]:
    """What a column may be called: its own heading, a merged one above, or both together."""
    own = str(cell) if cell not in (None, "") else ""
    if own:
        yield own
        if group:
            yield f"{group}, {own}"
            yield f"{group} {own}"
    elif top not in (None, ""):
        yield str(top)


def _bare(heading: str) -> str:
    return BRACKET.sub("", heading)


def _rows(
    sheet: str, found: Found, cells: Sequence[Sequence[Value]], fields: Sequence[Field]
) -> tuple[list[Row], list[Problem]]:
    wanted = [one for one in fields if one.key in found.places]
    units = {key: _unit(text) for key, text in found.headings.items()}
    letters = {key: letter(place) for key, place in found.places.items()}
    rows, problems = [], []
    for number, line in enumerate(cells[found.at + 1 :], found.at + 2):
        given = {one.key: _at(line, found.places[one.key]) for one in wanted}
        if all(value in (None, "") for value in given.values()):
            continue
        if any(isinstance(cell, str) and _is_total(cell) for cell in line[:3]):
            continue
        values = {}
        for one in wanted:
            try:
                values[one.key] = read_value(one, given[one.key], units[one.key])
            except ValueError as error:
                shown = str(given[one.key])[:60]
                problems.append(
                    Problem(sheet, number, letters[one.key], one.title, shown, str(error))
                )
        row = Row(sheet, number, values, letters, given)
        for one in wanted:
            if one.required and values.get(one.key, "x") in (None, ""):
                problems.append(row.problem(one, f"Chưa có {one.title.lower()}."))
        rows.append(row)
    return rows, problems


@lru_cache(maxsize=1000)
def _is_total(text: str) -> bool:
    # Whole sentences, which stand in every row, need not be looked at closely.
    return len(text) < 60 and search_text(text) in TOTAL


def _at(line: Sequence[Value], place: int) -> Value:
    return line[place] if place < len(line) else None


def _unit(heading: str) -> str:
    """The unit that a heading names for its numbers."""
    match = UNIT.search(heading)
    return match[1] if match else "đồng"


def letter(place: int) -> str:
    """Index of a column → its letters: 0 → A, 27 → AB."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(65 + rest) + letters
    return letters
