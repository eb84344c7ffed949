"""Closed months: what may no longer be entered, and who may open it again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.utils import timezone

from ntm_tracker.core.models import Installation, Period, PeriodException
from ntm_tracker.core.permits import ALLOWED, Permit, refused

# The key of the lock that writers share and closing takes alone (PostgreSQL; SQLite has one writer
# at a time anyway): a row that was allowed while the month was open is in before it closes.
LOCK = 4_202_204


class MonthClosed(ValidationError, PermissionDenied):
    """A late entry. Beside the typing where a form asks what is wrong with it, else a 403; both
    with the sentence of the rule."""

    def __init__(self, permit: Permit):
        super().__init__(permit.reason)

    def __str__(self) -> str:
        return str(self.message)


def may_enter(on: date, commune_id: int | None, *, today: date) -> Permit:
    """Whether a figure of that day (of a commune; None: of none, or of several) may still be
    written down: not where the month that the day belongs to is closed, unless the office has
    excepted the commune until a day that has not passed."""
    return _answer([(on, commune_id)], today=today)


def require_open(places: Iterable[tuple[date, int | None]], *, today: date) -> None:
    """Go on only where every (day, commune id) may still be entered; MonthClosed otherwise.

    For services, inside their transaction: one query, three where a day lies in a closed month.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [LOCK])
    if not (permit := _answer(places, today=today)):
        raise MonthClosed(permit)


def lock_entries() -> None:
    """Wait for every entry that is being written and let none begin until the transaction ends."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])


@dataclass(frozen=True)
class LateEntry:
    """A closed month into which one commune may still enter, up to and including `until`."""

    month: str
    day: date
    until: date
    by_label: str

    @property
    def words(self) -> str:
        """What the pages say on which the commune types."""
        return (
            f"{self.month} đã khóa sổ; {self.by_label} cho phép xã nhập muộn đến hết ngày "
            f"{self.until:%d/%m/%Y}. Số liệu ghi cho ngày {self.day:%d/%m/%Y} được tính vào tháng "
            "đó, thay đổi hiện ở mục điều chỉnh của tháng sau."
        )


def late_entries(commune_id: int, *, today: date) -> tuple[LateEntry, ...]:
    """The closed months that the office has opened for this commune and whose day has not passed,
    the earliest first; one query."""
    rows = PeriodException.objects.filter(
        commune_id=commune_id, until__gte=today, period__closed_at__isnull=False
    )
    latest = {row.period_id: row for row in rows.select_related("period").order_by("until", "pk")}
    found = [
        LateEntry(str(row.period), row.period.cut_off_on, row.until, row.by_label)
        for row in latest.values()
    ]
    return tuple(sorted(found, key=lambda entry: entry.day))


def period_of(on: date, periods: Iterable[Period]) -> Period | None:
    """The month a day belongs to: the first one whose cut-off has not passed on that day."""
    ahead = (period for period in periods if period.cut_off_on >= on)
    return min(ahead, key=lambda period: period.cut_off_on, default=None)


def day_of_taking_back(on: date, at: datetime, commune_id: int, *, today: date) -> date:
    """For which day a report of day `on`, written at `at`, is taken back: one query, up to four.

    Today, as a rule: until then it was what had been said, and a closed month stays what it said.
    Its own day where the month of that day is over and no closing knows the report: it came late,
    or the month is open. The month must not say, nor the next one count as *điều chỉnh*, what was
    taken back before anybody was told.
    """
    period = period_of(on, Period.objects.filter(cut_off_on__gte=on))
    if period is None or period.cut_off_on >= today:
        return today
    is_told = period.closed_at is not None and at <= period.closed_at
    return on if not is_told and may_enter(on, commune_id, today=today) else today


def closed_places(
    places: Iterable[tuple[date, int | None]], *, today: date
) -> dict[tuple[date, int | None], str]:
    """Of (day, commune id) those that may no longer be entered, with the sentence of the refusal;
    one query, three where a day lies in a closed month."""
    places = set(places)
    first = min((on for on, _commune in places), default=None)
    if first is None:
        return {}
    periods = list(Period.objects.filter(cut_off_on__gte=first))
    late = []
    for on, commune in sorted(places, key=lambda place: (place[0], place[1] or 0)):
        period = period_of(on, periods)
        if period is not None and period.is_closed:
            late.append((period, on, commune))
    if not late:
        return {}
    excepted = set(
        PeriodException.objects.filter(
            period__in={period.pk for period, _on, _commune in late}, until__gte=today
        ).values_list("period_id", "commune_id")
    )
    installation = Installation.current()
    return {
        (on, commune): _sentence(period, on, installation)
        for period, on, commune in late
        if (period.pk, commune) not in excepted
    }


def _answer(places: Iterable[tuple[date, int | None]], *, today: date) -> Permit:
    sentence = next(iter(closed_places(places, today=today).values()), None)
    return ALLOWED if sentence is None else refused(sentence)


def _sentence(period: Period, on: date, installation: Installation) -> str:
    at = timezone.localtime(period.closed_at)
    return (
        f"{period} đã khóa sổ lúc {at:%H:%M} ngày {at:%d/%m/%Y}, không ghi thêm số liệu tính cho "
        f"ngày {on:%d/%m/%Y}. {installation.office_name.capitalize()} mở lại tháng hoặc cho phép "
        "riêng xã nhập muộn; hoặc hãy ghi cho ngày sau ngày chốt "
        f"{period.cut_off_on:%d/%m/%Y}, chênh lệch sẽ hiện ở tháng sau."
    )
