"""What the addresses of the criteria, village and funding pages may say (their shape only)."""

from collections.abc import Iterable

from django import forms
from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy as _

from criteria.choices import VillageState
from criteria.selectors.pages import SORTS
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
        """Draw the named fields as lists of these (value, words), after "all"."""
        for name, offered in choices.items():
            field = self.fields[name]
            if isinstance(field, Listed):
                field.offer(offered)


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
