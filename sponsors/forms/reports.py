"""What people type about tasks and promises: shape only, the services check the meaning."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core import uploads
from sponsors.choices import GiftKind, Giver, Owner, TaskTransition
from sponsors.forms.fields import GiftFields, PercentField, PhotosField, QuickField
from sponsors.models import Task
from sponsors.services import ContributionEntry, GiftEntry, StaleVersion
from sponsors.workflow import BY_NAME, ONE_TAP, Transition

REPORTING = {TaskTransition.PROGRESS, TaskTransition.PROPOSE_DONE}
QUICK = (25, 50, 75, 100)
LONGEST_NOTE = 2000


class TaskUpdateForm(GiftFields):
    """A report or decision on one task; `card.moves` are what this reader may do now."""

    version = forms.IntegerField(
        label=_("Phiên bản của biểu mẫu"), min_value=0, widget=forms.HiddenInput
    )
    transition = forms.ChoiceField(
        label=_("Việc làm"),
        widget=forms.RadioSelect,
        choices=[(name.value, move.label) for name, move in BY_NAME.items()],
        error_messages={
            "required": _("Hãy chọn việc cần làm."),
            "invalid_choice": _("Hãy chọn lại."),
        },
    )
    quick = QuickField(
        label=_("Đã làm được"),
        widget=forms.RadioSelect,
        choices=[(percent, f"{percent}%") for percent in QUICK],
        error_messages={"invalid_choice": _("Hãy chọn lại phần trăm.")},
    )
    progress = PercentField(label=_("Phần trăm khác"))
    note = forms.CharField(
        label=_("Đã làm gì"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    difficulty = forms.CharField(
        label=_("Khó khăn, kiến nghị"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    photos = PhotosField(
        label=_("Ảnh"),
        help_text=_("Tối đa %(count)s ảnh JPEG, PNG hoặc WEBP, mỗi ảnh %(size)s MB.")
        % {"count": uploads.MAX_PHOTOS, "size": uploads.MAX_MEGABYTES},
    )

    field_order = ("transition", "quick", "progress", "note", "photos")
    gift_names = tuple(GiftFields.base_fields)

    def __init__(self, *args, task: Task, version: int, moves: Sequence[Transition], **kwargs):
        # The ids change with the version that the form was drawn for: HTMX keeps the chosen photos
        # when the form comes back, and does not carry them over to the next report.
        sent = str(args[0].get("version", "")) if args else ""
        drawn_for = sent[:10] if sent.isdecimal() else version
        kwargs.setdefault("auto_id", f"id_{task.pk}_{drawn_for}_%s")
        kwargs.setdefault(
            "initial", {"version": version, "transition": moves[0].name} if moves else {}
        )
        super().__init__(*args, **kwargs)
        moves = [move for move in moves if move.name not in ONE_TAP]
        names = {move.name for move in moves}
        self.reports = bool(names & REPORTING)
        self.is_decision = not self.reports and bool(names)
        self.fields["transition"].widget.choices = [(move.name, move.label) for move in moves]
        self.fields["progress"].help_text = f"Hiện nay {task.progress}%."
        self.fields["description"].label = _("Hiện vật")
        self.fields["progress"].required = self.reports  # as far as the eye goes, see QuickField
        if self.is_decision:
            self.fields["progress"].label = _("Mức hoàn thành thực tế")
            self.fields["note"].label = _("Nhận xét, lý do")
            for name in ("quick", "difficulty", *self.gift_names):
                del self.fields[name]
        elif task.owner != Owner.SPONSOR:
            self.fields["giver"] = forms.ChoiceField(
                label=_("Bên đóng góp"), required=False, choices=_givers(task)
            )

    def clean(self):
        super().clean()
        data = self.cleaned_data
        quick, typed = data.get("quick"), data.get("progress")
        if quick and typed is not None and int(quick) != typed:
            self.add_error("progress", f"Đã nhập {typed}% nhưng lại chọn {quick}%; hãy giữ một số.")
        elif quick and typed is None and "progress" not in self.errors:
            data["progress"] = int(quick)
        move, told = BY_NAME.get(data.get("transition", "")), data.get("progress")
        if move and move.progress is not None and told not in {None, move.progress}:
            self.add_error(
                "progress", f"“{move.label}” là khi đã làm {move.progress}%; đang ghi {told}%."
            )
        return data

    @property
    def has_more(self) -> bool:
        """Whether the part that is folded away holds something or is to be corrected."""
        names = [name for name in (*self.gift_names, "difficulty") if name in self.fields]
        return any(self.errors.get(name) or self[name].value() for name in names)

    @property
    def brings_money(self) -> bool:
        """Whether the report says that money came."""
        return bool(self.cleaned_data.get("amount"))

    def report(self) -> dict[str, Any]:
        """The arguments of `services.record_task_update`."""
        data = self.cleaned_data
        return {
            "transition": data["transition"],
            "progress": data["progress"],
            "note": data["note"],
            "difficulty": data.get("difficulty", ""),
            "contributions": self._contributions(),
            "files": data["photos"],
            "version": data["version"],
        }

    def _contributions(self) -> list[ContributionEntry]:
        data = self.cleaned_data
        giver = data.get("giver") or None
        entries = []
        if data.get("amount"):
            entries.append(ContributionEntry(GiftKind.MONEY, amount=data["amount"], giver=giver))
        if data.get("description") or data.get("quantity") is not None or data.get("unit"):
            entries.append(
                ContributionEntry(
                    GiftKind.GOODS,
                    description=data["description"],
                    quantity=data["quantity"],
                    unit=data["unit"],
                    converted_value=data["converted_value"],
                    giver=giver,
                )
            )
        if data.get("labour_days") is not None:
            entries.append(
                ContributionEntry(GiftKind.LABOUR, labour_days=data["labour_days"], giver=giver)
            )
        return entries

    def explain(self, stale: StaleVersion) -> None:
        """Say what the other person wrote and what stands in this form."""
        now = f"{stale.task.get_state_display()}, {stale.task.progress}%"
        typed = self.cleaned_data.get("progress")
        own = BY_NAME[TaskTransition(self.cleaned_data["transition"])].label
        mine = own if typed is None else f"{own}, {typed}%"
        self.add_error(
            None,
            f"Trong lúc nhập, {stale.by_label} đã cập nhật việc này: {now}. Bản đang nhập: {mine}. "
            "Chưa ghi gì. Hãy kiểm tra, sửa nếu cần rồi gửi lại.",
        )


def _givers(task: Task) -> list[tuple[str, str]]:
    names = {giver.value: str(giver.label) for giver in Giver}
    if task.sponsor_id is None:
        del names[Giver.SPONSOR.value]
    if not task.helper:
        del names[Giver.LOCALITY.value]
    first = Giver.LOCALITY if task.owner == Owner.LOCALITY else Giver.PEOPLE
    return sorted(names.items(), key=lambda pair: pair[0] != first)


class AssignmentField(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        village = f"{obj.village}, " if obj.village else ""
        return f"{village}{obj.commune} ({obj.get_basis_display().lower()})"


class CommitmentForm(GiftFields):
    """A promise of a sponsor, written down by the office."""

    kind = forms.ChoiceField(label=_("Loại"), choices=GiftKind, widget=forms.RadioSelect)
    effective_on = forms.DateField(
        label=_("Ngày cam kết"),
        widget=forms.DateInput(attrs={"autocomplete": "off", "inputmode": "numeric"}),
        error_messages={"invalid": _("Ngày không đúng; hãy viết như 26/04/2022.")},
        help_text=_("Viết như 26/04/2022."),
    )

    field_order = ("assignment", "kind", "description", "amount", "effective_on")

    def __init__(self, *args, assignments, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["assignment"] = AssignmentField(
            label=_("Nơi đỡ đầu"), queryset=assignments, empty_label=None
        )
        self.fields["description"].label = _("Nội dung cam kết")
        self.fields["description"].required = True
        self.order_fields(self.field_order)

    def entry(self) -> GiftEntry:
        """What the service records."""
        data = self.cleaned_data
        return GiftEntry(
            kind=GiftKind(data["kind"]),
            description=data["description"],
            amount=data["amount"],
            quantity=data["quantity"],
            unit=data["unit"],
            converted_value=data["converted_value"],
            labour_days=data["labour_days"] or Decimal(0),
        )
