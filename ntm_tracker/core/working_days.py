"""Working days of public offices in Vietnam: Monday to Friday without the public holidays.

The holidays come from the package `holidays`, lunar ones (Tết, Giỗ Tổ) and the substitute days for
holidays that fall on a weekend included; a Saturday that makes up for a day off counts as a working
day in the years for which the package knows the decree.
"""

from bisect import bisect_right
from datetime import date, timedelta
from functools import lru_cache


def working_days_between(first: date, last: date) -> int:
    """How many working days lie after `first` up to and including `last`; 0 unless `last` is
    later. A paper due on Friday is one working day late on Monday, as people count."""
    if last <= first:
        return 0
    count = _upto(last) - _upto(first)
    return count + sum(len(_ordinals(year)) for year in range(first.year, last.year))


def add_working_days(day: date, n: int) -> date:
    """The `n`-th working day after `day` (the inverse of `working_days_between`); `n` = 0 is the
    day itself, whether one works on it or not."""
    if n < 1:
        return day
    left = n + _upto(day)
    year = day.year
    while left > len(_ordinals(year)):
        left -= len(_ordinals(year))
        year += 1
    return date.fromordinal(_ordinals(year)[left - 1])


def _upto(day: date) -> int:
    """Working days of the year of `day` up to and including it."""
    return bisect_right(_ordinals(day.year), day.toordinal())


@lru_cache(maxsize=32)  # years come from dates that people type
def _ordinals(year: int) -> tuple[int, ...]:
    """The working days of a year as ordinals; reckoned once, because lunar dates cost."""
    import holidays

    calendar = holidays.country_holidays("VN", years=year)
    first = date(year, 1, 1)
    days = (first + timedelta(n) for n in range((date(year + 1, 1, 1) - first).days))
    return tuple(day.toordinal() for day in days if calendar.is_working_day(day))
