"""Sending a file in, and what is to be done with it."""

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.intake.limits import MAX_BYTES, MEGABYTE


class FileForm(forms.Form):
    """One file."""

    use_required_attribute = False
    file = forms.FileField(
        label=_("Tệp Excel hoặc CSV"),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv"}),
        help_text=_("Tối đa 10 MB. Chưa ghi gì: bước sau cho xem từng ô sẽ đổi."),
        error_messages={
            "required": _("Hãy chọn một tệp."),
            "empty": _("Tệp rỗng, không có nội dung nào. Hãy kiểm tra rồi chọn lại tệp."),
            "missing": _("Hãy chọn một tệp."),
            "invalid": _("Hãy chọn một tệp."),
        },
    )

    def clean_file(self):
        """Too large a file is refused before it is read into memory."""
        file = self.cleaned_data["file"]
        if file.size > MAX_BYTES:
            raise ValidationError(
                _("Tệp lớn hơn %(limit)s MB. Hãy bỏ ảnh, bảng không cần, hoặc chia tệp."),
                params={"limit": MAX_BYTES // MEGABYTE},
            )
        return file


class BatchForm(forms.Form):
    """What is to be done with a file: write all, write the good rows, undo."""

    ALL, GOOD, UNDO = "all", "good", "undo"
    action = forms.ChoiceField(
        choices=[(ALL, ""), (GOOD, ""), (UNDO, "")],
        error_messages={
            "required": _("Hãy chọn việc cần làm với tệp."),
            "invalid_choice": _("Không có việc “%(value)s”; hãy tải lại trang."),
        },
    )
    mark = forms.CharField(required=False, max_length=40)
