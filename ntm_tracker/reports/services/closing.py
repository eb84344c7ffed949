"""Closing a month, opening it again, and letting one commune enter late."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max

from communes.models import Commune
from criteria.selectors.catalogue import criterion_lines
from criteria.selectors.debts import debts_on
from criteria.selectors.funding import item_kinds
from criteria.selectors.scope import followed, tracked_items
from ntm_tracker.core import audit, bulk, collector
from ntm_tracker.core.models import (
    AuditEntry,
    Installation,
    Period,
    PeriodException,
    SnapshotRow,
    User,
)
from ntm_tracker.core.periods import lock_entries
from ntm_tracker.core.permits import WholeProvince, require
from ntm_tracker.reports.models import ReportFile
from ntm_tracker.reports.rules import may_close
from ntm_tracker.reports.selectors.month import month_rows
from ntm_tracker.reports.selectors.rows import Closing
from ntm_tracker.reports.selectors.snapshot import Contents, rows_to_store
from ntm_tracker.reports.services.months import MonthFile, month_files
from sponsors.selectors.assignments import active_assignments, assignment_rows
from sponsors.selectors.difficulties import difficulties
from sponsors.selectors.tasks import cancelled_tasks, tasks_for


class MovedMeanwhile(ValidationError):
    """Somebody wrote into the month while its files were being made."""


@dataclass(frozen=True)
class Closed:
    """A month as it was closed."""

    period: Period
    rows: int
    files: tuple[ReportFile, ...]


@dataclass(frozen=True)
class Prepared:
    """What is ready before anything is locked: made of `period` as it was read, from the rows up
    to the entry `mark` of the audit trail."""

    period: Period
    mark: int
    rows: list[SnapshotRow]
    files: list[ReportFile]


def close_month(period: Period, *, by: User | None, now: datetime, today: date) -> Closed:
    """Keep a month as it stands at its cut-off: rows of the report, every task, what the criteria
    ask, and the files that are sent. From then on `core.periods` refuses late entries.

    Everything is made first; one short transaction writes it. Raises PermissionDenied,
    ValidationError for a month that cannot be closed now, and MovedMeanwhile where somebody wrote
    into the month since: nothing is written then, and the next try begins anew.
    """
    require(may_close(by))
    _refuse_unready(period, today)
    installation = Installation.current()
    prepared = prepare_closing(period, installation, by_label=_label(by), now=now)
    return keep_closing(prepared, by=by, now=now)


@transaction.atomic
def keep_closing(prepared: Prepared, *, by: User | None, now: datetime) -> Closed:
    """Write what was prepared and close the month, all or nothing; the only time that the database
    is locked. Raises MovedMeanwhile."""
    lock_entries()
    period = prepared.period
    row = Period.objects.select_for_update().get(pk=period.pk)
    if row.is_closed or row.revision != period.revision or row.cut_off_on != period.cut_off_on:
        raise MovedMeanwhile(f"{row} vừa được người khác thay đổi; hãy mở lại trang này.")
    if _mark(row) != prepared.mark:
        raise MovedMeanwhile(
            f"Vừa có người ghi số liệu của {str(row).lower()} trong lúc lập báo cáo; tháng "
            "chưa khóa, chưa có gì được lưu. Hãy khóa lại."
        )
    bulk.insert(prepared.rows)
    files = ReportFile.objects.bulk_create(prepared.files)
    row.revision += 1
    row.closed_at, row.closed_by_label = now, _label(by)
    row.save(update_fields=["revision", "closed_at", "closed_by_label"])
    audit.record(
        by=by,
        action="period.close",
        obj=row,
        now=now,
        effective_on=row.cut_off_on,
        old="đang mở",
        new=f"đã khóa, lần chốt {row.revision}",
        note="; ".join(f"{file.name}: {file.sha256}" for file in files),
    )
    return Closed(row, len(prepared.rows), tuple(files))


def _refuse_unready(period: Period, today: date) -> None:
    if period.is_closed:
        raise ValidationError(f"{period} đã khóa sổ rồi.")
    if today < period.cut_off_on:
        raise ValidationError(
            f"Chưa đến ngày chốt số liệu {period.cut_off_on:%d/%m/%Y}; "
            f"ngày báo cáo là {today:%d/%m/%Y}."
        )
    earlier = Period.objects.filter(month__lt=period.month, closed_at=None, revision__gte=1)
    if opened := earlier.order_by("month").first():
        raise ValidationError(f"{opened} đang mở lại; hãy khóa tháng đó trước.")


@collector.paused()
def prepare_closing(
    period: Period, installation: Installation, *, by_label: str, now: datetime
) -> Prepared:
    """Everything that takes time: the rows of the month and its files; only reads."""
    mark = _mark(period)
    contents = contents_of(period, installation, by_label=by_label, now=now)
    made = month_files(contents.rows, installation, now=now)
    return Prepared(
        period,
        mark,
        rows_to_store(contents),
        [_file(file, period, by_label, now) for file in made],
    )


def contents_of(
    period: Period, installation: Installation, *, by_label: str, now: datetime
) -> Contents:
    """What would be kept of a month that is closed now; only reads."""
    reader = WholeProvince()
    closing = Closing(now, by_label, period.revision + 1)
    rows = month_rows(reader, period, installation, closing=closing)
    on, district = rows.as_of.date, installation.focus_district
    criteria = rows.in_force.criteria if rows.in_force else ()
    communes = followed(reader, on, district)
    items = tracked_items(reader, on, district)
    return Contents(
        rows,
        installation,
        tuple(tasks_for(reader, rows.as_of)),
        tuple(cancelled_tasks(reader, rows.as_of)),
        tuple(assignment_rows(reader, rows.as_of, active_assignments(reader, rows.as_of))),
        tuple(difficulties(reader, rows.as_of)),
        tuple(criterion_lines(criteria, on)),
        tuple(item_kinds(items, on)),
        tuple(debts_on(communes, on).items()),
    )


def _file(made: MonthFile, period: Period, by_label: str, now: datetime) -> ReportFile:
    return ReportFile(
        period=period,
        revision=period.revision + 1,
        name=made.name,
        content=made.content,
        content_type=made.content_type,
        size=len(made.content),
        sha256=hashlib.sha256(made.content).hexdigest(),
        generated_at=now,
        generated_by_label=by_label,
    )


def _mark(period: Period) -> int:
    """The newest entry of the audit trail that speaks of a day up to the cut-off: every figure of
    the month is written with one."""
    entries = AuditEntry.objects.filter(effective_on__lte=period.cut_off_on)
    return entries.aggregate(newest=Max("pk"))["newest"] or 0


def _label(by: User | None) -> str:
    return str(by or "Lệnh hệ thống")


@transaction.atomic
def reopen_month(period: Period, *, reason: str, by: User | None, now: datetime) -> Period:
    """Let everybody enter into a closed month again. What was kept stays; closing once more makes
    the next revision. Raises PermissionDenied, ValidationError without a reason."""
    require(may_close(by))
    row = Period.objects.select_for_update().get(pk=period.pk)
    if not row.is_closed:
        raise ValidationError(f"{row} đang mở.")
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do mở lại tháng."})
    row.closed_at, row.closed_by_label = None, ""
    row.save(update_fields=["closed_at", "closed_by_label"])
    audit.record(
        by=by,
        action="period.reopen",
        obj=row,
        now=now,
        effective_on=row.cut_off_on,
        old=f"đã khóa, lần chốt {row.revision}",
        new="đang mở",
        note=reason.strip(),
    )
    return row


@transaction.atomic
def except_commune(
    period: Period,
    *,
    commune: Commune,
    until: date,
    reason: str,
    by: User | None,
    now: datetime,
    today: date,
) -> PeriodException:
    """Let one commune enter into a closed month up to and including a day; it ends by itself.

    Raises PermissionDenied, ValidationError for an open month, a day that has passed, no reason.
    """
    require(may_close(by))
    row = Period.objects.select_for_update().get(pk=period.pk)
    if not row.is_closed:
        raise ValidationError(f"{row} đang mở; xã vẫn nhập được.")
    if until < today:
        raise ValidationError({"until": f"Ngày này đã qua; hôm nay là {today:%d/%m/%Y}."})
    if not reason.strip():
        raise ValidationError({"reason": "Hãy ghi lý do cho phép nhập muộn."})
    made = PeriodException.objects.create(
        period=row,
        commune_id=commune.pk,
        commune_label=str(commune),
        until=until,
        reason=reason.strip(),
        by=by,
        by_label=_label(by),
        recorded_at=now,
    )
    audit.record(
        by=by,
        action="period.except",
        obj=row,
        now=now,
        effective_on=today,
        new=f"{commune} nhập muộn đến hết ngày {until:%d/%m/%Y}",
        note=reason.strip(),
        commune_id=commune.pk,
    )
    return made
