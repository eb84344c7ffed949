"""What happens to a closed month in tests: forty values, a name, the validity of a commune."""

from dataclasses import replace
from datetime import UTC, date, datetime

from communes.models import Commune, Village
from criteria.choices import Outcome, Stage, VillageState
from criteria.models import WorkItem
from criteria.rules import is_met
from criteria.selectors.debts import debts_on
from criteria.services.assessments import AssessmentEntry, record_assessments
from criteria.services.debts import fingerprint, state_debt
from criteria.services.funding import NeedEntry, SourceEntry, record_needs, record_sources
from criteria.services.villages import VillageEntry, record_village_statuses
from ntm_tracker.core.models import Installation, Period
from ntm_tracker.core.permits import WholeProvince
from ntm_tracker.reports.selectors.month import month_rows
from ntm_tracker.reports.services.closing import except_commune
from sponsors.choices import Answerer, DifficultyState, GiftKind, Giver, Verdict
from sponsors.models import Assignment, Contribution, Difficulty, Sponsor, Task
from sponsors.services import (
    DifficultyEntry,
    GiftEntry,
    ReviewEntry,
    SponsorEntry,
    raise_difficulty,
    record_contribution,
    record_papers,
    record_reviews,
    take_back_contribution,
    turn_difficulty,
    update_sponsor,
)

OFFICE = WholeProvince()
CUT_OFF = date(2022, 4, 30)
TODAY = date(2022, 5, 6)
NOW = datetime(2022, 5, 6, 1, 30, tzinfo=UTC)
LATER = datetime(2022, 5, 20, 1, 30, tzinfo=UTC)


def change_forty(april: Period) -> None:
    """Forty values of April, by services, after the office let eight communes enter late."""
    written = {"by": None, "now": LATER, "today": TODAY}
    rows = month_rows(OFFICE, april, Installation.current())
    open_communes = rows.state.open
    communes = Commune.objects.in_bulk([row.commune_id for row in open_communes])
    for commune in communes.values():
        except_commune(april, commune=commune, until=TODAY, reason="Sửa số liệu", **written)
    met = [
        (communes[row.commune_id], criterion)
        for row in open_communes
        for criterion, cell in zip(rows.in_force.criteria, row.cells, strict=True)
        if is_met(cell)
    ]
    record_assessments(
        [
            AssessmentEntry(criterion, Stage.APPRAISED, Outcome.NOT_MET, CUT_OFF, commune=commune)
            for commune, criterion in met[:20]
        ],
        **written,
    )
    items = list(WorkItem.objects.filter(commune__in=communes).order_by("pk")[:16])
    record_needs([NeedEntry(item, 7_000_000, CUT_OFF) for item in items[:8]], **written)
    record_sources([SourceEntry(item, 3_000_000, CUT_OFF) for item in items[8:]], **written)
    record_village_statuses(
        [
            VillageEntry(
                Village.objects.get(pk=row.pk),
                communes[row.commune_id],
                VillageState.NOT_YET,
                CUT_OFF,
                plan_percent=row.plan_percent + 1,
                gardens_planned=row.gardens_planned,
                gardens_met=row.gardens_met,
                is_plan_approved=row.is_plan_approved,
            )
            for row in [v for v in rows.state.villages if v.state == VillageState.NOT_YET][:4]
        ],
        **written,
    )


def a_sponsor() -> Sponsor:
    """One with tasks, that `rename_a_sponsor` will rename."""
    return Sponsor.objects.filter(tasks__assigned_on__lte=CUT_OFF).order_by("pk")[0]


def a_task() -> Task:
    """One of them, that `put_off_a_task` will put off."""
    return a_sponsor().tasks.filter(assigned_on__lte=CUT_OFF).order_by("pk")[0]


def put_off_a_task() -> None:
    task = a_task()
    Task.objects.filter(pk=task.pk).update(due_on=date(2022, 6, 15), progress=77)


def owe_more(code: str) -> None:
    """A debt of April, stated after the office let the commune enter late."""
    commune = Commune.objects.active_on(CUT_OFF).get(code=code)
    debt = debts_on(Commune.objects.filter(pk=commune.pk), CUT_OFF).get(commune.pk)
    state_debt(
        commune=commune,
        total=987_654_321,
        overdue=123_456_789,
        effective_on=CUT_OFF,
        seen=fingerprint(debt),
        by=None,
        now=LATER,
        today=TODAY,
    )


def an_assignment() -> Assignment:
    """Of that sponsor; `change_what_surrounds` will write into it."""
    return a_sponsor().assignments.filter(decided_on__lte=CUT_OFF, ended_on=None).order_by("pk")[0]


def a_difficulty() -> Difficulty:
    """Open, of the commune 18502 or else of anyone; `change_what_surrounds` will pass it on."""
    rows = Difficulty.objects.filter(effective_on__lte=CUT_OFF, state=DifficultyState.OPEN)
    return rows.order_by("pk")[0]


def change_what_surrounds() -> None:
    """What lies around the figures, written for April after the office let the communes enter
    late: a difficulty passed on and one raised, gifts given and taken back, papers, a review."""
    written = {"by": None, "now": LATER, "today": TODAY}
    april = Period.objects.get(month=date(2022, 4, 1))
    bind, difficulty = an_assignment(), a_difficulty()
    gift = Contribution.objects.filter(effective_on__lte=CUT_OFF).standing().order_by("-pk")[0]
    for commune in {bind.commune, difficulty.commune, gift.commune}:
        except_commune(april, commune=commune, until=TODAY, reason="Bổ sung", **written)
    turn_difficulty(
        difficulty=difficulty,
        action="forward",
        answerer=Answerer.COMMUNE,
        text="Xã tự giải quyết",
        due_on=date(2022, 6, 30),
        effective_on=CUT_OFF,
        **written,
    )
    raise_difficulty(
        DifficultyEntry(text="Thiếu cát, nêu muộn", commune=bind.commune, sponsor=bind.sponsor),
        effective_on=CUT_OFF,
        **written,
    )
    take_back_contribution(contribution=gift, effective_on=CUT_OFF, **written)
    record_contribution(
        commune=bind.commune,
        giver=Giver.SPONSOR,
        sponsor=bind.sponsor,
        entry=GiftEntry(GiftKind.MONEY, amount=123_000_000, description="Góp muộn"),
        effective_on=CUT_OFF,
        **written,
    )
    record_papers(assignment=bind, agreement_signed_on=CUT_OFF, plan_due_on=TODAY, **written)
    record_reviews(
        [
            ReviewEntry(
                sponsor=bind.sponsor, month=date(2022, 5, 1), verdict=Verdict.BEHIND, seen="Muộn"
            )
        ],
        **written,
    )


def rename_a_sponsor() -> None:
    sponsor = a_sponsor()
    entry = replace(SponsorEntry.of(sponsor), name="Đơn vị mang tên mới")
    update_sponsor(sponsor=sponsor, entry=entry, by=None, now=LATER, today=TODAY)


def end_a_commune() -> Commune:
    """One without villages and work of its own, so that only its line is missing afterwards."""
    commune = Commune.objects.active_on(CUT_OFF).filter(district__code="444", kind="xa").last()
    Commune.objects.filter(pk=commune.pk).update(valid_to=date(2022, 4, 1))
    return commune
