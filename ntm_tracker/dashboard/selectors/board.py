"""The first screen: where the communes stand, what blocks them, what is missing, who is late."""

from dataclasses import dataclass

from criteria.selectors.reported import lines_of
from ntm_tracker.core.models import Installation
from ntm_tracker.dashboard.selectors import words
from ntm_tracker.dashboard.selectors.figures import Figures, figures_of, target
from ntm_tracker.dashboard.selectors.scope import Scope
from ntm_tracker.dashboard.selectors.table import Table, board_table, ground


@dataclass(frozen=True)
class Board:
    """Context of `board.html`. `figures` is None where several provinces stand together: they are
    measured by different sets, so only the table by province makes sense."""

    area: str
    table: Table
    lead: tuple[words.Line, ...]
    stats: tuple[words.Stat, ...]
    figures: Figures | None
    change_lines: tuple[words.Line, ...]


def board(scope: Scope, installation: Installation) -> Board:
    """Everything on the first screen; constant queries, whatever the number of rows."""
    base = ground(scope)
    if base.in_force is None or not base.standings:
        return Board(scope.name, board_table(base), (), (), None, ())
    lines = lines_of(scope.items, scope.as_of)
    figures = figures_of(base, base.in_force, lines)
    goal = target(installation, scope.as_of.date)
    return Board(
        area=scope.name,
        table=board_table(base, lines),
        lead=words.lead(figures, goal),
        stats=words.stats(scope, figures, goal),
        figures=figures,
        change_lines=words.change_lines(figures.changes) if figures.changes else (),
    )
