"""Where the villages stand on their way to model residential areas."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import F, QuerySet

from communes.models import Commune, Village, VillageMembership, valid_on
from criteria.choices import VillageState
from criteria.models import VillageStatus
from criteria.selectors.history import latest_first


@dataclass(frozen=True)
class VillageRow:
    """One village on a day. A village without any row counts as not yet met."""

    pk: int
    name: str
    commune_id: int
    commune_code: str
    commune_name: str
    households: int | None
    provenance: str
    state: VillageState
    is_plan_approved: bool
    plan_percent: int
    gardens_planned: int
    gardens_met: int
    since: date | None

    @property
    def is_met(self) -> bool:
        """Only a recognised village counts; a declared one still waits."""
        return self.state == VillageState.RECOGNISED


@dataclass(frozen=True)
class VillageCounts:
    """The figures reported side by side in the province."""

    total: int
    met: int
    declared: int
    plan_approved: int
    plan_70: int
    gardens_planned: int
    gardens_met: int

    @property
    def left(self) -> int:
        """Villages not yet recognised as model residential areas."""
        return self.total - self.met


def village_rows(
    villages: QuerySet[Village], on: date, communes: QuerySet[Commune] | None = None
) -> list[VillageRow]:
    """The villages (already narrowed to what the reader may see) with their state on a day,
    by commune and name; two queries. `communes` narrows to villages of those on that day."""
    members = (
        VillageMembership.objects.filter(valid_on(on), village__in=villages.values("pk"))
        .order_by("commune__sort_key", "commune_id", "village__sort_key", "village_id")
        .values(
            "commune_id",
            pk=F("village_id"),
            name=F("village__name"),
            commune_code=F("commune__code"),
            commune_name=F("commune__name"),
            households=F("village__households"),
            provenance=F("village__provenance"),
        )
    )
    if communes is not None:
        members = members.filter(commune__in=communes.values("pk"))
    statuses = {
        row.village_id: row
        for row in VillageStatus.objects.filter(
            village__in=villages.values("pk"), effective_on__lte=on
        )
        .annotate(place=latest_first(["village_id"], "effective_on"))
        .filter(place=1)
        .order_by()
        # Columns, no objects: a province has 1,500 villages.
        .values_list(
            "village_id",
            "state",
            "is_plan_approved",
            "plan_percent",
            "gardens_planned",
            "gardens_met",
            "effective_on",
            named=True,
        )
    }
    rows = []
    for member in members:
        status = statuses.get(member["pk"])
        rows.append(
            VillageRow(
                **member,
                state=VillageState(status.state) if status else VillageState.NOT_YET,
                is_plan_approved=bool(status and status.is_plan_approved),
                plan_percent=status.plan_percent if status else 0,
                gardens_planned=status.gardens_planned if status else 0,
                gardens_met=status.gardens_met if status else 0,
                since=status.effective_on if status else None,
            )
        )
    return rows


def village_counts(rows: Iterable[VillageRow]) -> VillageCounts:
    """The counts over rows of `village_rows`."""
    rows = list(rows)
    return VillageCounts(
        total=len(rows),
        met=sum(row.is_met for row in rows),
        declared=sum(row.state == VillageState.DECLARED for row in rows),
        plan_approved=sum(row.is_plan_approved for row in rows),
        plan_70=sum(row.plan_percent >= 70 for row in rows),
        gardens_planned=sum(row.gardens_planned for row in rows),
        gardens_met=sum(row.gardens_met for row in rows),
    )


def village_history(village: Village, on: date) -> list[VillageStatus]:
    """The states of a village up to a day, the latest first."""
    return list(
        village.statuses.filter(effective_on__lte=on)
        .select_related("document")
        .order_by(F("effective_on").desc(), "-id")
    )
