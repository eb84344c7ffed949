"""Forms of the account pages, with every sentence in Vietnamese (Django's catalogue has gaps)."""

from django import forms
from django.contrib.auth import password_validation
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, SetPasswordForm
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.models import User
from ntm_tracker.core.second_factor import WrongCode

# By the code of the error: Django's catalogue leaves some of these in English.
PASSWORD_SENTENCES = {
    "password_too_short": _("Mật khẩu phải có ít nhất %(min_length)d ký tự."),
    "password_too_common": _("Mật khẩu này quá phổ biến, người khác dễ đoán."),
    "password_entirely_numeric": _("Mật khẩu không được chỉ gồm chữ số."),
    "password_too_similar": _("Mật khẩu quá giống tên đăng nhập."),
}
PASSWORD_HELP = _("Ít nhất 12 ký tự, không chỉ gồm số, không phải mật khẩu hay gặp.")


def check_password_strength(password: str, user: User) -> None:
    """Django's validators, with every refusal in Vietnamese. Raises ValidationError."""
    try:
        password_validation.validate_password(password, user)
    except ValidationError as refusal:
        raise ValidationError(
            [
                ValidationError(
                    PASSWORD_SENTENCES.get(error.code or "") or error.message,
                    error.code,
                    error.params,
                )
                for error in refusal.error_list
            ]
        ) from refusal


class SignInForm(AuthenticationForm):
    error_messages = {
        "invalid_login": _(
            "Tên đăng nhập hoặc mật khẩu chưa đúng. Hãy kiểm tra chữ hoa, chữ thường và bộ gõ "
            "tiếng Việt rồi thử lại."
        ),
        "inactive": _("Tài khoản này đã ngừng dùng. Hãy liên hệ Văn phòng Điều phối."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["username"].label = _("Tên đăng nhập")
        self.fields["password"].label = _("Mật khẩu")


class CodeForm(forms.Form):
    """A code of the phone, or one of the recovery codes."""

    code = forms.CharField(
        label=_("Mã xác thực"),
        max_length=20,
        help_text=_("6 chữ số trên điện thoại, hoặc một mã dự phòng đã in."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": _("Hãy nhập mã đang hiện trên điện thoại.")},
    )

    def refuse(self, refusal: WrongCode) -> None:
        """Say that the code was not good, and when the next try is taken."""
        if refusal.wait:
            sentence = _("Nhập sai nhiều lần. Hãy chờ %(wait)d giây rồi nhập mã mới.")
            self.add_error("code", ValidationError(sentence, params={"wait": refusal.wait}))
        else:
            self.add_error("code", _("Mã chưa đúng hoặc đã dùng rồi. Hãy nhập mã đang hiện."))


class PhoneForm(CodeForm):
    """Binding a phone: the password again, so that an open screen is not enough."""

    password = forms.CharField(
        label=_("Mật khẩu hiện tại"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["password", "code"]

    def __init__(self, user: User, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._user = user
        self.fields["code"].help_text = _("6 chữ số mà ứng dụng hiện sau khi quét.")

    def clean_password(self):
        password = self.cleaned_data["password"]
        if not self._user.check_password(password):
            raise ValidationError(_("Mật khẩu hiện tại chưa đúng."))
        return password


class NewPasswordForm(SetPasswordForm):
    """The password of whoever comes by an invitation."""

    error_messages = {
        "password_mismatch": _("Hai lần nhập mật khẩu mới không giống nhau."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["new_password1"].label = _("Mật khẩu mới")
        self.fields["new_password2"].label = _("Nhập lại mật khẩu mới")
        self.fields["new_password1"].help_text = PASSWORD_HELP

    def validate_password_for_user(
        self,
        user,
        password_field_name="new_password2",  # noqa: S107 (the name of a field)
    ):
        if password := self.cleaned_data.get(password_field_name):
            try:
                check_password_strength(password, user)
            except ValidationError as refusal:
                self.add_error(password_field_name, refusal)


class PasswordForm(NewPasswordForm, PasswordChangeForm):
    error_messages = NewPasswordForm.error_messages | {
        "password_incorrect": _("Mật khẩu hiện tại chưa đúng."),
    }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = _("Mật khẩu hiện tại")
