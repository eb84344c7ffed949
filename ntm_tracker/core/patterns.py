"""The pattern page: every component with its states. Only with DEBUG (see ntm_tracker/urls.py)."""

from types import SimpleNamespace

from django import forms
from django.contrib import messages
from django.contrib.messages.storage.base import Message
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ntm_tracker.core.pictures.samples import samples

BADGES = (
    ("met", "Đạt"),
    ("not_met", "Chưa đạt"),
    ("na", "Không áp dụng"),
    ("returned", "Trả lại"),
    ("unreported", "Chưa báo cáo"),
    ("late", "Chậm 15 ngày"),
    ("due_soon", "Còn 5 ngày"),
    ("assigned", "Đã giao"),
    ("in_progress", "Đang làm"),
    ("reported", "Đề nghị nghiệm thu"),
    ("accepted", "Đã nghiệm thu"),
    ("cancelled", "Hủy"),
    ("self_declared", "Chạm chuẩn"),
    ("under_appraisal", "Đang trình thẩm định"),
    ("voted", "Hội đồng đã bỏ phiếu"),
    ("recognised", "Đã công nhận"),
    ("carried_over", "Thừa nhận sau sắp xếp"),
    ("refused", "Chưa được thông qua"),
    ("revoked", "Bị thu hồi"),
    ("not_yet", "Chưa đạt kiểu mẫu"),
    ("declared", "Tự đánh giá đạt"),
    ("signed", "Đã ký kết"),
    ("open", "Tháng đang mở"),
    ("draft", "Bản tạm"),
    ("closed", "Đã khóa"),
    ("illustrative", "minh họa"),
    ("sourced", "có nguồn"),
)
RUNGS = (("self", "Tự đánh giá"), ("verified", "Đã kiểm tra"), ("appraised", "Đã thẩm định"))
SIGNS = (
    ("m3", "Đạt, đã thẩm định"),
    ("m2", "Đạt, đã kiểm tra"),
    ("m1", "Đạt, tự đánh giá"),
    ("x3", "Chưa đạt, đã thẩm định"),
    ("x2", "Chưa đạt, đã kiểm tra"),
    ("x1", "Chưa đạt, tự đánh giá"),
    ("l3", "Chưa đạt, quá hạn kế hoạch, đã thẩm định"),
    ("l2", "Chưa đạt, quá hạn kế hoạch, đã kiểm tra"),
    ("l1", "Chưa đạt, quá hạn kế hoạch, tự đánh giá"),
    ("re", "Đã trả lại, chờ báo cáo lại"),
    ("na", "Không áp dụng"),
    ("no", "Chưa báo cáo"),
    ("nl", "Chưa báo cáo, quá hạn kế hoạch"),
)
TASKS = (
    ("Bê tông hóa 700 m đường trục thôn 5", "Hà Linh", "15/04/2022", 35, "late", "Chậm 15 ngày"),
    ("Trồng 1.200 m hàng rào xanh", "Hương Liên", "05/05/2022", 50, "due_soon", "Còn 5 ngày"),
    ("Chỉnh trang 20 vườn hộ", "Phúc Đồng", "12/04/2022", 100, "accepted", "Đã nghiệm thu"),
)


class SampleForm(forms.Form):
    """One field of every kind."""

    transition = forms.ChoiceField(
        label=_("Việc làm"),
        choices=[("progress", _("Cập nhật tiến độ")), ("propose_done", _("Đề nghị nghiệm thu"))],
        widget=forms.RadioSelect,
    )
    progress = forms.IntegerField(
        label=_("Tiến độ"),
        min_value=0,
        max_value=100,
        help_text=_("Phần đã làm xong của cả việc."),
        error_messages={"max_value": _("Tiến độ từ 0 đến 100.")},
    )
    commune = forms.ChoiceField(label=_("Xã"), choices=[("", _("Tất cả")), ("1", "Hà Linh")])
    note = forms.CharField(
        label=_("Đã làm gì"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Hãy ghi vài lời về việc đã làm.")},
    )
    done_on = forms.DateField(label=_("Ngày"), required=False, help_text=_("Viết như 31/03/2022."))
    is_urgent = forms.BooleanField(label=_("Cần hỗ trợ gấp"), required=False)
    photo = forms.FileField(label=_("Ảnh"), required=False, help_text=_("JPG hoặc PNG."))


class SampleFilter(forms.Form):
    """A filter bar: selects that say what is chosen, one check box."""

    commune = forms.ChoiceField(
        label=_("Xã"), choices=[("", _("Tất cả")), ("1", "Hà Linh")], required=False
    )
    state = forms.ChoiceField(
        label=_("Trạng thái"), choices=[("", _("Tất cả")), ("late", _("Chậm"))], required=False
    )
    late = forms.BooleanField(label=_("Chỉ việc chậm"), required=False)


def matrix_row(name: str, signs: tuple[str, ...]) -> dict[str, object]:
    """A row of the sample matrix, with the same cells as the real one."""
    words = dict(SIGNS)
    cells = "".join(f"<td class={sign}>{words[sign]}" for sign in signs)
    met = sum(sign[0] == "m" or sign == "na" for sign in signs)
    return {"name": name, "met": met, "cells": mark_safe(cells)}  # noqa: S308 (our own constants)


@require_safe
def patterns(request: HttpRequest) -> HttpResponse:
    """Every component with its states, on invented data."""
    signs = tuple(sign for sign, _word in SIGNS)
    wrong = {"transition": "progress", "progress": "130", "note": "", "done_on": "31/02/2022"}
    tasks = [
        SimpleNamespace(
            title=title, commune=commune, due=due, progress=done, state=state, word=word
        )
        for title, commune, due, done, state, word in TASKS
    ]
    return render(
        request,
        "patterns.html",
        {
            "badges": BADGES,
            "rungs": RUNGS,
            "signs": SIGNS,
            "matrix": [
                matrix_row("Hương Bình", signs),
                matrix_row("Hà Linh", tuple(reversed(signs))),
            ],
            "columns": range(1, len(signs) + 1),
            "form": SampleForm(initial={"progress": 60, "transition": "progress"}),
            "wrong_form": SampleForm(wrong, auto_id="wrong_%s"),
            "filter_form": SampleFilter(auto_id="filter_%s"),
            "tasks": tasks,
            "page_obj": Paginator(range(340), 100).page(2),
            "crumbs": [("Bảng tổng hợp", "#"), ("Xã Hà Linh", "")],
            "tabs": [
                SimpleNamespace(label="Tiêu chí", url="#", current=True, count=20),
                SimpleNamespace(label="Kinh phí", url="#", current=False, count=None),
            ],
            "pictures": samples(),
            "levels": ["info", "success", "warning", "error"],
            "messages": [
                Message(messages.SUCCESS, "Đã lưu báo cáo tiến độ 45%."),
                Message(messages.ERROR, "Chưa lưu được, hãy thử lại."),
            ],
        },
    )
