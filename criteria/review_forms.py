"""What the queue and the page of one criterion send: the rows seen, and what is concluded."""

import re

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from criteria.choices import Outcome
from criteria.forms import FilterForm, Listed
from criteria.services.judging import GONE, Conflict, Seen, words_of
from criteria.workflow import JUDGING, UNDOING
from ntm_tracker.core.form_fields import NoteField

KEY = re.compile(r"(\d{1,18})-(\d{1,18})-(\d{1,18})")
MOST = 500
MOVES = [(move.value, move.label) for move in (*JUDGING, *UNDOING.values())]


class SeenField(forms.Field):
    """The ticked rows, each `commune-criterion-row` as it was drawn; a list of `Seen`."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value) -> list[Seen]:
        keys = [KEY.fullmatch(text) for text in value or []]
        if len(keys) > MOST or not all(keys):
            raise ValidationError(GONE)
        return [Seen(*map(int, key.groups())) for key in keys if key]


class JudgeForm(forms.Form):
    """A conclusion on one criterion or on many at once."""

    use_required_attribute = False

    move = forms.ChoiceField(
        label=_("Việc làm"),
        choices=MOVES,
        error_messages={
            "required": _("Hãy bấm một trong các nút bên dưới."),
            "invalid_choice": _("Hãy bấm một trong các nút bên dưới."),
        },
    )
    rows = SeenField(
        label=_("Tiêu chí đã chọn"),
        error_messages={"required": _("Chưa chọn tiêu chí nào; hãy đánh dấu ở đầu dòng.")},
    )
    outcome = forms.ChoiceField(
        label=_("Kết luận thẩm định"),
        required=False,
        choices=[(one.value, one.label) for one in (Outcome.MET, Outcome.NOT_MET)],
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Hãy chọn đạt hoặc chưa đạt.")},
    )
    note = NoteField(label=_("Hiện trạng, lý do"), required=False)

    @property
    def ticked(self) -> set[str]:
        """The keys that were sent, whatever is wrong with the form."""
        return set(self["rows"].value() or ())

    def judgement(self) -> dict:
        """The arguments of `services.judging.judge`."""
        data = self.cleaned_data
        return {
            "move": data["move"],
            "seen": data["rows"],
            "outcome": data["outcome"],
            "note": data["note"],
        }

    def explain(self, conflicts: tuple[Conflict, ...]) -> None:
        """Say of each criterion what the other wrote and what this form was drawn for."""
        for conflict in conflicts:
            self.add_error(None, _conflict_words(conflict))


def _conflict_words(conflict: Conflict) -> str:
    where = f"{conflict.commune}, tiêu chí {conflict.criterion}"
    shown = f"Bản đang xem: {words_of(conflict.seen)}. " if conflict.seen else ""
    if conflict.now is None:
        return f"{where}: báo cáo đã được rút lại. {shown}Chưa ghi gì."
    now = conflict.now
    return (
        f"{where}: {now.by_label} vừa ghi {words_of(now)}, tính đến {now.as_of:%d/%m/%Y}. {shown}"
        "Chưa ghi gì; hãy xem lại rồi quyết định."
    )


class ReviewFilterForm(FilterForm):
    """The filters of the queue; `at`, `group` and `tick` are links above it."""

    commune = Listed(label=_("Xã"), everything=_("Mọi xã"))
    criterion = Listed(label=_("Tiêu chí"), everything=_("Mọi tiêu chí"))
    at = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    group = forms.CharField(required=False, max_length=12, widget=forms.HiddenInput)
    tick = forms.CharField(required=False, max_length=1, widget=forms.HiddenInput)
