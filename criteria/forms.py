"""What the addresses of the criteria, village and funding pages may say, and what their forms
send (their shape only)."""

import unicodedata
from collections.abc import Iterable

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from criteria.choices import VillageState
from criteria.models import Criterion
from criteria.selectors.pages import SORTS
from criteria.village_fields import (
    APPROVED,
    BY_FIELD,
    OUTCOMES,
    STATUS_FIELDS,
    Typed,
    criterion_field,
)
from criteria.village_workflow import VillageTransition
from ntm_tracker.core.numbers import parse_decimal, vi_number
from ntm_tracker.core.widgets import LongSelect

TOO_LONG = {"max_length": _("Giá trị lọc dài quá %(limit_value)d ký tự; hãy chọn lại.")}


class SetForm(forms.Form):
    """Which criteria set is read; empty means the one in force."""

    set = forms.CharField(required=False, max_length=20, error_messages=TOO_LONG)


class CriterionForm(SetForm):
    """Which set, and the order of the communes."""

    sort = forms.ChoiceField(
        required=False,
        choices=[("", ""), *((key, key) for key in SORTS)],
        error_messages={"invalid_choice": _("Không có cách sắp xếp “%(value)s”.")},
    )


class FilterForm(forms.Form):
    """A filter bar. Whether a commune or category exists is known to the selector, which answers
    400; so these are texts, drawn as lists of what the selector offers."""

    def offer(self, **choices: Iterable[tuple[str, str]]) -> None:
        """Draw the named fields as lists of these (value, words), after "all"; a list of one, as of
        communes for a commune, narrows nothing and is left out."""
        for name, offered in choices.items():
            field, several = self.fields[name], [*offered]
            if isinstance(field, Listed) and len(several) > 1:
                field.offer(several)
            else:
                del self.fields[name]


class Listed(forms.CharField):
    """A text that is chosen from a list; `everything` is the word for no choice."""

    widget = LongSelect

    def __init__(self, *, everything, **kwargs):
        super().__init__(required=False, max_length=40, error_messages=TOO_LONG, **kwargs)
        self.everything = everything

    def offer(self, choices: Iterable[tuple[str, str]]) -> None:
        """The list as it is drawn, after the word for no choice."""
        self.widget.choices = [("", self.everything), *choices]


class VillageFilterForm(FilterForm):
    commune = Listed(label=_("Xã"), everything=_("Mọi xã"))
    state = forms.ChoiceField(
        label=_("Trạng thái"),
        required=False,
        choices=[("", _("Mọi trạng thái")), *VillageState.choices],
        error_messages={
            "invalid_choice": _("Không có trạng thái “%(value)s”; hãy chọn trong danh sách.")
        },
    )
    q = forms.CharField(
        label=_("Tên thôn, xã"),
        required=False,
        max_length=100,
        error_messages=TOO_LONG,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )


class FundingFilterForm(FilterForm):
    category = Listed(label=_("Nội dung"), everything=_("Mọi nội dung"))
    commune = Listed(label=_("Xã"), everything=_("Mọi xã"))


class NeedFilterForm(FundingFilterForm):
    """What the table of needs holds, and for which day: empty, for the reporting date."""

    day = Listed(label=_("Tính cho ngày"), everything=_("Ngày báo cáo"))

    def offer_days(self, days: Iterable[tuple[str, str]]) -> None:
        """Days beside the reporting date; where there is none, nothing is asked."""
        several, day = [*days], self.fields["day"]
        if isinstance(day, Listed) and several:
            day.offer(several)
        else:
            del self.fields["day"]


class OpenForm(forms.Form):
    """Which rows of the funding table stand open: keys with commas between, "all" or "-"."""

    open = forms.CharField(required=False, max_length=4000, error_messages=TOO_LONG)


