"""What people type into the table of needs, or lay over it; its shape, not its sense."""

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from criteria.block_forms import BlockForm
from criteria.selectors.need_sheet import NeedSheet, key_of
from criteria.services.work_items import NeedChange
from ntm_tracker.core.form_fields import AmountField, LineField
from ntm_tracker.core.numbers import MAX_DONG, parse_amount, vi_number

COLUMNS = {"value": _("Nhu cầu"), "note": _("Lý do điều chỉnh")}
LONGEST_NOTE = 500
UNITS = [("đồng", _("đồng")), ("triệu", _("triệu đồng")), ("tỷ", _("tỷ đồng"))]


class NeedForm(forms.Form):
    """One row; its fields carry the key of the row as prefix. An empty need leaves the row alone.
    `seen` is the need that stood there when the row was drawn."""

    value = AmountField()
    note = LineField(required=False, max_length=LONGEST_NOTE)
    seen = forms.IntegerField(
        min_value=0,
        max_value=MAX_DONG,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"),
            _("Thiếu số lúc mở bảng; hãy tải lại trang."),
        ),
    )

    def __init__(self, data: QueryDict, item_id: int):
        super().__init__(data, prefix=key_of(item_id))
        self.item_id = item_id

    def clean_value(self) -> int:
        if str(self["value"].value() or "").strip() and not self.cleaned_data["value"]:
            raise ValidationError(_("Nhu cầu phải lớn hơn 0."))
        return self.cleaned_data["value"]

    @property
    def typed(self) -> dict[str, str]:
        """What was typed, as it was."""
        return {name: str(self[name].value() or "") for name in COLUMNS}

    @property
    def sentences(self) -> tuple[str, ...]:
        return tuple(str(text) for texts in self.errors.values() for text in texts)

    def change(self) -> NeedChange | None:
        """What the service writes; None where the need is left as it is."""
        data = self.cleaned_data
        if data["value"] in (0, data["seen"]):
            return None
        return NeedChange(self.item_id, data["value"], data["seen"], data["note"])


class NeedPasteForm(BlockForm):
    """A block of needs, perhaps with reasons; `unit` holds for numbers that name none."""

    unit = forms.ChoiceField(label=_("Số không ghi đơn vị là"), choices=UNITS)
    field_order = ("start", "column", "unit", "block")

    def __init__(self, *args, sheet: NeedSheet, **kwargs):
        super().__init__(
            *args,
            rows=[(key_of(line.pk), line.code) for line in sheet.lines],
            offered=[(key_of(line.pk), f"{line.code} {line.name[:60]}") for line in sheet.lines],
            columns=COLUMNS,
            **kwargs,
        )

    def laid_over(self, sent: QueryDict) -> QueryDict:
        """What was sent, with the block in its cells: amounts that can be read in đồng."""
        data = sent.copy()
        for key, texts in self.laid().items():
            for name, text in texts.items():
                data[f"{key}-{name}"] = self._in_dong(text) if name == "value" else text
        return data

    def _in_dong(self, text: str) -> str:
        try:
            return vi_number(parse_amount(text, self.cleaned_data["unit"]))
        except ValueError:
            return text
