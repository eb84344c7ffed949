"""Addresses that keep the chosen day, for rows that are written in Python."""

from django.urls import reverse
from django.utils.http import urlencode

from ntm_tracker.core.clock import AsOf


def address(name: str, as_of: AsOf, *args: object, **query: str) -> str:
    """As the template tag `dated_url` does: the day only where it is not the reporting date, and
    no empty parameters."""
    parts = {key: value for key, value in query.items() if value}
    if as_of.query:
        parts["as_of"] = as_of.date.isoformat()
    url = reverse(name, args=args)
    return f"{url}?{urlencode(parts)}" if parts else url
