"""Agreements and plans of sponsors: which are late or due soon."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Min, Q, QuerySet

from communes.models import Commune
from ntm_tracker.core.clock import AsOf
from sponsors.models import Assignment
from sponsors.rules import Reader
from sponsors.selectors.assignments import PAPER_DAYS, Paper, active_assignments

AGREEMENT, PLAN = "Ký kết", "Kế hoạch"


@dataclass(frozen=True)
class PaperLine:
    """An agreement or plan that is late or due soon."""

    what: str
    assignment_id: int
    sponsor_id: int
    sponsor_name: str
    phone: str
    commune_id: int
    commune_code: str
    commune_name: str
    village_name: str
    paper: Paper
    provenance: str

    @property
    def due_on(self) -> date | None:
        return self.paper.due_on

    @property
    def is_late(self) -> bool:
        return self.paper.is_late

    @property
    def days_late(self) -> int:
        return self.paper.days_late


def papers_late(
    user: Reader,
    as_of: AsOf,
    limit: int | None = None,
    *,
    communes: QuerySet[Commune] | None = None,
) -> list[PaperLine]:
    """Agreements and plans that are late or due within `PAPER_DAYS`, the longest late first."""
    last = date.fromordinal(as_of.date.toordinal() + PAPER_DAYS)
    rows = (
        active_assignments(user, as_of, communes=communes)
        .filter(Q(agreement_due_on__lte=last) | Q(plan_due_on__lte=last))
        .filter(~papers_done_by(as_of.date))
        .select_related("sponsor", "commune", "village")
    )
    lines = []
    for row in rows:
        for what, due_on, done_on in (
            (AGREEMENT, row.agreement_due_on, row.agreement_signed_on),
            (PLAN, row.plan_due_on, row.plan_done_on),
        ):
            paper = Paper(due_on, done_on, as_of.date)
            if paper.is_late or paper.is_due_soon:
                lines.append((paper.due_on, row.sponsor.sort_key, row.pk, _line(what, paper, row)))
    lines.sort(key=lambda line: line[:3])
    return [line[-1] for line in lines[:limit]]


def papers_done_by(on: date) -> Q:
    """Assignments with agreement and plan both done by a day."""
    return Q(agreement_signed_on__isnull=False, agreement_signed_on__lte=on) & Q(
        plan_done_on__isnull=False, plan_done_on__lte=on
    )


def has_late_paper(on: date) -> Q:
    """Assignments whose agreement or plan is past its day and not done by then."""
    return _is_late("agreement_due_on", "agreement_signed_on", on) | _is_late(
        "plan_due_on", "plan_done_on", on
    )


def _is_late(due: str, done: str, on: date) -> Q:
    missing = Q(**{f"{done}__isnull": True}) | Q(**{f"{done}__gt": on})
    return Q(**{f"{due}__lt": on}) & missing


def late_papers(user: Reader, as_of: AsOf) -> tuple[int, date | None]:
    """How many of the reader's assignments have a late paper, and the longest overdue day; one
    query."""
    on = as_of.date
    found = active_assignments(user, as_of).aggregate(
        n=Count("pk", filter=has_late_paper(on)),
        agreement=Min(
            "agreement_due_on", filter=_is_late("agreement_due_on", "agreement_signed_on", on)
        ),
        plan=Min("plan_due_on", filter=_is_late("plan_due_on", "plan_done_on", on)),
    )
    days = [day for day in (found["agreement"], found["plan"]) if day]
    return found["n"], min(days, default=None)


def _line(what: str, paper: Paper, row: Assignment) -> PaperLine:
    return PaperLine(
        what=what,
        assignment_id=row.pk,
        sponsor_id=row.sponsor_id,
        sponsor_name=row.sponsor.name,
        phone=row.sponsor.phone,
        commune_id=row.commune_id,
        commune_code=row.commune.code,
        commune_name=row.commune.name,
        village_name=row.village.name if row.village else "",
        paper=paper,
        provenance=row.provenance,
    )
