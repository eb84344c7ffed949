"""Two writers of one commune at once: the present they leave is that of both histories."""

from threading import Barrier, Thread

import pytest
from django.db import connection, connections, transaction

from communes.models import Commune
from criteria.choices import Outcome, Stage
from criteria.models import Criterion, Standing
from criteria.selectors.history import standing_differences
from criteria.services.assessments import refresh_standings
from tests import factories
from tests.factories import TODAY

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has a single writer at a time"
    ),
]


def at_once(*works):
    """Run each work in a thread and transaction of its own, all of them open at the same time."""
    start = Barrier(len(works))
    failures = []

    def run(work):
        try:
            with transaction.atomic():
                start.wait(10)
                work()
        except Exception as error:
            failures.append(error)
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []


@pytest.fixture
def place():
    commune = factories.make_commune()
    return commune, list(factories.make_set(2).criteria.order_by("number"))


def test_reports_of_one_criterion_from_both_sides(place):
    commune, (criterion, _other) = place
    for _ in range(5):
        at_once(
            lambda: factories.assess(commune, criterion),
            lambda: factories.assess(commune, criterion, Outcome.NOT_MET, Stage.VERIFIED),
            lambda: factories.plan(commune, criterion, TODAY),
        )
    assert standing_differences(TODAY) == []
    assert Standing.objects.count() == 1


def test_a_rebuild_does_not_write_back_what_was(place):
    commune, (criterion, other) = place
    for _ in range(5):
        at_once(
            lambda: refresh_standings(TODAY),
            lambda: factories.assess(commune, criterion),
            lambda: factories.assess(commune, other, Outcome.NOT_MET),
        )
        assert standing_differences(TODAY) == []


def test_a_row_that_points_to_the_commune_need_not_wait(place):
    commune, (criterion, _other) = place
    with transaction.atomic():
        factories.assess(commune, criterion)

        def give_access():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")
            factories.give_access(factories.make_user(), Commune.objects.get())

        at_once(give_access)
    assert Criterion.objects.count() == 2
