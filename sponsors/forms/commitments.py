"""What the office types when a promise becomes a source of money."""

from django import forms
from django.utils.translation import gettext_lazy as _

from criteria.choices import SourceKind
from criteria.models import WorkItem
from criteria.money_forms import PaperFields
from criteria.services.work_items import Typed
from ntm_tracker.core.form_fields import AmountField, DayField, NoteField


class ItemField(forms.ModelChoiceField):
    def label_from_instance(self, obj: WorkItem) -> str:
        place = obj.commune or "liên xã, chưa phân bổ"
        return f"{obj.category}: {obj.name} ({place})"


class IdentifyForm(PaperFields):
    """The work item and the paper by which a promise becomes a source."""

    amount = AmountField(
        label=_("Số tiền"), required=True, error_messages={"required": _("Hãy nhập số tiền.")}
    )
    effective_on = DayField(
        label=_("Từ ngày"), error_messages={"required": _("Hãy nhập ngày có hiệu lực.")}
    )
    note = NoteField(label=_("Ghi chú"), required=False)

    field_order = ("item", "amount", "effective_on", "number", "issued_on", "document_kind")

    def __init__(self, *args, items, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["item"] = ItemField(
            label=_("Công trình, hạng mục"),
            queryset=items,
            empty_label=_("Chọn công trình"),
            error_messages={"required": _("Hãy chọn công trình nhận nguồn này.")},
        )
        self.order_fields(self.field_order)

    def typed(self) -> Typed:
        """What the service records."""
        data = self.cleaned_data
        return Typed(
            amount=data["amount"],
            effective_on=data["effective_on"],
            kind=SourceKind.SPONSOR,
            paper=self.paper(),
            note=data["note"],
        )
