"""What people type about money: shape only, the services check the meaning."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from communes.models import Village
from criteria.choices import SourceKind
from criteria.models import Criterion, FundingCategory
from criteria.money_rules import Entry
from criteria.selectors.debts import Debt
from criteria.services.work_items import StaleAmount, Typed
from ntm_tracker.core.choices import DocumentKind
from ntm_tracker.core.documents import Paper
from ntm_tracker.core.form_fields import AmountField, DayField, LineField, NoteField
from ntm_tracker.core.numbers import dong_words, vi_number

ADD, LESS = "add", "less"


class PaperFields(forms.Form):
    """A document that is named by number and day; what else is typed counts where it is new."""

    # What is missing is said by the server in Vietnamese, not by a browser in its own language.
    use_required_attribute = False

    number = LineField(
        label=_("Số, ký hiệu văn bản"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    issued_on = DayField(label=_("Ngày văn bản"), required=False, help_text="")
    document_kind = forms.ChoiceField(
        label=_("Loại văn bản"),
        required=False,
        choices=[row for row in DocumentKind.choices if row[0] != DocumentKind.PRESS],
        initial=DocumentKind.DECISION,
    )
    issuer = LineField(label=_("Cơ quan ban hành"), required=False, max_length=200)
    subject = LineField(
        label=_("Trích yếu"),
        required=False,
        max_length=500,
        help_text=_("Chỉ cần ghi khi văn bản chưa có trong hệ thống."),
    )

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if "issued_on" not in self.errors and bool(data.get("number")) != bool(
            data.get("issued_on")
        ):
            name = "issued_on" if data.get("number") else "number"
            self.add_error(name, _("Văn bản cần cả số, ký hiệu và ngày."))
        return data

    def paper(self) -> Paper | None:
        """The document, if one was named."""
        data = self.cleaned_data
        if not data["number"]:
            return None
        return Paper(
            data["number"],
            data["issued_on"],
            data["document_kind"] or DocumentKind.DECISION,
            data["issuer"],
            data["subject"],
        )


class AmountForm(PaperFields):
    """An amount at a work item, with the sum that stood beside the form."""

    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)
    amount = AmountField(
        label=_("Số tiền"), required=True, error_messages={"required": _("Hãy nhập số tiền.")}
    )
    effective_on = DayField(
        label=_("Từ ngày"), error_messages={"required": _("Hãy nhập ngày có hiệu lực.")}
    )
    note = NoteField(label=_("Ghi chú, lý do"), required=False)

    entry = Entry.NEED
    field_order: tuple[str, ...] = (
        "seen",
        "kind",
        "direction",
        "amount",
        "effective_on",
        "number",
        "issued_on",
    )

    def __init__(self, *args, item_id: int, **kwargs):
        kwargs.setdefault("auto_id", f"id_{self.entry}_{item_id}_%s")
        super().__init__(*args, **kwargs)

    @property
    def has_more(self) -> bool:
        """Whether the part on the document that is folded away holds something."""
        names = ("document_kind", "issuer", "subject")
        return any(self.errors.get(name) for name in names) or bool(
            self["issuer"].value() or self["subject"].value()
        )

    def typed(self) -> Typed:
        """What the service records."""
        data = self.cleaned_data
        less = data.get("direction") == LESS
        return Typed(
            amount=-data["amount"] if less else data["amount"],
            effective_on=data["effective_on"],
            seen=data["seen"],
            kind=SourceKind(data["kind"]) if data.get("kind") else None,
            paper=self.paper(),
            note=data["note"],
        )

    def explain(self, stale: StaleAmount) -> None:
        """Say what the other person wrote and what stands in this form."""
        who = stale.row.by_label if stale.row else "người khác"
        self.add_error(
            None,
            f"Trong lúc nhập, {who} đã ghi: {self.entry.label.lower()} nay là "
            f"{dong_words(stale.now)}, lúc mở biểu mẫu là {dong_words(stale.seen)}. Bạn đang nhập "
            f"{vi_number(self.cleaned_data['amount'])} đồng. Chưa ghi gì: hãy kiểm tra rồi gửi lại "
            "để ghi số của bạn, hoặc giữ số đã có.",
        )


class NeedForm(AmountForm):
    """The need of a work item, as it is from a day on."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["amount"].label = _("Nhu cầu mới")
        self.fields["amount"].help_text = _(
            "Tổng nhu cầu từ ngày này; hệ thống ghi dòng chênh lệch. Viết như 54 triệu."
        )


