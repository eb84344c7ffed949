"""A block of cells copied from a spreadsheet, to be laid over a table that people type into."""

import csv
from collections.abc import Mapping, Sequence
from io import StringIO

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LONGEST = 200_000


class BlockForm(forms.Form):
    """A block and the cell on which its upper left corner lies. Fields are named `paste-…`, because
    they are sent with the table itself (the form `grid-form`), which brings what its cells said.

    `rows` are the rows of the table from the top down, (key, what a sentence calls it); `offered`
    those that may be chosen, (key, words); `columns` the columns from the left.
    """

    start = forms.RegexField(
        r"^[a-z][0-9]{1,18}$",
        label=_("Dán từ dòng"),
        error_messages={
            "required": _("Hãy chọn dòng đầu tiên để dán."),
            "invalid": _("Không có dòng này; hãy chọn lại."),
        },
    )
    block = forms.CharField(
        label=_("Các ô chép từ Excel"),
        strip=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("Ô trống trong khối giữ nguyên ô của bảng."),
        error_messages={
            "required": _("Chưa có ô nào; hãy chép các ô trong Excel rồi dán vào đây."),
            "max_length": _("Khối quá lớn; hãy dán từng phần."),
        },
    )
    prefix = "paste"
    field_order: Sequence[str] = ("start", "column", "block")
    use_required_attribute = False

    def __init__(
        self,
        *args,
        rows: Sequence[tuple[str, str]],
        offered: Sequence[tuple[str, str]],
        columns: Mapping[str, str | Promise],
        **kwargs,
    ):
        super().__init__(*args, **kwargs)
        self.rows = dict(rows)
        self.columns = dict(columns)
        self.fields["start"].widget = forms.Select(choices=offered)
        self.fields["column"] = forms.ChoiceField(label=_("Từ cột"), choices=list(columns.items()))
        self.order_fields(self.field_order)
        for field in self.fields.values():
            field.widget.attrs["form"] = "grid-form"

    def clean_start(self) -> str:
        key = self.cleaned_data["start"]
        if key not in self.rows:
            raise ValidationError(self.fields["start"].error_messages["invalid"])
        return key

    def clean_block(self) -> list[list[str]]:
        """The rows of the block, as Excel separates and quotes them."""
        try:
            rows = list(csv.reader(StringIO(self.cleaned_data["block"]), delimiter="\t"))
        except csv.Error as error:
            raise ValidationError(_("Không đọc được khối; hãy chép lại từ Excel.")) from error
        while rows and not "".join(rows[-1]).strip():
            rows.pop()
        if not rows:
            raise ValidationError(self.fields["block"].error_messages["required"])
        return rows

    def clean(self):
        data = super().clean() or {}
        if self.errors:
            return data
        block, below, columns = data["block"], self._rows_below(), self._columns_right()
        if len(block) > len(below):
            self.add_error(
                "block",
                f"Khối có {len(block)} dòng, từ {self.rows[below[0]]} trở đi chỉ còn {len(below)} "
                "dòng. Hãy chọn dòng khác hoặc chép ít dòng hơn.",
            )
        elif (wide := max(map(len, block))) > len(columns):
            self.add_error(
                "block",
                f"Khối có {wide} cột, từ cột “{self.columns[data['column']]}” chỉ còn "
                f"{len(columns)} cột. Hãy chọn cột khác hoặc chép ít cột hơn.",
            )
        return data

    def _rows_below(self) -> list[str]:
        keys = list(self.rows)
        return keys[keys.index(self.cleaned_data["start"]) :]

    def _columns_right(self) -> list[str]:
        names = list(self.columns)
        return names[names.index(self.cleaned_data["column"]) :]

    def laid(self) -> dict[str, dict[str, str]]:
        """Key of each row that the block covers → column → text. Empty cells, and columns to the
        right of a short row, are left out: they leave what stands there alone."""
        columns = self._columns_right()
        return {
            key: {
                name: text.strip()
                for name, text in zip(columns, texts, strict=False)
                if text.strip()
            }
            for key, texts in zip(self._rows_below(), self.cleaned_data["block"], strict=False)
        }
