"""What a commune has to show for a step to recognition, as figures."""

from communes.models import Commune
from criteria.choices import MET_CELLS, Cell
from criteria.dossier_workflow import Grounds
from criteria.selectors.dossiers import has_recognised_origin
from criteria.selectors.reported import debts, standings
from criteria.selectors.sets import SetInForce
from criteria.selectors.standings import cells_by_commune
from ntm_tracker.core.clock import AsOf

SURE = frozenset({Cell.MET_APPRAISED, Cell.NOT_APPLICABLE})


def grounds_of(commune: Commune, in_force: SetInForce, as_of: AsOf) -> Grounds:
    """The figures of one commune on a day that may be closed; three queries."""
    alone = Commune.objects.filter(pk=commune.pk)
    if as_of.closed is None:
        cells = cells_by_commune(alone, in_force, as_of).get(commune.pk, "." * in_force.total)
    else:
        [standing] = standings(alone, in_force, as_of)
        cells = standing.cells or "." * in_force.total
    numbered = [
        (criterion.number, cell) for criterion, cell in zip(in_force.criteria, cells, strict=True)
    ]
    debt = debts(alone, as_of).get(commune.pk)
    return Grounds(
        total=in_force.total,
        missing=tuple(number for number, cell in numbered if cell not in MET_CELLS),
        unappraised=tuple(number for number, cell in numbered if cell not in SURE),
        overdue_debt=debt.overdue if debt else None,
        has_recognised_origin=has_recognised_origin(commune, as_of.date),
    )
