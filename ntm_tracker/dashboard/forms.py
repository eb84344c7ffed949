"""The form with which a fresh installation begins."""

from django import forms
from django.contrib.auth import password_validation
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.models import User

# Django's catalogue leaves some of these in English, by the code of the error.
PASSWORD_SENTENCES = {
    "password_too_short": _("Mật khẩu phải có ít nhất %(min_length)d ký tự."),
    "password_too_common": _("Mật khẩu này quá phổ biến, người khác dễ đoán."),
    "password_entirely_numeric": _("Mật khẩu không được chỉ gồm chữ số."),
    "password_too_similar": _("Mật khẩu quá giống tên đăng nhập."),
}


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
        help_text=_("Ít nhất 8 ký tự, không chỉ gồm số, không phải mật khẩu hay gặp."),
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
                password_validation.validate_password(
                    first, User(username=data.get("username", ""))
                )
            except ValidationError as refusal:
                self.add_error("password1", [_in_vietnamese(error) for error in refusal.error_list])
        return data


def _in_vietnamese(error: ValidationError) -> ValidationError:
    sentence = PASSWORD_SENTENCES.get(error.code or "") or error.message
    return ValidationError(sentence, error.code, error.params)
