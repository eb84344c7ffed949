"""Two dates: each figure is that of its day, the greatest gain comes first, rungs are in sight."""

from datetime import date

import pytest
from django.core.exceptions import BadRequest
from django.http import Http404
from hypothesis import given
from hypothesis import strategies as st

from criteria.choices import DossierState, Outcome, Stage
from criteria.models import Criterion
from ntm_tracker.core.pictures.moves import draw_move
from ntm_tracker.dashboard.selectors.compare import compare_page
from tests import factories
from tests.criteria.helpers import past, present
from tests.dashboard.build import commune_with, set_dossier, text_of
from tests.factories import assess, make_set
from tests.pictures.drawn import drawing, length

pytestmark = pytest.mark.django_db
COMPARE = "/compare/"
MARCH = date(2022, 3, 31)


@given(st.integers(0, 20), st.integers(0, 20))
def test_places_follow_the_counts(before, after):
    move = draw_move(before, after, 20)

    assert (length(move.before), length(move.after)) == (before * 5, after * 5)
    assert move.is_still == (before == after)
    assert draw_move(None, after, 20).is_still


@pytest.fixture
def area(installation):
    """Since March: A gains one and loses one, B gains two of which one rises, C is recognised."""
    criteria_set = make_set(4)
    one, two, three, four = criteria_set.criteria.all()
    a = commune_with(criteria_set, 2, name="Xã A", code="18001")
    b = commune_with(criteria_set, 1, name="Xã B", code="18002")
    c = commune_with(criteria_set, 4, name="Xã C")
    april = date(2022, 4, 20)
    assess(a, one, Outcome.NOT_MET, as_of=april)
    assess(a, three, Outcome.MET, as_of=april)
    assess(b, one, Outcome.MET, Stage.VERIFIED, as_of=april)
    assess(b, two, Outcome.MET, Stage.APPRAISED, as_of=april)
    assess(b, four, Outcome.MET, as_of=april)
    set_dossier(c, criteria_set, DossierState.RECOGNISED, on=april)
    factories.make_item(need=100, identified=40, commune=a, on=date(2022, 2, 1))
    factories.make_item(need=100, identified=100, commune=b, on=april)
    return a, b, c


def test_ranking_with_rungs(office, installation, area):
    page = compare_page(office, present(), installation)

    assert page.since == MARCH
    assert [(row.after.name, row.was, row.now, row.change_words) for row in page.places] == [
        ("Xã C", 4, None, "được công nhận"),
        ("Xã B", 1, 3, "+2"),
        ("Xã A", 2, 2, "0"),
    ]
    _c, b, a = page.places
    assert b.words == "đạt thêm 2, 4; lên bậc 1"
    assert (b.rungs.appraised, b.rungs.verified, b.rungs.self_reported) == (1, 1, 1)
    assert a.words == "đạt thêm 3; không còn đạt 1"
    assert [move.criterion.number for move in a.moves] == [1, 3]


def test_the_whole_on_both_days(office, installation, area):
    page = compare_page(office, present(), installation)

    told = {row.label: (row.was, row.now, row.change) for row in page.figures}
    assert told["Tiêu chí đạt"] == ("3", "5", "+2")
    assert told["trong đó đã thẩm định"] == ("0", "1", "+1")
    assert told["trong đó tự đánh giá"] == ("3", "3", "0")
    assert told["Xã được công nhận"] == ("0", "1", "+1")


def test_the_parts_of_what_is_met_add_up_with_what_does_not_apply(office, installation, area):
    assess(area[0], Criterion.objects.get(number=4), Outcome.NOT_APPLICABLE, as_of=MARCH)

    page = compare_page(office, present(), installation)

    parts = [row for row in page.figures if row.is_part]
    assert [row.label for row in parts][-1] == "trong đó không áp dụng"
    for name in ("was", "now"):
        assert sum(int(getattr(row, name)) for row in parts) == int(getattr(page.figures[0], name))


def test_each_day_is_what_the_board_says_of_it(client, office, area):
    client.force_login(office)

    page = client.get(COMPARE, {"since": "2022-03-31"}).context["page"]

    for day, name in (("2022-03-31", "was"), ("", "now")):
        query = {"scope": "district"} | ({"as_of": day} if day else {})
        rows = client.get("/board/", query).context["table"].matrix.rows
        shown = {row.name: row.cells.split("</td>")[0] for row in rows}
        for row in page.places:
            count = getattr(row, name)
            if count is not None:
                assert f">{count}/4<td" in shown[row.after.name]


def test_one_commune(client, office, area):
    client.force_login(office)

    response = client.get(COMPARE, {"commune": "18001", "since": "2022-03-31"})
    page, text = response.context["page"], text_of(response)

    assert [row.after.name for row in page.places] == ["Xã A"]
    assert "Xã Xã A: so sánh hai ngày" in text
    assert "Đạt, tự đánh giá" in text
    drawn = [one for _f, tag, one in drawing(response).elements if tag == "circle"]
    assert [one["cx"] for one in drawn] == ["50%", "50%"]
    assert 'name="commune" value="18001"' in response.content.decode()


def test_a_plan_whose_day_has_passed_is_no_change(office, installation):
    criteria_set = make_set(1)
    commune = commune_with(criteria_set, 0)
    factories.plan(commune, criteria_set.criteria.get(), date(2022, 4, 10))

    assert compare_page(office, present(), installation).places[0].moves == ()


@pytest.mark.parametrize(
    "since", [date(2022, 4, 30), date(2022, 5, 31), date(2021, 12, 31)], ids=str
)
def test_days_that_cannot_be_compared_are_refused(office, installation, since):
    with pytest.raises(BadRequest, match="Không so được với ngày"):
        compare_page(office, present(), installation, since)


def test_addresses_that_make_no_sense(client, office, area):
    client.force_login(office)

    for query in ({"since": "mai"}, {"page": "0"}, {"since": "1999-01-01"}, {"commune": "x" * 11}):
        assert client.get(COMPARE, query).status_code == 400
    assert client.get(COMPARE, {"commune": "99999"}).status_code == 404
    assert client.get(COMPARE, {"page": "99"}).status_code == 200


def test_the_first_day_has_nothing_before_it(office, installation, area):
    page = compare_page(office, past(date(2022, 1, 31)), installation)

    assert (page.since, list(page.places)) == (None, [])


def test_two_days_of_two_sets_are_not_compared(client, office, installation, area):
    make_set(3, valid_from=date(2022, 4, 1))
    client.force_login(office)

    assert "Hai ngày không dùng chung một bộ tiêu chí" in text_of(client.get(COMPARE))


def test_who_sees_one_commune_sees_no_other(client, installation, area):
    user = factories.make_user("commune")
    factories.give_access(user, area[0])
    client.force_login(user)

    page = client.get(COMPARE).context["page"]

    assert [row.after.name for row in page.places] == ["Xã A"]
    told = {row.label: row.now for row in page.figures}
    assert told["Tiêu chí đạt"] == "2"
    with pytest.raises(Http404):
        compare_page(user, present(), installation, code="18002")


@pytest.mark.parametrize("n", [1, 3])
def test_queries_do_not_grow(n, office, installation, django_assert_num_queries):
    criteria_set = make_set(3)
    for met in range(n):
        commune = commune_with(criteria_set, met)
        factories.make_village(commune)
        factories.make_item(need=10, identified=5, commune=commune)

    with django_assert_num_queries(19):
        assert len(compare_page(office, present(), installation).places) == n
