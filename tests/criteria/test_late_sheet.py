"""A commune that the office lets enter late sends its sheet for the closed month."""

from datetime import date, datetime, timedelta, timezone

import pytest
from django.urls import reverse

from criteria.choices import Outcome
from criteria.models import Assessment, Draft
from criteria.selectors.history import standing_differences, standings_from_history
from ntm_tracker.core.models import Period, PeriodException
from ntm_tracker.core.periods import late_entries
from tests.criteria.test_grid_views import fields
from tests.factories import TODAY, make_closed_month, make_set

pytestmark = pytest.mark.django_db
CUT_OFF = date(2022, 3, 31)
CLOSED_AT = datetime(2022, 4, 6, 1, 30, tzinfo=timezone(timedelta(hours=7)))
SENTENCE = (
    "Tháng 03/2022 đã khóa sổ; Văn phòng (vanphong) cho phép xã nhập muộn đến hết ngày "
    f"{TODAY:%d/%m/%Y}. "
)


@pytest.fixture
def criterion(installation):
    return make_set(size=2).criteria.get(number=1)


@pytest.fixture
def march():
    return make_closed_month(date(2022, 3, 1), CUT_OFF, CLOSED_AT)


def let_in(period, commune, until=TODAY) -> PeriodException:
    return PeriodException.objects.create(
        period=period,
        commune_id=commune.pk,
        commune_label=str(commune),
        until=until,
        reason="Xã bị lũ",
        by_label="Văn phòng (vanphong)",
        recorded_at=CLOSED_AT,
    )


@pytest.fixture
def clerk(client, user_a):
    client.force_login(user_a)
    return client


def page(client, commune) -> str:
    return client.get(reverse("criteria:grid", args=[commune.code])).content.decode()


def send(client, commune, criterion, day: str):
    typed = fields(f"c{criterion.pk}", outcome="met", note="Đã làm xong trong tháng 3")
    url = reverse("criteria:grid-submit", args=[commune.code])
    return client.post(url, typed | {"effective_on": day})


def test_the_sheet_says_until_when_and_by_whose_leave(clerk, commune_a, criterion, march):
    assert "nhập muộn" not in page(clerk, commune_a)

    let_in(march, commune_a)

    shown = page(clerk, commune_a)
    assert SENTENCE in shown
    assert '<option value="31/03/2022">31/03/2022 (Tháng 03/2022, nhập muộn)</option>' in shown


def test_what_is_sent_for_the_closed_month_counts_from_its_day(clerk, commune_a, criterion, march):
    let_in(march, commune_a)

    answer = send(clerk, commune_a, criterion, "31/03/2022")

    assert answer.status_code == 303
    row = Assessment.objects.get()
    assert (row.as_of, row.outcome) == (CUT_OFF, Outcome.MET)
    assert not Draft.objects.exists()
    assert "tính cho ngày 31/03/2022" in page(clerk, commune_a)


@pytest.mark.parametrize(("leave", "day"), [(True, CUT_OFF), (False, TODAY)])
def test_a_late_sheet_is_taken_back_for_its_day_as_long_as_it_may_be_entered(
    clerk, commune_a, criterion, march, leave, day
):
    """Otherwise March would count as corrected what nobody ever had to read."""
    let_in(march, commune_a)
    send(clerk, commune_a, criterion, "31/03/2022")
    if not leave:
        PeriodException.objects.all().delete()

    url = reverse("criteria:grid-take-back", args=[commune_a.code])
    assert clerk.post(url, {"criterion": criterion.pk}).status_code == 303

    assert Assessment.objects.get(outcome=Outcome.WITHDRAWN).as_of == day
    then = standings_from_history(CUT_OFF, communes=[commune_a.pk])
    assert bool(then) is not leave
    assert not standings_from_history(TODAY, communes=[commune_a.pk])
    assert standing_differences(TODAY) == []


def test_without_a_day_the_sheet_is_sent_for_the_reporting_date(clerk, commune_a, criterion, march):
    let_in(march, commune_a)

    send(clerk, commune_a, criterion, "")

    assert Assessment.objects.get().as_of == TODAY


@pytest.mark.parametrize("day", ["31/03/2022", "15/03/2022"])
@pytest.mark.parametrize("until", [None, TODAY - timedelta(days=1)])
def test_who_is_not_let_in_or_no_longer_loses_nothing(
    clerk, commune_a, criterion, march, day, until
):
    if until:
        let_in(march, commune_a, until)

    answer = send(clerk, commune_a, criterion, day)

    assert answer.status_code == 422
    assert f"Xã không được nhập muộn cho ngày {day}" in answer.content.decode()
    assert not Assessment.objects.exists()
    assert Draft.objects.get().note == "Đã làm xong trong tháng 3"
    assert "nhập muộn)" not in page(clerk, commune_a)


def test_a_day_that_is_none_is_refused_with_a_sentence(clerk, commune_a, criterion, march):
    answer = send(clerk, commune_a, criterion, "31/02/2022")

    assert answer.status_code == 422
    assert "Ngày không đúng" in answer.content.decode()
    assert not Assessment.objects.exists()


def test_leave_is_for_one_commune_and_one_closed_month(commune_a, commune_b, march):
    let_in(march, commune_a, TODAY)
    let_in(march, commune_a, TODAY + timedelta(days=3))

    [late] = late_entries(commune_a.pk, today=TODAY)
    assert (late.day, late.until) == (CUT_OFF, TODAY + timedelta(days=3))
    assert late_entries(commune_b.pk, today=TODAY) == ()
    assert late_entries(commune_a.pk, today=TODAY + timedelta(days=4)) == ()

    Period.objects.update(closed_at=None)
    assert late_entries(commune_a.pk, today=TODAY) == ()
