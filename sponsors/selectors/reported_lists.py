"""Difficulties, gifts and reviews for a day: of a closed month from the rows that were known then,
under the names that were kept; the live rows otherwise. One name for both, as in `reported`."""

from dataclasses import replace
from datetime import date

from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from ntm_tracker.core.paging import page_of
from sponsors.choices import DifficultyState
from sponsors.rules import Reader, desk_of
from sponsors.selectors.contributions import (
    ContributionFilters,
    ContributionList,
    contribution_communes,
    contribution_list,
)
from sponsors.selectors.difficulties import (
    OPEN,
    PAGE_SIZE,
    DifficultyCounts,
    DifficultyFilters,
    DifficultyList,
    DifficultyPage,
    difficulty_communes,
    difficulty_list,
    difficulty_page,
    is_mine,
    narrowed,
    rows_of,
)
from sponsors.selectors.renamed import names_then
from sponsors.selectors.reported import kept_sponsors
from sponsors.selectors.review_page import ReviewPage, review_page
from sponsors.selectors.reviews import month_of

Choices = tuple[tuple[str, str], ...]


def difficulty_list_then(
    user: Reader, as_of: AsOf, filters: DifficultyFilters, number: int | None = 1
) -> DifficultyList:
    """`difficulty_list` for a day that may be closed. Raises EmptyPage past the last page."""
    if as_of.closed is None:
        return difficulty_list(user, as_of, filters, number)
    found = narrowed(user, as_of, filters)
    own = found.filter(is_mine(desk_of(user)))
    mine = set(own.values_list("pk", flat=True))
    rows = names_then(as_of).difficulties(rows_of(found.order_by("pk"), as_of))
    states = [row.state for row in rows]
    counts = DifficultyCounts(
        total=len(rows),
        open=states.count(OPEN),
        late=sum(row.is_late for row in rows),
        answered=states.count(DifficultyState.ANSWERED),
        closed=states.count(DifficultyState.CLOSED),
        mine=sum(row.pk in mine and row.state == OPEN for row in rows),
    )
    chosen = [
        row
        for row in rows
        if filters.state in ("", row.state)
        and (row.is_late or not filters.late)
        and (not filters.mine or (row.pk in mine and row.state == OPEN))
    ]
    chosen.sort(key=lambda row: (row.state != OPEN, row.due_on or date.min, row.pk))
    page = page_of(chosen, number, PAGE_SIZE)
    return DifficultyList(page, tuple(page.object_list), counts)


def difficulty_page_then(user: User, as_of: AsOf, pk: int) -> DifficultyPage | None:
    """`difficulty_page` for a day that may be closed."""
    page = difficulty_page(user, as_of, pk)
    if page is None or as_of.closed is None:
        return page
    names = names_then(as_of)
    thread = tuple(names.said(page.row, said) for said in page.thread)
    return replace(page, row=names.difficulty(page.row), thread=thread)


def difficulty_communes_then(user: Reader, as_of: AsOf) -> Choices:
    """`difficulty_communes` for a day that may be closed."""
    return _named(difficulty_communes(user, as_of), as_of)


def contribution_list_then(
    user: User, as_of: AsOf, filters: ContributionFilters, number: int | None = 1
) -> ContributionList:
    """`contribution_list` for a day that may be closed. Raises EmptyPage past the last page."""
    found, names = contribution_list(user, as_of, filters, number), names_then(as_of)
    rows = tuple(replace(row, line=names.gift(row.line)) for row in found.rows)
    return replace(found, rows=rows)


def contribution_communes_then(user: User, as_of: AsOf) -> Choices:
    """`contribution_communes` for a day that may be closed."""
    return _named(contribution_communes(user, as_of), as_of)


def _named(choices: Choices, as_of: AsOf) -> Choices:
    names = names_then(as_of).communes
    return tuple((code, names.get(code, name)) for code, name in choices)


def review_page_then(user: User, as_of: AsOf, month: date | None) -> ReviewPage:
    """`review_page` for a day that may be closed: the sponsors and verdicts that were kept for the
    month. Raises BadRequest for a month that has not begun."""
    page = review_page(user, as_of, month)
    rows = list(kept_sponsors(user, month_of(as_of, page.month)).values())
    if not rows:
        return page
    return replace(page, rows=tuple(sorted(rows, key=lambda row: bool(row.reviews))))
