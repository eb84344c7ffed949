"""Assignments for a day: of a closed month as they were kept, the live rows otherwise.

Papers and the end of an assignment are written into its row, so history cannot tell how they stood.
Closings before assignments were kept have none; the pages then say that they show today's state.
"""

from dataclasses import replace

from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.paging import page_of
from ntm_tracker.core.text import sort_key
from sponsors.models import Assignment
from sponsors.rules import Reader
from sponsors.selectors import kept
from sponsors.selectors.assignments import AssignmentRow
from sponsors.selectors.coverage import (
    PAGE_SIZE,
    AssignmentFilters,
    AssignmentList,
    assignment_choices,
    assignment_list,
    assignment_row,
    coverage_of,
)
from sponsors.selectors.tasks import open_communes


def has_kept_assignments(as_of: AsOf) -> bool:
    """Whether the day answers for itself: it is open, or its closing kept the assignments, or there
    were none to keep."""
    if as_of.closed is None or as_of.closed.rows(kept.ASSIGNMENT, kept.CODEC):
        return True
    return not any(row.places for row in as_of.closed.rows(kept.SPONSOR, kept.CODEC))


def kept_assignments(user: Reader, as_of: AsOf) -> list[AssignmentRow]:
    """The kept assignments that the reader may see, by commune, lead first."""
    if as_of.closed is None:
        return []
    seen = set(Assignment.objects.visible_to(user).values_list("pk", flat=True))
    opened = open_communes(user)
    return [
        replace(row, commune_is_open=opened is None or row.commune_id in opened)
        for row in as_of.closed.rows(kept.ASSIGNMENT, kept.CODEC)
        if row.pk in seen
    ]


def assignment_list_then(
    user: Reader, as_of: AsOf, filters: AssignmentFilters, number: int | None = 1
) -> AssignmentList:
    """`assignment_list` for a day that may be closed. Raises EmptyPage past the last page."""
    if as_of.closed is None or not has_kept_assignments(as_of):
        return assignment_list(user, as_of, filters, number)
    there = [
        row for row in kept_assignments(user, as_of) if filters.commune in ("", row.commune_code)
    ]
    rows = [row for row in there if filters.sponsor in (None, row.sponsor_id)]
    chosen = [row for row in rows if not filters.papers or _asked(row, filters.papers)]
    cover = None if user.role == Role.SPONSOR else coverage_of(user, as_of, there, filters)
    is_places = bool(filters.view and cover)
    page = page_of(getattr(cover, filters.view) if is_places else chosen, number, PAGE_SIZE)
    return AssignmentList(
        page,
        () if is_places else tuple(page.object_list),
        total=len(rows),
        sponsors=len({row.sponsor_id for row in rows}),
        no_agreement=sum(_asked(row, "agreement") for row in rows),
        no_plan=sum(_asked(row, "plan") for row in rows),
        late=sum(_asked(row, "late") for row in rows),
        coverage=cover,
    )


def _asked(row: AssignmentRow, papers: str) -> bool:
    """Whether the papers of a kept row stand as the filter asks."""
    return {
        "agreement": not row.agreement.is_done,
        "plan": not row.plan.is_done,
        "any": not (row.agreement.is_done and row.plan.is_done),
        "late": row.agreement.is_late or row.plan.is_late,
    }[papers]


def assignment_choices_then(user: Reader, as_of: AsOf) -> tuple[list, list]:
    """`assignment_choices` for a day that may be closed: what the kept assignments have."""
    if as_of.closed is None or not has_kept_assignments(as_of):
        return assignment_choices(user, as_of)
    rows = kept_assignments(user, as_of)
    communes = {row.commune_code: row.commune_name for row in rows}
    sponsors = {row.sponsor_id: row.sponsor_name for row in rows}

    def by_name(pair: tuple) -> tuple:
        return sort_key(pair[1]), pair[0]

    return sorted(communes.items(), key=by_name), sorted(sponsors.items(), key=by_name)


def assignment_row_then(user: Reader, as_of: AsOf, pk: int) -> AssignmentRow | None:
    """`assignment_row` for a day that may be closed; one that was not in force then is read as it
    stands."""
    kept_row = next((row for row in kept_assignments(user, as_of) if row.pk == pk), None)
    return kept_row or assignment_row(user, as_of, pk)
