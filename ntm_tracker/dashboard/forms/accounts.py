"""What the office fills in about an account. Only what stands here can be set from outside."""

from typing import Any, cast

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from criteria.models import Department
from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from ntm_tracker.core.text import nfc
from ntm_tracker.core.widgets import LongSelect
from ntm_tracker.dashboard import rules
from ntm_tracker.dashboard.account_fields import (
    display_name_field,
    email_field,
    phone_field,
    username_field,
)
from ntm_tracker.dashboard.selectors.accounts import STATES, AccountFilters
from ntm_tracker.dashboard.services.accounts import AccountEntry, account_words, unit_of
from sponsors.models import Sponsor

FIELD_OF_ROLE = {Role.COMMUNE: "commune", Role.SPONSOR: "sponsor", Role.DEPARTMENT: "department"}


class AccountForm(forms.Form):
    """A new account, or a change of `account`, by `by`. `seen` is what stood on the screen."""

    username = username_field()
    display_name = display_name_field()
    role = forms.ChoiceField(
        label=_("Vai trò"),
        error_messages={
            "required": _("Hãy chọn vai trò."),
            "invalid_choice": _("Tài khoản này không được cấp vai trò đó."),
        },
    )
    commune = forms.ModelChoiceField(
        Commune.objects.none(),
        label=_("Xã"),
        required=False,
        empty_label=_("Chọn xã"),
        widget=LongSelect,
        help_text=_("Chỉ dùng khi vai trò là Xã."),
        error_messages={"invalid_choice": _("Không có xã này trong danh mục.")},
    )
    sponsor = forms.ModelChoiceField(
        Sponsor.objects.order_by("sort_key", "pk"),
        label=_("Đơn vị đỡ đầu"),
        required=False,
        empty_label=_("Chọn đơn vị"),
        widget=LongSelect,
        help_text=_("Chỉ dùng khi vai trò là Đơn vị đỡ đầu."),
        error_messages={"invalid_choice": _("Không có đơn vị này trong danh mục.")},
    )
    department = forms.ModelChoiceField(
        Department.objects.order_by("sort_key", "pk"),
        label=_("Sở, ngành"),
        required=False,
        empty_label=_("Chọn sở, ngành"),
        widget=LongSelect,
        help_text=_("Chỉ dùng khi vai trò là Sở, ngành phụ trách."),
        error_messages={"invalid_choice": _("Không có sở, ngành này trong danh mục.")},
    )
    phone = phone_field()
    email = email_field()
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, by: User, as_of: AsOf, account: User | None = None
    ) -> None:
        super().__init__(data, initial=_initial(account) if account else None)
        if account is not None:
            del self.fields["username"]
        roles = cast(forms.ChoiceField, self.fields["role"])
        given = [row for row in Role.choices if rules.may_give_role(by, row[0])]
        # Nobody becomes an administrator because nothing was chosen.
        roles.choices = given if account else [("", _("Chọn vai trò")), *given]
        communes = cast(forms.ModelChoiceField, self.fields["commune"])
        communes.queryset = Commune.objects.active_on(as_of.reporting_date).order_by(
            "sort_key", "pk"
        )

    def clean(self):
        super().clean()
        field = FIELD_OF_ROLE.get(self.cleaned_data.get("role", ""))
        if field and field not in self.errors and self.cleaned_data.get(field) is None:
            word = str(self.fields[field].label).lower()
            self.add_error(field, ValidationError(f"Vai trò này phải gắn với một {word}."))
        return self.cleaned_data

    def entry(self) -> AccountEntry:
        """What was filled in; units that do not belong to the role are left aside."""
        data = self.cleaned_data
        field = FIELD_OF_ROLE.get(data["role"])
        return AccountEntry(
            role=Role(data["role"]),
            display_name=nfc(data["display_name"]),
            phone=nfc(data["phone"]),
            email=data["email"],
            unit=data[field] if field else None,
        )


def _initial(account: User) -> dict[str, object]:
    initial: dict[str, object] = {
        "display_name": account.display_name,
        "role": account.role,
        "phone": account.phone,
        "email": account.email,
        "seen": account_words(account),
    }
    if field := FIELD_OF_ROLE.get(Role(account.role)):
        initial[field] = unit_of(account)
    return initial


class ReasonForm(forms.Form):
    """Why an account is ended or taken up again."""

    reason = forms.CharField(
        label=_("Lý do"),
        max_length=500,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "required": _("Hãy ghi lý do."),
            "max_length": _("Lý do dài nhất 500 ký tự."),
        },
    )

    def reason_words(self) -> str:
        return nfc(self.cleaned_data["reason"])


class AccountFilterForm(forms.Form):
    """The filter bar of the list of accounts."""

    q = forms.CharField(label=_("Tìm tên, đơn vị"), required=False, max_length=100)
    role = forms.ChoiceField(
        label=_("Vai trò"),
        required=False,
        choices=[("", _("Tất cả")), *Role.choices],
        error_messages={"invalid_choice": _("Không có vai trò “%(value)s”.")},
    )
    state = forms.ChoiceField(
        label=_("Trạng thái"),
        required=False,
        choices=[("", _("Tất cả")), *STATES.items()],
        error_messages={"invalid_choice": _("Không có trạng thái “%(value)s”.")},
    )
    page = forms.IntegerField(
        required=False,
        min_value=1,
        widget=forms.HiddenInput,
        error_messages={"invalid": _("Số trang không đúng.")},
    )

    def filters(self) -> AccountFilters:
        """What the address asks for. Raises BadRequest with a Vietnamese sentence."""
        if not self.is_valid():
            raise BadRequest(" ".join(str(text) for row in self.errors.values() for text in row))
        data = self.cleaned_data
        return AccountFilters(data["q"], data["role"], data["state"])
