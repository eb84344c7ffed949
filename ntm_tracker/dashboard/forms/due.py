"""What the address of "Cần làm" asks for, and its tabs."""

from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from ntm_tracker.dashboard.addresses import address
from ntm_tracker.dashboard.selectors.due import KINDS
from ntm_tracker.dashboard.selectors.due_items import COMMUNE, DEPARTMENT, SPONSOR


class DueFilterForm(forms.Form):
    """What the address of "Cần làm" asks for; what makes no sense is refused, not half obeyed."""

    by = forms.ChoiceField(
        required=False,
        choices=[("", ""), *((kind, "") for kind in KINDS)],
        error_messages={"invalid_choice": _("Không có cách xem “%(value)s”.")},
    )
    who = forms.IntegerField(
        required=False, min_value=1, error_messages={"invalid": _("Mã đơn vị không đúng.")}
    )
    page = forms.IntegerField(
        required=False, min_value=1, error_messages={"invalid": _("Số trang không đúng.")}
    )

    def read(self) -> dict[str, Any]:
        """The cleaned address. Raises BadRequest with a Vietnamese sentence."""
        if not self.is_valid():
            raise BadRequest(" ".join(str(text) for row in self.errors.values() for text in row))
        data = self.cleaned_data
        if data["who"] is not None and not data["by"]:
            raise BadRequest("Địa chỉ thiếu loại đơn vị. Hãy mở lại từ trang “Cần làm”.")
        return data


@dataclass(frozen=True)
class Tab:
    """The inputs of `components/tabs.html`."""

    label: str
    url: str
    current: bool
    count: str | None = None


def due_tabs(user: User, by: str, as_of: AsOf) -> list[Tab]:
    """The views of "Cần làm" for who follows everybody; a viewer owes nothing himself."""
    tabs = [("", "Của Văn phòng")] if user.is_office else []
    tabs += [(SPONSOR, "Theo đơn vị đỡ đầu"), (COMMUNE, "Theo xã"), (DEPARTMENT, "Theo sở, ngành")]
    shown = by or tabs[0][0]
    return [
        Tab(label, address("dashboard:due", as_of, by=kind), kind == shown) for kind, label in tabs
    ]
