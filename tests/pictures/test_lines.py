"""Lines over time: positions follow the days and the values, the path ends at the goal."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from communes.models import Commune
from criteria.choices import Level, Outcome, Stage
from criteria.models import Assessment, WorkItem
from criteria.selectors.funding import total
from criteria.selectors.history import standings_from_history
from criteria.selectors.months import cells_by_day, identified_by_day
from criteria.selectors.reported import lines_of, set_for
from ntm_tracker.core.pictures.lines import line_chart
from ntm_tracker.dashboard.selectors.trends import Point, Trend, trend_page
from tests import factories
from tests.criteria.helpers import past, present, rolled_back
from tests.dashboard.build import commune_with
from tests.factories import TODAY, assess, make_set
from tests.pictures.drawn import drawing, length, shapes, titles

PROGRESS = "/progress/"
DAY = date(2022, 1, 31)


def chart(points, *, top=20, goal=None):
    return line_chart(points, top=top, goal=goal, last="x", top_label="y", words="z")


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 20)), min_size=1, max_size=12),
    st.integers(-400, 400),
)
def test_places_follow_days_and_values(values, days_to_goal):
    days = [DAY + timedelta(days=30 * n) for n in range(len(values))]
    goal = days[-1] + timedelta(days=days_to_goal)
    found = chart(list(zip(days, values, strict=True)), goal=goal)

    known = [value for value in values if value is not None]
    assert len(found.dots) == len(known)
    assert all(length(one.x) < length(other.x) for one, other in pairwise(found.dots))
    assert all(0 <= length(dot.x) <= 100 for dot in found.dots)
    for (one, low), (other, high) in pairwise(zip(found.dots, known, strict=True)):
        assert (float(one.y) > float(other.y)) == (low < high)
    assert len(found.strokes) == max(0, len(known) - 1)
    is_open = bool(known) and known[-1] < 20
    assert (found.path is not None) == (days_to_goal > 0 and is_open)
    if found.path:
        assert found.path.start == found.dots[-1]
        assert (found.path.end.x, found.path.end.y) == ("100%", found.ceiling)


def test_chart_of_what_nobody_knows():
    found = chart([(DAY, None)])

    assert (found.dots, found.path, found.last) == ((), None, None)


@st.composite
def stories(draw):
    """Judgements of one criterion over some weeks: (day, stage, outcome)."""
    rows = st.tuples(
        st.integers(0, 90),
        st.sampled_from(list(Stage)),
        st.sampled_from([*Outcome]),
    )
    return draw(st.lists(rows, max_size=6))


@pytest.mark.django_db
@given(stories(), st.data())
def test_days_are_told_as_the_history_tells_them(story, data):
    with rolled_back():
        commune, criteria_set = factories.make_commune(), make_set(2)
        first = criteria_set.criteria.first()
        for offset, stage, outcome in story:
            earlier = list(Assessment.objects.filter(outcome=Outcome.MET, stage=stage))
            row = Assessment(
                commune=commune,
                criterion=first,
                stage=stage,
                outcome=outcome,
                as_of=DAY + timedelta(days=offset),
                recorded_at=factories.NOW,
                by_label="x",
            )
            if outcome == Outcome.WITHDRAWN and earlier:
                row.corrects = data.draw(st.sampled_from([None, *earlier]))
            row.save()
        days = [DAY + timedelta(days=n) for n in (0, 30, 60, 90)]
        in_force = set_for(Level.COMMUNE, present(), "42")

        found = cells_by_day(
            Commune.objects.filter(pk=commune.pk), in_force, present(days[-1]), days
        )

        for n, day in enumerate(days):
            states = standings_from_history(day, communes=[commune.pk])
            state = states.get((commune.pk, None, first.pk))
            told = found[commune.pk][n] if found else ".."
            assert told == (state.cell if state else ".") + "."


@pytest.mark.django_db
def test_money_of_a_day_is_the_money_of_the_lines(installation):
    item = factories.make_item(need=100, identified=30, on=date(2022, 2, 10))
    factories.make_item(need=50, identified=20, on=date(2022, 4, 1), commune=item.commune)
    days = [date(2022, 1, 31), date(2022, 2, 28), date(2022, 4, 1), TODAY]

    found = identified_by_day(WorkItem.objects.all(), present(), days)

    assert found == (0, 30, 50, 50)
    for day, amount in zip(days, found, strict=True):
        assert total(lines_of(WorkItem.objects.all(), past(day))).identified == amount


def trend(*met: int, goal=date(2022, 12, 31), day=TODAY):
    days = [day - timedelta(days=30 * n) for n in reversed(range(len(met)))]
    cells = ["s" * one + "S" * (20 - one) for one in met]
    return Trend("1", "Xã", 20, tuple(map(Point, days, cells)), goal)


@pytest.mark.parametrize(
    ("found", "note"),
    [
        (trend(8, 10), "Cần 1,2 tiêu chí mỗi tháng, vừa qua đạt thêm 2,0"),
        (trend(10), "Cần 1,2 tiêu chí mỗi tháng"),
        (trend(20), "Đã đạt đủ, chờ xét công nhận"),
        (trend(10, goal=None), "Còn 10 tiêu chí"),
        (trend(10, goal=date(2022, 1, 1)), "Còn 10 tiêu chí"),
        (Trend("1", "Xã", 2, (Point(TODAY, "!."),), None), "Chưa báo cáo"),
    ],
)
def test_the_path_in_words(found, note):
    assert found.note == note


@pytest.fixture
def area(installation):
    """Two communes on their way; one gained a criterion in April."""
    criteria_set = make_set(4)
    ahead = commune_with(criteria_set, 3, name="Xã A")
    behind = commune_with(criteria_set, 1, name="Xã B")
    assess(behind, criteria_set.criteria.get(number=2), Outcome.MET, as_of=date(2022, 4, 20))
    factories.make_item(need=100, identified=40, commune=ahead, on=date(2022, 3, 1))
    return ahead, behind


@pytest.mark.django_db
def test_page_draws_the_figures_of_its_table(client, office, area):
    _ahead, behind = area
    client.force_login(office)

    response = client.get(PROGRESS)
    page = response.context["page"]

    assert [(one.name, [point.met for point in one.points]) for one in page.trends] == [
        ("Xã B", [None, None, 1, 2]),
        ("Xã A", [None, None, 3, 3]),
    ]
    assert page.sums == (0, 0, 4, 5)
    assert [amount for _on, amount in page.money.points] == [0, 0, 40, 40]
    found = drawing(response)
    assert titles(found, "line-all") == [
        "Số tiêu chí đạt của 2 xã. 31/01/2022: 0, 28/02/2022: 0, 31/03/2022: 4, 30/04/2022: 5."
    ]
    heights = [float(dot["cy"]) for dot in shapes(found, "line-all", "line__dot")]
    assert heights == [104.0, 104.0, 62.0, 51.5]  # of 84 px: 0, 0, 4/8, 5/8
    assert f"/communes/{behind.code}/#tien-do" in response.content.decode()


@pytest.mark.django_db
def test_the_last_point_is_the_board(client, office, area):
    client.force_login(office)

    for day in ("2022-03-31", "2022-04-25", ""):
        query = {"as_of": day} if day else {}
        board = client.get("/board/", query).context["board"].figures.tally
        page = client.get(PROGRESS, query).context["page"]
        assert page.sums[-1] == board.met


@pytest.mark.django_db
def test_commune_page_tells_the_same(client, office, area):
    _ahead, behind = area
    client.force_login(office)

    page = client.get(f"/communes/{behind.code}/").context["page"]
    drawn = client.get(PROGRESS).context["page"].trends[0]

    assert page.trend == drawn


@pytest.mark.django_db
def test_who_sees_one_commune_sees_no_other_line(client, area):
    ahead, _behind = area
    user = factories.make_user("commune")
    factories.give_access(user, ahead)
    client.force_login(user)

    page = client.get(PROGRESS).context["page"]

    assert [one.name for one in page.trends] == ["Xã A"]
    assert page.chart is None


@pytest.mark.django_db
def test_too_many_communes_are_told_page_by_page_and_not_added(client, office, area, monkeypatch):
    monkeypatch.setattr("ntm_tracker.dashboard.selectors.trends.MOST_TOGETHER", 1)
    monkeypatch.setattr("ntm_tracker.dashboard.selectors.trends.PER_PAGE", 1)
    client.force_login(office)

    pages = [client.get(PROGRESS, {"page": n}).context["page"] for n in (1, 2)]

    assert [[one.name for one in page.shown] for page in pages] == [["Xã B"], ["Xã A"]]
    assert [page.chart for page in pages] == [None, None]


@pytest.mark.django_db
def test_one_commune_with_its_own_money(client, office, area):
    ahead, behind = area
    factories.make_item(need=80, identified=10, commune=behind, on=date(2022, 2, 1))
    client.force_login(office)

    response = client.get(PROGRESS, {"commune": ahead.code})
    page = response.context["page"]

    assert [one.name for one in page.trends] == ["Xã A"]
    assert [amount for _on, amount in page.money.points] == [0, 0, 40, 40]
    assert titles(drawing(response), "line-all") == []
    assert client.get(PROGRESS, {"commune": "99999"}).status_code == 404


@pytest.mark.django_db
def test_page_without_communes_says_so(client, office, installation):
    client.force_login(office)

    assert "Không có xã nào đang trên đường về đích" in client.get(PROGRESS).content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("n", [1, 3])
def test_queries_do_not_grow(n, office, installation, django_assert_num_queries):
    criteria_set = make_set(3)
    for met in range(n):
        commune = commune_with(criteria_set, met)
        factories.make_item(need=10, identified=5, commune=commune)

    with django_assert_num_queries(9):
        page = trend_page(office, present(), installation)
        assert len(page.trends) == n
        assert page.money
