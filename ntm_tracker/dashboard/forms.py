"""The form with which a fresh installation begins."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.forms import PASSWORD_HELP, check_password_strength
from ntm_tracker.core.models import User


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
