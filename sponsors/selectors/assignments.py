"""Assignments on a day: who is where, whether its papers are in time, what it promised and did."""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from django.db.models import Count, F, Q, QuerySet, Sum

from communes.models import Commune, Village
from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import AsOf
from sponsors.choices import OPEN_STATES, TaskState
from sponsors.models import Assignment
from sponsors.models.tasks import TaskQuerySet
from sponsors.rules import Reader
from sponsors.selectors.gifts import Gifts, commitments, contributions, gifts_by
from sponsors.selectors.tasks import is_late_on, open_communes, visible_tasks

PAPER_DAYS = 14
# NULL sorts first on SQLite and last on PostgreSQL.
COMMUNE_FIRST = F("village__sort_key").asc(nulls_first=True)


@dataclass(frozen=True)
class Paper:
    """The agreement or the plan of an assignment on a day `on`."""

    due_on: date | None
    done_on: date | None
    on: date

    @property
    def is_done(self) -> bool:
        return self.done_on is not None and self.done_on <= self.on

    @property
    def is_late(self) -> bool:
        return not self.is_done and self.due_on is not None and self.due_on < self.on

    @property
    def is_due_soon(self) -> bool:
        return not self.is_done and self.due_on is not None and 0 <= self.days_left <= PAPER_DAYS

    @property
    def days_left(self) -> int:
        """Days until it is due (0 without a due day); negative when the day has passed."""
        return (self.due_on - self.on).days if self.due_on else 0

    @property
    def days_late(self) -> int:
        return -self.days_left if self.is_late else 0

    @property
    def words(self) -> str:
        """How it stands, in a few words."""
        if self.is_done:
            return f"Xong {self.done_on:%d/%m/%Y}"
        if self.due_on is None:
            return "Chưa có"
        if self.is_late:
            return f"Chậm {self.days_late} ngày, hạn {self.due_on:%d/%m/%Y}"
        return f"Chưa xong, hạn {self.due_on:%d/%m/%Y}"


@dataclass(frozen=True)
class TaskSums:
    """Tasks of one group on a day, without the cancelled ones."""

    total: int = 0
    late: int = 0
    open: int = 0
    done: int = 0
    progress_sum: int = 0

    def __add__(self, other: "TaskSums") -> "TaskSums":
        return TaskSums(
            self.total + other.total,
            self.late + other.late,
            self.open + other.open,
            self.done + other.done,
            self.progress_sum + other.progress_sum,
        )

    @property
    def progress(self) -> int | None:
        """Average progress in percent, rounded down, so that 100 means all is done."""
        return self.progress_sum // self.total if self.total else None


def task_sums(tasks: TaskQuerySet, on: date, *keys: str) -> dict[tuple, TaskSums]:
    """Sums of tasks (annotated by `on_date`) per values of the keys, in one query."""
    rows: Iterable[tuple[Any, ...]] = (
        tasks.exclude(state_on=TaskState.CANCELLED)
        .order_by()
        .values_list(*keys)
        .annotate(
            count_all=Count("pk"),
            count_late=Count("pk", filter=is_late_on(on)),
            count_open=Count("pk", filter=Q(state_on__in=OPEN_STATES)),
            count_done=Count("pk", filter=Q(state_on=TaskState.ACCEPTED)),
            sum_progress=Sum("progress_on"),
        )
    )
    return {row[:-5]: TaskSums(*row[-5:]) for row in rows}


@dataclass(frozen=True)
class AssignmentRow:
    """One sponsor at one place on a day. What was delivered and done there is counted once, even
    where the sponsor has both the commune and villages of it."""

    pk: int
    sponsor_id: int
    sponsor_name: str
    sponsor_kind: str
    contact: str
    phone: str
    commune_id: int
    commune_code: str
    commune_name: str
    village_id: int | None
    village_name: str
    basis_label: str
    is_lead: bool
    document: str
    decided_on: date
    ended_on: date | None
    agreement: Paper
    plan: Paper
    promised: Gifts
    delivered: Gifts
    tasks: TaskSums
    provenance: str
    source: str
    commune_is_open: bool

    @property
    def place(self) -> str:
        """The commune, or the village with its commune."""
        name = f"xã {self.commune_name}"
        return f"{self.village_name}, {name}" if self.village_name else f"Xã {self.commune_name}"


def active_assignments(
    user: Reader,
    as_of: AsOf,
    *,
    commune: Commune | None = None,
    village: Village | None = None,
    communes: QuerySet[Commune] | None = None,
) -> QuerySet[Assignment]:
    """The reader's assignments in force on the day."""
    rows = Assignment.objects.visible_to(user).active_on(as_of.date)
    if commune is not None:
        rows = rows.filter(commune=commune)
    if village is not None:
        rows = rows.filter(village=village)
    if communes is not None:
        rows = rows.filter(commune__in=communes.values("pk"))
    return rows


def sponsor_count(user: Reader, as_of: AsOf, *, communes: QuerySet[Commune] | None = None) -> int:
    """How many sponsors are at work on the day, each counted once."""
    rows = active_assignments(user, as_of, communes=communes)
    return rows.order_by().values("sponsor").distinct().count()


