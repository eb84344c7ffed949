"""What the office types about tasks: one description for many places, and later changes."""

from collections.abc import Iterable, Sequence
from datetime import date

from django import forms
from django.utils.translation import gettext_lazy as _

from communes.models import Village
from criteria.models import Criterion, Department
from ntm_tracker.core.form_fields import DayField, LineField, NoteField
from ntm_tracker.core.models import Document
from ntm_tracker.core.widgets import LongSelect
from sponsors.choices import Owner, Pace
from sponsors.forms.places import PlacesField
from sponsors.models import Sponsor, Task
from sponsors.selectors import CommunePlaces, SponsorsThere
from sponsors.services import StaleVersion, TaskAmendment, TaskDraft

SCOPES = [
    ("commune", _("Mỗi xã một việc")),
    ("villages", _("Mỗi thôn một việc")),
    ("villages_left", _("Mỗi thôn chưa được công nhận")),
    ("chosen", _("Chỉ những nơi đánh dấu dưới đây")),
]
AUTO = (0, _("Đơn vị được phân công ở từng nơi"))


class ObjectField(forms.TypedChoiceField):
    """One of the objects at hand, chosen from a list; None when empty."""

    def __init__(self, *, objects: Iterable, empty="Không gắn", **kwargs):
        self.objects = {str(one.pk): one for one in objects}
        pairs = [("", empty), *((key, str(one)) for key, one in self.objects.items())]
        super().__init__(
            choices=pairs,
            required=False,
            coerce=lambda key: self.objects[key],
            empty_value=None,
            widget=LongSelect,
            **kwargs,
        )


class ScopeForm(forms.Form):
    """Where tasks are to be created, and which sponsor does them."""

    use_required_attribute = False

    scope = forms.ChoiceField(
        label=_("Phạm vi"),
        choices=SCOPES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn phạm vi.")},
    )
    seen = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def __init__(self, *args, places: Sequence[CommunePlaces], there: SponsorsThere, **kwargs):
        super().__init__(*args, **kwargs)
        self.places = places
        self.fields["place"] = PlacesField(label=_("Nơi"), places=places, required=False)
        self.fields["sponsor"] = forms.TypedChoiceField(
            label=_("Đơn vị đỡ đầu thực hiện"),
            choices=[AUTO, *there.choices],
            coerce=int,
            required=False,
            widget=LongSelect,
            error_messages={
                "invalid_choice": _("Đơn vị này không được phân công ở các xã đã chọn.")
            },
        )

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if not self.places:
            self.add_error(None, "Hãy chọn ít nhất một xã.")
        elif data.get("scope") == "chosen" and not data.get("place") and "place" not in self.errors:
            self.add_error("place", "Hãy đánh dấu ít nhất một xã hoặc thôn.")
        return data

    def spots(self) -> list:
        """(commune, village or None) of every task, by commune and village."""
        scope = self.cleaned_data["scope"]
        if scope == "chosen":
            return self.cleaned_data["place"]
        if scope == "commune":
            return [(place.commune, None) for place in self.places]
        rows = [
            (place.commune, row.pk)
            for place in self.places
            for row in place.villages
            if scope == "villages" or not row.is_met
        ]
        villages = Village.objects.in_bulk([pk for _commune, pk in rows])
        return [(commune, villages[pk]) for commune, pk in rows]


