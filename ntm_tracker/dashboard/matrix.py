"""The commune × criterion matrix as the page draws it: one row of ready cells per commune.

A template costs some 14 µs a cell, which is 60 ms for 209 communes. So a row arrives as the short
string of codes that the selector made, becomes its cells in one `str.translate`, and the template
writes one line per commune.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe

from criteria.choices import DossierState
from criteria.models import Criterion
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import CommuneStanding, met_by_criterion
from criteria.signs import CELL_SIGN
from ntm_tracker.core.clock import AsOf

# The class draws sign and colour; the word stands in the cell for those who do not see them. Cells
# are left open, as HTML allows: that saves a tenth of the table.
CELL_HTML = str.maketrans(
    {cell.value: f"<td class={name}>{cell.label}" for cell, name in CELL_SIGN.items()}
)


@dataclass(frozen=True)
class Column:
    """One criterion over the columns, with how many communes in the table meet it and how many do
    not. Groups of criteria are set off by a band behind every other one."""

    criterion: Criterion
    url: str
    met: int
    missing: int
    is_band: bool


@dataclass(frozen=True)
class Row:
    """One commune: its name, its address, and the rest of its row as ready cells."""

    name: str
    url: str
    cells: SafeString


@dataclass(frozen=True)
class Matrix:
    """The whole table; `counted` is how many communes its totals are made of."""

    total: int
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    counted: int


def cell_html(cells: str) -> str:
    """The table cells of a row of codes; only codes of `Cell` become cells, so it is safe."""
    return cells.translate(CELL_HTML)


def badge_html(state: DossierState | None) -> str:
    """As `components/badge.html` draws it in dense tables; nothing where there is no dossier."""
    if state is None:
        return ""
    return f'<span class="badge badge--plain" data-state="{state.value}">{state.label}</span>'


# Escaping is not needed below: numbers, days and words of our own code, no text of users.
BADGES = {state: badge_html(state) for state in (None, *DossierState)}


def measured_cells(row: CommuneStanding, total: int) -> SafeString:
    """Count, criteria and dossier of a commune on its way."""
    return mark_safe(  # noqa: S308
        f'<td class="num">{row.met}/{total}{cell_html(row.cells)}'
        f'<td class="text">{BADGES[row.dossier]}'
    )


def spanning_cell(total: int, state: DossierState | None, on: date | None) -> SafeString:
    """One cell over count, criteria and dossier: what is to be said of a commune without cells."""
    words = BADGES[state] or '<span class="muted">Ngoài bộ tiêu chí xã</span>'
    since = f' <span class="muted small">từ {on:%d/%m/%Y}</span>' if on else ""
    return mark_safe(f'<td class="text" colspan="{total + 2}">{words}{since}')  # noqa: S308


def address_around(name: str, as_of: AsOf) -> tuple[str, str]:
    """What stands before and after the key in the addresses of a page: resolving one address
    costs as much as drawing three rows."""
    before, _key, after = reverse(name, args=[0]).rpartition("0")
    return before, f"{after}?{as_of.query}" if as_of.query else after


def build(
    standings: Sequence[CommuneStanding],
    outside: Sequence[tuple[str, str]],
    in_force: SetInForce,
    as_of: AsOf,
) -> Matrix:
    """The table over `standings` in their order; `outside` are (code, name) of units that the
    commune sets do not measure, which come last."""
    before, after = address_around("dashboard:commune", as_of)
    total = in_force.total
    rows = [
        Row(
            row.name,
            f"{before}{row.code}{after}",
            measured_cells(row, total)
            if row.cells
            else spanning_cell(total, row.dossier, row.dossier_on),
        )
        for row in standings
    ]
    beyond = spanning_cell(total, None, None)
    rows += [Row(name, f"{before}{code}{after}", beyond) for code, name in outside]
    return Matrix(
        total=total,
        columns=_columns(standings, in_force, as_of),
        rows=tuple(rows),
        counted=sum(bool(row.cells) for row in standings),
    )


def _columns(
    standings: Sequence[CommuneStanding], in_force: SetInForce, as_of: AsOf
) -> tuple[Column, ...]:
    met = met_by_criterion(standings, in_force)
    counted = sum(bool(row.cells) for row in standings)
    before, after = address_around("criteria:criterion", as_of)
    columns = []
    is_band = False
    for position, criterion in enumerate(in_force.criteria):
        if position and criterion.group_name != in_force.criteria[position - 1].group_name:
            is_band = not is_band
        url = f"{before}{criterion.number}{after}"
        columns.append(Column(criterion, url, met[position], counted - met[position], is_band))
    return tuple(columns)
