"""A sponsor's report that came late for a closed month, and was taken back."""

from datetime import UTC, date, datetime

import pytest

from ntm_tracker.core.models import Installation, PeriodException, User
from ntm_tracker.core.snapshots import ClosedMonth
from ntm_tracker.reports.selectors.month import month_rows
from ntm_tracker.reports.selectors.snapshot import CODEC
from ntm_tracker.reports.services.closing import close_month, except_commune, reopen_month
from ntm_tracker.reports.services.months import find_period
from sponsors.choices import GiftKind, Owner, TaskState, TaskTransition
from sponsors.models import Contribution, Task
from sponsors.services import ContributionEntry, record_task_update
from tests.reports.closed_month import CUT_OFF, LATER, OFFICE, TODAY

MONEY = ContributionEntry(GiftKind.MONEY, amount=150_000_000)
AFTER = datetime(2022, 5, 21, 1, 30, tzinfo=UTC)


@pytest.fixture
def task(in_may) -> Task:
    """One in the hands of a sponsor that has an account, of which May says nothing yet."""
    going = Task.objects.filter(
        owner=Owner.SPONSOR,
        state__in=(TaskState.ASSIGNED, TaskState.IN_PROGRESS),
        assigned_on__lte=CUT_OFF,
    )
    with_account = going.filter(sponsor__members__isnull=False)
    return with_account.exclude(updates__effective_on__range=(date(2022, 5, 1), TODAY)).order_by(
        "pk"
    )[0]


@pytest.fixture
def sponsor(task) -> User:
    return task.sponsor.members.get().user


@pytest.fixture
def let_in(closed_april, task):
    except_commune(
        closed_april,
        commune=task.commune,
        until=TODAY,
        reason="Bổ sung báo cáo",
        by=None,
        now=LATER,
        today=TODAY,
    )


def send(task, sponsor, **sent):
    return record_task_update(
        task=task,
        by=sponsor,
        transition=TaskTransition.PROGRESS,
        progress=99,
        contributions=[MONEY],
        now=LATER,
        today=TODAY,
        **sent,
    )


def take_back(task, sponsor):
    return record_task_update(
        task=task, by=sponsor, transition=TaskTransition.TAKE_BACK, now=AFTER, today=TODAY
    )


def adjustments():
    return month_rows(OFFICE, find_period("2022-05"), Installation.current()).adjustments


def kept(april) -> tuple[list, list]:
    """What a closing says of every task, and what of every sponsor."""
    month = ClosedMonth.of(april)
    tasks = [(row.pk, row.state, row.progress) for row in month.rows("task", CODEC)]
    return tasks, [(row.pk, row.delivered) for row in month.rows("sponsor", CODEC)]


def test_a_late_report_that_was_taken_back_adjusts_nothing(closed_april, let_in, task, sponsor):
    before = task.state, task.progress
    send(task, sponsor, effective_on=CUT_OFF)
    assert {row.subject for row in adjustments()} == {"Việc", "Đơn vị đỡ đầu"}

    update = take_back(task, sponsor)

    assert update.effective_on == CUT_OFF
    assert Contribution.objects.get(task=task, amount__lt=0).effective_on == CUT_OFF
    assert adjustments() == ()
    task.refresh_from_db()
    assert (task.state, task.progress) == before


def test_the_next_closing_of_the_month_knows_nothing_of_it(closed_april, let_in, task, sponsor):
    first = kept(closed_april)
    send(task, sponsor, effective_on=CUT_OFF)
    reopen_month(closed_april, reason="Bổ sung", by=None, now=LATER)
    take_back(task, sponsor)  # the month is open: no leave is needed any more

    again = close_month(find_period("2022-04"), by=None, now=AFTER, today=TODAY).period

    assert again.revision == 2
    assert kept(again) == first


def test_what_the_closed_month_has_told_is_taken_back_today(in_may, task, sponsor):
    send(task, sponsor, effective_on=CUT_OFF)
    april = close_month(find_period("2022-04"), by=None, now=AFTER, today=TODAY).period
    except_commune(
        april, commune=task.commune, until=TODAY, reason="x", by=None, now=AFTER, today=TODAY
    )

    assert take_back(task, sponsor).effective_on == TODAY
    assert adjustments() == ()


def test_without_leave_any_more_it_is_taken_back_today(closed_april, let_in, task, sponsor):
    send(task, sponsor, effective_on=CUT_OFF)
    late = adjustments()
    PeriodException.objects.all().delete()

    assert take_back(task, sponsor).effective_on == TODAY
    assert adjustments() == late
    assert not Contribution.objects.filter(task=task, effective_on=CUT_OFF, amount__lt=0).exists()
