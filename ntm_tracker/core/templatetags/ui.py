"""Filters and tags of the interface: Vietnamese numbers and dates, addresses that keep the day."""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from uuid import uuid4

from django import template
from django.urls import get_script_prefix, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from ntm_tracker.core import numbers

register = template.Library()


@register.filter
def vi_number(value, places=0) -> str:
    """1346.7 → 1.346,7 (with `places` = 1); empty for None."""
    return "" if value is None or value == "" else numbers.vi_number(Decimal(value), int(places))


@register.filter
def ty(dong, places=1) -> str:
    """An amount in đồng as tỷ: 1346700000000 → 1.346,7; empty for None."""
    return "" if dong is None else numbers.to_ty(dong, int(places))


@register.filter
def trieu(dong, places=0) -> str:
    """An amount in đồng as triệu: 54000000 → 54; empty for None."""
    return "" if dong is None else numbers.to_trieu(dong, int(places))


@register.filter
def vi_date(value: date | datetime | None) -> str:
    """dd/mm/yyyy; for instants the day in Vietnam."""
    if not value:
        return ""
    if isinstance(value, datetime):
        value = timezone.localtime(value).date()
    return f"{value:%d/%m/%Y}"


@register.filter
def vi_datetime(value: datetime | None) -> str:
    """HH:MM dd/mm/yyyy in Vietnam's time."""
    return f"{timezone.localtime(value):%H:%M %d/%m/%Y}" if value else ""


@register.simple_tag(takes_context=True)
def dated_url(context, name: str, *args, **query) -> str:
    """The address of a page on the day that is being looked at, plus further query parameters.

    Empty parameters are left out, so that an address says only what differs from the usual.
    """
    parts = {key: value for key, value in query.items() if value not in (None, "")}
    as_of = context.get("as_of")
    if as_of and not as_of.is_present:
        parts["as_of"] = as_of.date.isoformat()
    url = _path(name, args, get_script_prefix())
    return f"{url}?{urlencode(parts)}" if parts else url


@lru_cache(maxsize=4096)
def _path(name: str, args: tuple, prefix: str) -> str:
    """`reverse`, kept: a list asks for a hundred addresses, each as dear as three of its cells."""
    return reverse(name, args=args)


@register.simple_tag(takes_context=True)
def with_query(context, **changes) -> str:
    """This page's address with some parameters changed; None or "" drops one."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = value
    return f"?{query.urlencode()}" if query else context["request"].path


@register.simple_tag
def form_key() -> SafeString:
    """The hidden key by which `core.once` knows a form that is sent twice."""
    return format_html('<input type="hidden" name="form_key" value="{}">', uuid4().hex)


@register.inclusion_tag("components/list_file.html", takes_context=True)
def list_file(context) -> dict:
    """The links by which the list of this page is taken as a file."""
    return {"request": context["request"]}
