"""A block of cells copied from a spreadsheet, laid over the self-assessment of a commune."""

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from criteria.grid_forms import FIELDS, CellForm
from criteria.rules import outcome_of_words
from criteria.selectors.sheet import Sheet, SheetCell, stamp_of

COLUMNS = {"value": _("Giá trị"), "outcome": _("Kết quả"), "note": _("Hiện trạng, ghi chú")}
LONGEST = 200_000
UNDO = "grid-paste"
"""Key of the session: what the cells said before the last block was laid over them."""


@dataclass(frozen=True)
class Laid:
    """Where the cells of a block came to lie: a form for each row that is open, and which criteria
    are locked although the block says something else there."""

    forms: tuple[CellForm, ...]
    locked: tuple[int, ...]


class PasteForm(forms.Form):
    """A block and the cell on which its upper left corner lies. Fields are named `paste-…`, because
    they are sent with the grid itself, which brings the stamps of its cells."""

    start = forms.RegexField(
        r"^[ci][0-9]{1,18}$",
        label=_("Dán từ dòng"),
        error_messages={
            "required": _("Hãy chọn dòng đầu tiên để dán."),
            "invalid": _("Không có dòng này; hãy chọn lại."),
        },
    )
    column = forms.ChoiceField(label=_("Từ cột"), choices=list(COLUMNS.items()))
    block = forms.CharField(
        label=_("Các ô chép từ Excel"),
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Ô trống trong khối giữ nguyên ô của bảng. Mỗi dòng một tiêu chí, chỉ tiêu."),
        error_messages={
            "required": _("Chưa có ô nào; hãy chép các ô trong Excel rồi dán vào đây."),
            "max_length": _("Khối quá lớn; hãy dán từng phần."),
        },
    )
    prefix = "paste"
    use_required_attribute = False

    def __init__(self, *args, found: Sheet, **kwargs):
        super().__init__(*args, **kwargs)
        self.cells = [cell for row in found.criteria for cell in row.cells]
        self.open = [cell for row in found.criteria if row.submit for cell in row.cells]
        names = [(cell.key, _name(cell)) for cell in self.open]
        self.fields["start"].widget = forms.Select(choices=names)
        for field in self.fields.values():
            field.widget.attrs["form"] = "grid-form"

    def clean_start(self) -> str:
        key = self.cleaned_data["start"]
        if key not in [cell.key for cell in self.cells]:
            raise ValidationError(self.fields["start"].error_messages["invalid"])
        return key

    def clean_block(self) -> list[list[str]]:
        """The rows of the block, as Excel separates and quotes them."""
        try:
            rows = list(csv.reader(StringIO(self.cleaned_data["block"]), delimiter="\t"))
        except csv.Error as error:
            raise ValidationError(_("Không đọc được khối; hãy chép lại từ Excel.")) from error
        while rows and not "".join(rows[-1]).strip():
            rows.pop()
        if not rows:
            raise ValidationError(self.fields["block"].error_messages["required"])
        return rows

    def clean(self):
        data = super().clean() or {}
        if self.errors:
            return data
        block, places = data["block"], self._rows_below()
        columns = FIELDS[FIELDS.index(data["column"]) :]
        if len(block) > len(places):
            self.add_error(
                "block",
                f"Khối có {len(block)} dòng, từ {places[0].label} trở đi chỉ còn {len(places)} "
                "dòng. Hãy chọn dòng khác hoặc chép ít dòng hơn.",
            )
        elif (wide := max(map(len, block))) > len(columns):
            self.add_error(
                "block",
                f"Khối có {wide} cột, từ cột “{COLUMNS[data['column']]}” chỉ còn {len(columns)} "
                "cột. Hãy chọn cột khác hoặc chép ít cột hơn.",
            )
        return data

    def _rows_below(self) -> list[SheetCell]:
        start = [cell.key for cell in self.cells].index(self.cleaned_data["start"])
        return self.cells[start:]

    def laid_over(self, sent: QueryDict) -> Laid:
        """The rows that the block covers, with what else was typed into them."""
        data = sent.copy()
        columns = FIELDS[FIELDS.index(self.cleaned_data["column"]) :]
        open_keys = {cell.key for cell in self.open}
        covered, locked = [], []
        for cell, texts in zip(self._rows_below(), self.cleaned_data["block"], strict=False):
            says = dict(zip(FIELDS, cell.says, strict=True))
            # Only up to the block's own width: a short row leaves the other columns alone.
            new = {
                name: outcome_of_words(text) if name == "outcome" else text.strip()
                for name, text in zip(columns, texts, strict=False)
                if text.strip()
            }
            if all(says[name] == text for name, text in new.items()):
                continue
            if cell.key not in open_keys:
                locked.append(cell.criterion.number)
                continue
            for name, text in ({name: says[name] for name in FIELDS} | new).items():
                key = f"{cell.key}-{name}"
                if name in new or key not in data:
                    data[key] = text
            covered.append(CellForm(data, prefix=cell.key))
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
