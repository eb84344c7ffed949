"""A block of cells copied from a spreadsheet, laid over the self-assessment of a commune."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from criteria.block_forms import BlockForm
from criteria.cell_texts import FIELDS
from criteria.grid_forms import CellForm
from criteria.rules import outcome_of_words
from criteria.selectors.sheet import Sheet, SheetCell, stamp_of

COLUMNS = {"value": _("Giá trị"), "outcome": _("Kết quả"), "note": _("Hiện trạng, ghi chú")}
UNDO = "grid-paste"
"""Key of the session: what the cells said before the last block was laid over them."""


@dataclass(frozen=True)
class Laid:
    """Where the cells of a block came to lie: a form for each row that is open, and which criteria
    are locked although the block says something else there."""

    forms: tuple[CellForm, ...]
    locked: tuple[int, ...]


class PasteForm(BlockForm):
    """A block for the self-assessment: locked criteria stand among the rows and are not offered."""

    def __init__(self, *args, found: Sheet, **kwargs):
        self.cells = {cell.key: cell for row in found.criteria for cell in row.cells}
        self.open = {cell.key for row in found.criteria if row.submit for cell in row.cells}
        super().__init__(
            *args,
            rows=[(key, cell.label) for key, cell in self.cells.items()],
            offered=[(key, _name(self.cells[key])) for key in self.cells if key in self.open],
            columns=COLUMNS,
            **kwargs,
        )
        self.fields["block"].help_text = _(
            "Ô trống trong khối giữ nguyên ô của bảng. Mỗi dòng một tiêu chí, chỉ tiêu."
        )

    def laid_over(self, sent: QueryDict) -> Laid:
        """The rows that the block covers, with what else was typed into them."""
        data = sent.copy()
        covered, locked = [], []
        for key, texts in self.laid().items():
            cell = self.cells[key]
            says = dict(zip(FIELDS, cell.says, strict=True))
            new = {
                name: outcome_of_words(text) if name == "outcome" else text
                for name, text in texts.items()
            }
            if all(says[name] == text for name, text in new.items()):
                continue
            if key not in self.open:
                locked.append(cell.criterion.number)
                continue
            for name, text in (says | new).items():
                if name in new or f"{key}-{name}" not in data:
                    data[f"{key}-{name}"] = text
            covered.append(CellForm(data, prefix=key))
        return Laid(tuple(covered), tuple(dict.fromkeys(locked)))


def _name(cell: SheetCell) -> str:
    if cell.indicator is None:
        return f"{cell.criterion.number}. {cell.criterion.name}"
    return re.sub(r"^(.{60}).+$", r"\1…", f"{cell.indicator.number} {cell.indicator.text}")


def earlier(before: Sheet, after: Sheet, key: str) -> dict[str, str]:
    """What the form of the grid has to send, so that a cell says again what it said."""
    was, now = before.cell(key), after.cell(key)
    if was is None or now is None:
        raise LookupError(key)
    return dict(zip(FIELDS, was.says, strict=True)) | {"stamp": stamp_of(now)}


def undo_fields(session: Mapping[str, Any], found: Sheet) -> dict[str, str]:
    """Fields of the form that undoes the last block; empty once anybody wrote into one of its
    cells, or sent them."""
    noted = session.get(UNDO, {})
    if noted.get("commune") != found.commune.code:
        return {}
    fields: dict[str, str] = {}
    for key, says in noted["cells"].items():
        cell = found.cell(key)
        if cell is None or stamp_of(cell) != says["stamp"]:
            return {}
        fields |= {f"{key}-{name}": text for name, text in says.items()}
    return fields
