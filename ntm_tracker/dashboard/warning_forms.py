"""The filters of the warnings, and the form that explains one."""

from django import forms
from django.utils.translation import gettext_lazy as _

from criteria.forms import FilterForm, Listed
from criteria.services.explanations import LONGEST
from ntm_tracker.core.findings import Finding
from ntm_tracker.core.form_fields import NoteField
from ntm_tracker.dashboard.selectors.warnings import EXPLAINED, OPEN, RULES


class WarningFilterForm(FilterForm):
    rule = forms.ChoiceField(
        label=_("Quy tắc"),
        required=False,
        choices=[("", _("Mọi quy tắc")), *RULES],
        error_messages={
            "invalid_choice": _("Không có quy tắc “%(value)s”; hãy chọn trong danh sách.")
        },
    )
    commune = Listed(label=_("Xã"), everything=_("Mọi xã"))
    state = forms.ChoiceField(
        required=False,
        choices=[("", ""), (OPEN, OPEN), (EXPLAINED, EXPLAINED)],
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("Không có mục cảnh báo “%(value)s”.")},
    )


class ExplainForm(forms.Form):
    """Why the figures may stand, with what the rule saw when the form was drawn."""

    # What is missing is said by the server in Vietnamese, not by a browser in its own language.
    use_required_attribute = False

    seen = forms.CharField(max_length=200, widget=forms.HiddenInput)
    text = NoteField(
        label=_("Giải trình"),
        max_length=LONGEST,
        error_messages={"required": _("Hãy ghi vì sao số liệu vẫn đúng.")},
        help_text=_("Vì sao số liệu vẫn đúng; nếu sai thì hãy sửa số liệu, cảnh báo tự hết."),
    )

    def explain(self, finding: Finding) -> None:
        """Say that the figures moved while the form was open."""
        self.add_error(
            None,
            f"Số liệu đã thay đổi trong lúc nhập: {finding.sentence} Chưa ghi gì; hãy xem lại giải "
            "trình rồi gửi lại.",
        )