def cleaned(*bound: forms.Form) -> dict[str, str]:
    """What valid forms say; raises BadRequest with the first sentence of an invalid one."""
    values: dict[str, str] = {}
    for form in bound:
        if not form.is_valid():
            raise BadRequest(next(iter(form.errors.values()))[0])
        values |= form.cleaned_data
    return values


class VillageCellsForm(forms.Form):
    """Cells of one village: as many as were sent, each with what its sender had seen. An empty
    cell is "chưa báo cáo"; the numbers of a village, once reported, are changed but not emptied."""

    def __init__(self, data: QueryDict, criteria: Iterable[Criterion]):
        super().__init__(data)
        choices = [(value, word) for value, word in OUTCOMES if value]
        for criterion in criteria:
            self._add(criterion_field(criterion.number), f"Tiêu chí {criterion.number}", choices)
        for status in STATUS_FIELDS:
            self._add(status.field, status.title, APPROVED if status.is_choice else None)

    def _add(self, name: str, label: str, choices: Iterable[tuple[str, str]] | None) -> None:
        if name not in self.data:
            return
        seen = forms.CharField(required=False, max_length=10, widget=forms.HiddenInput)
        if choices is None:
            self.fields[name] = WholeField(label=label, most=BY_FIELD[name].most)
        else:
            wrong = {"invalid_choice": _("Không có lựa chọn “%(value)s”.")}
            self.fields[name] = forms.ChoiceField(
                label=label, required=False, choices=[("", ""), *choices], error_messages=wrong
            )
        self.fields[f"seen_{name}"] = seen

    def clean(self):
        data = super().clean() or {}
        for name in BY_FIELD:
            if data.get(f"seen_{name}") and data.get(name) == "":
                self.add_error(name, "Hãy ghi giá trị; không có thì ghi 0.")
        return data

    def typed(self) -> list[Typed]:
        """The cells as they were sent, for the service."""
        data = self.cleaned_data
        return [
            Typed(name, data[name], data[f"seen_{name}"])
            for name in self.fields
            if not name.startswith("seen_")
        ]

    def sentences(self) -> list[str]:
        """What is wrong, cell by cell."""
        return [
            f"{self.fields[name].label}: {sentence}" if name in self.fields else str(sentence)
            for name, found in self.errors.items()
            for sentence in found
        ]


class WholeField(forms.CharField):
    """A whole number from 0 as people write it ("1.500", "40%"); "" when empty."""

    def __init__(self, *, most: int, **kwargs):
        super().__init__(required=False, max_length=20, **kwargs)
        self.most = most

    def clean(self, value) -> str:
        text = super().clean(value).removesuffix("%").strip()
        if not text:
            return ""
        try:
            number = parse_decimal(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        if number != int(number) or not 0 <= number <= self.most:
            raise ValidationError(
                f"“{text}” không được; hãy ghi một số nguyên từ 0 đến {vi_number(self.most)}."
            )
        return str(int(number))


class VillageMoveForm(forms.Form):
    """The note and, for a recognition, the decision; what is required the service knows."""

    number = forms.CharField(
        label=_("Số quyết định"),
        required=False,
        max_length=60,
        error_messages=TOO_LONG,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    issued_on = forms.DateField(
        label=_("Ngày quyết định"),
        required=False,
        help_text=_("Viết như 26/04/2022."),
        error_messages={"invalid": _("Ngày không đúng; hãy viết như 26/04/2022.")},
        widget=forms.DateInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
    )
    note = forms.CharField(
        label=_("Ghi chú"),
        required=False,
        max_length=2000,
        error_messages=TOO_LONG,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, transition: VillageTransition, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not transition.document_required:
            del self.fields["number"], self.fields["issued_on"]
        for name in ("number", "issued_on"):
            if name in self.fields:
                self.fields[name].widget.attrs["aria-required"] = "true"
        if transition.note_required:
            self.fields["note"].label = _("Lý do")

    def clean_note(self) -> str:
        return unicodedata.normalize("NFC", self.cleaned_data["note"])
