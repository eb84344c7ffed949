"""Fields of forms on gifts and reports."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core import uploads
from ntm_tracker.core.form_fields import AmountField, NumberField


class PercentField(NumberField):
    """A whole percentage; None when empty."""

    def validate(self, value):
        """Empty is for the form to judge, even where the field is not marked as optional."""

    def clean(self, value):
        number = super().clean(value)
        if number is None:
            return None
        if number != int(number) or not 0 <= number <= 100:
            raise ValidationError(_("Phần trăm là số nguyên từ 0 đến 100."))
        return int(number)


class QuickField(forms.ChoiceField):
    """A choice that another field can take the place of: not optional, yet it may be empty."""

    def validate(self, value):
        if value:
            super().validate(value)


class PhotoInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name) if hasattr(files, "getlist") else files.get(name)


class PhotosField(forms.FileField):
    """Several pictures; a list of verified `uploads.Upload`."""

    def __init__(self, **kwargs):
        attrs = {"accept": uploads.ACCEPT, "multiple": True, "hx-preserve": "true"}
        super().__init__(required=False, widget=PhotoInput(attrs=attrs), **kwargs)

    def clean(self, data, initial=None):
        return uploads.verify_photos([upload for upload in data or [] if upload])


def day_field(label: Any, **kwargs) -> forms.DateField:
    """A day as people write it: 26/04/2022."""
    kwargs.setdefault("help_text", _("Viết như 26/04/2022."))
    return forms.DateField(
        label=label,
        widget=forms.DateInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={
            "invalid": _("Ngày không đúng; hãy viết như 26/04/2022."),
            "required": _("Hãy ghi ngày, như 26/04/2022."),
        },
        **kwargs,
    )


class GiftFields(forms.Form):
    """Fields from which a gift of each kind can be read."""

    # What is missing is said by the server in Vietnamese, not by a browser in its own language.
    use_required_attribute = False

    amount = AmountField(label=_("Số tiền"))
    labour_days = NumberField(label=_("Ngày công"))
    description = forms.CharField(label=_("Hiện vật, nội dung"), required=False, max_length=300)
    quantity = NumberField(label=_("Số lượng"))
    unit = forms.CharField(label=_("Đơn vị tính"), required=False, max_length=40)
    converted_value = AmountField(label=_("Giá trị quy đổi"))
