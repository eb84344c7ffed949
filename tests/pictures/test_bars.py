"""Bars of money: they add up, and the page draws the figures of its table."""

from itertools import pairwise

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from criteria.selectors.funding import Money
from ntm_tracker.core.pictures.bars import COVERED, MISSING, SURPLUS, Row, money_bars
from ntm_tracker.core.pictures.scale import edges, ticks
from tests import factories
from tests.pictures.drawn import drawing, length, shapes, titles

TY = 10**9
FUNDING = reverse("criteria:funding")


@st.composite
def sums(draw) -> Money:
    """The sums of some items, each with a need and a source."""
    items = draw(
        st.lists(st.tuples(st.integers(0, 10**13), st.integers(0, 10**13)), min_size=1, max_size=4)
    )
    return sum(
        (Money(need, have, max(0, need - have), max(0, have - need)) for need, have in items),
        Money(),
    )


@given(st.lists(sums(), max_size=8))
def test_bars_add_up_and_stay_inside(found):
    bars = money_bars(Row(str(n), money) for n, money in enumerate(found))

    for bar in bars.rows:
        amount = {part.kind: part.amount for part in bar.parts}
        assert amount.get(COVERED, 0) + amount.get(MISSING, 0) == bar.money.need
        assert amount.get(COVERED, 0) + amount.get(SURPLUS, 0) == bar.money.identified
        assert all(part.amount > 0 for part in bar.parts)
        reached = 0.0
        for part in bar.parts:
            assert length(part.x) == pytest.approx(reached, abs=0.011)
            reached = length(part.x) + length(part.width)
        drawn = sum(part.amount for part in bar.parts)
        assert reached == pytest.approx(100 * drawn / bars.most, abs=0.011)
    lacks = [bar.money.missing for bar in bars.rows]
    assert lacks == sorted(lacks, reverse=True)


@given(st.lists(st.integers(1, 10**12), min_size=1, max_size=30), st.integers(1, 10))
def test_what_is_not_drawn_is_told(needs, at_most):
    bars = money_bars((Row("x", Money(need, 0, need)) for need in needs), at_most)

    assert len(bars.rows) + bars.rest == len(needs)
    assert sum(bar.money.missing for bar in bars.rows) + bars.rest_missing == sum(needs)


def test_bars_of_nothing():
    assert money_bars([Row("x", Money())]).rows == ()
    assert money_bars([]).most == 0


@given(st.lists(st.floats(0, 1e9), min_size=1, max_size=6))
def test_edges_never_go_back(parts):
    found = edges(parts, sum(parts))

    assert all(start <= end for start, end in pairwise(found))
    assert found[-1] == (100 if sum(parts) else 0)


@pytest.mark.parametrize(
    ("most", "wanted"),
    [(0, (0,)), (20, (0, 5, 10, 15, 20)), (19, (0, 5, 10, 15, 20)), (3, (0, 1, 2, 3))],
)
def test_ticks_are_round(most, wanted):
    assert ticks(most) == wanted


@given(st.integers(1, 10**15))
def test_ticks_reach_the_most(most):
    found = ticks(most)

    assert found[-1] >= most > found[-2]
    assert 2 <= len(found) <= 6


@pytest.fixture
def money(installation, commune_a, commune_b):
    """Three amounts in two communes and two categories; one has more than it needs."""
    roads = factories.make_category(code="giao-thong", name="Giao thông")
    schools = factories.make_category(code="truong", name="Trường học")
    for category, commune, need, have in (
        (roads, commune_a, 90, 40),
        (roads, commune_b, 30, 0),
        (schools, commune_b, 10, 13),
    ):
        factories.make_item(need * TY, have * TY, category=category, commune=commune)


def bars_of(response, figure):
    """(words, percent covered, missing, surplus) of each bar as it is drawn."""
    found = drawing(response)
    widths = {
        kind: [length(one["width"]) for one in shapes(found, figure, f"part--{kind}")]
        for kind in (COVERED, MISSING, SURPLUS)
    }
    return titles(found, figure), widths


@pytest.mark.django_db
def test_funding_page_draws_its_table(client, office, money):
    client.force_login(office)

    response = client.get(FUNDING)
    words, widths = bars_of(response, "bars-category")

    assert words == [
        "Giao thông: nhu cầu 120,0 tỷ đồng, đã xác định 40,0, còn thiếu 80,0",
        "Trường học: nhu cầu 10,0 tỷ đồng, đã xác định 13,0, còn thiếu 0,0, vượt nhu cầu 3,0",
    ]
    assert widths == {
        COVERED: [33.33, pytest.approx(8.33)],
        MISSING: [66.67],
        SURPLUS: [2.5],
    }
    total = response.context["page"].money
    drawn = response.context["picture"]
    for bars in (drawn.by_category, drawn.by_commune):
        assert sum(bar.money.need for bar in bars.rows) == total.need
        assert sum(bar.money.missing for bar in bars.rows) == total.missing


@pytest.mark.django_db
def test_a_bar_leads_to_its_part_and_keeps_what_was_chosen(client, office, money, commune_b):
    client.force_login(office)

    whole = client.get(FUNDING).content.decode()
    narrowed = client.get(FUNDING, {"commune": commune_b.code}).content.decode()

    assert 'hx-get="/funding/?commune=18502"' in whole
    assert 'hx-get="/funding/?category=giao-thong&amp;commune=18502"' in narrowed
    assert 'id="bars-commune"' not in narrowed  # one bar says nothing


@pytest.mark.django_db
def test_who_sees_one_commune_sees_no_other_bar(client, user_b, money):
    client.force_login(user_b)

    response = client.get(FUNDING)

    assert titles(drawing(response), "bars-commune") == []
    assert response.context["picture"].by_category.rows[0].money.need == 30 * TY


@pytest.mark.django_db
def test_board_draws_the_same_bars(client, office, money):
    factories.make_set()
    client.force_login(office)

    board, funding = client.get("/board/"), client.get(FUNDING)

    for figure in ("bars-category", "bars-commune"):
        assert bars_of(board, figure) == bars_of(funding, figure)


@pytest.mark.django_db
def test_pages_without_money_have_no_bars(client, office, installation):
    client.force_login(office)

    assert titles(drawing(client.get(FUNDING)), "bars-category") == []
