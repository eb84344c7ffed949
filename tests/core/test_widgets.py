"""Widgets of our own draw what Django's draw."""

import pytest
from django import forms
from django.test.html import parse_html

from ntm_tracker.core.widgets import LongSelect

CHOICES = [("", "Tất cả"), ("18523", "Xã Hương Bình"), (7, "Đơn vị <A> & “B”"), ("x", "")]


@pytest.mark.parametrize("value", [None, "", "18523", "7", 7, "x", "unknown"])
def test_a_long_select_is_a_select(value):
    def drawn(widget):
        return widget.render("commune", value, {"id": "filter_commune", "aria-invalid": "true"})

    long = drawn(LongSelect(choices=CHOICES, attrs={"class": "wide"}))

    assert parse_html(long) == parse_html(
        drawn(forms.Select(choices=CHOICES, attrs={"class": "wide"}))
    )
    assert long.count(" selected") == (str(value or "") in {str(key) for key, _label in CHOICES})
