"""The whole case in one transaction."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import OuterRef, Subquery

from communes.models import Commune, Village
from criteria.models import (
    Assessment,
    CriteriaSet,
    DebtStatement,
    Declaration,
    Disbursement,
    DossierStep,
    FundingNeed,
    FundingSource,
    Milestone,
    VillageStatus,
    WorkItem,
)
from criteria.services.assessments import refresh_standings
from ntm_tracker.core.clock import month_end
from ntm_tracker.core.models import AuditEntry, Installation, Period, User
from ntm_tracker.dashboard.catalogues import FIXTURES
from ntm_tracker.dashboard.catalogues.files import Loading
from ntm_tracker.dashboard.catalogues.units import load_documents
from ntm_tracker.dashboard.demo.accounts import seed_accounts
from ntm_tracker.dashboard.demo.case import (
    CRITERIA_SET,
    DISTRICT,
    FIRST,
    LAST,
    OFFICE_LABEL,
    REPORTING,
    TARGET,
    VALID_FROM,
    Case,
)
from ntm_tracker.dashboard.demo.following import assess_sponsors, follow_up
from ntm_tracker.dashboard.demo.money import seed_debts, seed_money
from ntm_tracker.dashboard.demo.places import seed_villages
from ntm_tracker.dashboard.demo.plans import seed_plans
from ntm_tracker.dashboard.demo.progress import (
    seed_dossiers,
    seed_milestones,
    seed_standings,
    seed_village_standings,
)
from ntm_tracker.dashboard.demo.reports import (
    seed_declarations,
    seed_drafts,
    seed_groups,
    seed_indicator_reports,
)
from ntm_tracker.dashboard.demo.sponsorship import Sponsorship, seed_sponsors
from sponsors.models import (
    Commitment,
    Contribution,
    Difficulty,
    DifficultyUpdate,
    Sponsor,
    SponsorReview,
    TaskUpdate,
)
from sponsors.services import refresh_tasks

FOLDER = FIXTURES / "huongkhe_2022"
# A report is due on this day of the month after.
REPORT_DUE_DAY = 5
# What a person or a unit has entered; the catalogues alone leave these empty.
FILLED = (User, Installation, Sponsor, Village, WorkItem, Assessment)


@dataclass(frozen=True)
class Summary:
    """How many rows of what were written."""

    counts: dict[str, int]

    def __str__(self) -> str:
        return ", ".join(f"{number} {what}" for what, number in self.counts.items())


def database_is_empty() -> bool:
    """Whether nobody has entered anything yet (the catalogues do not count)."""
    return not any(model.objects.exists() for model in FILLED)


def catalogues_are_loaded() -> bool:
    """Whether the units and the criteria of the case are there to be filled."""
    district = Commune.objects.filter(district__code=DISTRICT, valid_from=VALID_FROM)
    return CriteriaSet.objects.filter(code=CRITERIA_SET).exists() and district.exists()


@transaction.atomic
def seed(*, now: datetime, folder: Path = FOLDER) -> Summary:
    """Write the case, all or nothing; the catalogues must have been loaded.

    Raises CatalogueError with file and line where a file is wrong.
    """
    case = Case(folder, now)
    seed_installation(case)
    load_documents(Loading(folder))
    seed_villages(case)
    seed_standings(case)
    seed_village_standings(case)
    seed_milestones(case)
    seed_dossiers(case)
    seed_groups(case)
    seed_indicator_reports(case)
    seed_declarations(case)
    seed_money(case)
    seed_debts(case)
    sponsors = seed_sponsors(case)
    sponsorship = Sponsorship(case, sponsors)
    sponsorship.assign()
    sponsorship.promise()
    sponsorship.plan()
    sponsorship.report()
    sponsorship.give()
    seed_plans(case)
    follow_up(case, sponsorship)
    assess_sponsors(case, sponsorship)
    seed_accounts(case, sponsors)
    seed_drafts(case)
    seed_periods(case)
    credit_audit()
    # Written up to the last day of the figures; the present is that of the reporting date.
    refresh_standings(REPORTING)
    refresh_tasks(REPORTING)
    return Summary(case.counts)


def seed_installation(case: Case) -> None:
    """Open the demo at its reporting date, so that nothing looks years late."""
    installation = Installation.current()
    installation.is_demo = True
    installation.reporting_date = REPORTING
    installation.first_date = FIRST
    installation.last_date = LAST
    installation.target_date = TARGET
    installation.focus_district = DISTRICT
    installation.save()


def seed_periods(case: Case) -> None:
    """The reporting months from January to June 2022."""
    day: date = month_end(FIRST)
    while day <= LAST:
        Period.objects.create(
            month=day.replace(day=1),
            cut_off_on=day,
            due_on=day + timedelta(days=REPORT_DUE_DAY),
        )
        case.wrote("kỳ báo cáo", 1)
        day = month_end(day + timedelta(days=1))


LABELLED = (
    Assessment,
    Milestone,
    Declaration,
    DossierStep,
    VillageStatus,
    FundingNeed,
    FundingSource,
    Disbursement,
    DebtStatement,
    Commitment,
    Contribution,
    Difficulty,
    SponsorReview,
)


def credit_audit() -> None:
    """Name in the trail whom the case has acting: the command wrote the rows, but who looks at
    "recent changes" asks which unit said so. No account is credited."""
    for model in LABELLED:
        said = model.objects.filter(pk=OuterRef("object_id")).values("by_label")
        AuditEntry.objects.filter(object_type=model._meta.label_lower).update(
            by_label=Subquery(said[:1])
        )
    for move in TaskUpdate.objects.order_by().values_list("transition", flat=True).distinct():
        said = TaskUpdate.objects.filter(
            task=OuterRef("object_id"), transition=move, effective_on=OuterRef("effective_on")
        ).values("by_label")
        AuditEntry.objects.filter(action=f"task.{move}").update(by_label=Subquery(said[:1]))
    for turn in DifficultyUpdate.objects.order_by().values_list("action", flat=True).distinct():
        said = DifficultyUpdate.objects.filter(
            difficulty=OuterRef("object_id"), action=turn, effective_on=OuterRef("effective_on")
        ).values("by_label")
        AuditEntry.objects.filter(action=f"difficulty.{turn}").update(by_label=Subquery(said[:1]))
    of_office = ("sponsors.assignment", "sponsors.plantemplate")
    AuditEntry.objects.filter(object_type__in=of_office).update(by_label=OFFICE_LABEL)
