"""Where villages stand, on any day, for who may see them."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError

from communes.models import Commune, Village, VillageMembership
from criteria.choices import VillageState
from criteria.models import VillageStatus
from criteria.selectors.villages import village_counts, village_history, village_rows
from criteria.services.villages import VillageEntry, record_village_statuses
from ntm_tracker.core.choices import Role
from tests import factories
from tests.criteria.helpers import nothing_overwritten
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
APRIL = date(2022, 4, 15)


def note(village, state=VillageState.NOT_YET, on=TODAY, **fields):
    commune = village.memberships.get().commune
    entry = VillageEntry(village, commune, state, on, **fields)
    return record_village_statuses([entry], by=None, now=NOW, today=TODAY)[0]


def test_the_latest_state_of_a_day_counts_and_ties_go_to_the_later_record():
    village = factories.make_village()
    note(village, VillageState.DECLARED, APRIL, plan_percent=70, is_plan_approved=True)
    note(village, VillageState.RECOGNISED, APRIL, plan_percent=100, gardens_met=3)
    note(village, VillageState.NOT_YET, date(2022, 3, 1), plan_percent=40)

    def on(day):
        (row,) = village_rows(Village.objects.all(), day)
        return (row.state, row.plan_percent, row.since)

    assert on(date(2022, 2, 28)) == (VillageState.NOT_YET, 0, None)
    assert on(date(2022, 3, 31)) == (VillageState.NOT_YET, 40, date(2022, 3, 1))
    assert on(TODAY) == (VillageState.RECOGNISED, 100, APRIL)
    assert [row.plan_percent for row in village_history(village, TODAY)] == [100, 70, 40]
    assert [row.plan_percent for row in village_history(village, date(2022, 3, 31))] == [40]


def test_counts_are_those_of_the_rows():
    a, b, c, _d = (factories.make_village() for _ in range(4))
    note(a, VillageState.RECOGNISED, plan_percent=100, is_plan_approved=True, gardens_met=5)
    note(b, VillageState.DECLARED, plan_percent=70, is_plan_approved=True, gardens_planned=9)
    note(c, plan_percent=69, gardens_met=1)

    counts = village_counts(village_rows(Village.objects.all(), TODAY))

    assert (counts.total, counts.met, counts.declared, counts.left) == (4, 1, 1, 3)
    assert (counts.plan_approved, counts.plan_70) == (2, 2)
    assert (counts.gardens_planned, counts.gardens_met) == (9, 6)


def test_a_village_stands_with_the_commune_it_belongs_to_on_the_day():
    old, new = factories.make_commune(name="Cũ"), factories.make_commune(name="Mới")
    village = factories.make_village(old)
    village.memberships.update(valid_to=date(2022, 3, 31))
    VillageMembership.objects.create(village=village, commune=new, valid_from=date(2022, 4, 1))
    everything = Village.objects.all()

    assert [r.commune_name for r in village_rows(everything, date(2022, 3, 31))] == ["Cũ"]
    assert [r.commune_name for r in village_rows(everything, date(2022, 4, 1))] == ["Mới"]
    only_old = Commune.objects.filter(pk=old.pk)
    assert village_rows(everything, TODAY, only_old) == []


def test_villages_are_ordered_by_commune_and_number():
    b, a = factories.make_commune(name="Bình"), factories.make_commune(name="An")
    for commune, name in ((b, "Thôn 10"), (b, "Thôn 2"), (a, "Thôn 3")):
        factories.make_village(commune, name=name)

    rows = village_rows(Village.objects.all(), TODAY)
    assert [(r.commune_name, r.name) for r in rows] == [
        ("An", "Thôn 3"),
        ("Bình", "Thôn 2"),
        ("Bình", "Thôn 10"),
    ]


def test_readers_see_their_villages_only(commune_a, commune_b, user_a, office):
    mine, theirs = factories.make_village(commune_a), factories.make_village(commune_b)
    sponsor = factories.make_user(Role.SPONSOR)
    factories.give_access(sponsor, commune_b, village=theirs)
    factories.make_village(commune_b)

    def seen(user):
        return {row.pk for row in village_rows(Village.objects.visible_to(user), TODAY)}

    assert seen(user_a) == {mine.pk}
    assert seen(sponsor) == {theirs.pk}
    assert len(seen(office)) == 3


@pytest.mark.parametrize("fields", [{"plan_percent": 101}, {"plan_percent": -1}])
def test_a_percentage_outside_0_to_100_is_refused(fields):
    with pytest.raises(ValidationError, match="từ 0 đến 100"):
        note(factories.make_village(), **fields)


@pytest.mark.parametrize("fields", [{"gardens_met": -1}, {"gardens_planned": -1}])
def test_gardens_below_zero_are_refused(fields):
    with pytest.raises(ValidationError, match="Số vườn mẫu không được âm"):
        note(factories.make_village(), **fields)


def test_a_future_day_is_refused():
    with pytest.raises(ValidationError, match="sau ngày báo cáo"):
        note(factories.make_village(), on=TODAY + timedelta(days=1))


def test_states_are_appended():
    village = factories.make_village()
    note(village, on=APRIL)
    with nothing_overwritten():
        note(village, VillageState.DECLARED)
    assert VillageStatus.objects.count() == 2


@pytest.mark.parametrize("n", [1, 3])
def test_village_rows_ask_two_questions(n, django_assert_num_queries):
    for _ in range(n):
        note(factories.make_village())
    with django_assert_num_queries(2):
        village_counts(village_rows(Village.objects.all(), TODAY, Commune.objects.all()))
