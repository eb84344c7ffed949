"""Which months are reported, up to which day and by when; and what somebody has seen of them."""

from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction

from ntm_tracker.core import audit
from ntm_tracker.core.clock import month_end
from ntm_tracker.core.models import Installation, Period, User
from ntm_tracker.core.permits import require
from ntm_tracker.reports.models import PeriodLook
from ntm_tracker.reports.rules import may_close

# Nobody sets up more than three years at once by a slip of the year.
MAX_MONTHS = 36


def usual_days(month: date, cut_off_day: int, due_after_days: int) -> tuple[date, date]:
    """Cut-off and due day of a month by the rule; a short month ends on its last day."""
    last = month_end(month)
    cut_off = last.replace(day=min(cut_off_day, last.day))
    return cut_off, cut_off + timedelta(days=due_after_days)


@transaction.atomic
def open_periods(
    *,
    cut_off_day: int,
    due_after_days: int,
    until: date,
    by: User | None,
    now: datetime,
    today: date,
) -> list[Period]:
    """Keep the rule and set up the months that are missing, from the last one there is (or the
    month of today) up to that of `until`. Months that exist keep their days.

    Raises PermissionDenied, ValidationError for more than `MAX_MONTHS` at once.
    """
    require(may_close(by))
    installation = Installation.current()
    old = _rule(installation)
    installation.cut_off_day, installation.due_after_days = cut_off_day, due_after_days
    if (new := _rule(installation)) != old:
        installation.save()
        audit.record(
            by=by,
            action="period.rule",
            obj=installation,
            now=now,
            effective_on=today,
            old=old,
            new=new,
        )
    last = Period.objects.order_by("month").last()
    month = _next(last.month) if last else today.replace(day=1)
    rows = []
    while month <= until.replace(day=1):
        cut_off_on, due_on = usual_days(month, cut_off_day, due_after_days)
        rows.append(Period(month=month, cut_off_on=cut_off_on, due_on=due_on))
        if len(rows) > MAX_MONTHS:
            raise ValidationError(
                {"until": f"Mỗi lần chỉ mở thêm tối đa {MAX_MONTHS} kỳ; hãy chọn tháng gần hơn."}
            )
        month = _next(month)
    for row in rows:
        row.save(force_insert=True)
        audit.record(
            by=by, action="period.open", obj=row, now=now, effective_on=today, new=days_words(row)
        )
    return rows


@transaction.atomic
def change_days(
    period: Period,
    *,
    cut_off_on: date,
    due_on: date,
    by: User | None,
    now: datetime,
    today: date,
) -> Period:
    """Give an open month other days. Its cut-off lies between those of the months around it; of a
    month that was closed once it stays, because what was kept speaks of that day.

    Raises PermissionDenied, ValidationError.
    """
    require(may_close(by))
    row = Period.objects.select_for_update().get(pk=period.pk)
    if row.is_closed:
        raise ValidationError(f"{row} đã khóa sổ; hãy mở lại tháng rồi sửa.")
    if row.revision and cut_off_on != row.cut_off_on:
        raise ValidationError(
            {"cut_off_on": "Tháng đã chốt một lần theo ngày này; chỉ sửa được hạn gửi báo cáo."}
        )
    before = Period.objects.filter(month__lt=row.month).order_by("month").last()
    after = Period.objects.filter(month__gt=row.month).order_by("month").first()
    if cut_off_on < row.month or (before and cut_off_on <= before.cut_off_on):
        raise ValidationError(
            {"cut_off_on": "Ngày chốt phải từ đầu tháng trở đi và sau ngày chốt tháng trước."}
        )
    if after and cut_off_on >= after.cut_off_on:
        raise ValidationError({"cut_off_on": "Ngày chốt phải trước ngày chốt của tháng sau."})
    if due_on < cut_off_on:
        raise ValidationError({"due_on": "Hạn gửi không thể trước ngày chốt số liệu."})
    old = days_words(row)
    row.cut_off_on, row.due_on = cut_off_on, due_on
    if (new := days_words(row)) == old:
        raise ValidationError("Chưa thay đổi gì so với hiện nay.")
    row.save(update_fields=["cut_off_on", "due_on"])
    audit.record(
        by=by, action="period.change", obj=row, now=now, effective_on=today, old=old, new=new
    )
    return row


def mark_seen(period: Period, *, entry_id: int, by: User, now: datetime) -> None:
    """Remember how far this account has looked at a month; never back to an earlier entry."""
    look, _created = PeriodLook.objects.get_or_create(
        period=period, user=by, defaults={"entry_id": entry_id, "at": now}
    )
    look.entry_id, look.at = max(look.entry_id, entry_id), now
    look.save(update_fields=["entry_id", "at"])


def days_words(period: Period) -> str:
    """The days of a month in words."""
    return f"chốt {period.cut_off_on:%d/%m/%Y}, hạn gửi {period.due_on:%d/%m/%Y}"


def _rule(installation: Installation) -> str:
    return f"chốt ngày {installation.cut_off_day}, hạn sau {installation.due_after_days} ngày"


def _next(month: date) -> date:
    return month_end(month) + timedelta(days=1)
