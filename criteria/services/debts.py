"""What a commune owes: each statement is a new row, the latest counts."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from communes.models import Commune
from criteria.models import DebtStatement
from criteria.money_rules import may_state_debt, may_take_back
from criteria.selectors.debts import STANDING, Debt, debts_on
from criteria.services.assessments import lock_subjects, refuse_future
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.documents import Paper, document_of
from ntm_tracker.core.models import User
from ntm_tracker.core.numbers import dong_words
from ntm_tracker.core.periods import require_open

NOTHING = ""


class StaleDebt(Exception):
    """The form was drawn before somebody else's statement: `debt` is what stands now."""

    def __init__(self, debt: Debt):
        super().__init__("Số nợ đã được người khác ghi trong lúc nhập.")
        self.debt = debt


def fingerprint(debt: Debt | None) -> str:
    """What a form saw; "" where nothing had been stated."""
    return f"{debt.on:%Y-%m-%d}/{debt.total}/{debt.overdue}" if debt else NOTHING


def debt_words(debt: Debt | None) -> str:
    """A statement in words; "" for none."""
    if debt is None:
        return ""
    return f"nợ {dong_words(debt.total)}, trong đó nợ đọng {dong_words(debt.overdue)}"


@transaction.atomic
def state_debt(
    *,
    commune: Commune,
    total: int,
    overdue: int,
    effective_on: date,
    seen: str | None = None,
    paper: Paper | None = None,
    note: str = "",
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
    provenance: str = Provenance.ENTERED,
    source: str = "",
) -> DebtStatement:
    """Append what a commune owes on a day, and the overdue part of it.

    Raises PermissionDenied where the account may not, StaleDebt where another statement came in
    after the form was drawn, ValidationError where the numbers make no sense.
    """
    if by is not None and not (permit := may_state_debt(commune.pk, by)):
        raise PermissionDenied(permit.reason)
    refuse_future(effective_on, today)
    require_open([(effective_on, commune.pk)], today=today)
    if not 0 <= overdue <= total:
        raise ValidationError(
            {"overdue": "Nợ đọng là một phần của nợ xây dựng cơ bản, không thể lớn hơn."}
        )
    lock_subjects([commune.pk])
    old = debts_on(Commune.objects.filter(pk=commune.pk), today).get(commune.pk)
    if seen is not None and old and fingerprint(old) != seen:
        raise StaleDebt(old)
    row = DebtStatement.objects.create(
        commune=commune,
        total=total,
        overdue=overdue,
        effective_on=effective_on,
        recorded_at=now,
        by=by,
        by_label=by_label or str(by or "Lệnh hệ thống"),
        note=note,
        document=document_of(paper, by=by, now=now, today=today) if paper else None,
        provenance=provenance,
        source=source,
    )
    audit.record(
        by=by,
        action="debt.state",
        obj=row,
        now=now,
        effective_on=effective_on,
        old=debt_words(old),
        new=f"nợ {dong_words(total)}, trong đó nợ đọng {dong_words(overdue)}",
        note=note,
        commune_id=commune.pk,
    )
    return row


@transaction.atomic
def take_back_debt(
    *, commune: Commune, pk: int, by: User, now: datetime, today: date
) -> DebtStatement:
    """Take back one's last statement by a row that names it, for the same day: what it said never
    held, and the statement before it counts again.

    Raises PermissionDenied where it is not one's own or not the last, ValidationError where it is
    not there.
    """
    if not (permit := may_state_debt(commune.pk, by)):
        raise PermissionDenied(permit.reason)
    lock_subjects([commune.pk])
    row = commune.debts.filter(pk=pk).first()
    if row is None:
        raise ValidationError("Không có dòng này ở xã.")
    last = commune.debts.filter(STANDING).order_by("pk").last()
    if not (permit := may_take_back(row.by_id, last == row, by)):
        raise PermissionDenied(permit.reason)
    require_open([(row.effective_on, commune.pk)], today=today)
    undoing = DebtStatement.objects.create(
        commune=commune,
        corrects=row,
        total=row.total,
        overdue=row.overdue,
        effective_on=row.effective_on,
        recorded_at=now,
        by=by,
        by_label=str(by),
        note=f"Rút lại số nợ ghi ngày {row.effective_on:%d/%m/%Y}.",
        document=row.document,
    )
    now_standing = debts_on(Commune.objects.filter(pk=commune.pk), today).get(commune.pk)
    audit.record(
        by=by,
        action="debt.take_back",
        obj=undoing,
        now=now,
        effective_on=row.effective_on,
        old=f"nợ {dong_words(row.total)}, trong đó nợ đọng {dong_words(row.overdue)}",
        new=debt_words(now_standing),
        note=undoing.note,
        commune_id=commune.pk,
    )
    return undoing
