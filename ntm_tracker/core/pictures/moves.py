"""From one count to another on a line from nothing to all."""

from dataclasses import dataclass

from ntm_tracker.core.pictures.scale import attribute, percent


@dataclass(frozen=True)
class Move:
    """Places in percent of the width; "" where nothing is known of that day."""

    before: str
    after: str

    @property
    def is_still(self) -> bool:
        """Whether there is no line to draw between the two."""
        return not self.before or not self.after or self.before == self.after


def draw_move(before: int | None, after: int | None, total: int) -> Move:
    """Counts out of `total` → places; None where nothing was reported."""

    def place(count: int | None) -> str:
        return "" if count is None else attribute(percent(count, total), "%")

    return Move(place(before), place(after))
