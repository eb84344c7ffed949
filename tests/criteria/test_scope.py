"""Which communes and which work items the figures are made of."""

from datetime import date

import pytest

from communes.choices import UnitKind
from criteria.selectors.scope import tracked_communes, tracked_items
from ntm_tracker.core.permits import WholeProvince
from tests import factories
from tests.factories import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def elsewhere():
    """A commune of another district of the province."""
    district = factories.make_district(
        code="445", name="Huyện Thạch Hà", valid_to=date(2025, 6, 30)
    )
    return factories.make_commune(name="Thạch Hải", district=district)


def names(communes):
    return [commune.name for commune in communes.order_by("sort_key", "id")]


def test_rural_communes_in_force_in_the_district_that_is_followed(commune_a, elsewhere, office):
    factories.make_commune(name="Hương Khê", kind=UnitKind.THI_TRAN)
    factories.make_commune(name="Đã nhập", valid_to=date(2022, 4, 29))

    assert names(tracked_communes(office, TODAY, "444")) == ["Hương Bình"]
    assert names(tracked_communes(office, TODAY)) == ["Hương Bình", "Thạch Hải"]
    assert names(tracked_communes(WholeProvince(), TODAY, "444")) == ["Hương Bình"]


def test_a_clerk_sees_the_own_commune_wherever_it_lies(commune_a, elsewhere, user_a):
    factories.give_access(user_a, elsewhere)
    assert names(tracked_communes(user_a, TODAY, "444")) == ["Hương Bình", "Thạch Hải"]


def test_a_district_that_ended_narrows_nothing(commune_a, elsewhere, office):
    assert names(tracked_communes(office, date(2025, 6, 30), "445")) == ["Thạch Hải"]
    assert names(tracked_communes(office, date(2025, 7, 1), "445")) == ["Hương Bình", "Thạch Hải"]


def test_work_items_of_the_district_and_what_is_not_allotted(
    commune_a, commune_b, elsewhere, office, user_a, sponsor_b
):
    town = factories.make_commune(name="Hương Khê", kind=UnitKind.THI_TRAN)
    places = (commune_a, commune_b, town, elsewhere, None)
    a, b, t, e, free = (factories.make_item(commune=place, need=10) for place in places)

    def seen(user, focus=""):
        return set(tracked_items(user, TODAY, focus))

    assert seen(office, "444") == {a, b, t, free}
    assert seen(office) == {a, b, t, e, free}
    assert seen(user_a, "444") == {a}
    assert seen(sponsor_b) == {b}
