"""What may be typed of an account, the same in the form of a page and in a file."""

from django import forms
from django.utils.translation import gettext_lazy as _


def username_field() -> forms.RegexField:
    return forms.RegexField(
        label=_("Tên đăng nhập"),
        regex=r"\A[A-Za-z0-9@.+_-]+\Z",
        max_length=150,
        help_text=_("Theo vai trò và đơn vị, không theo tên người: xa-huong-binh, so-y-te."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        error_messages={
            "required": _("Hãy nhập tên đăng nhập."),
            "invalid": _("Tên đăng nhập chỉ gồm chữ không dấu, số và các dấu @ . + - _"),
            "max_length": _("Tên đăng nhập dài nhất 150 ký tự."),
        },
    )


def display_name_field() -> forms.CharField:
    return forms.CharField(
        label=_("Tên hiển thị"),
        max_length=150,
        help_text=_("Tên đơn vị hoặc bộ phận, ví dụ UBND xã Hương Bình."),
        error_messages={
            "required": _("Hãy nhập tên hiển thị."),
            "max_length": _("Tên hiển thị dài nhất 150 ký tự."),
        },
    )


def phone_field() -> forms.CharField:
    return forms.CharField(
        label=_("Điện thoại"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        error_messages={"max_length": _("Số điện thoại dài nhất 30 ký tự.")},
    )


def email_field() -> forms.EmailField:
    return forms.EmailField(
        label=_("Thư điện tử"),
        required=False,
        help_text=_("Để gửi thư nhắc việc; không có cũng dùng được."),
        error_messages={"invalid": _("Địa chỉ thư chưa đúng, ví dụ vanthu@xa.gov.vn.")},
    )
