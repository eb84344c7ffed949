"""Filling in the grid of villages: each change is a new row of today, checked against what the
person had seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from communes.models import Commune, Village
from criteria.choices import Outcome, Stage, VillageState
from criteria.desks import desk_of
from criteria.models import Assessment, Criterion, VillageStatus
from criteria.selectors.sets import SetInForce
from criteria.services.assessments import AssessmentEntry, lock_subjects, record_assessments
from criteria.services.villages import VillageEntry, record_village_statuses, status_words
from criteria.village_fields import (
    BY_FIELD,
    Conflict,
    Typed,
    criterion_field,
    in_words,
    status_value,
)
from criteria.village_workflow import may_fill
from criteria.workflow import may_report
from ntm_tracker.core.models import User


class StaleCells(Exception):
    """Somebody else changed the same cells meanwhile; nothing has been written."""

    def __init__(self, conflicts: Sequence[Conflict]):
        super().__init__("Ô này đã được người khác sửa trong lúc nhập.")
        self.conflicts = tuple(conflicts)


@dataclass(frozen=True)
class Present:
    """What the cells of a village say now: its latest status row and self-reports."""

    status: VillageStatus | None
    reports: Mapping[int, Assessment]

    @property
    def state(self) -> VillageState:
        return VillageState(self.status.state) if self.status else VillageState.NOT_YET


def latest_status(village: Village, today: date) -> VillageStatus | None:
    """The status row that counts on a day."""
    rows = VillageStatus.objects.filter(village=village, effective_on__lte=today)
    return rows.order_by("-effective_on", "-id").first()


def self_reports(
    village: Village, criteria: Sequence[Criterion], today: date
) -> dict[int, list[Assessment]]:
    """Criterion id → what was reported about it, the latest last."""
    rows: dict[int, list[Assessment]] = {}
    for row in Assessment.objects.filter(
        village=village, criterion__in=criteria, stage=Stage.SELF, as_of__lte=today
    ).order_by("as_of", "id"):
        rows.setdefault(row.criterion_id or 0, []).append(row)
    return rows


def reported(row: Assessment | None) -> str:
    """What a self-report puts into its cell."""
    return row.outcome if row and row.outcome != Outcome.WITHDRAWN else ""


@transaction.atomic
def save_village_cells(
    *,
    village: Village,
    commune: Commune,
    in_force: SetInForce | None,
    typed: Sequence[Typed],
    by: User,
    now: datetime,
    today: date,
) -> tuple[str, ...]:
    """Write the cells that differ from what was seen, all or none; returns their fields.

    Raises StaleCells where somebody else has changed such a cell to something else meanwhile.
    """
    changed = [cell for cell in typed if cell.value != cell.seen]
    lock_subjects((), {village.pk})
    by_field = {criterion_field(row.number): row for row in in_force.criteria} if in_force else {}
    asked = [by_field[cell.field] for cell in changed if cell.field in by_field]
    reports = self_reports(village, asked, today) if asked else {}
    present = Present(latest_status(village, today), {pk: rows[-1] for pk, rows in reports.items()})
    new: list[Typed] = []
    conflicts: list[Conflict] = []
    for cell in changed:
        row = present.reports.get(by_field[cell.field].pk) if cell.field in by_field else None
        now_there = reported(row) if cell.field in by_field else _status(present, cell.field)
        if now_there == cell.value:
            continue
        if now_there != cell.seen:
            conflicts.append(_conflict(cell, now_there, row or present.status, by_field))
        new.append(cell)
    _require(new, present, commune, by)
    if conflicts:
        raise StaleCells(conflicts)
    _write(new, village, commune, by_field, present, by=by, now=now, today=today)
    return tuple(cell.field for cell in new)


def _status(present: Present, field: str) -> str:
    return status_value(present.status, field)


def _conflict(
    cell: Typed,
    theirs: str,
    row: Assessment | VillageStatus | None,
    by_field: Mapping[str, Criterion],
) -> Conflict:
    criterion = by_field.get(cell.field)
    title = f"{criterion.number}. {criterion.name}" if criterion else BY_FIELD[cell.field].title
    return Conflict(
        cell.field,
        title,
        cell.value,
        theirs,
        row.by_label if row else "",
        row.recorded_at if row else None,
    )


def _require(new: Sequence[Typed], present: Present, commune: Commune, by: User) -> None:
    desk = desk_of(by)
    permit = may_report(commune.pk, desk)
    if permit and any(cell.field not in BY_FIELD for cell in new):
        permit = may_fill(state=present.state, commune_id=commune.pk, user=desk)
    if not permit:
        raise PermissionDenied(permit.reason)


def _write(
    new: Sequence[Typed],
    village: Village,
    commune: Commune,
    by_field: Mapping[str, Criterion],
    present: Present,
    *,
    by: User,
    now: datetime,
    today: date,
) -> None:
    entries = []
    for cell in new:
        if cell.field in BY_FIELD:
            continue
        criterion = by_field[cell.field]
        entries.append(
            AssessmentEntry(
                criterion=criterion,
                stage=Stage.SELF,
                outcome=Outcome(cell.value) if cell.value else Outcome.WITHDRAWN,
                as_of=today,
                village=village,
                old=in_words(cell.field, reported(present.reports.get(criterion.pk))),
            )
        )
    if entries:
        record_assessments(entries, by=by, now=now, today=today)
    values = {cell.field: cell.value for cell in new if cell.field in BY_FIELD}
    if values:
        entry = status_entry(
            present.status, village, commune, today, old=status_words(present.status), **values
        )
        record_village_statuses([entry], by=by, now=now, today=today)


def status_entry(
    status: VillageStatus | None,
    village: Village,
    commune: Commune,
    today: date,
    *,
    old: str = "",
    **values: str,
) -> VillageEntry:
    """The status of today: that of before, but for the named fields."""

    def value(field: str) -> str:
        return values.get(field, status_value(status, field))

    return VillageEntry(
        village=village,
        commune=commune,
        state=VillageState(status.state) if status else VillageState.NOT_YET,
        effective_on=today,
        is_plan_approved=value("approved") == "yes",
        plan_percent=int(value("percent") or 0),
        gardens_planned=int(value("planned") or 0),
        gardens_met=int(value("met") or 0),
        old=old,
    )
