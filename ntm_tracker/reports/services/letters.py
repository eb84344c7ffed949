"""The written report of a month: its file, and the words that the office gives it."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from criteria.selectors.scope import Reader
from ntm_tracker.core import audit
from ntm_tracker.core.models import Installation, Period, User
from ntm_tracker.core.permits import require
from ntm_tracker.reports.models import ReportText
from ntm_tracker.reports.rules import may_write_report
from ntm_tracker.reports.selectors.month import month_rows
from ntm_tracker.reports.selectors.rows import MonthRows
from ntm_tracker.reports.selectors.snapshot import INSTALLATION, OF_REPORT, month_of, stored
from ntm_tracker.reports.selectors.texts import texts_for
from ntm_tracker.reports.services.months import (
    MonthFile,
    kept_file,
    letter_file,
    letter_name,
)
from ntm_tracker.reports.word.figures import figures
from ntm_tracker.reports.word.texts import BY_SLUG, draft


def month_letter_file(
    period: Period, installation: Installation, *, by: Reader, now: datetime
) -> MonthFile:
    """The written report of a month: of a closed month the very bytes that were kept, or where it
    was closed without one, of the rows that were kept. Raises BadRequest for a month that has not
    begun."""
    if period.closed_at is None:
        return letter_file(month_rows(by, period, installation), installation, now=now)
    kept = period.files.filter(revision=period.revision, name=letter_name(period)).first()
    if kept is not None:
        return kept_file(kept)
    found = stored(period, *OF_REPORT)
    return letter_file(month_of(found), found[INSTALLATION][0], now=period.closed_at)


@transaction.atomic
def write_text(
    period: Period,
    *,
    section: str,
    text: str,
    seen: int,
    rows: MonthRows,
    by: User,
    now: datetime,
    today: date,
) -> ReportText:
    """Say something else in a section from this month on; an empty text brings the standard back.

    `seen` is the row that stood on the screen, 0 for none. Raises PermissionDenied, and
    ValidationError for an unknown placeholder, an unchanged text, or one that somebody changed
    meanwhile.
    """
    require(may_write_report(by, period))
    standard = BY_SLUG[section].standard
    old = texts_for(period.month).get(section)
    if seen != (old.pk if old else 0):
        raise ValidationError("Vừa có người sửa mục này. Hãy mở lại trang để xem bản mới.")
    draft(text, figures(rows))
    new = "" if text == standard else text
    if new == (old.text if old else ""):
        raise ValidationError("Chưa thay đổi gì so với hiện nay.")
    row = ReportText.objects.create(
        section=section,
        since=period.month,
        text=new,
        by=by,
        by_label=str(by),
        recorded_at=now,
    )
    audit.record(
        by=by,
        action="report.text",
        obj=row,
        now=now,
        effective_on=today,
        old=(old.text if old else "") or standard,
        new=new or standard,
        note="" if new else "Dùng lại câu chuẩn",
    )
    return row
