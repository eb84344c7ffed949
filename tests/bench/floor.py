"""The floor: what the matrix of the present costs at least, to which the page is held.

One SQL statement by hand, one string per commune, one `str.translate` and a join: no ORM, no
template, no middleware, no session, no totals, no compression.
"""

import re
from datetime import date
from html import escape

from django.db import connection

from criteria.choices import MET_CELLS, OVERDUE_CELL, Cell
from criteria.models import CriteriaSet
from ntm_tracker.dashboard.matrix import CELL_HTML

# Aggregates keep the order of their input in SQLite; PostgreSQL wants to be told.
JOINED = {
    "sqlite": "group_concat(shown, '')",
    "postgresql": "string_agg(shown, '' ORDER BY number)",
}
# "Overdue" shows where the planned day has passed, as `criteria.choices.OVERDUE_CELL` says.
TWINS = " ".join(f"WHEN '{chr(cell)}' THEN '{twin}'" for cell, twin in OVERDUE_CELL.items())
STATEMENT = """
    SELECT code, name, {joined}
    FROM (
        SELECT c.id, c.code, c.name, c.sort_key, k.number,
            CASE WHEN s.planned_on < %s THEN CASE s.cell {twins} ELSE s.cell END ELSE s.cell END
                AS shown
        FROM communes_commune c
        JOIN criteria_standing s ON s.commune_id = c.id
        JOIN criteria_criterion k ON k.id = s.criterion_id
        WHERE k.criteria_set_id = %s
        ORDER BY c.sort_key, c.id, k.number
    ) cells
    GROUP BY sort_key, id, code, name
    ORDER BY sort_key, id
"""
ROW_START = '<tr><th scope="row"><a href="/communes/'
PAGE_ROW = re.compile(
    re.escape(ROW_START) + r'(\w+)/[^"]*">([^<]*)</a></th><td class="num">(\d+/\d+)'
    r'((?:<td class=\w+>[^<]*)+)(?=<td class="text">|</tr>)'
)


def statement() -> str:
    """The one statement, for the database in use."""
    return STATEMENT.format(joined=JOINED[connection.vendor], twins=TWINS)


def floor_matrix(criteria_set: CriteriaSet, on: date) -> str:
    """The rows of the matrix on the reporting date, as HTML."""
    with connection.cursor() as cursor:
        cursor.execute(statement(), [on, criteria_set.pk])
        rows = cursor.fetchall()
    parts = []
    for code, name, cells in rows:
        met = sum(map(cells.count, MET_CELLS))
        parts.append(
            f'{ROW_START}{code}/">{escape(name)}</a></th><td class="num">{met}/{len(cells)}'
            f"{cells.translate(CELL_HTML)}</tr>"
        )
    return "\n".join(parts)


def matrix_cells(html: str) -> list[tuple[str, str, str, str]]:
    """(code, name, count, cells) of every row of a matrix, whoever drew it."""
    return PAGE_ROW.findall(html)


def check_same(page: str, floor: str, communes: int) -> None:
    """Make sure that page and floor draw the same matrix; what differs is not compared."""
    ours, theirs = matrix_cells(page), matrix_cells(floor)
    if len(theirs) != communes:
        raise AssertionError(f"the floor has {len(theirs)} communes, not {communes}")
    if ours != theirs:
        differing = [mine[:3] for mine in ours if mine not in theirs][:3]
        raise AssertionError(f"page ({len(ours)} rows) and floor differ, first at {differing}")
    used = {code for row in theirs for code in re.findall(r"<td class=\w+>[^<]*", row[3])}
    known = {cell.value.translate(CELL_HTML) for cell in Cell}
    if not used <= known or len(used) < 2:
        raise AssertionError(f"these are no cells of a matrix: {sorted(used)}")
