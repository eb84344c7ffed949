"""Fields of forms that every app shares.

Numbers are text fields, so that what was typed wrongly stands in the form again.
"""

from decimal import Decimal
from unicodedata import normalize

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import BigIntegerField
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.numbers import parse_amount, parse_decimal
from ntm_tracker.core.text import nfc

MAX_ID = BigIntegerField.MAX_BIGINT


class AmountField(forms.CharField):
    """An amount as people write it ("200 triệu"); an int in đồng, 0 when empty and optional."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.TextInput(attrs={"autocomplete": "off"}))
        kwargs.setdefault("help_text", _("Viết như 54 triệu hoặc 54.000.000."))
        kwargs.setdefault("required", False)
        super().__init__(max_length=40, **kwargs)

    def clean(self, value):
        text = super().clean(value)
        try:
            return parse_amount(text) if text else 0
        except ValueError as error:
            raise ValidationError(str(error)) from error


class NumberField(forms.CharField):
    """A quantity as people write it ("1.500", "2,5"); None when empty."""

    def __init__(self, **kwargs):
        attrs = {"inputmode": "decimal", "autocomplete": "off"}
        super().__init__(
            required=False, max_length=40, widget=forms.TextInput(attrs=attrs), **kwargs
        )

    def clean(self, value) -> Decimal | None:
        text = super().clean(value)
        try:
            return parse_decimal(text) if text else None
        except ValueError as error:
            raise ValidationError(str(error)) from error


class LineField(forms.CharField):
    """One line of text in its normal form."""

    def to_python(self, value):
        return nfc(super().to_python(value) or "")


class NoteField(forms.CharField):
    """Several lines of text, NFC, with the line ends that we store and not those of a browser."""

    def __init__(self, **kwargs):
        kwargs.setdefault("widget", forms.Textarea(attrs={"rows": 2}))
        kwargs.setdefault("max_length", 2000)
        super().__init__(**kwargs)

    def to_python(self, value):
        return normalize("NFC", (super().to_python(value) or "").replace("\r\n", "\n"))


class DayField(forms.DateField):
    """A day written dd/mm/yyyy."""

    def __init__(self, **kwargs):
        attrs = {"autocomplete": "off", "inputmode": "numeric"}
        kwargs.setdefault("widget", forms.DateInput(attrs=attrs))
        kwargs.setdefault("help_text", _("Viết như 26/04/2022."))
        errors = {"invalid": _("Ngày không đúng; hãy viết như 26/04/2022.")}
        super().__init__(error_messages=errors | kwargs.pop("error_messages", {}), **kwargs)


def refuse(form: forms.Form, error: ValidationError) -> None:
    """Put the refusals of a service at the fields they speak of, or above the form."""
    by_field = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
    for field, messages in by_field.items():
        form.add_error(field if field in form.fields else None, messages)


class IdField(forms.IntegerField):
    """The id of a row in an address; one that no column can hold is an id of nothing."""

    def __init__(self, **kwargs):
        super().__init__(min_value=0, max_value=MAX_ID, **kwargs)
        for code in ("min_value", "max_value"):
            self.error_messages[code] = self.error_messages["invalid"]


class RowsField(forms.ModelMultipleChoiceField):
    """Several rows of a list; refuses an id that no column can hold, at which SQLite would fail."""

    def clean(self, value):
        for one in value or ():
            if str(one).isdecimal() and int(one) > MAX_ID:
                raise ValidationError(self.error_messages["invalid_pk_value"], "invalid_pk_value")
        return super().clean(value)
