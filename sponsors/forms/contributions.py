"""What really came, without a report on a task: the entry form and the filters of the list."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from ntm_tracker.core.widgets import LongSelect
from sponsors.choices import GiftKind, Giver
from sponsors.forms.fields import GiftFields, day_field
from sponsors.forms.filters import FilterForm
from sponsors.forms.reviews import month_from
from sponsors.selectors import ContributionFilters
from sponsors.services import GiftEntry


class ContributionForm(GiftFields):
    """One gift to one commune, from a sponsor, its people or a locality that helps it."""

    giver_name = forms.CharField(
        label=_("Tên bên đóng góp"),
        required=False,
        max_length=200,
        help_text=_("Tên địa phương hỗ trợ, hoặc “Nhân dân thôn …”."),
    )
    kind = forms.ChoiceField(label=_("Loại"), choices=GiftKind, widget=forms.RadioSelect)
    effective_on = day_field(_("Ngày nhận"))

    field_order = ("giver", "sponsor", "giver_name", "village", "kind", "description", "amount")

    def __init__(
        self, *args, commune: Commune, givers: Sequence[str], villages, sponsors, **kwargs
    ):
        super().__init__(*args, **kwargs)
        self.commune = commune
        self.fields["giver"] = forms.ChoiceField(
            label=_("Bên đóng góp"),
            widget=forms.RadioSelect,
            choices=[(code, Giver(code).label) for code in givers],
            initial=givers[0],
            error_messages={"required": _("Hãy chọn bên đóng góp.")},
        )
        self.fields["kind"].initial = GiftKind.MONEY.value
        self.fields["description"].label = _("Nội dung")
        self.fields["description"].required = True
        self.fields["description"].error_messages["required"] = _("Hãy ghi nội dung đóng góp.")
        again = {"invalid_choice": _("Hãy chọn lại trong danh sách.")}
        is_sponsor = tuple(givers) == (Giver.SPONSOR,)
        if Giver.SPONSOR in givers:
            self.fields["sponsor"] = forms.ModelChoiceField(
                label=_("Đơn vị đỡ đầu"),
                queryset=sponsors,
                required=is_sponsor,
                empty_label=None if is_sponsor else _("Không phải đơn vị đỡ đầu"),
                error_messages=again,
            )
        if is_sponsor:
            del self.fields["giver_name"]
        self.fields["village"] = forms.ModelChoiceField(
            label=_("Thôn"),
            queryset=villages,
            required=False,
            empty_label=_("Cả xã"),
            error_messages=again,
        )
        self.order_fields(self.field_order)

    def contribution(self) -> dict[str, Any]:
        """The arguments of `services.record_contribution`."""
        data = self.cleaned_data
        giver = Giver(data["giver"])
        return {
            "commune": self.commune,
            "giver": giver,
            "giver_name": data.get("giver_name", "") if giver != Giver.SPONSOR else "",
            "sponsor": data.get("sponsor") if giver == Giver.SPONSOR else None,
            "village": data["village"],
            "effective_on": data["effective_on"],
            "entry": GiftEntry(
                kind=GiftKind(data["kind"]),
                description=data["description"],
                amount=data["amount"],
                quantity=data["quantity"],
                unit=data["unit"],
                converted_value=data["converted_value"],
                labour_days=data["labour_days"] or Decimal(0),
            ),
        }


class TakeBackForm(forms.Form):
    """Why an entry is taken back."""

    note = forms.CharField(
        label=_("Lý do"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class ContributionFilterForm(FilterForm):
    giver = forms.ChoiceField(
        label=_("Bên đóng góp"),
        required=False,
        choices=[("", _("Tất cả")), *Giver.choices],
        error_messages={"invalid_choice": _("Không có lựa chọn “%(value)s”.")},
    )
    commune = forms.CharField(label=_("Xã"), required=False, max_length=10)
    month = forms.CharField(label=_("Tháng"), required=False, max_length=7)

    def filters(self) -> ContributionFilters:
        """What the address asks for."""
        data = self.read()
        month = month_from(data["month"])
        return ContributionFilters(giver=data["giver"], commune=data["commune"], month=month)

    def offer(
        self, communes: Sequence[tuple[str, str]], months: Sequence[date]
    ) -> "ContributionFilterForm":
        """Turn the fields into lists of what there is."""
        self.fields["commune"].widget = LongSelect(choices=[("", "Tất cả"), *communes])
        named = [(f"{month:%Y-%m}", f"Tháng {month.month}/{month.year}") for month in months]
        self.fields["month"].widget = LongSelect(choices=[("", "Tất cả"), *named])
        return self
