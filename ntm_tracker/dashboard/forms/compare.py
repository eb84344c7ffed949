"""What the address of the comparison asks for."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy as _


class CompareForm(forms.Form):
    """The earlier day, and one commune or all."""

    since = forms.DateField(
        label=_("So với ngày"),
        required=False,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": _("Ngày để so không đúng. Hãy chọn trong danh sách.")},
    )
    commune = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
    page = forms.IntegerField(
        required=False, min_value=1, error_messages={"invalid": _("Số trang không đúng.")}
    )

    def read(self) -> dict[str, Any]:
        """The cleaned address. Raises BadRequest with a Vietnamese sentence."""
        if not self.is_valid():
            raise BadRequest(" ".join(str(text) for row in self.errors.values() for text in row))
        return self.cleaned_data

    def offer(self, days: Iterable[date], chosen: date | None) -> "CompareForm":
        """The days to choose from; one that the address names stands among them."""
        known = {*days, *([chosen] if chosen else [])}
        self.fields["since"].widget = forms.Select(
            choices=[(day.isoformat(), f"{day:%d/%m/%Y}") for day in sorted(known, reverse=True)]
        )
        del self.fields["page"]
        return self
