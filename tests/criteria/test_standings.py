"""The matrix: one short string of cells per commune, for who may see them, on any day."""

from datetime import date, timedelta

import pytest

from communes.models import Commune
from criteria.choices import Cell, DossierState, Level, Outcome, Stage
from criteria.selectors.sets import set_in_force
from criteria.selectors.standings import (
    changes_between,
    commune_standings,
    met_by_criterion,
    overdue_criteria,
)
from criteria.services.dossiers import record_dossier_step
from ntm_tracker.core.choices import Role
from tests import factories
from tests.criteria.helpers import past, present
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
MARCH = date(2022, 3, 31)


@pytest.fixture
def in_force():
    factories.make_set(3, code="HT")
    return set_in_force(Level.COMMUNE, TODAY, "42")


def step(commune, in_force, state, on=TODAY):
    return record_dossier_step(
        commune=commune,
        criteria_set=in_force.criteria_set,
        state=state,
        effective_on=on,
        by=None,
        now=NOW,
        today=max(on, TODAY),
    )


def rows(in_force, as_of, user=None):
    communes = Commune.objects.visible_to(user) if user else Commune.objects.all()
    return [(row.name, row.cells) for row in commune_standings(communes, in_force, as_of)]


def test_one_string_per_commune_in_the_order_of_names(in_force):
    second = factories.make_commune(name="Đà Nẵng")
    first = factories.make_commune(name="Cẩm Mỹ")
    factories.make_commune(name="Ân Phú")
    factories.assess(first, in_force.criteria[0], stage=Stage.VERIFIED)
    factories.assess(first, in_force.criteria[2], Outcome.NOT_MET)
    factories.plan(first, in_force.criteria[2], MARCH)
    factories.plan(second, in_force.criteria[1], MARCH)

    expected = [("Ân Phú", "..."), ("Cẩm Mỹ", "v.x"), ("Đà Nẵng", ".!.")]
    assert rows(in_force, present()) == expected
    assert rows(in_force, past()) == expected
    found = commune_standings(Commune.objects.all(), in_force, present())
    assert [(row.met, row.overdue) for row in found] == [(0, 0), (1, 1), (0, 1)]
    assert met_by_criterion(found, in_force) == [1, 0, 0]


def test_results_of_another_set_are_never_mixed_in(in_force):
    commune = factories.make_commune()
    other = factories.make_set(3, province=None)
    for criterion in other.criteria.all():
        factories.assess(commune, criterion, Outcome.MET, Stage.APPRAISED)
        factories.plan(commune, criterion, MARCH)

    assert rows(in_force, present()) == [(commune.name, "...")]
    assert rows(in_force, past()) == [(commune.name, "...")]
    assert overdue_criteria(Commune.objects.all(), in_force, present()) == []


def test_a_recognised_commune_carries_only_the_state_of_its_dossier(in_force):
    commune, other = factories.make_commune(name="A"), factories.make_commune(name="B")
    for place in (commune, other):
        factories.assess(place, in_force.criteria[0], Outcome.NOT_MET)
        factories.plan(place, in_force.criteria[0], MARCH)
    step(commune, in_force, DossierState.SELF_DECLARED, date(2022, 1, 15))
    step(commune, in_force, DossierState.RECOGNISED, date(2022, 4, 20))

    now, _other = commune_standings(Commune.objects.all(), in_force, present())
    before, _other = commune_standings(Commune.objects.all(), in_force, past(MARCH))

    assert (now.cells, now.is_recognised, now.dossier_on) == ("", True, date(2022, 4, 20))
    assert (before.cells, before.is_recognised) == ("...", False)
    assert before.dossier == DossierState.SELF_DECLARED
    assert now.overdue == 0
    for as_of in (present(), past()):
        late = overdue_criteria(Commune.objects.all(), in_force, as_of)
        assert [row.commune_name for row in late] == ["B"]


def test_a_dossier_of_another_set_recognises_nothing(in_force):
    commune = factories.make_commune()
    older = factories.make_set(1, valid_from=date(2016, 1, 1), valid_to=date(2020, 12, 31))
    record_dossier_step(
        commune=commune,
        criteria_set=older,
        state=DossierState.RECOGNISED,
        effective_on=date(2019, 12, 1),
        by=None,
        now=NOW,
        today=TODAY,
    )
    assert rows(in_force, present()) == [(commune.name, "...")]


