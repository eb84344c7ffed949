"""What people type into the self-assessment of a commune (its shape; the services check sense)."""

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from criteria.choices import Outcome
from criteria.selectors.sheet import mark_of
from criteria.services.drafts import CellEntry
from ntm_tracker.core import uploads
from ntm_tracker.core.clock import parse_day
from ntm_tracker.core.numbers import parse_decimal
from ntm_tracker.core.uploads import Upload

FIELDS = ("value", "outcome", "note")
LONGEST_NOTE = 2000
CHOICES = [("", ""), *((one.value, one.label) for one in (Outcome.MET, Outcome.NOT_MET))]
COUNTED = re.compile(r"([0-9][0-9. ]*)/([0-9][0-9. ]*)")
MOST_COUNTED = 2_000_000_000
KEY = re.compile(r"([ci][0-9]{1,18})-stamp")
TOO_LONG = {"max_length": _("Dài quá %(limit_value)d ký tự; hãy viết gọn lại.")}


class CellForm(forms.Form):
    """One cell; its fields carry the key of the cell as prefix. `choice` answers a conflict."""

    value = forms.CharField(required=False, max_length=40, error_messages=TOO_LONG)
    outcome = forms.ChoiceField(
        required=False,
        choices=[*CHOICES, (Outcome.NOT_APPLICABLE.value, Outcome.NOT_APPLICABLE.label)],
        error_messages={"invalid_choice": _("Không có kết quả “%(value)s”; hãy chọn lại.")},
    )
    note = forms.CharField(
        required=False, max_length=LONGEST_NOTE, error_messages=TOO_LONG, strip=True
    )
    stamp = forms.RegexField(
        r"^[0-9]+\.[0-9]+\.[0-9a-f]+$",
        max_length=60,
        error_messages={
            "required": _("Thiếu phiên bản của ô; hãy tải lại trang."),
            "invalid": _("Phiên bản của ô không đúng; hãy tải lại trang."),
        },
    )
    choice = forms.ChoiceField(required=False, choices=[("", ""), ("mine", ""), ("theirs", "")])

    def clean_value(self) -> tuple[Decimal | None, int | None, int | None]:
        """The value, and of "382/400" what was counted."""
        text = self.cleaned_data["value"]
        if not text:
            return None, None, None
        if "/" in text:
            return None, *_counted(text)
        try:
            number = parse_decimal(text)
        except ValueError as error:
            raise ValidationError(str(error)) from error
        return number.quantize(Decimal("0.0001"), ROUND_HALF_UP), None, None

    def clean_note(self) -> str:
        return unicodedata.normalize("NFC", self.cleaned_data["note"])

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
        value, numerator, denominator = data["value"]
        return CellEntry(
            key=self.prefix or "",
            stamp=data["stamp"].rpartition(".")[0],
            value=value,
            numerator=numerator,
            denominator=denominator,
            outcome=data["outcome"],
            note=data["note"].replace("\r\n", "\n"),
        )


def _counted(text: str) -> tuple[int, int]:
    match = COUNTED.fullmatch(text.strip())
    if match is None:
        raise ValidationError(f"Không đọc được “{text}”; hãy viết như 95,5 hoặc 382/400.")
    part, whole = (int(re.sub(r"[. ]", "", one)) for one in match.groups())
    if not whole:
        raise ValidationError(f"Mẫu số của “{text}” phải lớn hơn 0.")
    if part > whole:
        raise ValidationError(f"Tử số của “{text}” lớn hơn mẫu số; hãy kiểm tra lại.")
    if whole > MOST_COUNTED:
        raise ValidationError(f"Số “{text}” quá lớn; hãy kiểm tra lại.")
    return part, whole


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
    note = forms.CharField(required=False, max_length=LONGEST_NOTE, error_messages=TOO_LONG)

    def clean_note(self) -> str:
        return unicodedata.normalize("NFC", self.cleaned_data["note"])
