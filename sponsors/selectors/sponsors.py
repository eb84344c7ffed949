"""Sponsors on a day: what each was assigned, promised, delivered, and how its tasks stand."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page
from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from communes.models import Commune, valid_on
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.paging import page_of
from ntm_tracker.core.text import search_words
from sponsors.models import Assignment, Contribution, Difficulty, Sponsor, TaskTeam, TaskUpdate
from sponsors.rules import Reader
from sponsors.selectors.assignments import (
    COMMUNE_FIRST,
    AssignmentRow,
    Paper,
    TaskSums,
    assignment_rows,
    task_sums,
)
from sponsors.selectors.difficulties import DifficultyRow, difficulties
from sponsors.selectors.gifts import (
    GiftLine,
    Gifts,
    commitment_lines,
    commitments,
    contributions,
    gifts_by,
    recent_contributions,
    total,
)
from sponsors.selectors.papers import has_late_paper
from sponsors.selectors.reviews import ReviewLine, latest_reviews, review_history
from sponsors.selectors.tasks import (
    REPORTS,
    TaskCounts,
    TaskRow,
    task_counts,
    tasks_for,
    visible_tasks,
)

PAGE_SIZE = 50


@dataclass(frozen=True)
class SponsorFilters:
    """What an address narrows the list by. `commune` is a code; empty values narrow nothing."""

    q: str = ""
    kind: str = ""
    commune: str = ""
    late_papers: bool = False


@dataclass(frozen=True)
class Place:
    """A commune or village that a sponsor is assigned to."""

    commune_code: str
    commune_name: str
    village_name: str
    is_lead: bool

    @property
    def name(self) -> str:
        return (
            f"{self.village_name} ({self.commune_name})" if self.village_name else self.commune_name
        )


@dataclass(frozen=True)
class Papers:
    """Agreements or plans of one sponsor: how many are asked for, done and late."""

    total: int
    done: int
    late: int
    next_due_on: date | None
    last_done_on: date | None

    @classmethod
    def of(cls, papers: Sequence[Paper]) -> "Papers":
        open_days = [paper.due_on for paper in papers if paper.due_on and not paper.is_done]
        done_days = [paper.done_on for paper in papers if paper.done_on and paper.is_done]
        return cls(
            total=len(papers),
            done=len(done_days),
            late=sum(paper.is_late for paper in papers),
            next_due_on=min(open_days, default=None),
            last_done_on=max(done_days, default=None),
        )

    @property
    def is_done(self) -> bool:
        return self.total > 0 and self.done == self.total

    @property
    def badge(self) -> str:
        """The code under which the badge shows it."""
        if self.is_done:
            return "signed"
        return "late" if self.late else "open"

    @property
    def words(self) -> str:
        """How they stand; with numbers where there are several."""
        word, count = ("Xong", self.done) if self.is_done else ("Chưa", self.done)
        if self.late:
            word, count = "Chậm", self.late
        return f"{word} {count}/{self.total}" if self.total > 1 else word

    @property
    def day_words(self) -> str:
        """When they were done, or the next day that one is due."""
        if self.is_done:
            return f"{self.last_done_on:%d/%m/%Y}"
        return f"hạn {self.next_due_on:%d/%m/%Y}" if self.next_due_on else ""


@dataclass(frozen=True)
class SponsorRow:
    """One sponsor on a day, as far as the reader may see it: a commune sees what concerns it."""

    pk: int
    name: str
    short_name: str
    kind: str
    kind_label: str
    contact: str
    phone: str
    provenance: str
    source: str
    places: tuple[Place, ...]
    documents: tuple[str, ...]
    agreement: Papers
    plan: Papers
    promised: Gifts
    delivered: Gifts
    tasks: TaskSums
    last_update_on: date | None
    difficulties: tuple[str, ...]
    reviews: tuple[ReviewLine, ...]

    @property
    def communes(self) -> tuple[str, ...]:
        """The communes it works in, each once."""
        return tuple(dict.fromkeys(place.commune_name for place in self.places))

    @property
    def villages(self) -> tuple[str, ...]:
        return tuple(place.village_name for place in self.places if place.village_name)

    @property
    def village_words(self) -> str:
        """Its villages in one line, with their commune where it works in several."""
        if len(self.communes) > 1:
            return ", ".join(place.name for place in self.places if place.village_name)
        return ", ".join(self.villages)

    @property
    def progress(self) -> int | None:
        """Average progress of its tasks in percent; None without tasks."""
        return self.tasks.progress


def sponsors_on(
    user: Reader,
    as_of: AsOf,
    filters: SponsorFilters = SponsorFilters(),
    *,
    communes: QuerySet[Commune] | None = None,
) -> QuerySet[Sponsor]:
    """The sponsors the reader may see that were there on the day: assigned or giving by then, or
    entered and not yet assigned to anything."""
    on = as_of.date
    assigned = Assignment.objects.filter(sponsor=OuterRef("pk"))
    seen = assigned.visible_to(user)
    rows = Sponsor.objects.visible_to(user).filter(
        Q(Exists(assigned.filter(decided_on__lte=on)))
        | Exists(Contribution.objects.filter(sponsor=OuterRef("pk"), effective_on__lte=on))
        | ~Q(Exists(assigned))
    )
    if communes is not None:
        there = seen.active_on(on).filter(commune__in=communes.values("pk"))
        rows = rows.filter(Exists(there))
    if filters.kind:
        rows = rows.filter(kind=filters.kind)
    if filters.commune:
        there = seen.active_on(on).filter(valid_on(on, "commune__"), commune__code=filters.commune)
        rows = rows.filter(Exists(there))
    if filters.late_papers:
        rows = rows.filter(Exists(seen.active_on(on).filter(has_late_paper(on))))
    for word in search_words(filters.q):
        rows = rows.filter(search_text__contains=word)
    return rows.order_by("sort_key", "pk")


def sponsor_rows(
    user: Reader,
    as_of: AsOf,
    filters: SponsorFilters = SponsorFilters(),
    *,
    communes: QuerySet[Commune] | None = None,
) -> list[SponsorRow]:
    """All sponsors with their figures, by name; a constant number of queries.

    `communes` narrows both the sponsors and their figures to those communes.
    """
    rows = sponsors_on(user, as_of, filters, communes=communes)
    return _filled(list(rows), user, as_of, communes)


@dataclass(frozen=True)
class SponsorList:
    """Context of the sponsor list. The sums are over every
    sponsor that the filters leave, not only this page."""

    page: Page
    rows: tuple[SponsorRow, ...]
    promised: Gifts
    delivered: Gifts
    late_papers: int


def sponsor_list(
    user: Reader, as_of: AsOf, filters: SponsorFilters, number: int | None = 1
) -> SponsorList:
    """One page of sponsors. Raises EmptyPage past the last page."""
    chosen = sponsors_on(user, as_of, filters)
    page = page_of(chosen, number, PAGE_SIZE)
    pks = chosen.order_by().values("pk")
    late = Assignment.objects.visible_to(user).active_on(as_of.date)
    late = late.filter(has_late_paper(as_of.date), sponsor__in=pks)
    return SponsorList(
        page=page,
        rows=tuple(_filled(list(page.object_list), user, as_of, None)),
        promised=total(gifts_by(commitments(user, as_of).filter(sponsor__in=pks), "kind").values()),
        delivered=total(
            gifts_by(contributions(user, as_of).filter(sponsor__in=pks), "kind").values()
        ),
        late_papers=late.order_by().values("sponsor").distinct().count(),
    )


def _filled(
    sponsors: Sequence[Sponsor],
    user: Reader,
    as_of: AsOf,
    communes: QuerySet[Commune] | None,
) -> list[SponsorRow]:
    """Figures by grouped sums, each from its own table: a join of two would multiply amounts."""
    here: dict[str, Any] = {"sponsor__in": [sponsor.pk for sponsor in sponsors]}
    if communes is not None:
        here["commune__in"] = communes.values("pk")
    assignments = defaultdict(list)
    for row in (
        Assignment.objects.visible_to(user)
        .active_on(as_of.date)
        .filter(**here)
        .select_related("commune", "village", "document")
        .order_by("commune__sort_key", "commune_id", COMMUNE_FIRST, "pk")
    ):
        assignments[row.sponsor_id].append(row)
    promised = gifts_by(commitments(user, as_of).filter(**here), "sponsor_id")
    delivered = gifts_by(contributions(user, as_of).filter(**here), "sponsor_id")
    tasks = task_sums(visible_tasks(user, as_of).filter(**here), as_of.date, "sponsor_id")
    updated = dict(
        TaskUpdate.objects.filter(
            task__in=visible_tasks(user, as_of).filter(**here).values("pk"),
            transition__in=REPORTS,
            effective_on__lte=as_of.date,
        )
        .order_by()
        .values_list("task__sponsor_id")
        .annotate(Max("effective_on"))
    )
    reviews = latest_reviews(user, as_of, here["sponsor__in"])
    texts = defaultdict(list)
    for sponsor, text in (
        Difficulty.objects.visible_to(user)
        .filter(effective_on__lte=as_of.date, **here)
        .order_by("-effective_on", "-pk")
        .values_list("sponsor_id", "text")
    ):
        texts[sponsor].append(text)
    return [
        SponsorRow(
            pk=sponsor.pk,
            name=sponsor.name,
            short_name=sponsor.short_name,
            kind=sponsor.kind,
            kind_label=sponsor.get_kind_display(),
            contact=sponsor.contact,
            phone=sponsor.phone,
            provenance=sponsor.provenance,
            source=sponsor.source,
            places=tuple(_place(row) for row in assignments[sponsor.pk]),
            documents=tuple(
                dict.fromkeys(str(row.document) for row in assignments[sponsor.pk] if row.document)
            ),
            agreement=Papers.of(
                [
                    Paper(row.agreement_due_on, row.agreement_signed_on, as_of.date)
                    for row in assignments[sponsor.pk]
                ]
            ),
            plan=Papers.of(
                [
                    Paper(row.plan_due_on, row.plan_done_on, as_of.date)
                    for row in assignments[sponsor.pk]
                ]
            ),
            promised=promised.get(sponsor.pk, Gifts()),
            delivered=delivered.get(sponsor.pk, Gifts()),
            tasks=tasks.get((sponsor.pk,), TaskSums()),
            last_update_on=updated.get(sponsor.pk),
            difficulties=tuple(texts[sponsor.pk]),
            reviews=reviews.get(sponsor.pk, ()),
        )
        for sponsor in sponsors
    ]


def _place(row: Assignment) -> Place:
    return Place(
        row.commune.code, row.commune.name, row.village.name if row.village else "", row.is_lead
    )


@dataclass(frozen=True)
class SponsorPage:
    """Context of the sponsor page; every list obeys what the reader may see."""

    sponsor: Sponsor
    row: SponsorRow
    teams: tuple[TaskTeam, ...]
    assignments: tuple[AssignmentRow, ...]
    counts: TaskCounts
    tasks: tuple[TaskRow, ...]
    commitments: tuple[GiftLine, ...]
    contributions: tuple[GiftLine, ...]
    difficulties: tuple[DifficultyRow, ...]
    reviews: tuple[ReviewLine, ...]

    @property
    def tasks_unit(self) -> str:
        return f"trên {self.counts.total} việc"

    @property
    def late_tone(self) -> str:
        return "gap" if self.counts.late else ""


def sponsor_page(user: Reader, sponsor: Sponsor, as_of: AsOf) -> SponsorPage:
    """One sponsor on a day. The caller has made sure that the reader may see the sponsor."""
    assignments = Assignment.objects.visible_to(user).active_on(as_of.date).filter(sponsor=sponsor)
    return SponsorPage(
        sponsor=sponsor,
        row=_filled([sponsor], user, as_of, None)[0],
        teams=tuple(
            sponsor.teams.filter(
                Q(established_on=None) | Q(established_on__lte=as_of.date)
            ).select_related("document")
        ),
        assignments=tuple(assignment_rows(user, as_of, assignments)),
        counts=task_counts(user, as_of, sponsor=sponsor),
        tasks=tuple(tasks_for(user, as_of, sponsor=sponsor)),
        commitments=tuple(commitment_lines(user, as_of, sponsor)),
        contributions=tuple(recent_contributions(user, as_of, None, sponsor=sponsor)),
        difficulties=tuple(difficulties(user, as_of, sponsor=sponsor)),
        reviews=tuple(review_history(user, as_of, sponsor)),
    )


def sponsor_communes(user: Reader, as_of: AsOf) -> tuple[tuple[str, str], ...]:
    """(code, name) of the communes that have sponsors the reader may see, for the filter."""
    assigned = Assignment.objects.visible_to(user).active_on(as_of.date).order_by()
    communes = Commune.objects.active_on(as_of.date).filter(pk__in=assigned.values("commune"))
    return tuple(communes.order_by("sort_key", "pk").values_list("code", "name"))
