"""Raising a difficulty or request, answering it, and the filters of their list."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from communes.models import Commune
from ntm_tracker.core.widgets import LongSelect
from sponsors.choices import Answerer, DifficultyAction, DifficultyKind, DifficultyState
from sponsors.difficulty_workflow import BY_NAME, Turn
from sponsors.forms.fields import day_field
from sponsors.forms.filters import FilterForm, Tab, address
from sponsors.forms.tasks import ObjectField
from sponsors.selectors import DifficultyCounts, DifficultyFilters
from sponsors.services import DifficultyEntry, StaleDifficulty

LONGEST = 2000


class TurnText(forms.CharField):
    """Asked of every turn as far as the eye goes; for which it must be there the table says."""

    def validate(self, value):
        """Empty is for the service to judge."""


def _long_text(label: Any, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": rows}),
        error_messages={"required": _("Hãy ghi rõ nội dung.")},
    )


class DifficultyForm(forms.Form):
    """What stands in the way in one commune, and who is asked to answer."""

    use_required_attribute = False

    kind = forms.ChoiceField(
        label=_("Loại"), choices=DifficultyKind, widget=forms.RadioSelect, initial="difficulty"
    )
    text = _long_text(_("Nội dung"))
    answerer = forms.ChoiceField(
        label=_("Nơi trả lời"), choices=Answerer, widget=forms.RadioSelect, initial="office"
    )
    due_on = day_field(_("Hạn trả lời"), required=False, help_text=_("Để trống: 7 ngày làm việc."))

    field_order = ("kind", "text", "village", "sponsor", "answerer", "department", "due_on")

    def __init__(self, *args, commune: Commune, villages, sponsors, departments, **kwargs):
        super().__init__(*args, **kwargs)
        self.commune = commune
        lists = {
            "village": (_("Thôn"), villages, _("Cả xã")),
            "sponsor": (_("Liên quan đơn vị đỡ đầu"), sponsors, _("Không")),
            "department": (_("Sở, ngành trả lời"), departments, _("Không")),
        }
        for name, (label, queryset, nothing) in lists.items():
            self.fields[name] = forms.ModelChoiceField(
                label=label,
                queryset=queryset,
                required=False,
                empty_label=nothing,
                error_messages={"invalid_choice": _("Hãy chọn lại trong danh sách.")},
            )
        self.order_fields(self.field_order)

    def only_sponsor(self, sponsor_id: int | None) -> "DifficultyForm":
        """For an account that speaks for one sponsor there is nothing to choose."""
        if sponsor_id is not None:
            self.fields["sponsor"].initial = sponsor_id
            self.fields["sponsor"].widget = forms.HiddenInput()
        return self

    def entry(self) -> DifficultyEntry:
        """What the service records."""
        data = self.cleaned_data
        return DifficultyEntry(
            text=data["text"],
            commune=self.commune,
            kind=data["kind"],
            village=data["village"],
            sponsor=data["sponsor"],
            answerer=data["answerer"],
            department=data["department"],
            due_on=data["due_on"],
        )


class TurnForm(forms.Form):
    """An answer, forwarding, closing or reopening of one difficulty."""

    use_required_attribute = False

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    action = forms.ChoiceField(
        label=_("Việc làm"),
        widget=forms.RadioSelect,
        choices=[(name.value, turn.label) for name, turn in BY_NAME.items()],
        error_messages={
            "required": _("Hãy chọn việc cần làm."),
            "invalid_choice": _("Hãy chọn lại."),
        },
    )
    text = TurnText(
        label=_("Nội dung trả lời, lý do"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    answerer = forms.ChoiceField(
        label=_("Chuyển đến"), required=False, choices=[("", _("Không chuyển")), *Answerer.choices]
    )
    due_on = day_field(
        _("Hạn trả lời mới"), required=False, help_text=_("Để trống: 7 ngày làm việc.")
    )

    field_order = ("action", "text", "document", "answerer", "department", "due_on")

    def __init__(
        self, *args, version: int, turns: Sequence[Turn], departments, documents, **kwargs
    ):
        kwargs.setdefault("initial", {"version": version, "action": turns[0].name} if turns else {})
        super().__init__(*args, **kwargs)
        self.fields["action"].widget.choices = [(turn.name, turn.label) for turn in turns]
        self.fields["department"] = forms.ModelChoiceField(
            label=_("Sở, ngành"), queryset=departments, required=False, empty_label=_("Không")
        )
        if documents:
            self.fields["document"] = ObjectField(
                label=_("Văn bản trả lời"), objects=documents, empty=_("Không")
            )
        self.can_forward = DifficultyAction.FORWARD in {turn.name for turn in turns}
        self.can_reset_day = any(turn.target == DifficultyState.OPEN for turn in turns)
        self.order_fields(self.field_order)

    def turn(self) -> dict[str, Any]:
        """The arguments of `services.turn_difficulty`."""
        return dict(self.cleaned_data)

    def explain(self, stale: StaleDifficulty) -> None:
        """Say what the other person wrote and what stands in this form."""
        row, update = stale.difficulty, stale.update
        who = update.by_label if update else "người khác"
        said = f" “{update.text}”" if update and update.text else ""
        mine = BY_NAME[DifficultyAction(self.cleaned_data["action"])].label
        self.add_error(
            None,
            f"Trong lúc nhập, {who} đã ghi: {row.get_state_display()}, nơi trả lời "
            f"{row.owner_name}.{said} Bản đang nhập: {mine}. Chưa ghi gì; hãy xem lại rồi gửi.",
        )


class DifficultyFilterForm(FilterForm):
    commune = forms.CharField(label=_("Xã"), required=False, max_length=10)
    answerer = forms.ChoiceField(
        label=_("Nơi trả lời"),
        required=False,
        choices=[("", _("Tất cả")), *Answerer.choices],
        error_messages={"invalid_choice": _("Không có lựa chọn “%(value)s”.")},
    )
    state = forms.ChoiceField(
        required=False,
        choices=[("", ""), *DifficultyState.choices],
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("Không có trạng thái “%(value)s”.")},
    )
    late = forms.ChoiceField(
        required=False, choices=[("", ""), ("1", "")], widget=forms.HiddenInput
    )
    mine = forms.ChoiceField(
        required=False, choices=[("", ""), ("1", "")], widget=forms.HiddenInput
    )

    def filters(self) -> DifficultyFilters:
        """What the address asks for."""
        data = self.read()
        return DifficultyFilters(
            commune=data["commune"],
            answerer=data["answerer"],
            state=data["state"],
            late=bool(data["late"]),
            mine=bool(data["mine"]),
        )

    def offer(self, communes: Sequence[tuple[str, str]]) -> "DifficultyFilterForm":
        """Turn the commune field into a list of the communes there are."""
        self.fields["commune"].widget = LongSelect(choices=[("", "Tất cả"), *communes])
        return self


def difficulty_tabs(
    counts: DifficultyCounts, filters: DifficultyFilters, query: QueryDict
) -> list[Tab]:
    """The views of the list, each with how many it holds."""
    views = [
        ("Tất cả", {}, counts.total),
        ("Chậm trả lời", {"late": "1"}, counts.late),
        ("Chưa trả lời", {"state": DifficultyState.OPEN.value}, counts.open),
        ("Đã trả lời", {"state": DifficultyState.ANSWERED.value}, counts.answered),
        ("Đã giải quyết xong", {"state": DifficultyState.CLOSED.value}, counts.closed),
    ]
    if counts.mine or filters.mine:
        views.insert(1, ("Đơn vị tôi trả lời", {"mine": "1"}, counts.mine))
    asked = {
        "state": filters.state,
        "late": "1" if filters.late else "",
        "mine": "1" if filters.mine else "",
    }
    now = {key: value for key, value in asked.items() if value}
    return [Tab(label, address(query, view, asked), view == now, n) for label, view, n in views]
