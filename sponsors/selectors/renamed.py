"""Rows that a closed day reads from history, under the names that were kept with the month."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from criteria.selectors import kept as of_criteria
from ntm_tracker.core.clock import AsOf
from sponsors.selectors import kept
from sponsors.selectors.difficulties import DifficultyRow, Said
from sponsors.selectors.gifts import GiftLine


@dataclass(frozen=True)
class Names:
    """What sponsors, tasks (by id) and communes (by code) were called, and the difficulties by id
    as they stood: the day by which one is to be answered is written into its row, so that history
    does not know it. Empty on an open day."""

    known: dict[int, DifficultyRow]
    sponsors: dict[int, str]
    tasks: dict[int, str]
    communes: dict[str, str]

    def difficulty(self, row: DifficultyRow) -> DifficultyRow:
        """The difficulty with its latest answer; renamed where its closing kept none."""
        if row.pk in self.known:
            return self.known[row.pk]
        renamed = replace(
            row,
            commune_name=self.communes.get(row.commune_code, row.commune_name),
            sponsor_name=self.sponsors.get(row.sponsor_id or 0, row.sponsor_name),
            task_title=self.tasks.get(row.task_id or 0, row.task_title),
            answer=row.answer and self.said(row, row.answer),
        )
        return replace(renamed, owner=self._owner(row, row.owner))

    def said(self, row: DifficultyRow, said: Said) -> Said:
        """One turn of a difficulty, given as it is called now."""
        return replace(said, owner=self._owner(row, said.owner))

    def gift(self, line: GiftLine) -> GiftLine:
        """A promise or delivery."""
        return replace(
            line,
            giver=self.sponsors.get(line.sponsor_id or 0, line.giver),
            commune_name=self.communes.get(line.commune_code, line.commune_name),
        )

    def gifts(self, lines: Iterable[GiftLine]) -> tuple[GiftLine, ...]:
        return tuple(map(self.gift, lines))

    def difficulties(self, rows: Iterable[DifficultyRow]) -> tuple[DifficultyRow, ...]:
        return tuple(map(self.difficulty, rows))

    def _owner(self, row: DifficultyRow, owner: str) -> str:
        """Who has to answer: by name where it is the sponsor or the commune of the difficulty."""
        if row.sponsor_name and owner == row.sponsor_name:
            return self.sponsors.get(row.sponsor_id or 0, owner)
        if owner == f"Xã {row.commune_name}":
            return f"Xã {self.communes.get(row.commune_code, row.commune_name)}"
        return owner


def names_then(as_of: AsOf) -> Names:
    """The names that were kept for the day; at most five queries, none on an open day."""
    if as_of.closed is None:
        return Names({}, {}, {}, {})
    return Names(
        {row.pk: row for row in as_of.closed.rows(kept.DIFFICULTY, kept.CODEC)},
        {row.pk: row.name for row in as_of.closed.rows(kept.SPONSOR, kept.CODEC)},
        {
            row.pk: row.title
            for kind in (kept.TASK, kept.CANCELLED)
            for row in as_of.closed.rows(kind, kept.CODEC)
        },
        {row.code: row.name for row in as_of.closed.rows(of_criteria.COMMUNE, of_criteria.CODEC)},
    )
