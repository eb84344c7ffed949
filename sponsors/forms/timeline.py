"""The filters of the timeline."""

from django import forms
from django.core.exceptions import BadRequest
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.widgets import LongSelect
from sponsors.choices import Owner
from sponsors.forms.filters import FilterForm
from sponsors.selectors import TaskChoices, TaskFilters, TimelineFilters
from sponsors.selectors.timeline import COMMUNE, MONTH, SPONSOR, WEEK

NO_CHOICE = {"invalid_choice": _("Không có lựa chọn “%(value)s”.")}


class TimelineForm(FilterForm):
    """An address of the timeline."""

    by = forms.ChoiceField(
        label=_("Xếp theo"),
        required=False,
        choices=[(COMMUNE, _("Xã")), (SPONSOR, _("Đơn vị đỡ đầu"))],
        error_messages=NO_CHOICE,
    )
    step = forms.ChoiceField(
        label=_("Lịch"),
        required=False,
        choices=[(WEEK, _("Theo tuần")), (MONTH, _("Theo tháng"))],
        error_messages=NO_CHOICE,
    )
    commune = forms.CharField(label=_("Xã"), required=False, max_length=10)
    sponsor = forms.IntegerField(
        label=_("Đơn vị đỡ đầu"),
        required=False,
        error_messages={"invalid": _("Mã đơn vị đỡ đầu không đúng.")},
    )
    criterion = forms.IntegerField(
        label=_("Tiêu chí"),
        required=False,
        error_messages={"invalid": _("Số tiêu chí không đúng.")},
    )
    owner = forms.ChoiceField(
        label=_("Bên thực hiện"),
        required=False,
        choices=[("", _("Tất cả")), *Owner.choices],
        error_messages=NO_CHOICE,
    )
    start = forms.DateField(
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.HiddenInput,
        error_messages={"invalid": _("Ngày bắt đầu của khung không đúng.")},
    )

    def filters(self) -> TimelineFilters:
        """What the address asks for. A frame starts between 2000 and 2100."""
        data = self.read()
        start = data["start"]
        if start is not None and not 2000 <= start.year < 2100:
            raise BadRequest("Khung tiến độ bắt đầu từ năm 2000 đến 2099. Hãy sửa địa chỉ.")
        return TimelineFilters(
            by=data["by"] or COMMUNE,
            step=data["step"] or WEEK,
            start=start,
            owner=data["owner"],
            tasks=TaskFilters(
                commune=data["commune"], criterion=data["criterion"], sponsor=data["sponsor"]
            ),
        )

    def offer(self, choices: TaskChoices) -> "TimelineForm":
        """Turn the fields into lists of what there is; a field without a choice goes."""
        lists = {
            "commune": choices.communes,
            "criterion": [(number, f"{number}. {name}") for number, name in choices.criteria],
            "sponsor": choices.sponsors,
        }
        for name, pairs in lists.items():
            if len(pairs) < 2 and not self.data.get(name):
                del self.fields[name]
            else:
                self.fields[name].widget = LongSelect(choices=[("", "Tất cả"), *pairs])
        return self
