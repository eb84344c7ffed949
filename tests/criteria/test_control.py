"""Our rows held against the figures that were announced, and the row that makes the difference."""

from datetime import date, timedelta

import pytest

from criteria.choices import Measure
from criteria.models import ControlTotalLine, WorkItem
from criteria.selectors.control import (
    Verdict,
    announced,
    announced_count,
    control_lines,
    judge,
)
from criteria.selectors.funding import item_lines
from criteria.services.funding import (
    SourceEntry,
    adjust_need,
    reconcile,
    record_sources,
)
from tests import factories
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
ON = date(2022, 4, 26)
TRIEU, TY = 10**6, 10**9


@pytest.fixture
def roads():
    """Two categories, announced and reconciled: roads 12,0 tỷ (two items), schools 5,0 tỷ."""
    category = factories.make_category(name="Giao thông")
    schools = factories.make_category(name="Trường học")
    bridge = factories.make_item(
        need=9 * TY,
        identified=4 * TY,
        category=category,
        name="Cầu tràn",
        code="GT-01",
        commune=factories.make_commune(name="Hà Linh"),
    )
    factories.make_item(need=3 * TY, category=category, commune=None, name="Đường liên xã")
    factories.make_item(need=5 * TY, category=schools)
    for name, (need, have) in {None: (17, 4), category: (12, 4), schools: (5, 0)}.items():
        for measure, amount in (
            (Measure.NEED, need),
            (Measure.IDENTIFIED, have),
            (Measure.MISSING, need - have),
        ):
            factories.make_control_total(amount * TY, measure, name)
    factories.make_control_total(8, Measure.COMMUNES_LEFT, precision=0, wording="8 xã")
    reconcile(announced_on=ON, by=None, now=factories.NOW)
    return bridge


def compare(on=TODAY):
    return control_lines(item_lines(WorkItem.objects.all(), on), announced(on))


def by_measure(lines, measure):
    """(category or None for the whole, difference, verdict, names of rows) of one measure."""
    return [
        (
            line.control.category.name if line.control.category else None,
            line.difference,
            line.verdict,
            [row.name for row in line.rows],
        )
        for line in lines
        if line.control.measure == measure
    ]


@pytest.mark.parametrize(
    ("difference", "expected"),
    [
        (0, Verdict.EQUAL),
        (1, Verdict.ROUNDING),
        (-99_999_999, Verdict.ROUNDING),
        (100_000_000, Verdict.DIFFERENT),
        (-100_000_000, Verdict.DIFFERENT),
    ],
)
def test_below_the_step_of_rounding_a_difference_says_nothing(difference, expected):
    assert judge(difference, 100 * TRIEU) == expected


def test_an_exact_figure_allows_no_difference():
    assert (judge(0, 0), judge(1, 0)) == (Verdict.EQUAL, Verdict.DIFFERENT)


def test_reconciled_figures_are_equal_and_name_no_row(roads):
    lines = compare()

    assert len(lines) == 9  # counts of communes are no money
    assert {line.verdict for line in lines} == {Verdict.EQUAL}
    assert {line.rows for line in lines} == {()}


@pytest.mark.parametrize(
    ("change", "verdict"),
    [
        (100_000, Verdict.ROUNDING),
        (-100_000, Verdict.ROUNDING),
        (200 * TRIEU, Verdict.DIFFERENT),
        (-200 * TRIEU, Verdict.DIFFERENT),
    ],
)
def test_a_changed_work_item_is_named_at_every_level(roads, change, verdict, office):
    adjust_need(item=roads, to=9 * TY + change, effective_on=TODAY, by=office, now=NOW, today=TODAY)
    lines = compare()

    named = ["Cầu tràn"]
    for measure in (Measure.NEED, Measure.MISSING):
        assert by_measure(lines, measure) == [
            (None, change, verdict, named),
            ("Giao thông", change, verdict, named),
            ("Trường học", 0, Verdict.EQUAL, []),
        ]
    assert {line[2] for line in by_measure(lines, Measure.IDENTIFIED)} == {Verdict.EQUAL}
    row = next(line.rows[0] for line in lines if line.rows)
    assert (row.code, row.commune_name, row.need, row.identified, row.missing) == (
        "GT-01",
        "Hà Linh",
        change,
        0,
        change,
    )


def test_moves_that_cancel_out_are_equal_but_named(roads, office):
    other = WorkItem.objects.get(name="Đường liên xã")
    for item, to in ((roads, 8 * TY), (other, 4 * TY)):
        adjust_need(item=item, to=to, effective_on=TODAY, by=office, now=NOW, today=TODAY)

    whole = next(line for line in by_measure(compare(), Measure.NEED) if line[0] is None)
    assert whole[1:3] == (0, Verdict.EQUAL)
    assert set(whole[3]) == {"Cầu tràn", "Đường liên xã"}


def test_a_new_item_and_a_new_source_are_named(roads):
    factories.make_item(need=7 * TRIEU, category=roads.category, name="Cống mới", on=TODAY)
    record_sources([SourceEntry(roads, TY, TODAY)], by=None, now=NOW, today=TODAY)
    lines = compare()

    def whole(measure):
        return next(line for line in by_measure(lines, measure) if line[0] is None)

    assert whole(Measure.NEED) == (None, 7 * TRIEU, Verdict.ROUNDING, ["Cống mới"])
    assert whole(Measure.IDENTIFIED) == (None, TY, Verdict.DIFFERENT, ["Cầu tràn"])
    assert set(whole(Measure.MISSING)[3]) == {"Cống mới", "Cầu tràn"}


def test_before_the_rows_came_the_kept_items_are_named(roads):
    ControlTotalLine.objects.exclude(item=roads).delete()
    lines = control_lines([], announced(TODAY))

    whole = next(line for line in by_measure(lines, Measure.NEED) if line[0] is None)
    assert whole == (None, -17 * TY, Verdict.DIFFERENT, ["Cầu tràn"])


def test_the_latest_announcement_up_to_the_day_counts(roads):
    later = ON + timedelta(days=2)
    factories.make_control_total(20 * TY, announced_on=later)

    assert announced(ON - timedelta(days=1)) == []
    assert len(announced(ON)) == 10
    assert [control.amount for control in announced(TODAY)] == [20 * TY]
    assert control_lines([], announced(ON - timedelta(days=1))) == []


def test_announced_counts(roads):
    assert announced_count(announced(TODAY), Measure.COMMUNES_LEFT).wording == "8 xã"
    assert announced_count(announced(TODAY), Measure.SPONSORS) is None


def test_reconciling_again_replaces_what_was_kept(roads, office):
    adjust_need(item=roads, to=10 * TY, effective_on=ON, by=office, now=NOW, today=TODAY)
    assert any(line.rows for line in compare())

    assert reconcile(announced_on=ON, by=None, now=factories.NOW) == 3
    assert not any(line.rows for line in compare())
    assert ControlTotalLine.objects.count() == 3


@pytest.mark.parametrize("n", [1, 3])
def test_comparing_asks_two_questions(n, django_assert_num_queries):
    for _ in range(n):
        item = factories.make_item(need=TY)
        factories.make_control_total(TY, category=item.category)
    reconcile(announced_on=ON, by=None, now=factories.NOW)
    lines = item_lines(WorkItem.objects.all(), TODAY)
    with django_assert_num_queries(2):
        found = control_lines(lines, announced(TODAY))
        assert all(line.control.category.name and line.control.document for line in found)
