"""A commune declares the report of a month complete, or takes that back."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from communes.models import Commune
from criteria.models import Declaration
from criteria.services.assessments import lock_subjects
from criteria.workflow import may_report
from ntm_tracker.core import audit
from ntm_tracker.core.models import User
from ntm_tracker.core.periods import require_open


@transaction.atomic
def declare_month(
    *,
    commune: Commune,
    month: date,
    is_complete: bool,
    note: str = "",
    by: User | None,
    by_label: str = "",
    effective_on: date | None = None,
    now: datetime,
    today: date,
) -> Declaration:
    """Append what the commune says of a month; taking back points to the row it takes back.

    Raises PermissionDenied where the account does not report for the commune, ValidationError for
    a month that has not begun or where nothing would change.
    """
    if by is not None and not (permit := may_report(commune.pk, by)):
        raise PermissionDenied(permit.reason)
    day = effective_on or today
    if month.day != 1 or month > day or day > today:
        raise ValidationError(
            f"Tháng {month:%m/%Y} chưa đến; ngày báo cáo là {today:%d/%m/%Y}. Hãy chọn tháng khác."
        )
    lock_subjects([commune.pk])
    # A month that is closed takes no word about itself either, whenever it is said.
    require_open([(day, commune.pk), (month, commune.pk)], today=today)
    last = (
        Declaration.objects.filter(commune=commune, month=month)
        .order_by("effective_on", "id")
        .last()
    )
    was_complete = bool(last and last.is_complete)
    if was_complete == is_complete:
        already = "đã được xác nhận đủ" if was_complete else "chưa được xác nhận đủ"
        raise ValidationError(f"Báo cáo tháng {month:%m/%Y} {already}; không có gì thay đổi.")
    if not is_complete and not note.strip():
        raise ValidationError({"note": "Hãy ghi lý do rút xác nhận."})
    row = Declaration.objects.create(
        commune=commune,
        month=month,
        is_complete=is_complete,
        note=note.strip(),
        effective_on=day,
        recorded_at=now,
        by=by,
        by_label=by_label or str(by or "Lệnh hệ thống"),
        corrects=None if is_complete else last,
    )
    words = {True: "đã báo cáo đủ", False: "chưa đủ"}
    audit.record(
        by=by,
        action="declaration.complete" if is_complete else "declaration.take_back",
        obj=row,
        now=now,
        effective_on=day,
        old=words[was_complete],
        new=words[is_complete],
        note=row.note,
        commune_id=commune.pk,
    )
    return row
