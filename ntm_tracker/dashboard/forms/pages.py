"""The form with which a fresh installation begins, and the filters of the audit trail."""

from django import forms
from django.core.exceptions import BadRequest, ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.forms import PASSWORD_HELP, check_password_strength
from ntm_tracker.core.models import User
from ntm_tracker.core.widgets import LongSelect
from ntm_tracker.dashboard.selectors.audit import GROUPS, AuditChoices, AuditFilters

NO_DAY = {"invalid": _("Ngày không đúng; hãy viết như 26/04/2022.")}


class FirstAdminForm(forms.Form):
    """Name and password of the first administrator, checked as Django checks passwords."""

    username = forms.RegexField(
        label=_("Tên đăng nhập"),
        regex=r"\A[A-Za-z0-9@.+_-]+\Z",
        max_length=150,
        help_text=_("Chữ không dấu, số và các dấu @ . + - _, ví dụ quantri."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        error_messages={
            "required": _("Hãy nhập tên đăng nhập."),
            "invalid": _("Tên đăng nhập chỉ gồm chữ không dấu, số và các dấu @ . + - _"),
            "max_length": _("Tên đăng nhập dài nhất 150 ký tự."),
        },
    )
    password1 = forms.CharField(
        label=_("Mật khẩu"),
        strip=False,
        help_text=PASSWORD_HELP,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Hãy nhập mật khẩu.")},
    )
    password2 = forms.CharField(
        label=_("Nhập lại mật khẩu"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        error_messages={"required": _("Hãy nhập lại mật khẩu.")},
    )

    def clean(self):
        super().clean()
        data = self.cleaned_data
        first, second = data.get("password1"), data.get("password2")
        if first and second and first != second:
            self.add_error("password2", _("Hai lần nhập mật khẩu không giống nhau."))
        elif first:
            try:
                check_password_strength(first, User(username=data.get("username", "")))
            except ValidationError as refusal:
                self.add_error("password1", refusal)
        return data


class AuditFilterForm(forms.Form):
    """What the audit trail is narrowed to; an address that makes no sense is refused."""

    q = forms.CharField(
        label=_("Tìm trong nhật ký"),
        required=False,
        max_length=100,
        error_messages={"max_length": _("Chữ cần tìm dài quá 100 ký tự.")},
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )
    group = forms.ChoiceField(
        label=_("Loại việc"),
        required=False,
        choices=[("", _("Mọi việc")), *GROUPS.items()],
        error_messages={"invalid_choice": _("Không có loại việc “%(value)s”.")},
    )
    by = forms.CharField(label=_("Tài khoản"), required=False, max_length=150)
    commune = forms.CharField(label=_("Xã"), required=False, max_length=10)
    sponsor = forms.IntegerField(
        label=_("Đơn vị đỡ đầu"),
        required=False,
        min_value=0,
        max_value=2**62,
        error_messages={"invalid": _("Mã đơn vị đỡ đầu không đúng.")},
    )
    since = forms.DateField(label=_("Ghi từ ngày"), required=False, error_messages=NO_DAY)
    until = forms.DateField(label=_("Ghi đến ngày"), required=False, error_messages=NO_DAY)
    object = forms.RegexField(
        regex=r"\A[a-z]+\.[a-z]+:\d{1,18}\Z",
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid": _("Không có đối tượng này trong nhật ký.")},
    )
    page = forms.IntegerField(
        required=False,
        min_value=1,
        widget=forms.HiddenInput,
        error_messages={"invalid": _("Số trang không đúng.")},
    )

    def __init__(self, data: QueryDict):
        super().__init__(data, auto_id="filter_%s")

    def filters(self) -> AuditFilters:
        """What the address asks for; raises BadRequest with the first sentence that refuses."""
        if not self.is_valid():
            sentence = next(iter(self.errors.values()))[0]
            raise BadRequest(f"{sentence} Hãy sửa địa chỉ hoặc bấm Xóa lọc.")
        return AuditFilters(**{k: v for k, v in self.cleaned_data.items() if k != "page"})

    def offer(self, choices: AuditChoices) -> "AuditFilterForm":
        """The form as it is drawn: lists of what there is, and no page (a choice begins at 1)."""
        del self.fields["page"]
        lists = {
            "commune": choices.communes,
            "sponsor": choices.sponsors,
            "by": choices.accounts,
        }
        for name, pairs in lists.items():
            if pairs:
                self.fields[name].widget = LongSelect(choices=[("", "Tất cả"), *pairs])
            elif self.data.get(name):
                self.fields[name].widget = forms.HiddenInput()
            else:
                del self.fields[name]
        return self
