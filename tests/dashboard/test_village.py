"""The village page, also for those who see nothing else of its commune."""

from datetime import date

import pytest

from communes.models import VillageMembership
from criteria.choices import VillageState
from criteria.services.villages import VillageEntry, record_village_statuses
from ntm_tracker.core.choices import Provenance
from tests import factories
from tests.dashboard.build import text_of


def url_of(village):
    return f"/villages/{village.pk}/"


def set_state(village, commune, state, on, **fields):
    record_village_statuses(
        [VillageEntry(village, commune, state, on, **fields)],
        by=None,
        now=factories.NOW,
        today=factories.TODAY,
    )


@pytest.fixture
def village(commune_a):
    return factories.make_village(commune_a, name="Thôn 5", households=127)


def test_state_plan_gardens_and_history(client, office, focus, village, commune_a):
    set_state(village, commune_a, VillageState.NOT_YET, date(2022, 2, 1), plan_percent=20)
    set_state(
        village,
        commune_a,
        VillageState.DECLARED,
        date(2022, 4, 1),
        is_plan_approved=True,
        plan_percent=95,
        gardens_planned=4,
        gardens_met=3,
    )
    client.force_login(office)

    now = text_of(client.get(url_of(village)))
    march = text_of(client.get(url_of(village), {"as_of": "2022-03-31"}))

    assert "95 % khối lượng theo phương án" in now
    assert "Tự đánh giá đạt từ 01/04/2022" in now
    assert "Đã được duyệt" in now
    assert "3/4 theo kế hoạch" in now
    assert "127" in now
    assert now.index("95% khối lượng") < now.index("20% khối lượng")
    assert "20 % khối lượng theo phương án" in march
    assert "95% khối lượng" not in march


def test_where_a_village_comes_from_is_marked(client, office, focus, commune_a):
    village = factories.make_village(commune_a, provenance=Provenance.ILLUSTRATIVE)
    client.force_login(office)

    assert "minh họa" in text_of(client.get(url_of(village)))


def test_a_village_sponsor_sees_its_village_and_the_name_of_the_commune(
    client, focus, village, commune_a
):
    mine, other = (
        factories.make_sponsor(name="Đơn vị mình"),
        factories.make_sponsor(name="Đơn vị kia"),
    )
    user = factories.make_sponsor_user(mine)
    factories.give_access(user, commune_a, village=village)
    factories.make_assignment(mine, commune_a, village=village)
    factories.make_assignment(other, commune_a, village=village)
    factories.make_assignment(factories.make_sponsor(name="Của cả xã"), commune_a)
    factories.make_task(title="Việc mình", commune=commune_a, village=village, sponsor=mine)
    factories.make_task(title="Việc kia", commune=commune_a, village=village, sponsor=other)
    neighbour = factories.make_village(commune_a)
    client.force_login(user)

    response = client.get(url_of(village))
    text = text_of(response)

    words = ["Đơn vị mình", "Đơn vị kia", "Việc mình", "Xã Hương Bình", "Của cả xã", "Việc kia"]
    assert [word for word in words if word in text] == words[:4]
    assert f"/communes/{commune_a.code}/" not in response.content.decode()
    assert client.get(url_of(neighbour)).status_code == 404


def test_others_do_not_learn_that_a_village_exists(client, focus, village, user_b, sponsor_b):
    for user in (user_b, sponsor_b):
        client.force_login(user)
        assert client.get(url_of(village)).status_code == 404


def test_a_day_before_the_village_belonged_anywhere(client, office, focus, village):
    VillageMembership.objects.filter(village=village).update(valid_from=date(2022, 4, 1))
    client.force_login(office)

    response = client.get(url_of(village), {"as_of": "2022-03-31"})

    assert response.status_code == 404
    assert client.get(url_of(village)).status_code == 200


@pytest.mark.parametrize("n", [1, 3])
def test_queries_do_not_grow(
    client, office, focus, village, commune_a, django_assert_num_queries, n
):
    for number in range(n):
        set_state(village, commune_a, VillageState.NOT_YET, date(2022, 4, 1 + number))
        sponsor = factories.make_sponsor()
        factories.make_assignment(sponsor, commune_a, village=village)
        factories.make_task(commune=commune_a, village=village, sponsor=sponsor)
    client.force_login(office)

    with django_assert_num_queries(16):
        assert client.get(url_of(village)).status_code == 200
