"""What pages show of sponsorship for a day: what was kept where the day is the cut-off of a closed
month, the live rows otherwise.

A month keeps each sponsor and task as one who sees everything reads them. Who sees a part of a
sponsor's figures only, a commune, reads that part from the rows that were known then.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import QuerySet

from communes.models import Commune, Village
from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.paging import page_of
from ntm_tracker.core.text import search_text, search_words
from sponsors.choices import OPEN_STATES, TaskState
from sponsors.models import Sponsor, Task
from sponsors.rules import Reader
from sponsors.selectors import kept
from sponsors.selectors.assignments import (
    AssignmentRow,
    CommuneSponsor,
    PlaceSums,
    TaskSums,
    active_assignments,
    commune_sponsors,
    sponsor_count,
    task_sums,
)
from sponsors.selectors.gifts import total
from sponsors.selectors.renamed import names_then
from sponsors.selectors.reported_assignments import has_kept_assignments, kept_assignments
from sponsors.selectors.sponsors import (
    PAGE_SIZE,
    SponsorFilters,
    SponsorList,
    SponsorPage,
    SponsorRow,
    sponsor_list,
    sponsor_page,
)
from sponsors.selectors.tasks import (
    DUE_SOON_DAYS,
    TaskCounts,
    TaskRow,
    due_soon_tasks,
    late_tasks,
    open_communes,
    task_counts,
    tasks_for,
    tasks_of,
    visible_tasks,
)


def kept_tasks(
    user: Reader,
    as_of: AsOf,
    *,
    commune: Commune | None = None,
    village: Village | None = None,
    sponsor: Sponsor | None = None,
    communes: QuerySet[Commune] | None = None,
    kinds: Sequence[str] = (kept.TASK,),
) -> list[TaskRow]:
    """The kept tasks that the reader may see, in the order of the task list; those that were
    cancelled only where their kind is asked for. Nothing can be done with them on a closed day."""
    if as_of.closed is None:
        return []
    tasks = tasks_of(
        Task.objects.visible_to(user),
        commune=commune,
        village=village,
        sponsor=sponsor,
        communes=communes,
    )
    seen = set(tasks.values_list("pk", flat=True))
    opened = open_communes(user)
    return [
        replace(
            row,
            can_report=False,
            can_receive=False,
            commune_is_open=opened is None or row.commune_id in opened,
        )
        for kind in kinds
        for row in as_of.closed.rows(kind, kept.CODEC)
        if row.pk in seen
    ]


def counts_of(user: Reader, as_of: AsOf, **where: Any) -> TaskCounts:
    """`task_counts` for a day that may be closed. (What was cancelled is not kept.)"""
    if as_of.closed is None:
        return task_counts(user, as_of, **where)
    return counted(kept_tasks(user, as_of, **where))


def counted(rows: Sequence[TaskRow]) -> TaskCounts:
    """`count_tasks` over rows."""
    states = [row.state for row in rows]
    cancelled = states.count(TaskState.CANCELLED)
    return TaskCounts(
        late=sum(row.is_late for row in rows),
        due_soon=sum(row.is_due_soon for row in rows),
        open=sum(state in OPEN_STATES for state in states),
        reported=states.count(TaskState.REPORTED),
        accepted=states.count(TaskState.ACCEPTED),
        cancelled=cancelled,
        total=len(rows) - cancelled,
    )


def sums_by_commune(user: Reader, as_of: AsOf, communes: QuerySet[Commune]) -> dict[int, TaskSums]:
    """Commune id → its tasks on a day that may be closed; one query, or what was kept."""
    if as_of.closed is None:
        found = task_sums(visible_tasks(user, as_of, communes=communes), as_of.date, "commune_id")
        return {commune: sums for (commune,), sums in found.items()}
    rows: dict[int, list[TaskRow]] = defaultdict(list)
    for row in kept_tasks(user, as_of, communes=communes):
        rows[row.commune_id].append(row)
    return {commune: summed(own) for commune, own in rows.items()}


def summed(rows: Sequence[TaskRow]) -> TaskSums:
    """`task_sums` over the rows of one group, none of which is cancelled."""
    counts = counted(rows)
    return TaskSums(
        total=counts.total,
        late=counts.late,
        open=counts.open,
        done=counts.accepted,
        progress_sum=sum(row.progress for row in rows),
    )


def late_then(user: Reader, as_of: AsOf, limit: int | None = None, **where: Any) -> list[TaskRow]:
    """`late_tasks` for a day that may be closed."""
    if as_of.closed is None:
        return late_tasks(user, as_of, limit, **where)
    rows = [row for row in kept_tasks(user, as_of, **where) if row.is_late]
    return sorted(rows, key=lambda row: (row.due_on, row.pk))[:limit]


def due_soon_then(
    user: Reader, as_of: AsOf, limit: int | None = None, **where: Any
) -> list[TaskRow]:
    """`due_soon_tasks` for a day that may be closed."""
    if as_of.closed is None:
        return due_soon_tasks(user, as_of, limit, days=DUE_SOON_DAYS, **where)
    rows = [row for row in kept_tasks(user, as_of, **where) if row.is_due_soon]
    return sorted(rows, key=lambda row: (row.due_on, row.pk))[:limit]


def tasks_then(
    user: Reader,
    as_of: AsOf,
    *,
    commune: Commune | None = None,
    village: Village | None = None,
    sponsor: Sponsor | None = None,
) -> list[TaskRow]:
    """`tasks_for` for a day that may be closed."""
    if as_of.closed is None:
        return tasks_for(user, as_of, commune=commune, village=village, sponsor=sponsor)
    return kept_tasks(user, as_of, commune=commune, village=village, sponsor=sponsor)


def kept_sponsors(user: Reader, as_of: AsOf) -> dict[int, SponsorRow]:
    """Sponsor id → its kept row, for whom sees all of it: of all sponsors, or of its own."""
    if as_of.closed is None:
        return {}
    if not (user.sees_all_sponsors or user.role == Role.SPONSOR):
        return {}
    rows = {row.pk: row for row in as_of.closed.rows(kept.SPONSOR, kept.CODEC)}
    if user.sees_all_sponsors:
        return rows
    own = Sponsor.objects.visible_to(user).values_list("pk", flat=True)
    return {pk: rows[pk] for pk in own if pk in rows}


def work_counts(user: Reader, as_of: AsOf, *, communes: QuerySet[Commune]) -> tuple[int, int]:
    """How many sponsors are at work in these communes on the day, by how many assignments."""
    rows = kept_sponsors(user, as_of)
    if not rows or not user.sees_all_sponsors:
        return (
            sponsor_count(user, as_of, communes=communes),
            active_assignments(user, as_of, communes=communes).count(),
        )
    codes = set(communes.values_list("code", flat=True))
    there = [[place.commune_code in codes for place in row.places] for row in rows.values()]
    return sum(map(any, there)), sum(map(sum, there))


def commune_sponsors_then(
    user: Reader,
    commune: Commune,
    as_of: AsOf,
    *,
    village: Village | None = None,
    sums: PlaceSums | None = None,
) -> list[CommuneSponsor]:
    """`commune_sponsors` for a day that may be closed, under the names they bore then."""
    found = commune_sponsors(user, commune, as_of, village=village, sums=sums)
    if as_of.closed is None:
        return found
    names = {row.pk: row.name for row in as_of.closed.rows(kept.SPONSOR, kept.CODEC)}
    known = {row.pk: row for row in kept_assignments(user, as_of)}
    return [_as_kept(row, names.get(row.sponsor_id, row.name), known) for row in found]


def _as_kept(row: CommuneSponsor, name: str, known: Mapping[int, AssignmentRow]) -> CommuneSponsor:
    if row.details is None:
        return replace(row, name=name)
    details = known.get(row.details.pk, replace(row.details, sponsor_name=name))
    return replace(row, name=name, details=details)


def sponsors_then(
    user: Reader, as_of: AsOf, filters: SponsorFilters, number: int | None = 1
) -> SponsorList:
    """`sponsor_list` for a day that may be closed. Raises EmptyPage past the last page."""
    if as_of.closed is None or not user.sees_all_sponsors:
        found = sponsor_list(user, as_of, filters, number)
        kept_rows = kept_sponsors(user, as_of)
        return replace(found, rows=tuple(kept_rows.get(row.pk, row) for row in found.rows))
    rows = [row for row in kept_sponsors(user, as_of).values() if _is_wanted(row, filters)]
    page = page_of(rows, number, PAGE_SIZE)
    return SponsorList(
        page=page,
        rows=tuple(page.object_list),
        promised=total(row.promised for row in rows),
        delivered=total(row.delivered for row in rows),
        late_papers=sum(_is_late(row) for row in rows),
    )


def _is_wanted(row: SponsorRow, filters: SponsorFilters) -> bool:
    """Whether a kept sponsor is what the address asks for."""
    words = search_text(f"{row.name} {row.short_name}")
    return (
        filters.kind in ("", row.kind)
        and (not filters.commune or filters.commune in {p.commune_code for p in row.places})
        and (not filters.late_papers or _is_late(row))
        and all(word in words for word in search_words(filters.q))
    )


def _is_late(row: SponsorRow) -> bool:
    return bool(row.agreement.late or row.plan.late)


def sponsor_then(user: Reader, sponsor: Sponsor, as_of: AsOf) -> SponsorPage:
    """`sponsor_page` for a day that may be closed, under the name it bore then."""
    page = sponsor_page(user, sponsor, as_of)
    if as_of.closed is None:
        return page
    row = kept_sponsors(user, as_of).get(sponsor.pk, page.row)
    sponsor.name, sponsor.short_name = row.name, row.short_name
    tasks, names = tuple(kept_tasks(user, as_of, sponsor=sponsor)), names_then(as_of)
    binds = tuple(one for one in kept_assignments(user, as_of) if one.sponsor_id == sponsor.pk)
    return replace(
        page,
        row=row,
        assignments=binds if has_kept_assignments(as_of) else page.assignments,
        tasks=tasks,
        counts=counted(tasks),
        commitments=names.gifts(page.commitments),
        contributions=names.gifts(page.contributions),
        difficulties=names.difficulties(page.difficulties),
    )
