"""A closed month refuses late entry, whichever service it comes through."""

import ast
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from criteria.choices import DossierState, Level, Outcome, Stage, VillageState
from criteria.models import CriteriaSet
from criteria.services.assessments import (
    AssessmentEntry,
    MilestoneEntry,
    plan_milestones,
    record_assessments,
)
from criteria.services.debts import state_debt
from criteria.services.declarations import declare_month
from criteria.services.dossiers import record_dossier_step
from criteria.services.funding import (
    NeedEntry,
    SourceEntry,
    record_disbursements,
    record_needs,
    record_sources,
)
from criteria.services.villages import VillageEntry, record_village_statuses
from ntm_tracker.core.models import Period, PeriodException
from ntm_tracker.core.periods import MonthClosed, may_enter
from sponsors.choices import Basis, GiftKind, Giver, Owner, Verdict
from sponsors.models import Contribution
from sponsors.services import (
    DifficultyEntry,
    GiftEntry,
    ReviewEntry,
    TaskAmendment,
    TaskEntry,
    amend_task,
    create_assignment,
    create_tasks,
    end_assignment,
    raise_difficulty,
    record_commitment,
    record_contribution,
    record_papers,
    record_reviews,
    record_task_update,
    take_back_contribution,
)
from tests import factories

LATE = date(2022, 4, 30)
TODAY = date(2022, 5, 6)
NOW = datetime(2022, 5, 6, 1, 30, tzinfo=UTC)
WRITTEN = {"by": None, "now": NOW, "today": TODAY}


@pytest.fixture
def closed(installation, ground):
    """April 2022 is closed; today is the 6th of May."""
    installation.reporting_date = TODAY
    installation.office_name = "VĂN PHÒNG ĐIỀU PHỐI"
    installation.save()
    return factories.make_closed_month(date(2022, 4, 1), date(2022, 4, 30), NOW)


@pytest.fixture
def ground(installation, commune_a):
    """What the services write about, made before the month is closed."""
    factories.make_set(2)
    sponsor = factories.make_sponsor()
    village = factories.make_village(commune_a)
    return {
        "commune": commune_a,
        "village": village,
        "criterion": CriteriaSet.objects.get(level=Level.COMMUNE).criteria.first(),
        "item": factories.make_item(1_000_000, 0, commune=commune_a, on=date(2022, 4, 1)),
        "sponsor": sponsor,
        "assignment": factories.make_assignment(sponsor, commune_a),
        "task": factories.make_task(commune=commune_a, sponsor=sponsor),
        "gift": factories.make_contribution(commune_a, sponsor),
    }


def money(amount=1_000_000) -> GiftEntry:
    return GiftEntry(kind=GiftKind.MONEY, amount=amount, description="Tiền mặt")


def write(what: str, on: date, g: dict) -> None:
    """One service with that effective day."""
    commune, criterion, item = g["commune"], g["criterion"], g["item"]
    written = WRITTEN | ({"today": on} if what in TODAY_ONLY else {})
    {
        "assessment": lambda: record_assessments(
            [AssessmentEntry(criterion, Stage.SELF, Outcome.MET, on, commune=commune)], **written
        ),
        "village assessment": lambda: record_assessments(
            [AssessmentEntry(criterion, Stage.SELF, Outcome.MET, on, village=g["village"])],
            **written,
        ),
        "milestone": lambda: plan_milestones(
            [MilestoneEntry(commune, criterion, date(2022, 9, 1), on)], **written
        ),
        "need": lambda: record_needs([NeedEntry(item, 5, on)], **written),
        "source": lambda: record_sources([SourceEntry(item, 5, on)], **written),
        "disbursement": lambda: record_disbursements([SourceEntry(item, 5, on)], **written),
        "debt": lambda: state_debt(commune=commune, total=5, overdue=0, effective_on=on, **written),
        "village": lambda: record_village_statuses(
            [VillageEntry(g["village"], commune, VillageState.NOT_YET, on)], **written
        ),
        "declaration": lambda: declare_month(
            commune=commune, month=on.replace(day=1), is_complete=True, **written
        ),
        "dossier": lambda: record_dossier_step(
            commune=commune,
            criteria_set=criterion.criteria_set,
            state=DossierState.SELF_DECLARED,
            effective_on=on,
            **written,
        ),
        "assignment": lambda: create_assignment(
            sponsor=factories.make_sponsor(),
            commune=commune,
            basis=Basis.ASSIGNED,
            decided_on=on,
            **written,
        ),
        "end of assignment": lambda: end_assignment(
            assignment=g["assignment"], ended_on=on, note="Hết hạn", **written
        ),
        "papers": lambda: record_papers(
            assignment=g["assignment"], agreement_signed_on=on, **written
        ),
        "commitment": lambda: record_commitment(
            assignment=g["assignment"], entry=money(), effective_on=on, **written
        ),
        "contribution": lambda: record_contribution(
            commune=commune, giver=Giver.PEOPLE, entry=money(), effective_on=on, **written
        ),
        "gift taken back": lambda: take_back_contribution(contribution=g["gift"], **written),
        "task": lambda: create_tasks(
            [
                TaskEntry(
                    title="Làm đường",
                    commune=commune,
                    owner=Owner.COMMUNE,
                    assigned_on=on,
                    due_on=date(2022, 6, 30),
                )
            ],
            **written,
        ),
        "task update": lambda: record_task_update(
            task=g["task"], transition="progress", progress=70, effective_on=on, **written
        ),
        "task amended": lambda: amend_task(
            task=g["task"],
            amendment=TaskAmendment("Khác", date(2022, 9, 1), Owner.SPONSOR),
            note="x",
            **written,
        ),
        "difficulty": lambda: raise_difficulty(
            DifficultyEntry(text="Thiếu xi măng", commune=commune), effective_on=on, **written
        ),
        "review": lambda: record_reviews(
            [ReviewEntry(sponsor=g["sponsor"], month=on.replace(day=1), verdict=Verdict.GOOD)],
            **written,
        ),
    }[what]()


