"""All sponsors of a month with their figures and the office's verdict, those without one first."""

from dataclasses import dataclass
from datetime import date

from django.core.exceptions import BadRequest

from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from sponsors.selectors.reviews import month_of
from sponsors.selectors.sponsors import SponsorRow, sponsor_rows


@dataclass(frozen=True)
class ReviewPage:
    """Context of the assessments of one month."""

    month: date
    rows: tuple[SponsorRow, ...]
    months: tuple[date, ...]

    @property
    def missing(self) -> int:
        return sum(not row.reviews for row in self.rows)


def review_months(as_of: AsOf) -> tuple[date, ...]:
    """The first days of the months that have begun, the latest first."""
    months, month = [], as_of.date.replace(day=1)
    first = as_of.first_date.replace(day=1)
    while month >= first:
        months.append(month)
        month = (
            month.replace(month=month.month - 1)
            if month.month > 1
            else month.replace(year=month.year - 1, month=12)
        )
    return tuple(months)


def review_page(user: User, as_of: AsOf, month: date | None) -> ReviewPage:
    """The assessments of a month, by default that of the chosen day. Raises BadRequest for a month
    that has not begun."""
    chosen = month or as_of.date.replace(day=1)
    months = review_months(as_of)
    if chosen > as_of.date:
        raise BadRequest(f"Tháng {chosen:%m/%Y} chưa bắt đầu tính đến {as_of.date:%d/%m/%Y}.")
    rows = sponsor_rows(user, month_of(as_of, chosen))
    rows.sort(key=lambda row: bool(row.reviews))
    return ReviewPage(chosen, tuple(rows), months if chosen in months else (*months, chosen))
