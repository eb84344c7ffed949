"""A village with its ten criteria, and what tests say about it."""

from criteria.choices import Level
from criteria.selectors.sets import SetInForce, set_in_force
from criteria.selectors.village_grid import GridRow, village_grid
from criteria.services.village_cells import save_village_cells
from criteria.village_fields import Typed
from tests import factories
from tests.criteria.helpers import present


def village_set() -> SetInForce:
    """The village set that is in force on the reporting date, made where there is none."""
    found = set_in_force(Level.VILLAGE, factories.TODAY, "42")
    if found is None:
        factories.make_set(size=10, level=Level.VILLAGE)
        found = set_in_force(Level.VILLAGE, factories.TODAY, "42")
    assert found is not None
    return found


def fill(village, commune, user, **cells) -> tuple[str, ...]:
    """Write cells as one who has seen what stands there: `c1="met", percent="40"`."""
    row = row_of(village, commune, user)
    seen = {cell.field: cell.value for cell in (*row.cells, *row.statuses)}
    return save(
        village, commune, user, *(Typed(name, value, seen[name]) for name, value in cells.items())
    )


def save(village, commune, user, *typed) -> tuple[str, ...]:
    return save_village_cells(
        village=village,
        commune=commune,
        in_force=village_set(),
        typed=typed,
        by=user,
        now=factories.NOW,
        today=factories.TODAY,
    )


def row_of(village, commune, user) -> GridRow:
    """The village as the grid shows it today."""
    row = village_grid(user, commune, present(), village_set()).row(village.pk)
    assert row is not None
    return row


def values(village, commune, user) -> dict[str, str]:
    """What the controls of the village show, without the blank ones."""
    row = row_of(village, commune, user)
    return {cell.field: cell.value for cell in (*row.cells, *row.statuses) if cell.value}
