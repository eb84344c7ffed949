"""Addresses that keep the chosen day, for rows that are written in Python."""

from functools import lru_cache

from django.urls import get_script_prefix, reverse
from django.utils.http import urlencode

from ntm_tracker.core.clock import AsOf


def address(name: str, as_of: AsOf, *args: object, **query: str) -> str:
    """As the template tag `dated_url` does: the day only where it is not the reporting date, and
    no empty parameters."""
    parts = {key: value for key, value in query.items() if value}
    if as_of.query:
        parts["as_of"] = as_of.date.isoformat()
    url = _path(name, args, get_script_prefix())
    return f"{url}?{urlencode(parts)}" if parts else url


@lru_cache(maxsize=4096)
def _path(name: str, args: tuple, prefix: str) -> str:
    """`reverse`, kept, as in the template tag: a list of debts asks for hundreds."""
    return reverse(name, args=args)