@dataclass(frozen=True)
class PlaceSums:
    """What was promised by assignment, and what was delivered and done by (sponsor, commune,
    village)."""

    promised: dict[int, Gifts]
    delivered: dict[tuple, Gifts]
    tasks: dict[tuple, TaskSums]


def place_sums(user: Reader, as_of: AsOf, sponsors: Iterable[int]) -> PlaceSums:
    """The sums of some sponsors wherever they are; three queries."""
    mine, places = {"sponsor__in": sponsors}, ("sponsor_id", "commune_id", "village_id")
    return PlaceSums(
        gifts_by(commitments(user, as_of).filter(**mine), "assignment_id"),
        gifts_by(contributions(user, as_of).filter(**mine), *places),
        task_sums(visible_tasks(user, as_of).filter(**mine), as_of.date, *places),
    )


def assignment_rows(
    user: Reader,
    as_of: AsOf,
    assignments: QuerySet[Assignment],
    sums: PlaceSums | None = None,
) -> list[AssignmentRow]:
    """The assignments with promises, deliveries and tasks, by commune, lead first: five queries,
    two where the sums are known.

    `assignments` is already narrowed to what the reader may see in full.
    """
    rows = list(
        assignments.select_related("sponsor", "commune", "village", "document").order_by(
            "commune__sort_key", "commune_id", "-is_lead", "sponsor__sort_key", COMMUNE_FIRST, "pk"
        )
    )
    sums = sums or place_sums(user, as_of, {row.sponsor_id for row in rows})
    delivered, tasks = attribute(sums.delivered, rows), attribute(sums.tasks, rows)
    opened = open_communes(user)
    return [
        AssignmentRow(
            pk=row.pk,
            sponsor_id=row.sponsor_id,
            sponsor_name=row.sponsor.name,
            sponsor_kind=row.sponsor.get_kind_display(),
            contact=row.sponsor.contact,
            phone=row.sponsor.phone,
            commune_id=row.commune_id,
            commune_code=row.commune.code,
            commune_name=row.commune.name,
            village_id=row.village_id,
            village_name=row.village.name if row.village else "",
            basis_label=row.get_basis_display(),
            is_lead=row.is_lead,
            document=str(row.document or ""),
            decided_on=row.decided_on,
            ended_on=row.ended_on,
            agreement=Paper(row.agreement_due_on, row.agreement_signed_on, as_of.date),
            plan=Paper(row.plan_due_on, row.plan_done_on, as_of.date),
            promised=sums.promised.get(row.pk, Gifts()),
            delivered=delivered.get(row.pk, Gifts()),
            tasks=tasks.get(row.pk, TaskSums()),
            provenance=row.provenance,
            source=row.source,
            commune_is_open=opened is None or row.commune_id in opened,
        )
        for row in rows
    ]


Sums = TypeVar("Sums", Gifts, TaskSums)


def attribute(sums: Mapping[tuple, Sums], assignments: Iterable[Assignment]) -> dict[int, Sums]:
    """Sums per (sponsor, commune, village) given to one assignment each: that of the village, else
    that of the commune, else the sponsor's first there. What fits none is left out."""
    by_place: dict[Hashable, int] = {}
    for row in assignments:
        by_place.setdefault((row.sponsor_id, row.commune_id, row.village_id), row.pk)
        by_place.setdefault((row.sponsor_id, row.commune_id), row.pk)
    result: dict[int, Sums] = {}
    for (sponsor, commune, village), amount in sums.items():
        for place in (
            (sponsor, commune, village),
            (sponsor, commune, None),
            (sponsor, commune),
        ):
            if place in by_place:
                pk = by_place[place]
                result[pk] = result[pk] + amount if pk in result else amount
                break
    return result


@dataclass(frozen=True)
class CommuneSponsor:
    """A sponsor at work in a commune. `details` is None where the reader may know only the name."""

    sponsor_id: int
    name: str
    is_lead: bool
    details: AssignmentRow | None


def commune_sponsors(
    user: Reader,
    commune: Commune,
    as_of: AsOf,
    *,
    village: Village | None = None,
    sums: PlaceSums | None = None,
) -> list[CommuneSponsor]:
    """Who sponsors a commune (or one village of it) that the reader may see; lead first.

    A sponsor sees its own assignments in full and of the others the names, each once.
    """
    there = Assignment.objects.active_on(as_of.date).filter(commune=commune)
    if village is not None:
        there = there.filter(village=village)
    own = there.visible_to(user)
    rows = assignment_rows(user, as_of, own, sums)
    found = [CommuneSponsor(row.sponsor_id, row.sponsor_name, row.is_lead, row) for row in rows]
    if user.role != Role.SPONSOR:
        return found
    known = {row.sponsor_id for row in rows}
    others: dict[int, CommuneSponsor] = {}
    for pk, name, is_lead in (
        there.exclude(sponsor__in=known)
        .order_by("-is_lead", "sponsor__sort_key", "sponsor_id")
        .values_list("sponsor_id", "sponsor__name", "is_lead")
    ):
        others.setdefault(pk, CommuneSponsor(pk, name, is_lead, None))
    return [*found, *others.values()]
