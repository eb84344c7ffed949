"""Recording where villages stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from communes.models import Commune, Village
from criteria.choices import VillageState
from criteria.models import VillageStatus
from criteria.services.assessments import refuse_future
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.models import Document, User
from ntm_tracker.core.periods import require_open


@dataclass(frozen=True)
class VillageEntry:
    """A village's state from a date on; `commune` is the one it belongs to then."""

    village: Village
    commune: Commune
    state: VillageState
    effective_on: date
    is_plan_approved: bool = False
    plan_percent: int = 0
    gardens_planned: int = 0
    gardens_met: int = 0
    note: str = ""
    document: Document | None = None
    corrects: VillageStatus | None = None
    old: str = ""  # what it takes the place of, in words, for the audit trail
    provenance: str = Provenance.ENTERED
    source: str = ""


def status_words(row: VillageStatus | None) -> str:
    """A village's state as the audit trail writes it."""
    if row is None:
        return ""
    plan = "phương án đã duyệt" if row.is_plan_approved else "phương án chưa duyệt"
    return (
        f"{row.get_state_display()}, {plan}, {row.plan_percent}% khối lượng, "
        f"{row.gardens_met}/{row.gardens_planned} vườn"
    )


@transaction.atomic
def record_village_statuses(
    entries: Sequence[VillageEntry],
    *,
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
) -> list[VillageStatus]:
    """Append village states, all or nothing.

    Raises ValidationError for a date after `today`, a percentage outside 0-100 or gardens below
    zero.
    """
    places = [(entry.effective_on, entry.commune.pk) for entry in entries]
    require_open(places, today=today)
    rows = []
    for entry in entries:
        refuse_future(entry.effective_on, today)
        if not 0 <= entry.plan_percent <= 100:
            raise ValidationError("Phần trăm khối lượng phải từ 0 đến 100.")
        if entry.gardens_planned < 0 or entry.gardens_met < 0:
            raise ValidationError("Số vườn mẫu không được âm.")
        rows.append(
            VillageStatus(
                village=entry.village,
                state=entry.state,
                effective_on=entry.effective_on,
                recorded_at=now,
                is_plan_approved=entry.is_plan_approved,
                plan_percent=entry.plan_percent,
                gardens_planned=entry.gardens_planned,
                gardens_met=entry.gardens_met,
                by=by,
                by_label=by_label or str(by or "Lệnh hệ thống"),
                note=entry.note,
                document=entry.document,
                corrects=entry.corrects,
                provenance=entry.provenance,
                source=entry.source,
            )
        )
    VillageStatus.objects.bulk_create(rows, batch_size=500)
    audit.record_all(
        audit.entry(
            by=by,
            action="village.status",
            obj=row,
            now=now,
            effective_on=row.effective_on,
            old=entry.old,
            new=status_words(row),
            note=row.note,
            commune_id=entry.commune.pk,
            village_id=row.village_id,
        )
        for row, entry in zip(rows, entries, strict=True)
    )
    return rows
