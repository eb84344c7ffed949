"""The estimate: a range with reasons, silent without history, and nothing that could mislead."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.choices import Outcome
from ntm_tracker.core.pictures.spans import draw_span
from ntm_tracker.dashboard.forecast_rules import (
    SLOWEST,
    WORDS,
    Evidence,
    Verdict,
    forecast,
    held_back,
)
from ntm_tracker.dashboard.selectors.forecasts import forecast_page
from sponsors.choices import TaskState
from tests import factories
from tests.criteria.helpers import present
from tests.dashboard.build import commune_with, text_of
from tests.factories import assess, make_set
from tests.pictures.drawn import drawing, length

FORECAST = "/forecast/"
ON, GOAL = date(2022, 4, 30), date(2022, 12, 31)
DAYS = (date(2022, 1, 31), date(2022, 2, 28), date(2022, 3, 31), ON)


def known(*met: int, **fields) -> Evidence:
    history = tuple(zip(DAYS[-len(met) :], met, strict=True)) if met else ()
    return Evidence(**({"history": history, "total": 20, "goal": GOAL} | fields))


evidence = st.builds(
    Evidence,
    history=st.lists(st.integers(0, 20), max_size=4).map(
        lambda met: tuple(zip(DAYS[4 - len(met) :], met, strict=True))
    ),
    total=st.just(20),
    goal=st.one_of(st.none(), st.dates(date(2022, 1, 1), date(2025, 1, 1))),
    need=st.just(100),
    missing=st.integers(0, 100),
    open_tasks=st.just(10),
    late_tasks=st.integers(0, 10),
    self_reported=st.integers(0, 5),
)


def later(day: date | None) -> date:
    """None is later than every day."""
    return day or date.max


@given(evidence)
def test_the_range_runs_forward_and_the_verdict_follows_from_it(one):
    found = forecast(one)

    assert later(found.earliest) <= later(found.latest)
    assert found.words == WORDS[found.verdict]
    if found.verdict is Verdict.LIKELY:
        assert found.latest <= one.goal
    if found.verdict is Verdict.UNLIKELY:
        assert later(found.earliest) > one.goal
    if found.verdict is Verdict.UNCERTAIN:
        assert later(found.earliest) <= one.goal < later(found.latest)
    if found.earliest:
        assert found.earliest > ON


@given(evidence)
def test_little_history_is_silent(one):
    found = forecast(replace(one, history=one.history[-2:]))

    if found.verdict is not Verdict.DONE:
        assert found.verdict is Verdict.SILENT
        assert (found.earliest, found.latest, found.reasons, found.levers) == (None, None, (), ())


@given(evidence, st.integers(0, 100), st.integers(0, 10))
def test_more_money_and_fewer_late_tasks_never_make_it_later(one, missing, late):
    better = replace(one, missing=min(one.missing, missing), late_tasks=min(one.late_tasks, late))

    assert later(forecast(better).latest) <= later(forecast(one).latest)
    assert forecast(better).earliest == forecast(one).earliest
    assert SLOWEST <= held_back(one) <= held_back(better) <= 1


@given(evidence, st.integers(1, 5))
def test_what_was_met_more_this_month_never_makes_it_later(one, more):
    if len(one.history) < 3:
        return
    on, met = one.history[-1]
    better = replace(one, history=(*one.history[:-1], (on, min(20, met + more))))

    if forecast(better).verdict is not Verdict.DONE:
        assert later(forecast(better).earliest) <= later(forecast(one).earliest)
        assert later(forecast(better).latest) <= later(forecast(one).latest)


def test_an_even_pace_gives_nearly_one_day():
    found = forecast(known(8, 10, 12, 14))

    assert (found.verdict, found.earliest, found.latest) == (
        Verdict.LIKELY,
        date(2022, 7, 28),
        date(2022, 7, 31),
    )
    assert found.range_words == "Sớm nhất tháng 07/2022, muộn nhất tháng 07/2022."
    assert found.reasons == (
        "Còn 6 tiêu chí, kịp hạn cần 0,7 tiêu chí mỗi tháng.",
        "Từ 31/01/2022 đạt thêm 2,1 tiêu chí mỗi tháng; hai tháng gần nhất 2,0.",
    )


def test_what_holds_back_is_named_with_what_would_change_it():
    found = forecast(
        known(8, 10, 12, 14, need=10 * 10**9, missing=10 * 10**9, open_tasks=4, late_tasks=2)
    )

    assert found.verdict is Verdict.UNCERTAIN
    assert found.reasons[2:] == (
        "Thiếu 10,0 trong 10,0 tỷ đồng nhu cầu vốn.",
        "2 trong 4 việc đang làm bị chậm.",
    )
    assert found.levers == (
        "Đủ nguồn vốn: muộn nhất tháng 08/2022, thành “có thể đạt đúng hạn”.",
        "Không còn việc chậm: muộn nhất tháng 10/2022, thành “có thể đạt đúng hạn”.",
        "Đạt thêm 0,7 tiêu chí mỗi tháng từ nay thì kịp hạn.",
    )


@pytest.mark.parametrize(
    ("one", "verdict", "words"),
    [
        (known(), Verdict.SILENT, ""),
        (known(10, 11), Verdict.SILENT, ""),
        (known(18, 19, 20), Verdict.DONE, ""),
        (known(10, 10, 10), Verdict.UNLIKELY, "Với đà này, năm năm tới chưa đạt đủ."),
        (known(12, 11, 10), Verdict.UNLIKELY, "Với đà này, năm năm tới chưa đạt đủ."),
        (known(9, 9, 19, goal=None), Verdict.NO_GOAL, None),
        (known(9, 9, 19, goal=date(2022, 4, 1)), Verdict.UNLIKELY, None),
    ],
)
def test_verdicts_at_the_edges(one, verdict, words):
    found = forecast(one)

    assert found.verdict is verdict
    if words is not None:
        assert found.range_words == words


@given(
    st.dates(date(2021, 1, 1), date(2024, 1, 1)),
    st.one_of(st.none(), st.integers(1, 2000)),
    st.one_of(st.none(), st.integers(0, 2000)),
)
def test_the_span_stays_in_the_picture(goal, first, more):
    earliest = ON + timedelta(days=first) if first else None
    latest = earliest + timedelta(days=more) if earliest and more is not None else None

    span = draw_span(ON, goal, earliest, latest)

    assert 0 <= length(span.goal) <= 100
    if span.x:
        assert 0 <= length(span.x) <= length(span.x) + length(span.width) <= 100.01
    if latest is None:
        assert span.is_open


@pytest.fixture
def area(installation):
    """One commune that gained a criterion each month, with a late task and missing money."""
    criteria_set = make_set(8)
    commune = commune_with(criteria_set, 2, name="Xã A")
    for number, day in ((1, date(2022, 1, 20)), (2, date(2022, 2, 20)), (3, date(2022, 4, 20))):
        assess(commune, criteria_set.criteria.get(number=number), Outcome.MET, as_of=day)
    factories.make_task(
        commune=commune,
        assigned_on=date(2022, 3, 1),
        starts_on=date(2022, 3, 1),
        due_on=date(2022, 4, 1),
        state=TaskState.IN_PROGRESS,
    )
    factories.make_item(need=100, identified=40, commune=commune)
    return commune


@pytest.mark.django_db
def test_page_tells_the_estimate_as_one(client, office, area):
    client.force_login(office)

    response = client.get(FORECAST)
    page, text = response.context["page"], text_of(response)

    assert [(row.trend.name, row.forecast.verdict) for row in page.rows] == [
        ("Xã A", Verdict.UNCERTAIN)
    ]
    assert "Ước tính của công cụ, không phải số liệu" in text
    assert "1 trong 1 việc đang làm bị chậm." in text
    drawn = [one for _f, tag, one in drawing(response).elements if tag == "rect"]
    assert [one["x"] for one in drawn] == [page.rows[0].span.x]


@pytest.mark.django_db
def test_commune_page_tells_the_same(client, office, area):
    client.force_login(office)

    page = client.get(f"/communes/{area.code}/").context["page"]

    assert page.outlook == client.get(FORECAST).context["page"].rows[0]


@pytest.mark.django_db
def test_sponsors_are_told_why_they_have_no_page(client, sponsor_a, area):
    client.force_login(sponsor_a)

    response = client.get(FORECAST)

    assert response.status_code == 403
    assert "Đơn vị đỡ đầu chỉ thấy việc của mình" in text_of(response)


@pytest.mark.django_db
def test_page_without_communes_says_so(client, office, installation):
    client.force_login(office)

    assert "Không có xã nào đang trên đường về đích" in text_of(client.get(FORECAST))


@pytest.mark.django_db
@pytest.mark.parametrize("n", [1, 3])
def test_queries_do_not_grow(n, office, installation, django_assert_num_queries):
    criteria_set = make_set(3)
    for met in range(n):
        commune = commune_with(criteria_set, met)
        factories.make_task(commune=commune)
        factories.make_item(need=10, identified=5, commune=commune)

    with django_assert_num_queries(10):
        assert len(forecast_page(office, present(), installation).rows) == n