class TaskForm(ScopeForm):
    """One description, one task per place."""

    title = LineField(
        label=_("Việc"),
        max_length=300,
        error_messages={"required": _("Hãy ghi tên việc.")},
        help_text=_("Viết {thôn} hoặc {xã} ở chỗ cần điền tên của từng nơi."),
    )
    detail = NoteField(label=_("Nội dung"), required=False)
    owner = forms.ChoiceField(
        label=_("Bên thực hiện"),
        choices=Owner.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn bên thực hiện.")},
    )
    helper = LineField(label=_("Địa phương hỗ trợ"), max_length=150, required=False)
    is_within_means = forms.BooleanField(label=_("Trong khả năng của xã, thôn"), required=False)
    pace = forms.ChoiceField(
        label=_("Lịch"), choices=Pace.choices, widget=forms.RadioSelect, initial=Pace.MONTH
    )
    starts_on = DayField(
        label=_("Bắt đầu"), error_messages={"required": _("Hãy ghi ngày bắt đầu.")}
    )
    due_on = DayField(label=_("Hạn"), error_messages={"required": _("Hãy ghi hạn.")})

    def __init__(
        self,
        *args,
        criteria: Iterable[Criterion],
        departments: Iterable[Department],
        documents: Iterable[Document],
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.fields["criterion"] = ObjectField(label=_("Tiêu chí"), objects=criteria)
        self.fields["department"] = ObjectField(
            label=_("Sở, ngành thực hiện"), objects=departments, empty=_("Chưa chọn")
        )
        self.fields["document"] = ObjectField(label=_("Theo văn bản"), objects=documents)

    def clean(self):
        data = super().clean()
        if data.get("owner") == Owner.DEPARTMENT and not data.get("department"):
            self.add_error("department", "Hãy chọn sở, ngành thực hiện.")
        if data.get("owner") == Owner.LOCALITY and not data.get("helper"):
            self.add_error("helper", "Hãy ghi địa phương hỗ trợ.")
        starts, due = data.get("starts_on"), data.get("due_on")
        if starts and due and due < starts:
            self.add_error("due_on", "Hạn ở trước ngày bắt đầu.")
        return data

    def draft(self, today: date) -> TaskDraft:
        """What every task has in common."""
        data = self.cleaned_data
        same = ("title", "detail", "criterion", "department", "helper", "is_within_means")
        return TaskDraft(
            owner=Owner(data["owner"]),
            pace=Pace(data["pace"]),
            assigned_on=today,
            starts_on=data["starts_on"],
            due_on=data["due_on"],
            sponsor_id=data["sponsor"] or None,
            document=data["document"],
            **{name: data[name] for name in same},
        )


class TaskEditForm(forms.Form):
    """A later change of what was asked for."""

    use_required_attribute = False

    version = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    title = LineField(
        label=_("Việc"), max_length=300, error_messages={"required": _("Hãy ghi tên việc.")}
    )
    due_on = DayField(label=_("Hạn"), error_messages={"required": _("Hãy ghi hạn.")})
    owner = forms.ChoiceField(
        label=_("Bên thực hiện"), choices=Owner.choices, widget=forms.RadioSelect
    )
    helper = LineField(label=_("Địa phương hỗ trợ"), max_length=150, required=False)
    note = NoteField(label=_("Lý do"), error_messages={"required": _("Hãy ghi lý do thay đổi.")})

    def __init__(
        self,
        data=None,
        *,
        task: Task,
        sponsors: Iterable[Sponsor],
        departments: Iterable[Department],
    ):
        names = ("version", "title", "due_on", "owner", "helper")
        initial = {name: getattr(task, name) for name in names}
        initial |= {"sponsor": task.sponsor_id, "department": task.department_id}
        super().__init__(data, initial=initial)
        self.fields["sponsor"] = ObjectField(
            label=_("Đơn vị đỡ đầu thực hiện"), objects=sponsors, empty=_("Chưa chọn")
        )
        self.fields["department"] = ObjectField(
            label=_("Sở, ngành thực hiện"), objects=departments, empty=_("Chưa chọn")
        )

    def amendment(self) -> TaskAmendment:
        """What the service writes."""
        data = self.cleaned_data
        return TaskAmendment(
            title=data["title"],
            due_on=data["due_on"],
            owner=Owner(data["owner"]),
            sponsor=data["sponsor"],
            department=data["department"],
            helper=data["helper"],
        )

    def explain(self, stale: StaleVersion) -> None:
        """Say what the other person wrote; sending the form again answers to that."""
        now = stale.entry.new if stale.entry else ""
        self.add_error(
            None,
            f"Trong lúc nhập, {stale.by_label} đã sửa việc này: {now}. Chưa ghi gì. "
            "Hãy kiểm tra, sửa nếu cần rồi gửi lại để ghi bản đang nhập.",
        )
        self.data = {**dict(self.data.items()), "version": str(stale.task.version)}
