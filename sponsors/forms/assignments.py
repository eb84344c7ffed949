"""What people type about who sponsors whom."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.choices import DocumentKind
from ntm_tracker.core.documents import Paper
from ntm_tracker.core.form_fields import DayField, IdField, LineField, NoteField
from ntm_tracker.core.widgets import LongSelect
from sponsors.choices import Basis
from sponsors.forms.filters import FilterForm, no_such_choice
from sponsors.forms.places import PlacesField
from sponsors.selectors import AssignmentFilters, AssignmentRow
from sponsors.selectors.places import CommunePlaces

PAPERS = [
    ("", _("Tất cả")),
    ("any", _("Thiếu ký kết hoặc kế hoạch")),
    ("agreement", _("Chưa ký kết")),
    ("plan", _("Chưa có kế hoạch")),
    ("late", _("Đã quá hạn")),
]


class AssignmentFilterForm(FilterForm):
    commune = forms.CharField(label=_("Xã"), required=False, max_length=10)
    sponsor = IdField(
        label=_("Đơn vị đỡ đầu"),
        required=False,
        error_messages={"invalid": _("Mã đơn vị đỡ đầu không đúng.")},
    )
    papers = forms.ChoiceField(
        label=_("Ký kết, kế hoạch"),
        required=False,
        choices=PAPERS,
        error_messages=no_such_choice(),
    )
    view = forms.ChoiceField(
        required=False,
        choices=[("", ""), ("none", ""), ("many", ""), ("no_lead", "")],
        widget=forms.HiddenInput,
        error_messages=no_such_choice(),
    )

    def filters(self) -> AssignmentFilters:
        """What the address asks for."""
        data = self.read()
        return AssignmentFilters(data["commune"], data["sponsor"], data["papers"], data["view"])

    def offer(self, communes: Sequence, sponsors: Sequence) -> "AssignmentFilterForm":
        """Turn the fields into lists of what there is; a field without a choice goes."""
        for name, pairs in (("commune", communes), ("sponsor", sponsors)):
            if len(pairs) < 2 and not self.data.get(name):
                del self.fields[name]
            else:
                self.fields[name].widget = LongSelect(choices=[("", "Tất cả"), *pairs])
        return self


class AssignmentForm(forms.Form):
    """One decision that binds a sponsor to communes and villages."""

    use_required_attribute = False

    basis = forms.ChoiceField(
        label=_("Hình thức"),
        choices=Basis.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn giao hay chấp thuận.")},
    )
    number = LineField(
        label=_("Số quyết định"),
        max_length=60,
        error_messages={"required": _("Hãy ghi số, ký hiệu quyết định.")},
        help_text=_("Như 834/QĐ-UBND. Quyết định đã có trong hệ thống được nhận ra theo số, ngày."),
    )
    decided_on = DayField(
        label=_("Ngày quyết định"),
        error_messages={"required": _("Hãy ghi ngày quyết định.")},
    )
    issuer = LineField(label=_("Cơ quan ban hành"), max_length=200, required=False)
    subject = LineField(
        label=_("Trích yếu"),
        max_length=500,
        required=False,
        help_text=_("Cần ghi khi quyết định chưa có trong hệ thống."),
    )
    is_lead = forms.BooleanField(label=_("Là đơn vị chủ trì ở những nơi này"), required=False)
    agreement_due_on = DayField(label=_("Hạn ký kết"), required=False)
    plan_due_on = DayField(label=_("Hạn có kế hoạch"), required=False)

    def __init__(self, *args, places: Sequence[CommunePlaces], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["place"] = PlacesField(label=_("Nơi đỡ đầu"), places=places)

    def paper(self) -> Paper:
        """The decision."""
        data = self.cleaned_data
        return Paper(
            number=data["number"],
            issued_on=data["decided_on"],
            kind=DocumentKind.DECISION,
            issuer=data["issuer"],
            subject=data["subject"],
        )

    def fields_of_service(self) -> dict:
        """The arguments of `services.create_assignments` but the paper."""
        data = self.cleaned_data
        return {
            "places": data["place"],
            "basis": Basis(data["basis"]),
            **{
                name: data[name]
                for name in ("decided_on", "is_lead", "agreement_due_on", "plan_due_on")
            },
        }


class PapersForm(forms.Form):
    """When the agreement was signed and the plan was made, and by when they are due."""

    use_required_attribute = False

    agreement_signed_on = DayField(label=_("Ngày ký kết"), required=False)
    plan_done_on = DayField(label=_("Ngày có kế hoạch"), required=False)
    agreement_due_on = DayField(label=_("Hạn ký kết"), required=False)
    plan_due_on = DayField(label=_("Hạn lập kế hoạch"), required=False)

    def __init__(self, data=None, *, row: AssignmentRow):
        days = {
            "agreement_signed_on": row.agreement.done_on,
            "plan_done_on": row.plan.done_on,
            "agreement_due_on": row.agreement.due_on,
            "plan_due_on": row.plan.due_on,
        }
        super().__init__(data, initial=days, prefix="papers")

    def clean(self):
        super().clean()
        if not self.errors and not any(self.cleaned_data.values()):
            self.add_error(None, "Hãy ghi ngày ký kết, ngày có kế hoạch hoặc hạn.")
        return self.cleaned_data


class EndForm(forms.Form):
    """When and why an assignment ends."""

    use_required_attribute = False

    ended_on = DayField(
        label=_("Kết thúc từ ngày"), error_messages={"required": _("Hãy ghi ngày kết thúc.")}
    )
    note = NoteField(
        label=_("Lý do"), error_messages={"required": _("Hãy ghi lý do kết thúc phân công.")}
    )
