"""What the forms of the office offer: communes by district, the villages of those that are chosen,
and which sponsor is at work where."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet

from communes.models import Commune, Village
from criteria.choices import Level
from criteria.models import Criterion
from criteria.selectors.sets import set_in_force
from criteria.selectors.villages import VillageRow, village_rows
from ntm_tracker.core.choices import DocumentKind
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Document
from sponsors.models import Assignment, Sponsor, Task
from sponsors.rules import Reader


@dataclass(frozen=True)
class District:
    """The communes of one former district, in the order of names; "" for those without."""

    code: str
    name: str
    communes: tuple[tuple[str, str], ...]


def commune_choices(user: Reader, as_of: AsOf) -> tuple[District, ...]:
    """The rural communes of the day, by district; one query."""
    rows = Commune.objects.visible_to(user).active_on(as_of.date).rural()
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for code, name, district, district_name in rows.order_by(
        "district__sort_key", "district_id", "sort_key", "pk"
    ).values_list("code", "name", "district__code", "district__name"):
        found[district or "", district_name or "Các xã"].append((code, name))
    return tuple(District(*key, tuple(communes)) for key, communes in found.items())


@dataclass(frozen=True)
class CommunePlaces:
    """A chosen commune with its villages of the day."""

    commune: Commune
    villages: tuple[VillageRow, ...]

    @property
    def keyed(self) -> list[tuple[str, VillageRow]]:
        """The villages with the value by which a form names them."""
        return [(f"{self.commune.code}:{village.pk}", village) for village in self.villages]

    @property
    def left(self) -> int:
        """Villages not yet recognised."""
        return sum(not village.is_met for village in self.villages)


def places_of(user: Reader, as_of: AsOf, codes: Collection[str]) -> tuple[CommunePlaces, ...]:
    """The communes with these codes and their villages, by name: three queries."""
    communes = Commune.objects.visible_to(user).active_on(as_of.date).rural().filter(code__in=codes)
    villages: dict[int, list[VillageRow]] = defaultdict(list)
    for row in village_rows(Village.objects.visible_to(user), as_of.date, communes):
        villages[row.commune_id].append(row)
    return tuple(
        CommunePlaces(commune, tuple(villages[commune.pk]))
        for commune in communes.order_by("sort_key", "pk")
    )


Spot = tuple[int, int | None]  # commune and village, or the whole commune


@dataclass(frozen=True)
class SponsorsThere:
    """The assignments in force at some communes, to find who is at work at a spot."""

    rows: tuple[Assignment, ...]

    def at(
        self, commune: int, village: int | None, sponsor: int | None = None
    ) -> Assignment | None:
        """Who sponsors the spot: the village's own sponsor, then the commune's lead, then whoever
        sponsors the commune; of `sponsor` only, where it is named."""
        rows = [
            row
            for row in self.rows
            if row.commune_id == commune and (sponsor is None or row.sponsor_id == sponsor)
        ]
        own = [row for row in rows if village is not None and row.village_id == village]
        whole = [row for row in rows if row.village_id is None]
        lead = [row for row in whole if row.is_lead]
        for group in (own, lead, whole, rows if sponsor is not None else []):
            if group:
                return group[0]
        return None

    @property
    def choices(self) -> list[tuple[int, str]]:
        """The sponsors at work there, by name."""
        sponsors: Mapping[int, Sponsor] = {row.sponsor_id: row.sponsor for row in self.rows}
        return [
            (pk, sponsor.name)
            for pk, sponsor in sorted(sponsors.items(), key=lambda pair: pair[1].sort_key)
        ]


def sponsors_there(user: Reader, as_of: AsOf, communes: Iterable[Commune]) -> SponsorsThere:
    """The assignments in force at the communes on the day, lead first; one query."""
    rows = (
        Assignment.objects.visible_to(user)
        .active_on(as_of.date)
        .filter(commune__in=[commune.pk for commune in communes])
        .select_related("sponsor")
        .order_by("-is_lead", "decided_on", "pk")
    )
    return SponsorsThere(tuple(rows))


def criteria_choices(on: date, province_code: str) -> tuple[Criterion, ...]:
    """The commune criteria of the day, that a task can be for."""
    found = set_in_force(Level.COMMUNE, on, province_code)
    return found.criteria if found else ()


def document_choices(on: date) -> QuerySet[Document]:
    """The papers that a task can rest on, the latest first."""
    papers = Document.objects.filter(issued_on__lte=on).exclude(kind=DocumentKind.PRESS)
    return papers.order_by("-issued_on", "-pk")


def task_sponsors(user: Reader, as_of: AsOf, task: Task) -> QuerySet[Sponsor]:
    """Who can be given a task: the sponsors at work in its commune, and its present one."""
    there = Assignment.objects.visible_to(user).active_on(as_of.date).filter(commune=task.commune)
    wanted = Q(pk__in=there.order_by().values("sponsor")) | Q(pk=task.sponsor_id)
    return Sponsor.objects.filter(wanted).order_by("sort_key", "pk")
