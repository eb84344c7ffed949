"""What the office types about plans: the template, and laying it over places."""

from collections.abc import Iterable
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.form_fields import DayField, LineField, NoteField
from ntm_tracker.core.models import Document
from sponsors.choices import Owner, Pace
from sponsors.forms.tasks import ObjectField, ScopeForm
from sponsors.models import PlanTemplate
from sponsors.services import StalePlan, StepEntry, TaskDraft, entry_of, template_version

MOST_STEPS = 80


class TemplateForm(forms.Form):
    """Name and note of a plan."""

    use_required_attribute = False

    name = LineField(
        label=_("Tên mẫu"), max_length=200, error_messages={"required": _("Hãy ghi tên mẫu.")}
    )
    note = NoteField(label=_("Ghi chú"), required=False)
    version = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, data=None, *, template: PlanTemplate | None = None):
        initial = {}
        if template:
            initial = {"name": template.name, "note": template.note}
            initial["version"] = template_version(template)
        super().__init__(data, initial=initial)
        self.template = template

    def explain(self, stale: StalePlan) -> None:
        """Say what the other person wrote; sending the form again answers to that."""
        who = stale.entry.by_label if stale.entry else "người khác"
        now = stale.entry.new if stale.entry else ""
        self.add_error(
            None,
            f"Trong lúc nhập, {who} đã sửa mẫu này: {now}. Chưa ghi gì. "
            "Hãy kiểm tra, sửa nếu cần rồi gửi lại để ghi bản đang nhập.",
        )
        self.data = {**dict(self.data.items()), "version": template_version(stale.template)}


class StepForm(forms.Form):
    """One task of a plan; a row without a title is no task."""

    use_required_attribute = False

    title = LineField(label=_("Việc"), max_length=300, required=False)
    owner = forms.ChoiceField(label=_("Bên thực hiện"), choices=Owner.choices)
    criterion_number = forms.IntegerField(
        label=_("Tiêu chí số"), required=False, min_value=1, max_value=99
    )
    pace = forms.ChoiceField(label=_("Tính theo"), choices=[("week", "tuần"), ("month", "tháng")])
    starts_at = forms.IntegerField(
        label=_("Từ tuần, tháng thứ"), min_value=1, max_value=260, initial=1
    )
    lasts = forms.IntegerField(label=_("Kéo dài"), min_value=1, max_value=260, initial=1)
    detail = LineField(label=_("Nội dung"), max_length=1000, required=False)

    @property
    def is_blank(self) -> bool:
        """Whether this row is left empty or was cleared."""
        return not str(self["title"].value() or "").strip()

    def full_clean(self):
        super().full_clean()
        if self.is_bound and self.is_blank:
            self.errors.clear()

    def entry(self) -> StepEntry:
        """The step as the service writes it."""
        data = dict(self.cleaned_data)
        return StepEntry(starts_after=data.pop("starts_at") - 1, **data)


class BaseStepFormSet(forms.BaseFormSet):
    def entries(self) -> list[StepEntry]:
        """The steps that are not blank, in their order."""
        return [form.entry() for form in self.forms if not form.is_blank]


StepFormSet: type[BaseStepFormSet] = forms.formset_factory(  # type: ignore[assignment]
    StepForm,
    formset=BaseStepFormSet,
    extra=3,
    max_num=MOST_STEPS,
    absolute_max=MOST_STEPS,
    validate_max=True,
)


def step_forms(data=None, template: PlanTemplate | None = None) -> BaseStepFormSet:
    """The rows of a plan, with a few empty ones behind them."""
    initial = []
    for step in template.steps.order_by("position") if template else ():
        entry = entry_of(step)
        names = ("title", "owner", "criterion_number", "pace", "lasts", "detail")
        row = {name: getattr(entry, name) for name in names}
        initial.append(row | {"starts_at": entry.starts_after + 1})
    return StepFormSet(data, initial=initial, prefix="step")


class LayForm(ScopeForm):
    """A plan over places from a day on."""

    starts_on = DayField(
        label=_("Ngày bắt đầu kế hoạch"), error_messages={"required": _("Hãy ghi ngày bắt đầu.")}
    )
    helper = LineField(
        label=_("Địa phương hỗ trợ"),
        max_length=150,
        required=False,
        help_text=_("Cho các việc do địa phương khác hỗ trợ."),
    )

    def __init__(self, *args, documents: Iterable[Document], **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["document"] = ObjectField(label=_("Theo văn bản"), objects=documents)

    def draft(self, today: date) -> TaskDraft:
        """What the steps leave open."""
        data = self.cleaned_data
        return TaskDraft(
            title="",
            owner=Owner.COMMUNE,
            pace=Pace.WEEK,
            assigned_on=today,
            starts_on=data["starts_on"],
            due_on=data["starts_on"],
            sponsor_id=data["sponsor"] or None,
            helper=data["helper"],
            document=data["document"],
        )
