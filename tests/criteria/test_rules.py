"""The pure rules: what a cell shows, when it is overdue, what a village rule lacks."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from criteria.choices import MET_CELLS, OVERDUE_CELL, Cell, Outcome, Stage
from criteria.rules import (
    Row,
    cell_for,
    count_met,
    decide,
    is_met,
    revocation_reason,
    shown_cell,
    village_rule_blocks,
)
from tests.criteria.helpers import cell_by_hand

DAY = date(2022, 4, 1)
SELF, VERIFIED, APPRAISED = Stage.SELF, Stage.VERIFIED, Stage.APPRAISED
MET, NOT_MET, NA = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE
RETURNED, WITHDRAWN = Outcome.RETURNED, Outcome.WITHDRAWN
LATER_RETURN, UPPER_RETURN = ("r", VERIFIED), ("r", APPRAISED)


def latest(**rows: tuple[str, int]) -> dict[str, Row]:
    """stage=(outcome, day of the month); ids follow the order in which they are written."""
    return {
        stage: Row(pk, outcome, date(2022, 4, day))
        for pk, (stage, (outcome, day)) in enumerate(rows.items(), start=1)
    }


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ({}, (".", None)),
        ({"self": (MET, 1)}, ("s", SELF)),
        ({"self": (NOT_MET, 1)}, ("S", SELF)),
        ({"self": (NA, 1)}, ("n", SELF)),
        ({"self": (WITHDRAWN, 1)}, (".", None)),
        # The highest rung counts, even if an older one.
        ({"verified": (NOT_MET, 1), "self": (MET, 20)}, ("V", VERIFIED)),
        ({"appraised": (MET, 1), "verified": (NOT_MET, 20)}, ("a", APPRAISED)),
        ({"appraised": (NA, 1), "self": (NOT_MET, 20)}, ("n", APPRAISED)),
        # A withdrawn row says nothing, the rung below speaks.
        ({"appraised": (WITHDRAWN, 20), "verified": (MET, 1)}, ("v", VERIFIED)),
        # A return asks for a new report ...
        ({"self": (MET, 1), "verified": (RETURNED, 2)}, ("r", VERIFIED)),
        ({"verified": (RETURNED, 2)}, ("r", VERIFIED)),
        # ... which counts when it comes, also on the same day (later id), but not if withdrawn.
        ({"verified": (RETURNED, 2), "self": (MET, 3)}, ("s", SELF)),
        ({"verified": (RETURNED, 2), "self": (MET, 2)}, ("s", SELF)),
        ({"self": (MET, 2), "verified": (RETURNED, 2)}, ("r", VERIFIED)),
        ({"verified": (RETURNED, 2), "self": (WITHDRAWN, 3)}, ("r", VERIFIED)),
        # A return from above also ends what was verified before it; a later check counts.
        ({"verified": (MET, 1), "appraised": (RETURNED, 2), "self": (NOT_MET, 3)}, ("S", SELF)),
        ({"appraised": (RETURNED, 2), "verified": (MET, 3)}, ("v", VERIFIED)),
        (
            {"appraised": (RETURNED, 2), "self": (MET, 3), "verified": (RETURNED, 4)},
            ("r", VERIFIED),
        ),
        (
            {"appraised": (RETURNED, 9), "verified": (RETURNED, 2), "self": (MET, 3)},
            ("r", APPRAISED),
        ),
        # A return below an appraised figure does not hide it.
        ({"appraised": (MET, 1), "verified": (RETURNED, 2)}, ("a", APPRAISED)),
    ],
)
def test_cell_and_the_rung_behind_it(rows, expected):
    assert decide(latest(**rows)) == expected
    assert cell_for(latest(**rows)) == expected[0]


ROWS = st.dictionaries(
    st.sampled_from(Stage), st.tuples(st.sampled_from(Outcome), st.integers(1, 4)), max_size=3
)


@given(ROWS)
def test_cell_equals_the_one_told_by_hand(rows):
    judged = latest(**rows)
    by_hand = [(row.as_of, row.pk, stage, row.outcome) for stage, row in judged.items()]

    assert cell_for(judged) == cell_by_hand(by_hand, date(2022, 4, 30))


@given(ROWS)
def test_rung_named_is_a_row_that_was_given_and_says_something(rows):
    judged = latest(**rows)
    cell, stage = decide(judged)

    assert (stage is None) == (cell == Cell.UNREPORTED)
    if stage is not None:
        assert judged[stage].outcome != WITHDRAWN
        assert (judged[stage].outcome == RETURNED) == (cell == Cell.RETURNED)


def test_a_newer_self_report_never_changes_what_was_verified():
    for outcome in Outcome:
        assert cell_for(latest(verified=(MET, 1), self=(outcome, 20))) == Cell.MET_VERIFIED


@pytest.mark.parametrize(
    ("planned_on", "expected"),
    [(None, "S"), (DAY - timedelta(days=1), "x"), (DAY, "S"), (DAY + timedelta(days=1), "S")],
)
def test_overdue_from_the_day_after_the_planned_one(planned_on, expected):
    assert shown_cell(Cell.NOT_MET_SELF, planned_on, DAY) == expected


def test_every_cell_that_is_not_met_has_an_overdue_twin_and_no_other():
    late = DAY - timedelta(days=1)
    shown = {cell: shown_cell(cell, late, DAY) for cell in Cell}

    assert {cell for cell in Cell if shown[cell] != cell} == {chr(code) for code in OVERDUE_CELL}
    assert all(not is_met(shown[cell]) for cell in Cell if not is_met(cell))
    assert all(shown[cell] == cell for cell in MET_CELLS)
    assert {Cell(code) for code in shown.values()} <= set(Cell)


@given(st.text(alphabet=[cell.value for cell in Cell], max_size=30))
def test_count_of_met_is_the_number_of_met_cells(cells):
    assert count_met(cells) == sum(is_met(cell) for cell in cells)


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({}, ""),
        ({"min_villages": 3}, "thiếu 1 thôn"),
        ({"min_villages": 2}, ""),
        ({"min_village_percent": 50}, "thiếu 1 thôn"),  # half of 5 is 3 villages
        ({"min_village_percent": 40}, ""),
        ({"min_villages": 4, "min_village_percent": 50}, "thiếu 2 thôn"),
        ({"min_gardens": 12}, "thiếu 5 vườn mẫu"),
        ({"min_villages": 3, "min_gardens": 8}, "thiếu 1 thôn, thiếu 1 vườn mẫu"),
    ],
)
def test_village_rule_names_what_is_lacking_only_with_numbers(rule, expected):
    numbers = {"min_villages": None, "min_village_percent": None, "min_gardens": None} | rule
    place = {"villages": 5, "villages_met": 2, "gardens_met": 7}

    assert village_rule_blocks(is_criterion_met=False, **place, **numbers) == expected
    assert village_rule_blocks(is_criterion_met=True, **place, **numbers) == ""


@pytest.mark.parametrize(
    ("fallen", "weighty", "is_due"),
    [
        (0, 0, False),
        (5, 3, False),  # 25%, however weighty
        (6, 0, False),  # 30% without a weighty one
        (6, 1, True),
        (9, 0, False),
        (9, 1, True),  # 45%
        (10, 0, True),  # half suffices by itself
        (20, 3, True),
    ],
)
def test_recognition_comes_into_question_from_thirty_or_fifty_percent(fallen, weighty, is_due):
    reason = revocation_reason(fallen=fallen, weighty=weighty, total=20)

    assert bool(reason) is is_due
    if is_due:
        assert reason.startswith(f"{fallen}/20 tiêu chí không còn đạt ({fallen * 5},0%)")
        assert ("trọng yếu" in reason) is (fallen < 10)
    assert revocation_reason(fallen=0, weighty=0, total=0) == ""