def test_readers_see_the_communes_that_are_theirs(
    in_force, commune_a, commune_b, user_a, sponsor_b, viewer
):
    for commune in (commune_a, commune_b):
        factories.assess(commune, in_force.criteria[0])
    village_only = factories.make_user(Role.SPONSOR)
    factories.give_access(village_only, commune_a, village=factories.make_village(commune_a))

    for as_of in (present(), past()):
        assert rows(in_force, as_of, user_a) == [("Hương Bình", "s..")]
        assert rows(in_force, as_of, sponsor_b) == [("Hà Linh", "s..")]
        assert rows(in_force, as_of, village_only) == []
        assert rows(in_force, as_of, viewer) == [("Hà Linh", "s.."), ("Hương Bình", "s..")]


def test_overdue_longest_first_then_by_name_and_number(in_force):
    b, a = factories.make_commune(name="B"), factories.make_commune(name="A")
    first, second, third = in_force.criteria
    factories.plan(b, third, date(2022, 2, 28))
    factories.plan(b, first, MARCH)
    factories.plan(a, second, MARCH)
    factories.plan(a, first, MARCH)
    factories.assess(a, first)  # met, so not overdue
    factories.plan(a, third, date(2022, 5, 31))

    late = overdue_criteria(Commune.objects.all(), in_force, present())

    assert [(row.commune_name, row.criterion.number, row.days) for row in late] == [
        ("B", 3, 61),
        ("A", 2, 30),
        ("B", 1, 30),
    ]
    assert overdue_criteria(Commune.objects.all(), in_force, past()) == late


def test_a_changed_plan_counts_from_its_own_day(in_force):
    commune = factories.make_commune()
    criterion = in_force.criteria[0]
    factories.plan(commune, criterion, MARCH)
    factories.plan(commune, criterion, date(2022, 10, 31), effective_on=date(2022, 4, 15))

    assert rows(in_force, past(date(2022, 4, 14))) == [(commune.name, "!..")]
    assert rows(in_force, present()) == [(commune.name, "...")]


def test_changes_between_two_days_name_gain_and_loss(in_force):
    b, a = factories.make_commune(name="B"), factories.make_commune(name="A")
    first, second, _third = in_force.criteria
    factories.assess(a, first, as_of=MARCH)
    factories.assess(a, first, Outcome.NOT_MET, as_of=date(2022, 4, 10))
    factories.assess(b, second, as_of=date(2022, 4, 12))
    factories.assess(a, second, as_of=date(2022, 4, 12))
    factories.assess(a, second, Outcome.WITHDRAWN, as_of=date(2022, 4, 20))  # back where it was
    factories.assess(b, first, Outcome.NOT_MET, as_of=MARCH)  # not in between

    changes = changes_between(Commune.objects.all(), in_force, MARCH, TODAY)

    assert [(c.commune_name, c.criterion, c.before, c.after) for c in changes] == [
        ("A", first, Cell.MET_SELF, Cell.NOT_MET_SELF),
        ("B", second, Cell.UNREPORTED, Cell.MET_SELF),
    ]
    assert [(c.is_gain, c.is_loss) for c in changes] == [(False, True), (True, False)]


@pytest.mark.parametrize("n", [1, 3])
def test_questions_asked_do_not_grow_with_the_table(n, in_force, django_assert_num_queries):
    for _ in range(n):
        commune = factories.make_commune()
        for criterion in in_force.criteria:
            factories.assess(commune, criterion, Outcome.NOT_MET)
            factories.plan(commune, criterion, MARCH)
        step(commune, in_force, DossierState.IN_PROGRESS)
    communes = Commune.objects.all()

    with django_assert_num_queries(3):
        commune_standings(communes, in_force, present())
    with django_assert_num_queries(4):
        commune_standings(communes, in_force, past())
    with django_assert_num_queries(3):
        overdue_criteria(communes, in_force, present())
    with django_assert_num_queries(4):
        overdue_criteria(communes, in_force, past())
    with django_assert_num_queries(5):
        changes_between(communes, in_force, TODAY - timedelta(days=40), TODAY)
