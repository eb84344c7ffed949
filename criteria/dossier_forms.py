"""What people type when they record a step of a dossier: shape only, the service checks it."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from criteria.dossier_workflow import BY_STEP, Passage, Step
from criteria.services.dossiers import ContentEntry, StaleDossier, SurveyEntry, VoteEntry
from ntm_tracker.core.documents import Paper
from ntm_tracker.core.form_fields import DayField, LineField, NoteField

CONTENTS = 8
TAKE_BACK = "take_back"
COUNT_ERRORS = {
    "invalid": _("Hãy nhập một số nguyên."),
    "min_value": _("Số này không thể âm."),
    "max_value": _("Số này quá lớn."),
    "required": _("Hãy nhập số này."),
}


def _count(label: Any, *, required: bool = True) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=required,
        min_value=0,
        max_value=30_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages=COUNT_ERRORS,
    )


class StepForm(forms.Form):
    """One step; which fields it has follows from the table of steps."""

    use_required_attribute = False

    step = forms.ChoiceField(
        choices=[*Step.choices, (TAKE_BACK, "")],
        widget=forms.HiddenInput,
        error_messages={
            "required": _("Hãy chọn bước cần ghi."),
            "invalid_choice": _("Hãy chọn bước cần ghi."),
        },
    )
    seen = forms.IntegerField(
        min_value=0,
        widget=forms.HiddenInput,
        error_messages={"required": _("Biểu mẫu thiếu dữ liệu; hãy tải lại trang.")},
    )
    effective_on = DayField(
        label=_("Ngày"), error_messages={"required": _("Hãy ghi ngày của bước này.")}
    )
    note = NoteField(label=_("Ghi chú"), required=False)

    def __init__(self, *args, groups: list[str] | None = None, **kwargs):
        step = args[0].get("step", "") if args else kwargs["initial"]["step"]
        self.passage: Passage | None = BY_STEP.get(step)
        # What was sent is no part of a pattern: it may hold a % of its own.
        known = step if self.passage or step == TAKE_BACK else "step"
        kwargs.setdefault("auto_id", f"id_{known}_%s")
        super().__init__(*args, **kwargs)
        if step == TAKE_BACK:
            del self.fields["effective_on"]
        if step == TAKE_BACK or (self.passage and self.passage.note_required):
            self.fields["note"] = NoteField(
                label=_("Lý do"), error_messages={"required": _("Hãy ghi lý do.")}
            )
        if self.passage and self.passage.document_required:
            self._add_document()
        if step == Step.SURVEY:
            self._add_survey(groups or [])
        if step == Step.VOTE:
            for name, label in (
                ("members", _("Số thành viên Hội đồng")),
                ("present", _("Số có mặt")),
                ("in_favour", _("Số tán thành")),
            ):
                self.fields[name] = _count(label)

    def _add_document(self) -> None:
        self.fields["number"] = LineField(
            label=_("Số quyết định"),
            max_length=60,
            error_messages={"required": _("Hãy ghi số quyết định.")},
        )
        self.fields["issued_on"] = DayField(
            label=_("Ngày quyết định"), error_messages={"required": _("Hãy ghi ngày quyết định.")}
        )
        self.fields["issuer"] = LineField(
            label=_("Cơ quan ban hành"), required=False, max_length=200
        )
        self.fields["subject"] = LineField(label=_("Trích yếu"), required=False, max_length=500)

    def _add_survey(self, groups: list[str]) -> None:
        for name, label in (
            ("asked", _("Số hộ được hỏi")),
            ("answered", _("Số hộ trả lời")),
            ("satisfied", _("Số hộ hài lòng")),
        ):
            self.fields[name] = _count(label)
        for place in range(CONTENTS):
            self.fields[f"content_{place}"] = LineField(
                label=_("Nội dung"),
                required=False,
                max_length=255,
                initial=groups[place] if place < len(groups) else "",
            )
            self.fields[f"content_{place}_answered"] = _count(_("Trả lời"), required=False)
            self.fields[f"content_{place}_satisfied"] = _count(_("Hài lòng"), required=False)

    @property
    def content_rows(self) -> list[list[forms.BoundField]]:
        """The three fields of each content, for a table."""
        if "content_0" not in self.fields:
            return []
        return [
            [self[f"content_{n}{end}"] for end in ("", "_answered", "_satisfied")]
            for n in range(CONTENTS)
        ]

    def clean(self):
        super().clean()
        for name in (f"content_{n}" for n in range(CONTENTS)):
            if name not in self.fields:
                break
            answered = self.cleaned_data.get(f"{name}_answered")
            satisfied = self.cleaned_data.get(f"{name}_satisfied")
            if (answered is None) != (satisfied is None):
                self.add_error(name, _("Hãy ghi cả số trả lời và số hài lòng."))
            if answered is not None and not self.cleaned_data.get(name):
                self.add_error(name, _("Hãy ghi tên nội dung."))
        return self.cleaned_data

    def answer_to(self, seen: int) -> None:
        """Let the form that comes back speak of where the dossier stands now."""
        if isinstance(self.data, QueryDict):
            self.data["seen"] = str(seen)

    def paper(self, subject: str) -> Paper | None:
        """The decision that was typed, None where the step has none."""
        if "number" not in self.fields:
            return None
        data = self.cleaned_data
        return Paper(
            number=data["number"],
            issued_on=data["issued_on"],
            issuer=data["issuer"],
            subject=data["subject"] or subject,
        )

    def entry(self) -> dict[str, Any]:
        """The arguments of `services.dossiers.take_dossier_step` but for the document."""
        data = self.cleaned_data
        found: dict[str, Any] = {
            "step": data["step"],
            "seen": data["seen"],
            "effective_on": data["effective_on"],
            "note": data["note"],
        }
        if self.passage and self.passage.step == Step.SURVEY:
            found["survey"] = SurveyEntry(
                data["asked"],
                data["answered"],
                data["satisfied"],
                tuple(self._contents()),
            )
        if self.passage and self.passage.step == Step.VOTE:
            found["vote"] = VoteEntry(data["members"], data["present"], data["in_favour"])
        return found

    def _contents(self) -> Iterator[ContentEntry]:
        data = self.cleaned_data
        for name in (f"content_{n}" for n in range(CONTENTS)):
            if data[f"{name}_answered"] is not None:
                yield ContentEntry(data[name], data[f"{name}_answered"], data[f"{name}_satisfied"])

    def explain(self, stale: StaleDossier) -> None:
        """Say what the other person wrote and what this form wanted to write."""
        wanted = self.passage.label if self.passage else "Rút lại bước gần nhất"
        last = stale.last
        now = (
            f"{last.by_label} đã ghi “{last.get_state_display()}” ngày {last.effective_on:%d/%m/%Y}"
            if last
            else "hồ sơ không còn bước nào"
        )
        self.add_error(
            None,
            ValidationError(
                f"Trong lúc nhập, {now}. Bản đang nhập: “{wanted}”. Chưa ghi gì; hãy xem lại bên "
                "dưới rồi quyết định."
            ),
        )
