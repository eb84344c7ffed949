"""The page "Cần làm": what the reader owes, and for the office what everybody does."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page
from django.db.models import QuerySet

from communes.choices import AccessSource
from communes.models import Commune, CommuneAccess
from criteria.desks import OFFICE as OFFICE_ROLES
from criteria.desks import desk_of
from criteria.models import Department, DepartmentMember
from criteria.workflow import Place
from ntm_tracker.core.paging import page_of
from ntm_tracker.core.working_days import working_days_between
from ntm_tracker.dashboard.addresses import address
from ntm_tracker.dashboard.selectors import due_sources as sources
from ntm_tracker.dashboard.selectors.due_items import (
    COMMUNE,
    DEPARTMENT,
    OFFICE,
    SPONSOR,
    THE_OFFICE,
    DueCounts,
    DueItem,
    Unit,
    count,
    in_order,
)
from ntm_tracker.dashboard.selectors.due_sources import Ground
from ntm_tracker.dashboard.selectors.due_text import reminder_text
from sponsors.models import Sponsor, SponsorMember

PAGE_SIZE = 100
KINDS = (SPONSOR, COMMUNE, DEPARTMENT)


@dataclass(frozen=True)
class OwnDue:
    """What the reader's own unit owes."""

    page: Page
    counts: DueCounts


@dataclass(frozen=True)
class Contact:
    """How a unit is reached: its own entries first, then those of its accounts."""

    person: str = ""
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()


@dataclass(frozen=True)
class UnitLine:
    """One unit of the list of who owes what. Both ways of counting speak of the oldest debt."""

    unit: Unit
    counts: DueCounts
    days_late: int
    working_days_late: int
    contact: Contact
    url: str


@dataclass(frozen=True)
class UnitList:
    """Units of a kind that owe something, the most late first; `counts` over all pages."""

    page: Page
    lines: tuple[UnitLine, ...]
    counts: DueCounts


@dataclass(frozen=True)
class UnitDue:
    """What one unit owes, with the words to send."""

    line: UnitLine
    items: tuple[DueItem, ...]
    text: str


def own_units(ground: Ground) -> list[Unit]:
    """For whom the reader works: nobody for a viewer."""
    desk = desk_of(ground.user)
    if desk.role in OFFICE_ROLES:
        return [THE_OFFICE]
    if desk.sponsor_id:
        return [Unit(SPONSOR, desk.sponsor_id)]
    if desk.department_id:
        return [Unit(DEPARTMENT, desk.department_id)]
    return [Unit(COMMUNE, pk) for pk in sorted(desk.commune_ids)]


def unit_items(ground: Ground, unit: Unit) -> list[DueItem]:
    """Everything one unit owes, the longest late first; a constant number of queries."""
    if unit == THE_OFFICE:
        waiting = sources.judging_items(ground, Place.SUBMITTED)
        waiting += sources.acceptance_items(ground, unit)
        waiting += sources.dossier_items(ground) + sources.office_paper_items(ground)
        return in_order([*waiting, *sources.difficulty_items(ground, OFFICE)])
    items = sources.task_items(ground, unit.kind, unit.pk)
    if unit.kind == COMMUNE:
        items += sources.report_items(ground, unit.pk)
    return in_order([*items, *other_items(ground, unit.kind, unit.pk)])


def other_items(ground: Ground, kind: str, pk: int | None = None) -> list[DueItem]:
    """What units of a kind owe beside tasks and month reports, of which there are thousands."""
    items = sources.difficulty_items(ground, kind, pk)
    if kind == SPONSOR:
        items += sources.paper_items(ground, pk)
    if kind == DEPARTMENT:
        items += sources.judging_items(ground, Place.VERIFIED, pk)
    if kind == COMMUNE:
        items += sources.criterion_items(ground, pk)
    return items


def own_items(ground: Ground) -> list[DueItem]:
    """What the reader owes, the longest late first."""
    return in_order(item for unit in own_units(ground) for item in unit_items(ground, unit))


