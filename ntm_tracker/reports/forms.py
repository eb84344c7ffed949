"""What the office types about months: shape only, the services check the meaning."""

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from ntm_tracker.core.form_fields import MAX_ID, DayField, LineField, NoteField

CLOSE, REOPEN, EXCEPT = "close", "reopen", "except"
REQUIRED = {"required": _("Hãy điền ô này.")}
TOO_LONG = {"max_length": _("Nội dung dài quá; nhiều nhất %(limit_value)d ký tự.")}


class Quiet(forms.Form):
    # What is missing is said by the server in Vietnamese, not by a browser in its own language.
    use_required_attribute = False


class MoveForm(Quiet):
    """Which of the buttons of the desk was pressed."""

    move = forms.ChoiceField(choices=[(move, move) for move in (CLOSE, REOPEN, EXCEPT)])


class ReopenForm(Quiet):
    """Why a closed month is opened again."""

    reason = NoteField(label=_("Lý do mở lại"), error_messages=REQUIRED)


class ExceptionForm(Quiet):
    """Which commune may enter late, until when and why."""

    commune = forms.ModelChoiceField(
        label=_("Xã"),
        queryset=Commune.objects.none(),
        to_field_name="code",
        empty_label=_("Chọn xã"),
        error_messages=REQUIRED | {"invalid_choice": _("Không có xã này trong tháng.")},
    )
    until = DayField(label=_("Đến hết ngày"), error_messages=REQUIRED)
    reason = NoteField(label=_("Lý do"), error_messages=REQUIRED)

    def __init__(self, communes: QuerySet[Commune], data: QueryDict | None = None):
        super().__init__(data, prefix="late")
        field = self.fields["commune"]
        assert isinstance(field, forms.ModelChoiceField)  # noqa: S101 (declared above)
        field.queryset = communes


class LookForm(Quiet):
    """The newest entry that stood on the page."""

    entry = forms.IntegerField(min_value=0, max_value=MAX_ID, widget=forms.HiddenInput)


class PeriodsForm(Quiet):
    """The rule of the days, and up to which month periods are set up."""

    cut_off_day = forms.IntegerField(
        label=_("Ngày chốt số liệu trong tháng"),
        min_value=1,
        max_value=31,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("31: ngày cuối tháng."),
        error_messages=REQUIRED
        | {
            "invalid": _("Hãy ghi một số từ 1 đến 31."),
            "min_value": _("Hãy ghi một số từ 1 đến 31."),
            "max_value": _("Hãy ghi một số từ 1 đến 31."),
        },
    )
    due_after_days = forms.IntegerField(
        label=_("Hạn gửi, số ngày sau ngày chốt"),
        min_value=0,
        max_value=60,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=REQUIRED
        | {
            "invalid": _("Hãy ghi một số từ 0 đến 60."),
            "min_value": _("Hãy ghi một số từ 0 đến 60."),
            "max_value": _("Hãy ghi một số từ 0 đến 60."),
        },
    )
    until = DayField(
        label=_("Mở các kỳ đến hết tháng có ngày"),
        help_text=_("Viết như 31/12/2022. Kỳ đã có giữ nguyên ngày."),
        error_messages=REQUIRED,
    )


class DaysForm(Quiet):
    """The days of one month."""

    cut_off_on = DayField(label=_("Ngày chốt số liệu"), error_messages=REQUIRED)
    due_on = DayField(label=_("Hạn gửi báo cáo"), error_messages=REQUIRED)


class TextForm(Quiet):
    """The words of a section of the written report."""

    text = NoteField(
        label=_("Nội dung"),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 10}),
        error_messages=REQUIRED,
    )
    seen = forms.IntegerField(min_value=0, max_value=MAX_ID, widget=forms.HiddenInput)


class LetterheadForm(Quiet):
    """Head and foot of the reports; the fields are those of the installation."""

    superior_name = NoteField(label=_("Cơ quan chủ quản"), max_length=200, required=False)
    office_name = NoteField(
        label=_("Cơ quan ban hành"), max_length=200, error_messages=REQUIRED | TOO_LONG
    )
    report_suffix = LineField(
        label=_("Ký hiệu báo cáo"),
        max_length=40,
        help_text=_("Phần sau dấu gạch chéo của số văn bản, ví dụ BC-VPĐP."),
        error_messages=REQUIRED | TOO_LONG,
    )
    place = LineField(label=_("Địa danh"), max_length=100, error_messages=REQUIRED | TOO_LONG)
    signer_title = NoteField(
        label=_("Chức vụ người ký"),
        max_length=100,
        help_text=_("Ký thay thì viết hai dòng: KT. CHÁNH VĂN PHÒNG, PHÓ CHÁNH VĂN PHÒNG."),
        error_messages=REQUIRED | TOO_LONG,
    )
    signer_name = LineField(
        label=_("Họ tên người ký"), max_length=100, required=False, error_messages=TOO_LONG
    )
    recipients = NoteField(
        label=_("Nơi nhận"),
        max_length=1000,
        help_text=_("Mỗi nơi một dòng, bắt đầu bằng dấu gạch ngang."),
        widget=forms.Textarea(attrs={"rows": 5}),
        error_messages=REQUIRED | TOO_LONG,
    )
