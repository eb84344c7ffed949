"""What people type into the self-assessment of a commune (its shape; the services check sense)."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from criteria.cell_texts import (
    FIELDS,
    Value,
    read_note,
    read_outcome,
    read_value,
)
from criteria.selectors.sheet import mark_of
from criteria.services.drafts import CellEntry
from ntm_tracker.core import uploads
from ntm_tracker.core.clock import parse_day
from ntm_tracker.core.form_fields import DayField
from ntm_tracker.core.uploads import Upload

KEY = re.compile(r"([ci][0-9]{1,18})-stamp")


class CellForm(forms.Form):
    """One cell; its fields carry the key of the cell as prefix. `choice` answers a conflict."""

    value = forms.CharField(required=False)
    outcome = forms.CharField(required=False)
    note = forms.CharField(required=False)
    stamp = forms.RegexField(
        r"^[0-9]+\.[0-9]+\.[0-9a-f]+$",
        max_length=60,
        error_messages={
            "required": _("Thiếu phiên bản của ô; hãy tải lại trang."),
            "invalid": _("Phiên bản của ô không đúng; hãy tải lại trang."),
        },
    )
    choice = forms.ChoiceField(required=False, choices=[("", ""), ("mine", ""), ("theirs", "")])

    def clean_value(self) -> Value:
        return read_value(self.cleaned_data["value"])

    def clean_outcome(self) -> str:
        return read_outcome(self.cleaned_data["outcome"])

    def clean_note(self) -> str:
        return read_note(self.cleaned_data["note"])

    @property
    def typed(self) -> tuple[str, str, str]:
        """What was typed, as it was."""
        value, outcome, note = (str(self[name].value() or "") for name in FIELDS)
        return value, outcome, note

    @property
    def is_untouched(self) -> bool:
        """Whether the cell was sent as it had been drawn."""
        drawn = str(self["stamp"].value() or "").rpartition(".")[2]
        value, outcome, note = self.typed
        return mark_of((value.strip(), outcome, note.strip().replace("\r\n", "\n"))) == drawn

    def entry(self) -> CellEntry:
        """What the service keeps."""
        data = self.cleaned_data
        stamp = data["stamp"].rpartition(".")[0]
        value: Value = data["value"]
        return CellEntry(self.prefix or "", stamp, *value, data["outcome"], data["note"])


def cell_forms(data: QueryDict) -> list[CellForm]:
    """The cells that were sent and touched, each as a form."""
    keys = [match[1] for match in map(KEY.fullmatch, data) if match]
    forms_sent = [CellForm(data, prefix=key) for key in keys]
    return [form for form in forms_sent if not form.is_untouched or form["choice"].value()]


class FilesInput(forms.FileInput):
    allow_multiple_selected = True

    def value_from_datadict(self, data, files, name):
        return files.getlist(name)


class FilesField(forms.FileField):
    """Several photos or documents; a list of verified `uploads.Upload`."""

    def __init__(self, **kwargs):
        attrs = {"accept": uploads.ACCEPT_FILES, "multiple": True}
        super().__init__(required=False, widget=FilesInput(attrs=attrs), **kwargs)

    def clean(self, data, initial=None) -> list[Upload]:
        return uploads.verify_files([upload for upload in data or [] if upload])


class IdsField(forms.Field):
    """Ids that were ticked; whether they belong here the service knows."""

    widget = forms.MultipleHiddenInput

    def clean(self, value) -> list[int]:
        texts = [str(one) for one in value or []]
        if not all(text.isascii() and text.isdigit() and len(text) < 19 for text in texts):
            raise ValidationError(_("Không đọc được lựa chọn; hãy tải lại trang."))
        return [int(text) for text in texts]


class EvidenceForm(forms.Form):
    """Files to be put beside a cell, and those to be taken away."""

    use_required_attribute = False
    added = FilesField(
        label=_("Thêm bằng chứng"),
        help_text=_("Ảnh (mỗi ảnh %(photo)s MB), PDF, Word, Excel (mỗi tệp %(file)s MB).")
        % {"photo": uploads.MAX_MEGABYTES, "file": uploads.MAX_DOCUMENT_MEGABYTES},
    )
    remove = IdsField(required=False)

    def clean(self):
        data = super().clean() or {}
        if not self.errors and not data.get("added") and not data.get("remove"):
            self.add_error("added", "Chưa chọn tệp nào để thêm hay bỏ.")
        return data


class CriterionChoice(forms.Form):
    """Which criteria are sent (none: all that were changed)."""

    criterion = IdsField(required=False)


class DayForm(forms.Form):
    """For which day the sheet is sent; empty: for the reporting date."""

    effective_on = DayField(required=False)


class MonthForm(forms.Form):
    """Which month a page speaks of: 2022-04."""

    month = forms.RegexField(
        r"^[0-9]{4}-[0-9]{2}$",
        required=False,
        error_messages={"invalid": _("Không đọc được tháng; hãy chọn lại.")},
    )

    def clean_month(self):
        text = self.cleaned_data["month"]
        return parse_day(f"{text}-01") if text else None


class DeclarationForm(MonthForm):
    """A commune declares a month complete, or takes that back with a reason."""

    month = forms.RegexField(r"^[0-9]{4}-[0-9]{2}$")
    is_complete = forms.TypedChoiceField(
        choices=[("1", ""), ("0", "")], coerce=lambda value: value == "1"
    )
    note = forms.CharField(required=False)

    def clean_note(self) -> str:
        return read_note(self.cleaned_data["note"])