# Services that always write for the reporting date itself.
TODAY_ONLY = {"gift taken back", "task amended", "declaration"}
SERVICES = [
    *("assessment", "village assessment", "milestone", "need", "source", "disbursement", "debt"),
    *("village", "declaration", "dossier", "assignment", "end of assignment", "papers"),
    *("commitment", "contribution", "gift taken back", "task", "task update", "task amended"),
    *("difficulty", "review"),
]


@pytest.mark.parametrize("what", SERVICES)
def test_a_late_entry_is_refused_with_the_reason_and_who_can_open(closed, ground, what):
    with pytest.raises(MonthClosed, match="đã khóa sổ lúc 08:30 ngày 06/05/2022") as refusal:
        write(what, LATE, ground)

    assert "Văn phòng điều phối mở lại tháng" in str(refusal.value)
    assert isinstance(refusal.value, ValidationError)
    assert isinstance(refusal.value, PermissionDenied)


@pytest.mark.parametrize("what", [one for one in SERVICES if one not in {"review", "task amended"}])
def test_the_same_entry_is_taken_where_the_commune_is_excepted(closed, ground, what):
    """(A review of a sponsor is of no commune; nothing is amended here.)"""
    make_exception(closed, ground["commune"], date(2022, 5, 10))

    write(what, LATE, ground)


def make_exception(period, commune, until) -> None:
    PeriodException.objects.create(
        period=period,
        commune_id=commune.pk,
        commune_label=str(commune),
        until=until,
        reason="Sửa",
        by_label="vanphong",
        recorded_at=NOW,
    )


def test_every_service_with_a_day_of_its_own_asks_whether_it_is_closed():
    """A new service that refuses the future: let it ask `core.periods.require_open` too."""
    root = Path(__file__).resolve().parents[2]
    silent = []
    for path in [*root.glob("criteria/services/*.py"), *root.glob("sponsors/services/*.py")]:
        names = {
            node.func.id
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        asks = {"require_open", "record_village_statuses"}  # which asks itself
        if "refuse_future" in names and not names & asks:
            silent.append(path.name)
    assert silent == []


def test_an_exception_is_for_one_commune_and_ends_by_itself(closed, commune_a, commune_b):
    make_exception(closed, commune_a, date(2022, 5, 10))

    assert may_enter(LATE, commune_a.pk, today=date(2022, 5, 10))
    assert not may_enter(LATE, commune_a.pk, today=date(2022, 5, 11))
    assert not may_enter(LATE, commune_b.pk, today=date(2022, 5, 10))
    assert not may_enter(LATE, None, today=date(2022, 5, 10))


def test_a_day_belongs_to_the_first_month_whose_cut_off_has_not_passed(installation, commune_a):
    factories.make_closed_month(date(2022, 4, 1), date(2022, 4, 25), NOW)
    Period.objects.create(
        month=date(2022, 5, 1), cut_off_on=date(2022, 5, 25), due_on=date(2022, 6, 5)
    )

    for on, allowed in (
        (date(2021, 12, 1), False),
        (date(2022, 4, 25), False),
        (date(2022, 4, 26), True),
        (date(2022, 5, 30), True),
    ):
        assert bool(may_enter(on, commune_a.pk, today=TODAY)) is allowed, on


def test_an_open_month_before_a_closed_one_takes_entries(closed, commune_a):
    Period.objects.create(
        month=date(2022, 3, 1), cut_off_on=date(2022, 3, 31), due_on=date(2022, 4, 5), revision=1
    )

    assert may_enter(date(2022, 3, 15), commune_a.pk, today=TODAY)
    assert not may_enter(date(2022, 4, 1), commune_a.pk, today=TODAY)


def test_without_a_closed_month_nothing_is_asked_further(
    installation, commune_a, django_assert_num_queries
):
    with django_assert_num_queries(1):
        assert may_enter(LATE, commune_a.pk, today=TODAY)


def test_the_form_keeps_what_was_typed_and_says_why(closed, ground, client, user_a):
    client.force_login(user_a)
    address = reverse("criteria:debt", args=[ground["commune"].code])

    answer = client.post(
        address, {"total": "5 triệu", "overdue": "0", "effective_on": "28/04/2022"}
    )

    text = answer.content.decode()
    assert answer.status_code == 422
    assert "Tháng 04/2022 đã khóa sổ" in text
    assert "5 triệu" in text


def test_where_no_form_catches_it_the_answer_is_a_403_with_the_reason(
    closed, ground, client, office, installation
):
    """Judging writes for today: there is nothing in its form that could be corrected."""
    installation.reporting_date = LATE
    installation.save()
    client.force_login(office)
    address = reverse("sponsors:contribution-take-back", args=[ground["gift"].pk])

    answer = client.post(address, {"note": ""})

    assert answer.status_code in {403, 422}
    assert "Tháng 04/2022 đã khóa sổ" in answer.content.decode()
    assert Contribution.objects.count() == 1
