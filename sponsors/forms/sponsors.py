"""What people type about a sponsor."""

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from ntm_tracker.core.form_fields import LineField
from sponsors.choices import SponsorKind
from sponsors.models import Sponsor
from sponsors.selectors import SimilarSponsor
from sponsors.services import SponsorEntry, StaleSponsor


class SponsorForm(forms.Form):
    """A sponsor entered or corrected; `confirmed` is drawn only where the name is much like
    another's."""

    use_required_attribute = False

    name = LineField(
        label=_("Tên đơn vị"),
        max_length=255,
        error_messages={"required": _("Hãy nhập tên đơn vị.")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    short_name = LineField(label=_("Tên gọn"), max_length=80, required=False)
    kind = forms.ChoiceField(
        label=_("Loại"),
        choices=SponsorKind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Hãy chọn loại đơn vị.")},
    )
    contact = LineField(
        label=_("Đầu mối"),
        max_length=200,
        required=False,
        help_text=_("Phòng, bộ phận làm đầu mối; không ghi tên người."),
    )
    phone = LineField(
        label=_("Điện thoại"),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    email = forms.EmailField(
        label=_("Thư điện tử"),
        required=False,
        max_length=254,
        error_messages={"invalid": _("Địa chỉ thư chưa đúng; hãy viết như vanphong@donvi.gov.vn.")},
    )
    version = forms.CharField(required=False, max_length=16, widget=forms.HiddenInput)

    def __init__(self, *args, sponsor: Sponsor | None = None, **kwargs):
        entry = SponsorEntry.of(sponsor) if sponsor else None
        if entry:
            initial = {field: getattr(entry, field) for field in SponsorEntry.__dataclass_fields__}
            kwargs.setdefault("initial", initial | {"version": entry.version})
        super().__init__(*args, **kwargs)
        self.sponsor = sponsor

    def entry(self) -> SponsorEntry:
        """What the service writes."""
        return SponsorEntry(
            **{field: self.cleaned_data[field] for field in SponsorEntry.__dataclass_fields__}
        )

    @property
    def is_new_name(self) -> bool:
        """Whether the name is one that has not been compared with the others yet."""
        return self.sponsor is None or self.cleaned_data["name"] != self.sponsor.name

    def ask(self, similar: Sequence[SimilarSponsor]) -> bool:
        """Whether somebody still has to say that this is another body than those `similar`."""
        if not similar:
            return False
        word = (
            _("Vẫn tạo mới: đây là đơn vị khác") if self.sponsor is None else _("Vẫn dùng tên này")
        )
        self.fields["confirmed"] = forms.BooleanField(label=word, required=False)
        if self["confirmed"].data:
            return False
        self.add_error(
            "confirmed",
            _("Tên gần giống đơn vị đã có. Nếu là đơn vị khác, hãy đánh dấu rồi gửi lại."),
        )
        return True

    def explain(self, stale: StaleSponsor) -> None:
        """Say what the other person wrote; sending the form again answers to that."""
        who = stale.entry.by_label if stale.entry else "người khác"
        now = stale.entry.new if stale.entry else ""
        self.add_error(
            None,
            f"Trong lúc nhập, {who} đã sửa đơn vị này: {now}. Chưa ghi gì. "
            "Hãy kiểm tra, sửa nếu cần rồi gửi lại để ghi bản đang nhập.",
        )
        self.data = {**dict(self.data.items()), "version": SponsorEntry.of(stale.sponsor).version}


class SimilarForm(forms.Form):
    """A name to be compared with those of the sponsors there are."""

    name = LineField(label=_("Tên đơn vị"), required=False, max_length=255)
    exclude = forms.IntegerField(required=False, widget=forms.HiddenInput)
