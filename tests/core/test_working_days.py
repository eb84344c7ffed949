"""Working days around holidays that move with the moon, and around substitute days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntm_tracker.core.working_days import add_working_days, working_days_between


@pytest.mark.parametrize(
    ("first", "last", "days"),
    [
        # Tết 2022: Monday 31/1 to Friday 4/2; work ends on Friday 28/1 and begins on Monday 7/2.
        (date(2022, 1, 28), date(2022, 2, 4), 0),
        (date(2022, 1, 28), date(2022, 2, 7), 1),
        (date(2022, 1, 27), date(2022, 2, 8), 3),
        # 30/4 and 1/5/2022 are a weekend: Monday 2/5 and Tuesday 3/5 are taken instead.
        (date(2022, 4, 29), date(2022, 5, 3), 0),
        (date(2022, 4, 29), date(2022, 5, 4), 1),
        # Giỗ Tổ, a Sunday in 2022, with its Monday.
        (date(2022, 4, 8), date(2022, 4, 12), 1),
        # A common week, and over the new year (1/1/2022 a Saturday, Monday 3/1 taken instead).
        (date(2022, 3, 4), date(2022, 3, 11), 5),
        (date(2021, 12, 31), date(2022, 1, 4), 1),
        # 260 weekdays less ten holidays in 2021, 260 less eleven in 2022.
        (date(2021, 1, 1), date(2023, 1, 1), 499),
    ],
)
def test_working_days_between_counts_after_the_first_up_to_the_last(first, last, days):
    assert working_days_between(first, last) == days


def test_working_days_between_is_never_negative():
    assert working_days_between(date(2022, 3, 9), date(2022, 3, 9)) == 0
    assert working_days_between(date(2022, 3, 9), date(2022, 3, 1)) == 0


def test_a_saturday_that_makes_up_for_a_day_off_is_worked():
    # Friday 2/5/2025 was free and Saturday 26/4/2025 worked for it.
    assert working_days_between(date(2025, 4, 25), date(2025, 4, 26)) == 1
    assert working_days_between(date(2025, 4, 29), date(2025, 5, 4)) == 0


@pytest.mark.parametrize(
    ("day", "n", "found"),
    [
        (date(2022, 4, 29), 1, date(2022, 5, 4)),
        (date(2022, 1, 28), 2, date(2022, 2, 8)),
        (date(2022, 4, 30), 0, date(2022, 4, 30)),
        (date(2021, 12, 30), 3, date(2022, 1, 5)),
    ],
)
def test_add_working_days_steps_over_holidays(day, n, found):
    assert add_working_days(day, n) == found


@given(
    st.dates(date(2021, 1, 1), date(2027, 12, 31)),
    st.integers(min_value=1, max_value=600),
)
def test_adding_and_counting_agree(day, n):
    last = add_working_days(day, n)

    assert working_days_between(day, last) == n
    assert working_days_between(day, last - timedelta(1)) == n - 1
