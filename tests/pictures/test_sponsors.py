"""Sponsors as a picture: the bars are the amounts of the list, villages are counted once."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from ntm_tracker.core.pictures.pairs import pairs, quiet, slices
from sponsors.choices import GiftKind, TaskTransition
from sponsors.models import Commitment, TaskUpdate
from sponsors.selectors.pictures import last_sign, sponsor_picture
from sponsors.selectors.sponsors import SponsorFilters, sponsor_rows
from tests import factories
from tests.criteria.helpers import present
from tests.dashboard.build import text_of
from tests.factories import NOW, TODAY
from tests.pictures.drawn import drawing, length, shapes

URL = reverse("sponsors:sponsor-picture")
TRIEU = 10**6


@given(st.lists(st.tuples(st.integers(0, 10**12), st.integers(0, 10**12)), max_size=9))
def test_pairs_are_on_one_scale(amounts):
    drawn = pairs(amounts)
    most = max((max(pair) for pair in amounts), default=0)

    for pair, amount in zip(drawn, amounts, strict=True):
        for width, value in zip((pair.promised, pair.delivered), amount, strict=True):
            assert (width == "") == (value == 0)
            if value:
                assert length(width) == pytest.approx(100 * value / most, abs=0.011)


@given(st.lists(st.integers(0, 50), min_size=3, max_size=3), st.integers(1, 200))
def test_slices_add_up(counts, more):
    kinds = list(zip("abc", counts, strict=True))
    found = slices(kinds, sum(counts) + more)

    assert [(one.kind, one.count) for one in found] == [pair for pair in kinds if pair[1]]
    drawn = sum(length(one.width) for one in found)
    assert drawn == pytest.approx(100 * sum(counts) / (sum(counts) + more), abs=0.05)


@given(st.integers(0, 900), st.integers(0, 900))
def test_the_longer_ago_the_further_left(one, other):
    first, second = (quiet(TODAY - timedelta(days=days), TODAY) for days in (one, other))

    assert 0 <= length(first.x) <= 100
    assert (first.is_long, first.days) == (one > 30, one)
    if one <= other:
        assert length(first.x) >= length(second.x)


def test_nothing_ever_heard():
    assert quiet(None, TODAY).is_long
    assert quiet(None, TODAY).x == ""


@pytest.fixture
def area(installation, commune_a, commune_b):
    """A sponsor that promised 100 and gave 40 triệu, and one of which nothing was heard."""
    active, silent = (factories.make_sponsor(name=name) for name in ("Đơn vị A", "Đơn vị B"))
    villages = [factories.make_village(commune_a) for _n in range(3)]
    given = [
        factories.make_assignment(active, commune_a, village=village) for village in villages[:2]
    ]
    for _n in range(2):
        factories.make_assignment(commune=commune_a, village=villages[0])
    factories.make_assignment(silent, commune_b)
    Commitment.objects.create(
        assignment=given[0],
        sponsor=active,
        commune=commune_a,
        kind=GiftKind.MONEY,
        amount=100 * TRIEU,
        description="Xây nhà văn hóa",
        effective_on=date(2022, 3, 1),
        recorded_at=NOW,
    )
    task = factories.make_task(
        commune=commune_a, sponsor=active, assigned_on=date(2022, 3, 1), starts_on=date(2022, 3, 1)
    )
    TaskUpdate.objects.create(
        task=task,
        transition=TaskTransition.PROGRESS,
        state=task.state,
        progress=30,
        effective_on=date(2022, 4, 20),
        recorded_at=NOW,
        by_label="Đơn vị A",
    )
    return active, silent


@pytest.mark.django_db
def test_page_draws_the_list(client, office, area):
    client.force_login(office)

    response = client.get(URL)
    page, text = response.context["page"], text_of(response)

    rows = {bar.row.name: bar for bar in page.bars}
    assert [bar.row for bar in page.bars] == sponsor_rows(office, present())
    assert rows["Đơn vị A"].heard.on == date(2022, 4, 20)
    assert "báo cáo việc, 10 ngày trước" in text
    assert rows["Đơn vị B"].heard.on is None
    promised = shapes(drawing(response), "", "pair__promised")
    assert [one["width"] for one in promised] == ["100%"]


@pytest.mark.django_db
def test_villages_are_counted_by_their_sponsors(client, office, area, commune_a):
    client.force_login(office)

    response = client.get(URL)

    assert [
        (bar.commune_name, bar.none, bar.some, bar.many) for bar in response.context["page"].cover
    ] == [("Hương Bình", 1, 1, 1)]
    labels = [one.get("aria-label") for _f, tag, one in drawing(response).elements if tag == "svg"]
    assert "Xã Hương Bình, 3 thôn: 1 chưa có đơn vị, 1 có một hoặc hai, 1 có từ ba" in labels
    address = f'href="/assignments/?commune={commune_a.code}&amp;view=none"'
    assert address in response.content.decode()


@pytest.mark.django_db
def test_a_contribution_is_a_sign_of_life_too(office, area):
    row = sponsor_rows(office, present())[0]

    assert last_sign(row, date(2022, 4, 25)) == (date(2022, 4, 25), "đóng góp")
    assert last_sign(row, row.last_update_on) == (row.last_update_on, "báo cáo việc")
    assert last_sign(row, None) == (date(2022, 4, 20), "báo cáo việc")


@pytest.mark.django_db
def test_a_sponsor_sees_itself_alone(client, area, commune_a):
    user = factories.make_sponsor_user(area[0], commune_a)
    client.force_login(user)

    page = client.get(URL).context["page"]

    assert [bar.row.name for bar in page.bars] == ["Đơn vị A"]
    assert page.cover == ()


@pytest.mark.django_db
def test_filters_and_pages_that_do_not_exist(client, office, area, commune_a):
    client.force_login(office)

    assert client.get(URL, {"commune": "99999"}).status_code == 404
    assert client.get(URL, {"page": "9"}).status_code == 404
    assert len(client.get(URL, {"commune": commune_a.code}).context["page"].bars) == 3


@pytest.mark.django_db
def test_page_without_sponsors_says_so(client, office, installation):
    client.force_login(office)

    assert "Chưa có đơn vị đỡ đầu nào để vẽ" in text_of(client.get(URL))


@pytest.mark.django_db
@pytest.mark.parametrize("n", [1, 3])
def test_queries_do_not_grow(n, office, installation, django_assert_num_queries):
    for _n in range(n):
        commune = factories.make_commune()
        village = factories.make_village(commune)
        sponsor = factories.make_sponsor()
        factories.make_assignment(sponsor, commune, village=village)
        factories.make_contribution(commune, sponsor)

    with django_assert_num_queries(17):
        assert len(sponsor_picture(office, present(), SponsorFilters()).bars) == n
