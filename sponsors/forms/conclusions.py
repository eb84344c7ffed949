"""What the office types about a conclusion of the committee."""

from django import forms
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.choices import DocumentKind
from ntm_tracker.core.documents import Paper
from ntm_tracker.core.form_fields import DayField, LineField, NoteField
from ntm_tracker.core.uploads import ACCEPT_FILES, MAX_DOCUMENT_MEGABYTES, Upload, verify_file


class UploadField(forms.FileField):
    """One file whose content was looked into; None when empty."""

    def __init__(self, **kwargs):
        widget = forms.FileInput(attrs={"accept": ACCEPT_FILES})
        super().__init__(required=False, widget=widget, **kwargs)

    def clean(self, data, initial=None) -> Upload | None:
        return verify_file(data) if data else None


class ConclusionForm(forms.Form):
    """A conclusion entered."""

    use_required_attribute = False

    number = LineField(
        label=_("Số, ký hiệu"),
        max_length=60,
        error_messages={"required": _("Hãy ghi số, ký hiệu thông báo.")},
    )
    issued_on = DayField(
        label=_("Ngày ban hành"), error_messages={"required": _("Hãy ghi ngày ban hành.")}
    )
    issuer = LineField(
        label=_("Cơ quan ban hành"),
        max_length=200,
        error_messages={"required": _("Hãy ghi cơ quan ban hành.")},
    )
    subject = NoteField(label=_("Trích yếu"), error_messages={"required": _("Hãy ghi trích yếu.")})
    file = UploadField(
        label=_("Tệp"),
        help_text=_("PDF, Word, Excel hoặc ảnh, tối đa %(size)s MB.")
        % {"size": MAX_DOCUMENT_MEGABYTES},
    )

    def paper(self) -> Paper:
        """The conclusion as a document."""
        data = self.cleaned_data
        return Paper(
            number=data["number"],
            issued_on=data["issued_on"],
            kind=DocumentKind.CONCLUSION,
            issuer=data["issuer"],
            subject=data["subject"],
        )
