"""Whether a village can be declared and recognised: its criteria, its plan, and what it lacks."""

from collections.abc import Sequence
from dataclasses import dataclass

from criteria.choices import MET_CELLS, Cell
from criteria.desks import desk_of
from criteria.rules import count_met
from criteria.selectors.sets import SetInForce
from criteria.selectors.village_grid import VillageCell, village_cells
from criteria.selectors.villages import VillageRow
from criteria.village_workflow import VillageTransition, allowed
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User


@dataclass(frozen=True)
class VillageReadiness:
    """One village on a day, with the moves that the reader may make (none on another day)."""

    row: VillageRow
    in_force: SetInForce | None
    cells: tuple[VillageCell, ...]
    moves: tuple[VillageTransition, ...]

    @property
    def met(self) -> int:
        """Criteria met on any rung (what does not apply counts as met)."""
        return count_met("".join(cell.cell for cell in self.cells))

    @property
    def warnings(self) -> tuple[str, ...]:
        """What the village still lacks; it warns and forbids nothing."""
        found = [
            f"Tiêu chí {_numbers(cells)} {word}."
            for word, cells in (
                ("chưa đạt", [cell for cell in self.cells if _is_open(cell)]),
                ("chưa báo cáo", [cell for cell in self.cells if cell.cell == Cell.UNREPORTED]),
            )
            if cells
        ]
        if self.row.plan_percent < 100:
            found.append(f"Khối lượng theo phương án mới đạt {self.row.plan_percent}%.")
        if not self.row.is_plan_approved:
            found.append("Phương án, dự toán chưa được duyệt.")
        return tuple(found)


def _is_open(cell: VillageCell) -> bool:
    return cell.cell not in MET_CELLS and cell.cell != Cell.UNREPORTED


def _numbers(cells: Sequence[VillageCell]) -> str:
    return ", ".join(str(cell.criterion.number) for cell in cells)


def village_readiness(
    user: User, row: VillageRow, in_force: SetInForce | None, as_of: AsOf
) -> VillageReadiness:
    """What a village (a row of `village_rows` that the reader may see) has and lacks, and what the
    reader may do about it; at most three queries."""
    moves = allowed(state=row.state, commune_id=row.commune_id, user=desk_of(user))
    return VillageReadiness(
        row,
        in_force,
        village_cells([row.pk], in_force, as_of)[row.pk],
        tuple(moves) if as_of.is_present else (),
    )