class SourceForm(AmountForm):
    """Money that has a source from a day on."""

    entry = Entry.SOURCE
    kind = forms.ChoiceField(
        label=_("Nguồn vốn"),
        choices=[("", _("Chọn nguồn vốn")), *SourceKind.choices],
        error_messages={"required": _("Hãy chọn nguồn vốn.")},
    )
    direction = forms.ChoiceField(
        label=_("Loại dòng"),
        required=False,
        choices=[(ADD, _("Ghi thêm")), (LESS, _("Ghi giảm (điều chỉnh)"))],
        initial=ADD,
        widget=forms.RadioSelect,
    )


class DisbursementForm(SourceForm):
    """Money that was paid out on a day."""

    entry = Entry.DISBURSEMENT

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["effective_on"].label = _("Ngày giải ngân")
        self.fields["number"].label = _("Số chứng từ")
        self.fields["issued_on"].label = _("Ngày chứng từ")


FORMS: dict[Entry, type[AmountForm]] = {
    Entry.NEED: NeedForm,
    Entry.SOURCE: SourceForm,
    Entry.DISBURSEMENT: DisbursementForm,
}


class WhereForm(forms.Form):
    """In which commune a work item is added; its villages are then offered."""

    commune = forms.CharField(required=False, max_length=20)


class ItemForm(AmountForm):
    """A new work item with its first need."""

    name = LineField(
        label=_("Tên công trình, hạng mục"),
        max_length=255,
        error_messages={"required": _("Hãy ghi tên công trình.")},
    )
    field_order = ("category", "village", "criterion", "name", "amount", "effective_on")

    def __init__(
        self,
        *args,
        categories: QuerySet[FundingCategory],
        villages: QuerySet[Village],
        criteria: QuerySet[Criterion],
        **kwargs,
    ):
        super().__init__(*args, item_id=0, **kwargs)
        self.fields["category"] = forms.ModelChoiceField(
            label=_("Nội dung"),
            queryset=categories,
            empty_label=_("Chọn nội dung"),
            error_messages={"required": _("Hãy chọn nội dung kinh phí.")},
        )
        self.fields["village"] = forms.ModelChoiceField(
            label=_("Thôn"), queryset=villages, required=False, empty_label=_("Cả xã")
        )
        self.fields["criterion"] = forms.ModelChoiceField(
            label=_("Tiêu chí"),
            queryset=criteria,
            required=False,
            empty_label=_("Không gắn tiêu chí"),
        )
        self.fields["amount"].label = _("Nhu cầu")
        self.order_fields(self.field_order)

    def item(self) -> dict[str, Any]:
        """The arguments of `create_item` that describe the work."""
        data = self.cleaned_data
        return {name: data[name] for name in ("category", "village", "criterion", "name")}


class TakeBackForm(forms.Form):
    """Which row is taken back."""

    row = forms.IntegerField()


class DebtForm(PaperFields):
    """What a commune owes, and how much of it is overdue."""

    seen = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    total = AmountField(
        label=_("Nợ xây dựng cơ bản"),
        required=True,
        error_messages={"required": _("Hãy nhập số nợ; không nợ thì ghi 0.")},
    )
    overdue = AmountField(
        label=_("Trong đó nợ đọng"),
        required=True,
        error_messages={"required": _("Hãy nhập số nợ đọng; không có thì ghi 0.")},
        help_text=_("Phần đã quá hạn thanh toán; chỉ phần này cản trở công nhận."),
    )
    effective_on = DayField(
        label=_("Tính đến ngày"), error_messages={"required": _("Hãy nhập ngày của số nợ.")}
    )
    note = NoteField(label=_("Ghi chú"), required=False)
    field_order = ("seen", "total", "overdue", "effective_on", "number", "issued_on")

    def clean(self):
        super().clean()
        data = self.cleaned_data
        if {"total", "overdue"} <= data.keys() and data["overdue"] > data["total"]:
            self.add_error(
                "overdue", _("Nợ đọng là một phần của nợ xây dựng cơ bản, không thể lớn hơn.")
            )
        return data

    def explain(self, debt: Debt) -> None:
        """Say what the other person wrote and what stands in this form."""
        data = self.cleaned_data
        self.add_error(
            None,
            f"Trong lúc nhập, {debt.by_label} đã ghi số nợ ngày {debt.on:%d/%m/%Y}: "
            f"{dong_words(debt.total)}, trong đó nợ đọng {dong_words(debt.overdue)}. Bạn đang nhập "
            f"{dong_words(data['total'])}, nợ đọng {dong_words(data['overdue'])}. Chưa ghi gì: hãy "
            "kiểm tra rồi gửi lại để ghi số của bạn, hoặc giữ số đã có.",
        )
