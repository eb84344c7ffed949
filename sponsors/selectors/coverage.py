"""The list of assignments behind its address, and what the assignments leave uncovered."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.core.paginator import Page
from django.db.models import Count, Q, QuerySet

from communes.models import Commune, Village, valid_on
from criteria.selectors.reported import name_then, units, villages_then
from criteria.selectors.villages import VillageRow
from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.paging import page_of
from sponsors.models import Assignment, Sponsor
from sponsors.rules import Reader
from sponsors.selectors.assignments import AssignmentRow, assignment_rows
from sponsors.selectors.papers import has_late_paper

PAGE_SIZE = 50
MANY = 3  # a village with so many sponsors has more than its neighbours


@dataclass(frozen=True)
class AssignmentFilters:
    """What an address narrows the list by. `commune` is a code; `papers` is agreement, plan, any
    (missing) or late; `view` is "" for the assignments, none, many or no_lead."""

    commune: str = ""
    sponsor: int | None = None
    papers: str = ""
    view: str = ""


@dataclass(frozen=True)
class Coverage:
    """Where sponsors are missing and where they crowd. A village counts by the assignments to the
    village itself; only villages not yet recognised, for the others need none. `counted` has all
    of these with their number of sponsors."""

    none: tuple[VillageRow, ...]
    many: tuple[tuple[VillageRow, int], ...]
    no_lead: tuple[Commune, ...]
    counted: tuple[tuple[VillageRow, int], ...]


@dataclass(frozen=True)
class AssignmentList:
    """Context of the assignment list. The counts are over every row that the filters leave."""

    page: Page
    rows: tuple[AssignmentRow, ...]
    total: int
    sponsors: int
    no_agreement: int
    no_plan: int
    late: int
    coverage: Coverage | None


def missing(paper: str, on: date) -> Q:
    """Assignments without their agreement ("agreement_signed") or plan ("plan_done") on a day."""
    return Q(**{f"{paper}_on__isnull": True}) | Q(**{f"{paper}_on__gt": on})


def assignment_list(
    user: Reader, as_of: AsOf, filters: AssignmentFilters, number: int | None = 1
) -> AssignmentList:
    """One page of the reader's assignments with their counts, and what is uncovered for who sees
    more than his own. Raises EmptyPage past the last page."""
    on = as_of.date
    there = _there(user, as_of, filters)
    rows = there
    if filters.sponsor is not None:
        rows = rows.filter(sponsor=filters.sponsor)
    conditions = {
        "no_agreement": missing("agreement_signed", on),
        "no_plan": missing("plan_done", on),
        "late": has_late_paper(on),
    }
    counts = rows.order_by().aggregate(
        total=Count("pk"),
        sponsors=Count("sponsor", distinct=True),
        **{name: Count("pk", filter=condition) for name, condition in conditions.items()},
    )
    asked = {
        "agreement": conditions["no_agreement"],
        "plan": conditions["no_plan"],
        "any": conditions["no_agreement"] | conditions["no_plan"],
        "late": conditions["late"],
    }
    if filters.papers:
        rows = rows.filter(asked[filters.papers])
    cover = None if user.role == Role.SPONSOR else coverage_of(user, as_of, _binds(there), filters)
    if filters.view and cover:
        page = page_of(getattr(cover, filters.view), number, PAGE_SIZE)
        return AssignmentList(page, (), coverage=cover, **counts)
    pks = rows.order_by(
        "commune__sort_key", "commune_id", "-is_lead", "sponsor__sort_key", "pk"
    ).values_list("pk", flat=True)
    page = page_of(pks, number, PAGE_SIZE)
    shown = Assignment.objects.filter(pk__in=list(page.object_list))
    return AssignmentList(
        page, tuple(assignment_rows(user, as_of, shown)), coverage=cover, **counts
    )


def coverage(user: Reader, as_of: AsOf, commune: str = "") -> Coverage | None:
    """What the reader's assignments leave uncovered; None for sponsors, who see only their own."""
    if user.role == Role.SPONSOR:
        return None
    filters = AssignmentFilters(commune=commune)
    return coverage_of(user, as_of, _binds(_there(user, as_of, filters)), filters)


def _there(user: Reader, as_of: AsOf, filters: AssignmentFilters) -> QuerySet[Assignment]:
    rows = Assignment.objects.visible_to(user).active_on(as_of.date)
    if filters.commune:
        rows = rows.filter(valid_on(as_of.date, "commune__"), commune__code=filters.commune)
    return rows


@dataclass(frozen=True)
class Bind:
    """Who is bound to where: what the coverage is counted from."""

    sponsor_id: int
    commune_id: int
    village_id: int | None
    is_lead: bool


def _binds(there: QuerySet[Assignment]) -> list[Bind]:
    rows = there.order_by().values_list("sponsor_id", "commune_id", "village_id", "is_lead")
    return [Bind(*row) for row in rows]


def coverage_of(
    user: Reader, as_of: AsOf, there: Iterable[Bind | AssignmentRow], filters: AssignmentFilters
) -> Coverage:
    """The coverage that these assignments make, for who sees more than his own."""
    sponsors: dict[int | None, set[int]] = defaultdict(set)
    here, led = set(), set()
    for bind in there:
        sponsors[bind.village_id].add(bind.sponsor_id)
        here.add(bind.commune_id)
        if bind.is_lead:
            led.add(bind.commune_id)
    communes = units(user, as_of).rural()
    if filters.commune:
        communes = communes.filter(code=filters.commune)
    else:
        communes = communes.filter(pk__in=here)
    villages = villages_then(Village.objects.visible_to(user), as_of, communes)
    counted = tuple((row, len(sponsors.get(row.pk, ()))) for row in villages if not row.is_met)
    without = communes.exclude(pk__in=led).order_by("sort_key", "pk")
    return Coverage(
        none=tuple(village for village, count in counted if not count),
        many=tuple(pair for pair in counted if pair[1] >= MANY),
        no_lead=tuple(name_then(commune, as_of) for commune in without),
        counted=counted,
    )


def assignment_choices(user: Reader, as_of: AsOf) -> tuple[list, list]:
    """(code, name) of communes and (id, name) of sponsors that the filters offer: two queries."""
    rows = Assignment.objects.visible_to(user).active_on(as_of.date).order_by()
    communes = Commune.objects.active_on(as_of.date).filter(pk__in=rows.values("commune"))
    sponsors = Sponsor.objects.filter(pk__in=rows.values("sponsor"))
    return (
        list(communes.order_by("sort_key", "pk").values_list("code", "name")),
        list(sponsors.order_by("sort_key", "pk").values_list("pk", "name")),
    )


def assignment_row(user: Reader, as_of: AsOf, pk: int) -> AssignmentRow | None:
    """One assignment that the reader may see, whether in force or ended; None otherwise."""
    rows = assignment_rows(user, as_of, Assignment.objects.visible_to(user).filter(pk=pk))
    return rows[0] if rows else None
