"""The office's assessment of sponsors, one by one or several at once."""

from collections.abc import Sequence
from datetime import date

from django import forms
from django.core.exceptions import BadRequest
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.form_fields import RowsField
from ntm_tracker.core.models import Document
from sponsors.choices import Verdict
from sponsors.forms.fields import day_field
from sponsors.models import Sponsor
from sponsors.services import ReviewEntry


def month_from(text: str) -> date | None:
    """The first day of a month written 2022-04; None without one. Raises BadRequest."""
    if not text:
        return None
    try:
        month = parse_date(f"{text}-01")
    except ValueError:
        month = None
    if month is None:
        raise BadRequest(f"“{text[:20]}” không phải là một tháng. Hãy viết như 2022-04.")
    return month


def _to_month(value: str) -> date:
    month = parse_date(value)
    if month is None:
        raise ValueError(value)
    return month


def _month_field(months: Sequence[date]) -> forms.TypedChoiceField:
    return forms.TypedChoiceField(
        label=_("Tháng"),
        coerce=_to_month,
        choices=[(f"{month:%Y-%m-%d}", f"Tháng {month.month}/{month.year}") for month in months],
        error_messages={"invalid_choice": _("Hãy chọn một tháng trong danh sách.")},
    )


class ReviewForm(forms.Form):
    """One assessment of one sponsor."""

    use_required_attribute = False

    verdict = forms.ChoiceField(
        label=_("Đánh giá"),
        choices=Verdict,
        widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn đánh giá.")},
    )
    seen = forms.CharField(
        label=_("Kết quả kiểm tra thực tế"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    visited_on = day_field(_("Ngày kiểm tra"), required=False)
    inspectors = forms.CharField(
        label=_("Bộ phận kiểm tra"),
        required=False,
        max_length=200,
        help_text=_("Ghi chức vụ, bộ phận; không ghi tên riêng."),
    )

    field_order = ("month", "commune", "verdict", "seen", "visited_on", "inspectors", "document")

    def __init__(self, *args, sponsor: Sponsor, months: Sequence[date], communes, **kwargs):
        super().__init__(*args, **kwargs)
        self.sponsor = sponsor
        self.fields["month"] = _month_field(months)
        self.fields["commune"] = forms.ModelChoiceField(
            label=_("Xã"), queryset=communes, required=False, empty_label=_("Tất cả xã đỡ đầu")
        )
        self.fields["document"] = forms.ModelChoiceField(
            label=_("Văn bản"),
            queryset=Document.objects.order_by("-issued_on", "-pk"),
            required=False,
            empty_label=_("Không"),
        )
        self.order_fields(self.field_order)

    def entry(self) -> ReviewEntry:
        """What the service records."""
        return ReviewEntry(sponsor=self.sponsor, **self.cleaned_data)


class OnPlanForm(forms.Form):
    """Several sponsors that are found on plan in a month."""

    def __init__(self, *args, months: Sequence[date], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["month"] = _month_field(months)
        self.fields["sponsor"] = RowsField(
            label=_("Đơn vị"),
            queryset=Sponsor.objects.all(),
            error_messages={
                "required": _("Hãy đánh dấu ít nhất một đơn vị."),
                "invalid_choice": _("Có đơn vị không còn trong danh sách; hãy tải lại trang."),
                "invalid_pk_value": _("Hãy chọn lại trong danh sách."),
            },
        )

    def entries(self) -> list[ReviewEntry]:
        """What the service records."""
        month = self.cleaned_data["month"]
        return [
            ReviewEntry(sponsor=sponsor, month=month, verdict=Verdict.ON_PLAN)
            for sponsor in self.cleaned_data["sponsor"]
        ]
