"""Long lists: a page of them to read, or all of them for a file."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet

MOST_ROWS = 20_000
"""Rows that a file of a list may have; one more and it is refused, never cut."""


def page_of(
    found: QuerySet | Sequence[Any], number: int | None, size: int, *, count: int | None = None
) -> Page:
    """Page `number` of `size` rows, or everything as one page where that is None. `count` spares a
    query where the caller knows it. Raises EmptyPage past the last page."""
    paginator = Paginator(found, size if number else MOST_ROWS + 1)
    if count is not None:
        paginator.count = count
    return paginator.page(number or 1)


def rows_on(page: Page) -> slice:
    """Where the rows of a page stand in the whole list, to cut another query alike."""
    size = page.paginator.per_page
    return slice((page.number - 1) * size, page.number * size)
