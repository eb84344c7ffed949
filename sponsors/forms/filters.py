"""The filters of the lists: forms that read an address, and links that change it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.widgets import LongSelect
from sponsors.choices import SponsorKind, TaskState
from sponsors.selectors import (
    DUE_SOON_DAYS,
    AssignmentFilters,
    AssignmentList,
    SponsorFilters,
    TaskChoices,
    TaskCounts,
    TaskFilters,
)
from sponsors.selectors.task_filters import OPEN


class FilterForm(forms.Form):
    """A filter bar. An address that makes no sense is refused, not half obeyed."""

    page = forms.IntegerField(
        required=False,
        min_value=1,
        widget=forms.HiddenInput,
        error_messages={
            "invalid": _("Số trang không đúng."),
            "min_value": _("Số trang bắt đầu từ 1."),
        },
    )

    def __init__(self, data: QueryDict):
        super().__init__(data, auto_id="filter_%s")

    def read(self) -> dict[str, Any]:
        """The cleaned values; BadRequest with the first sentence that refuses one."""
        if not self.is_valid():
            sentences = [text for errors in self.errors.values() for text in errors]
            raise BadRequest(f"{sentences[0]} Hãy sửa địa chỉ hoặc bấm Xóa lọc.")
        return self.cleaned_data

    def without_page(self):
        """The form for the page: a new choice begins at page 1."""
        del self.fields["page"]
        return self


class PageForm(FilterForm):
    """The address of a list that has pages and nothing to narrow it by."""

    def number(self) -> int:
        return self.read()["page"] or 1


def no_such_choice() -> dict[str, Any]:
    """The sentence for a value of an address that is none of the choices."""
    return {"invalid_choice": _("Không có lựa chọn “%(value)s”.")}


class TaskFilterForm(FilterForm):
    q = forms.CharField(label=_("Tìm việc"), required=False, max_length=100)
    commune = forms.CharField(label=_("Xã"), required=False, max_length=10)
    criterion = forms.IntegerField(
        label=_("Tiêu chí"),
        required=False,
        error_messages={"invalid": _("Số tiêu chí không đúng.")},
    )
    sponsor = forms.IntegerField(
        label=_("Đơn vị đỡ đầu"),
        required=False,
        error_messages={"invalid": _("Mã đơn vị đỡ đầu không đúng.")},
    )
    state = forms.ChoiceField(
        required=False,
        choices=[("", ""), (OPEN, ""), *TaskState.choices],
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("Không có trạng thái “%(value)s”.")},
    )
    late = forms.ChoiceField(
        required=False,
        choices=[("", ""), ("1", "")],
        widget=forms.HiddenInput,
        error_messages=no_such_choice(),
    )
    due = forms.IntegerField(
        required=False,
        min_value=0,
        max_value=366,
        widget=forms.HiddenInput,
        error_messages={
            "invalid": _("Số ngày đến hạn không đúng."),
            "min_value": _("Số ngày đến hạn không được âm."),
            "max_value": _("Số ngày đến hạn không quá 366."),
        },
    )

    def filters(self) -> TaskFilters:
        """What the address asks for."""
        data = self.read()
        return TaskFilters(
            commune=data["commune"],
            criterion=data["criterion"],
            sponsor=data["sponsor"],
            state=data["state"],
            late=bool(data["late"]),
            due=data["due"],
            q=data["q"],
        )

    def offer(self, choices: TaskChoices) -> "TaskFilterForm":
        """Turn the fields into lists of what there is; a field without a choice goes."""
        all_of = [("", "Tất cả")]
        lists = {
            "commune": choices.communes,
            "criterion": [(number, f"{number}. {name}") for number, name in choices.criteria],
            "sponsor": choices.sponsors,
        }
        for name, pairs in lists.items():
            if len(pairs) < 2 and not self.data.get(name):
                del self.fields[name]
            else:
                self.fields[name].widget = LongSelect(choices=[*all_of, *pairs])
        return self


class SponsorFilterForm(FilterForm):
    q = forms.CharField(label=_("Tìm đơn vị"), required=False, max_length=100)
    kind = forms.ChoiceField(
        label=_("Loại"),
        required=False,
        choices=[("", "Tất cả"), *SponsorKind.choices],
        error_messages=no_such_choice(),
    )
    commune = forms.CharField(label=_("Xã"), required=False, max_length=10)
    late = forms.ChoiceField(
        label=_("Ký kết, kế hoạch"),
        required=False,
        choices=[("", "Tất cả"), ("1", _("Chậm ký kết hoặc kế hoạch"))],
        error_messages=no_such_choice(),
    )

    def filters(self) -> SponsorFilters:
        """What the address asks for."""
        data = self.read()
        return SponsorFilters(
            q=data["q"],
            kind=data["kind"],
            commune=data["commune"],
            late_papers=bool(data["late"]),
        )

    def offer(self, communes: Sequence[tuple[str, str]]) -> "SponsorFilterForm":
        """Turn the commune field into a list of the communes there are."""
        self.fields["commune"].widget = LongSelect(choices=[("", "Tất cả"), *communes])
        return self


@dataclass(frozen=True)
class Tab:
    """A link that sets one view of the list and keeps its other filters."""

    label: str
    url: str
    current: bool
    count: int


def task_tabs(counts: TaskCounts, filters: TaskFilters, query: QueryDict) -> list[Tab]:
    """The views of the task list, each with how many tasks it holds."""
    views = [
        ("Tất cả", {}, counts.total),
        ("Chậm", {"late": "1"}, counts.late),
        ("Sắp đến hạn", {"due": str(DUE_SOON_DAYS)}, counts.due_soon),
        ("Đang làm", {"state": OPEN}, counts.open),
        ("Chờ nghiệm thu", {"state": TaskState.REPORTED.value}, counts.reported),
        ("Đã nghiệm thu", {"state": TaskState.ACCEPTED.value}, counts.accepted),
    ]
    if counts.cancelled:
        views.append(("Đã hủy", {"state": TaskState.CANCELLED.value}, counts.cancelled))
    now = {
        key: value
        for key, value in (
            ("state", filters.state),
            ("late", "1" if filters.late else ""),
            ("due", "" if filters.due is None else str(filters.due)),
        )
        if value
    }
    keys = ("state", "late", "due")
    return [
        Tab(label, address(query, view, keys), view == now, count) for label, view, count in views
    ]


def coverage_tabs(found: AssignmentList, filters: AssignmentFilters, query: QueryDict) -> list[Tab]:
    """The assignments and what they leave uncovered, each with how many; none for who sees only
    his own."""
    if found.coverage is None:
        return []
    views = [
        ("Phân công", "", found.total),
        ("Thôn chưa có đơn vị", "none", len(found.coverage.none)),
        ("Thôn có từ 3 đơn vị", "many", len(found.coverage.many)),
        ("Xã chưa có chủ trì", "no_lead", len(found.coverage.no_lead)),
    ]
    return [
        Tab(
            label,
            address(query, {"view": view} if view else {}, ["view"]),
            filters.view == view,
            count,
        )
        for label, view, count in views
    ]


def address(query: QueryDict, view: dict[str, str], keys: Iterable[str]) -> str:
    """The address of a view: what it sets instead of `keys`, from the first page on."""
    kept = query.copy()
    for key in (*keys, "page"):
        kept.pop(key, None)
    kept.update(view)
    return f"?{kept.urlencode()}"
