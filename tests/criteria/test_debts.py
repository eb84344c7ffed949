"""Debt and its overdue part: the latest statement of a day, and none where none was made."""

from datetime import date

import pytest

from communes.models import Commune
from criteria.models import DebtStatement
from criteria.selectors.debts import debts_on
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db


def state(commune, total, overdue, on=TODAY):
    return DebtStatement.objects.create(
        commune=commune,
        total=total,
        overdue=overdue,
        effective_on=on,
        recorded_at=NOW,
        by_label="UBND xã",
    )


def test_the_latest_statement_of_the_day_counts():
    commune, silent = factories.make_commune(), factories.make_commune()
    state(commune, 900, 400, date(2022, 3, 31))
    state(commune, 700, 0)
    state(commune, 800, 100)  # the same day, said later
    state(commune, 950, 500, date(2022, 2, 28))  # an older day, noted afterwards

    def on(day):
        found = debts_on(Commune.objects.all(), day)
        assert silent.pk not in found
        return {(debt.total, debt.overdue) for debt in found.values()}

    assert on(date(2022, 2, 27)) == set()
    assert on(date(2022, 3, 30)) == {(950, 500)}
    assert on(date(2022, 4, 29)) == {(900, 400)}
    assert on(TODAY) == {(800, 100)}
    assert debts_on(Commune.objects.filter(pk=silent.pk), TODAY) == {}


@pytest.mark.parametrize("n", [1, 3])
def test_debts_of_many_communes_take_one_question(n, django_assert_num_queries):
    for _ in range(n):
        state(factories.make_commune(), 5, 1)
    with django_assert_num_queries(1):
        assert len(debts_on(Commune.objects.all(), TODAY)) == n
