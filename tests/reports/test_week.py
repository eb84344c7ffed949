"""The note of a week."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from criteria.choices import Outcome
from ntm_tracker.core.clock import as_of_on
from ntm_tracker.core.permits import WholeProvince
from ntm_tracker.reports.selectors.week import SHOWN, week_note
from tests import factories

MONDAY = date(2022, 4, 25)
DAY = date(2022, 4, 28)


def note(installation, day=DAY):
    installation.first_date = installation.first_date or date(2022, 1, 31)
    return week_note(WholeProvince(), as_of_on(day, installation), installation)


@pytest.fixture
def busy(installation, commune_a):
    """Tasks late, due this week and the next; a criterion met on Tuesday."""
    criteria = list(factories.make_set(2).criteria.all())
    factories.assess(commune_a, criteria[0], as_of=date(2022, 4, 26))
    factories.assess(commune_a, criteria[1], Outcome.NOT_MET, as_of=date(2022, 4, 1))
    factories.plan(commune_a, criteria[1], date(2022, 5, 6))
    days = {
        "Trễ": date(2022, 4, 20),
        "Tuần này": date(2022, 4, 30),
        "Tuần sau": date(2022, 5, 4),
        "Tháng sau": date(2022, 6, 1),
    }
    for title, due_on in days.items():
        factories.make_task(
            commune=commune_a, title=title, starts_on=date(2022, 4, 1), due_on=due_on
        )
    return commune_a


def test_a_week_says_what_moved_and_what_is_due(busy, installation):
    found = note(installation)

    assert (found.first, found.last) == (MONDAY, date(2022, 5, 1))
    assert [change.criterion.number for change in found.gained] == [1]
    assert [task.title for task in found.late] == ["Trễ"]
    assert [task.title for task in found.due] == ["Tuần này"]
    assert [task.title for task in found.due_next] == ["Tuần sau"]
    assert [row.criterion.number for row in found.criteria] == [2]
    assert sum(count for _doer, count in found.late_by_doer) == 1


def test_what_moved_before_the_week_is_not_news(busy, installation):
    assert note(installation, date(2022, 4, 24)).gained == ()


def test_the_page_is_one_sheet_and_names_how_many_there_are(busy, client, office, installation):
    for at in range(SHOWN):
        due_on = MONDAY - timedelta(days=at + 1)
        factories.make_task(
            commune=busy, title=f"Trễ {at}", starts_on=date(2022, 4, 1), due_on=due_on
        )
    client.force_login(office)

    page = client.get(reverse("reports:week"), {"as_of": "2022-04-28"}).content.decode()

    assert "Tuần 25/04 - 01/05/2022" in page
    assert f"tổng số {SHOWN + 1} việc" in page


@pytest.mark.parametrize("n", [1, 3])
def test_the_number_of_queries_does_not_grow(installation, n, django_assert_num_queries):
    criteria = factories.make_set(2).criteria.all()
    for _ in range(n):
        commune = factories.make_commune()
        factories.assess(commune, criteria[0], as_of=date(2022, 4, 26))
        task = factories.make_task(
            commune=commune, starts_on=date(2022, 4, 1), due_on=date(2022, 4, 20)
        )
        factories.make_difficulty(task)

    with django_assert_num_queries(20):
        note(installation)
