"""Making the files of a month."""

from dataclasses import dataclass
from datetime import date, datetime

from criteria.selectors.scope import Reader
from ntm_tracker.core import collector, letters
from ntm_tracker.core.models import Installation, Period
from ntm_tracker.core.sheets import CONTENT_TYPE, Workbook, render
from ntm_tracker.reports.models import ReportFile
from ntm_tracker.reports.selectors.month import month_rows
from ntm_tracker.reports.selectors.rows import MonthRows
from ntm_tracker.reports.selectors.snapshot import INSTALLATION, OF_REPORT, month_of, stored
from ntm_tracker.reports.selectors.texts import words_for
from ntm_tracker.reports.word.letter import month_letter
from ntm_tracker.reports.workbook import month_workbook


@dataclass(frozen=True)
class MonthFile:
    """A complete file, ready to be sent or written."""

    name: str
    content: bytes
    content_type: str


class UnknownMonth(ValueError):
    """There is no such reporting month; the message is a Vietnamese sentence."""


def find_period(slug: str) -> Period:
    """The reporting month written `2022-04`. Raises UnknownMonth."""
    year, _, month = slug.partition("-")
    try:
        first = date(int(year), int(month), 1)
    except ValueError as error:
        raise UnknownMonth(f"“{slug}” không phải là một tháng. Hãy viết như 2022-04.") from error
    period = Period.objects.filter(month=first).first()
    if period is None:
        known = ", ".join(period.slug for period in Period.objects.all())
        raise UnknownMonth(
            f"Không có kỳ báo cáo tháng {first:%m/%Y}. "
            + (f"Các kỳ hiện có: {known}." if known else "Chưa có kỳ báo cáo nào.")
        )
    return period


def month_sheets(
    period: Period, installation: Installation, *, by: Reader, now: datetime
) -> Workbook:
    """The sheets of a month for a reader who sees the whole, before they become a file: of a closed
    month from what was kept, with the letterhead and the time it was closed with.

    `by` is a user or `core.permits.WholeProvince` for commands. Raises BadRequest for a month that
    has not begun.
    """
    if period.closed_at is not None:
        kept = stored(period, *OF_REPORT)
        return month_workbook(month_of(kept), kept[INSTALLATION][0], now=period.closed_at)
    return month_workbook(month_rows(by, period, installation), installation, now=now)


@collector.paused()
def month_file(
    period: Period, installation: Installation, *, by: Reader, now: datetime
) -> MonthFile:
    """The workbook of a month, complete on return: of a closed month the very bytes that were kept.
    Raises as `month_sheets` does."""
    if period.is_closed:
        return kept_file(period.files.get(revision=period.revision, name=workbook_name(period)))
    return workbook_file(period, render(month_sheets(period, installation, by=by, now=now)))


@collector.paused()
def month_files(rows: MonthRows, installation: Installation, *, now: datetime) -> list[MonthFile]:
    """Every file that a month is sent as: what is kept of them when it is closed."""
    return [
        workbook_file(rows.period, render(month_workbook(rows, installation, now=now))),
        letter_file(rows, installation, now=now),
    ]


def workbook_name(period: Period) -> str:
    """What the workbook of a month is called."""
    return f"bao-cao-ntm-{period.slug}.xlsx"


def workbook_file(period: Period, content: bytes) -> MonthFile:
    """A rendered workbook under its name."""
    return MonthFile(workbook_name(period), content, CONTENT_TYPE)


def letter_name(period: Period) -> str:
    """What the written report of a month is called."""
    return f"bao-cao-ntm-{period.slug}.docx"


def letter_file(rows: MonthRows, installation: Installation, *, now: datetime) -> MonthFile:
    """The written report of rows that are at hand, complete on return."""
    letter = month_letter(rows, installation, words_for(rows.period.month), now=now)
    return MonthFile(letter_name(rows.period), letters.render(letter), letters.CONTENT_TYPE)


def kept_file(row: ReportFile) -> MonthFile:
    """A file of a closed month, as it was sent."""
    return MonthFile(row.name, bytes(row.content), row.content_type)