def own_due(ground: Ground, number: int | None = 1) -> OwnDue:
    """One page of what the reader owes. Raises EmptyPage past the last page."""
    items = own_items(ground)
    return OwnDue(page_of(items, number, PAGE_SIZE), count(items))


def unit_list(ground: Ground, kind: str, number: int | None = 1) -> UnitList:
    """Who of a kind owes what, with how to reach each. Raises EmptyPage past the last page."""
    sums: dict[int, DueCounts] = defaultdict(DueCounts, sources.task_counts_by_unit(ground, kind))
    others: dict[int, list[DueItem]] = defaultdict(list)
    for item in other_items(ground, kind):
        others[item.who.pk].append(item)
    for pk, items in others.items():
        sums[pk] += count(items)
    if kind == COMMUNE:
        for pk, counts in sources.report_counts_by_unit(ground).items():
            sums[pk] += counts
    rows = _named(kind).filter(pk__in=sums).order_by("sort_key", "pk")
    # Sorting is stable: equals stay by name.
    found = sorted(rows, key=lambda row: (-sums[row.pk].late, -sums[row.pk].due_soon))
    page = page_of(found, number, PAGE_SIZE)
    return UnitList(
        page,
        tuple(_lines(ground, kind, list(page.object_list), sums)),
        sum(sums.values(), DueCounts()),
    )


def unit_due(ground: Ground, kind: str, pk: int, link: str) -> UnitDue | None:
    """What one unit owes; None where there is no such unit for the reader. `link` is what the text
    names for more."""
    row = _named(kind).filter(pk=pk).first()
    if row is None:
        return None
    items = unit_items(ground, Unit(kind, pk))
    (line,) = _lines(ground, kind, [row], {pk: count(items)})
    text = reminder_text(line.unit.name, items, ground.on, ground.installation, link)
    return UnitDue(line, tuple(items), text)


def _named(kind: str) -> QuerySet[Any]:
    if kind == SPONSOR:
        return Sponsor.objects.all()
    return Commune.objects.all() if kind == COMMUNE else Department.objects.all()


def _lines(ground: Ground, kind: str, rows: list, sums: dict[int, DueCounts]) -> list[UnitLine]:
    contacts = unit_contacts(kind, rows)
    lines = []
    for row in rows:
        counts = sums[row.pk]
        days = (ground.on - counts.oldest).days if counts.oldest else 0
        working = working_days_between(counts.oldest, ground.on) if counts.oldest else 0
        unit = Unit(kind, row.pk, str(row))
        url = address("dashboard:due", ground.as_of, by=kind, who=str(row.pk))
        lines.append(UnitLine(unit, counts, days, working, contacts[row.pk], url))
    return lines


def unit_contacts(kind: str, rows: list) -> dict[int, Contact]:
    """Unit → how it is reached, in one query."""
    accounts = {
        SPONSOR: SponsorMember.objects.all(),
        COMMUNE: CommuneAccess.objects.filter(source=AccessSource.MEMBER, village=None),
        DEPARTMENT: DepartmentMember.objects.all(),
    }[kind]
    phones: dict[int, dict[str, None]] = {row.pk: {} for row in rows}
    emails: dict[int, dict[str, None]] = {row.pk: {} for row in rows}
    for row in rows:
        phones[row.pk][getattr(row, "phone", "")] = None
        emails[row.pk][getattr(row, "email", "")] = None
    for pk, phone, email in (
        accounts.filter(**{f"{kind}__in": list(phones)}, user__is_active=True)
        .order_by("user__username")
        .values_list(f"{kind}_id", "user__phone", "user__email")
    ):
        phones[pk][phone] = None
        emails[pk][email] = None
    return {
        row.pk: Contact(
            getattr(row, "contact", ""),
            tuple(filter(None, phones[row.pk])),
            tuple(filter(None, emails[row.pk])),
        )
        for row in rows
    }
