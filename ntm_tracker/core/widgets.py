"""Form widgets of our own."""

from django import forms
from django.forms.utils import flatatt
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


class LongSelect(forms.Select):
    """A list without groups, drawn as Django draws it. Django renders a template per option, which
    for the 209 communes of a province costs half of a page; this joins them."""

    def render(self, name, value, attrs=None, renderer=None) -> SafeString:
        chosen = self.format_value(value)[:1]
        selected = SafeString(" selected")
        options = format_html_join(
            "\n  ",
            '<option value="{}"{}>{}</option>',
            (
                ("" if key is None else key, selected if str(key or "") in chosen else "", label)
                for key, label in self.choices
            ),
        )
        all_attrs = self.build_attrs(self.attrs, {"name": name, **(attrs or {})})
        return format_html("<select{}>\n  {}\n</select>", flatatt(all_attrs), options)
