"""Choosing communes and villages in the forms of the office."""

from collections.abc import Iterable, Sequence

from django import forms
from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy as _

from communes.models import Commune, Village
from sponsors.selectors.places import CommunePlaces, District


class CommunesForm(forms.Form):
    """Which communes a form is about, in the address and again in what is sent."""

    def __init__(self, data, *, districts: Sequence[District]):
        super().__init__(data)
        self.fields["commune"] = forms.MultipleChoiceField(
            required=False,
            choices=[pair for district in districts for pair in district.communes],
            error_messages={"invalid_choice": _("Không có xã mang mã “%(value)s”.")},
        )

    def codes(self) -> list[str]:
        """The chosen codes; BadRequest for one that does not exist."""
        if not self.is_valid():
            raise BadRequest(f"{self.errors['commune'][0]} Hãy chọn lại xã.")
        return self.cleaned_data["commune"]


def open_districts(
    districts: Iterable[District], chosen: Sequence[str], focus: str
) -> list[tuple[District, bool]]:
    """The districts, each with whether its communes are shown: where something is chosen, else the
    district the office follows, else all where there are few."""
    listed = list(districts)

    def is_open(district: District) -> bool:
        if chosen:
            return any(code in chosen for code, _name in district.communes)
        return district.code == focus or len(listed) == 1

    return [(district, is_open(district)) for district in listed]


class PlacesField(forms.MultipleChoiceField):
    """Communes and villages, "18523" or "18523:7"; a list of (commune, village or None)."""

    def __init__(self, *, places: Sequence[CommunePlaces], **kwargs):
        self.known: dict[str, tuple[Commune, int | None]] = {}
        for place in places:
            self.known[place.commune.code] = (place.commune, None)
            for village in place.villages:
                self.known[f"{place.commune.code}:{village.pk}"] = (place.commune, village.pk)
        errors = {
            "required": _("Hãy chọn ít nhất một xã hoặc thôn."),
            "invalid_choice": _("Không có nơi “%(value)s”; hãy chọn lại."),
        }
        super().__init__(
            choices=[(key, key) for key in self.known], error_messages=errors, **kwargs
        )

    def clean(self, value) -> list[tuple[Commune, Village | None]]:
        chosen = [self.known[key] for key in super().clean(value)]
        villages = Village.objects.in_bulk([pk for _commune, pk in chosen if pk is not None])
        return [(commune, villages[pk] if pk is not None else None) for commune, pk in chosen]
