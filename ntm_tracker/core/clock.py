"""Which day it is for the figures, and which day the reader has chosen to look at."""

import datetime
from calendar import monthrange
from dataclasses import dataclass, field, replace
from typing import TypeVar

from django.core.exceptions import BadRequest
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.dateparse import parse_date

from ntm_tracker.core.models import Installation, Period
from ntm_tracker.core.snapshots import ClosedMonth

PARAMETER = "as_of"
Rows = TypeVar("Rows", bound=QuerySet)


def reporting_date(installation: Installation | None = None) -> datetime.date:
    """ "Today" for late, due soon and days left: the setting, or the real date in Vietnam.

    Only audit entries and `recorded_at` use the real clock beside a set reporting date.
    """
    installation = installation or Installation.current()
    return installation.reporting_date or timezone.localdate()


@dataclass(frozen=True)
class AsOf:
    """The day a page speaks of, out of the days it may speak of.

    `closed` is the closed month whose cut-off the day is: what was kept then answers for it. It is
    empty for every other day, and where the live answer is asked for.
    """

    date: datetime.date
    reporting_date: datetime.date
    first_date: datetime.date
    last_date: datetime.date
    closed: ClosedMonth | None = field(default=None, compare=False)

    def known(self, rows: Rows) -> Rows:
        """Rows with `recorded_at`, without those that were written after the month was closed."""
        return rows.filter(recorded_at__lte=self.closed.at) if self.closed else rows

    @property
    def known_at(self) -> datetime.datetime | None:
        """When the month of the day was closed: what was written after it was not known then."""
        return self.closed.at if self.closed else None

    def on(self, day: datetime.date) -> "AsOf":
        """Another day as it is compared with this one: where this one is closed, so may that be."""
        period = None
        if self.closed:
            period = Period.objects.filter(cut_off_on=day, closed_at__isnull=False).first()
        return AsOf(
            day,
            self.reporting_date,
            self.first_date,
            self.last_date,
            ClosedMonth.of(period) if period else None,
        )

    @property
    def is_present(self) -> bool:
        """Whether this is the reporting date, so that the tables of the present answer."""
        return self.date == self.reporting_date

    @property
    def for_writing(self) -> "AsOf":
        """The day as a page shows it on which people write: live on the reporting date, so that who
        may still enter late sees what he has entered."""
        return replace(self, closed=None) if self.is_present else self

    @property
    def query(self) -> str:
        """What links carry so that the day is kept: empty on the reporting date."""
        return "" if self.is_present else f"{PARAMETER}={self.date.isoformat()}"

    @property
    def month_before(self) -> datetime.date:
        """The last day of the month before this one: what "since last month" compares with."""
        return self.date.replace(day=1) - datetime.timedelta(days=1)

    @property
    def choices(self) -> list[tuple[datetime.date, str]]:
        """Month ends that can be chosen, and the reporting date, newest first."""
        days = {self.reporting_date, self.date}
        day = month_end(self.first_date)
        while day <= self.last_date:
            days.add(day)
            day = month_end(day + datetime.timedelta(days=1))
        return [(day, f"{day:%d/%m/%Y}") for day in sorted(days, reverse=True)]


def month_end(day: datetime.date) -> datetime.date:
    """The last day of the month of `day`."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def as_of_on(day: datetime.date | None, installation: Installation | None = None) -> AsOf:
    """The chosen day with its bounds; None means the reporting date. For views and commands.

    Raises BadRequest with a Vietnamese sentence when there can be no figures for the day.
    """
    installation = installation or Installation.current()
    today = reporting_date(installation)
    first = installation.first_date or min(today, day or today)
    last = max(installation.last_date or today, today)
    chosen = day or today
    if (installation.first_date and chosen < first) or chosen > last:
        raise BadRequest(
            f"Không có số liệu cho ngày {chosen:%d/%m/%Y}. "
            f"Hãy chọn một ngày từ {first:%d/%m/%Y} đến {last:%d/%m/%Y}."
        )
    return AsOf(chosen, today, first, last, _closed_on(chosen, installation))


def _closed_on(day: datetime.date, installation: Installation) -> ClosedMonth | None:
    """The closed month of which this is the cut-off; asks only where one can be."""
    if installation.closed_until is None or day > installation.closed_until:
        return None
    period = Period.objects.filter(cut_off_on=day, closed_at__isnull=False).first()
    return ClosedMonth.of(period) if period else None


def parse_day(text: str) -> datetime.date:
    """A day written 2022-03-31 or 31/3/2022; raises BadRequest with a Vietnamese sentence."""
    text = text.strip()
    parts = text.split("/")
    try:
        if len(parts) == 3:
            return datetime.date(int(parts[2]), int(parts[1]), int(parts[0]))
        if day := parse_date(text):
            return day
    except ValueError:
        pass
    raise BadRequest(f"“{text[:40]}” không phải là một ngày. Hãy viết như 31/03/2022.")
