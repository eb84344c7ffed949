"""Assignments: who sponsors whom by which decision, and until when."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet

from communes.models import Commune, Village, VillageMembership
from criteria.services.assessments import refuse_future
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.documents import Paper, document_of
from ntm_tracker.core.models import Document, User
from ntm_tracker.core.periods import require_open
from sponsors import rules
from sponsors.choices import Basis
from sponsors.models import Assignment, Commitment, Sponsor, Task
from sponsors.services.members import sync_access
from sponsors.services.resting import resting

# Ids of sponsor, commune, and village where it is for one.
Place = tuple[int, int, int | None]


@dataclass(frozen=True)
class AssignmentEntry:
    """One sponsor for one commune or village, as a decision says."""

    sponsor: Sponsor
    commune: Commune
    basis: Basis
    decided_on: date
    village: Village | None = None
    document: Document | None = None
    is_lead: bool = False
    agreement_due_on: date | None = None
    agreement_signed_on: date | None = None
    plan_due_on: date | None = None
    plan_done_on: date | None = None
    provenance: str = Provenance.ENTERED
    source: str = ""

    @property
    def days(self) -> dict[str, date]:
        """What is said to have happened, by field."""
        said = {
            "decided_on": self.decided_on,
            "agreement_signed_on": self.agreement_signed_on,
            "plan_done_on": self.plan_done_on,
        }
        return {field: day for field, day in said.items() if day}

    @property
    def place(self) -> Place:
        return (self.sponsor.pk, self.commune.pk, self.village.pk if self.village else None)


@transaction.atomic
def create_assignment(*, by: User | None, now: datetime, today: date, **fields: Any) -> Assignment:
    """Bind a sponsor to a commune, or to one village of it, and give its accounts access. `fields`
    are those of `AssignmentEntry`.

    Raises ValidationError for a date after `today`, a village of another commune, or where the
    sponsor already has this commune or village.
    """
    entry = AssignmentEntry(**fields)
    return write_assignments([entry], by=by, now=now, today=today)[0]


@transaction.atomic
def create_assignments(
    *,
    sponsor: Sponsor,
    places: Sequence[tuple[Commune, Village | None]],
    by: User | None,
    now: datetime,
    today: date,
    **fields: Any,
) -> list[Assignment]:
    """Bind a sponsor to several communes and villages by one decision, all or none.

    The further arguments are those of `AssignmentEntry`. Raises ValidationError with every place
    that is refused.
    """
    refuse_future(fields["decided_on"], today)
    if not places:
        raise ValidationError("Hãy chọn ít nhất một xã hoặc thôn.")
    entries = [
        AssignmentEntry(sponsor=sponsor, commune=commune, village=village, **fields)
        for commune, village in places
    ]
    return write_assignments(entries, by=by, now=now, today=today)


@transaction.atomic
def write_assignments(
    entries: Sequence[AssignmentEntry], *, by: User | None, now: datetime, today: date
) -> list[Assignment]:
    """Bind many, all or none, and give the accounts of the sponsors access; as many queries for
    one as for hundreds. Raises ValidationError with everything that is refused."""
    _refuse_others(by)
    if wrong := list(wrong_assignments(entries, today).values()):
        field, sentence = wrong[0]
        is_place = len(entries) == 1 and field == "village"
        raise ValidationError({field: sentence} if is_place else [said for _field, said in wrong])
    require_open(
        [(day, one.commune.pk) for one in entries for day in one.days.values()], today=today
    )
    rows = Assignment.objects.bulk_create(
        [
            Assignment(**{field: getattr(one, field) for field in one.__dataclass_fields__})
            for one in entries
        ],
        batch_size=500,
    )
    audit.record_all(
        audit.entry(
            by=by,
            action="assignment.create",
            obj=row,
            now=now,
            effective_on=row.decided_on,
            **audit.places(row),
            new=f"{row.get_basis_display()}{', chủ trì' if row.is_lead else ''}",
        )
        for row in rows
    )
    sync_access(today, sponsors={row.sponsor_id for row in rows})
    return rows


def wrong_assignments(
    entries: Sequence[AssignmentEntry], today: date
) -> dict[int, tuple[str, str]]:
    """What is wrong with which of the entries, counted from 0: the field and the sentence; two
    queries."""
    members = VillageMembership.objects.filter(
        village__in={one.village.pk for one in entries if one.village}
    )
    belongs: dict[tuple[int, int], list[VillageMembership]] = {}
    for member in members:
        belongs.setdefault((member.village_id, member.commune_id), []).append(member)
    bound: dict[Place, list[date | None]] = {}
    for row in Assignment.objects.filter(sponsor__in={one.sponsor.pk for one in entries}):
        bound.setdefault((row.sponsor_id, row.commune_id, row.village_id), []).append(row.ended_on)
    wrong = {}
    for number, one in enumerate(entries):
        late = next((pair for pair in one.days.items() if pair[1] > today), None)
        there = belongs.get((one.village.pk, one.commune.pk), []) if one.village else []
        if late:
            field, day = late
            sentence = (
                f"Ngày {day:%d/%m/%Y} ở sau ngày báo cáo {today:%d/%m/%Y}; "
                "hãy chọn ngày không muộn hơn."
            )
        elif one.village and not any(_holds(member, one.decided_on) for member in there):
            field = "village"
            sentence = (
                f"{one.village} không thuộc {one.commune} vào ngày {one.decided_on:%d/%m/%Y}."
            )
        elif any(end is None or end > one.decided_on for end in bound.get(one.place, ())):
            field = "sponsor"
            sentence = f"{one.sponsor} đã được phân công đỡ đầu {one.village or one.commune}."
        else:
            bound.setdefault(one.place, []).append(None)
            continue
        wrong[number] = (field, sentence)
    return wrong


def _holds(member: VillageMembership, on: date) -> bool:
    return member.valid_from <= on and (member.valid_to is None or member.valid_to >= on)


@transaction.atomic
def assign_by_decision(
    *, paper: Paper, by: User | None, now: datetime, today: date, **fields: Any
) -> list[Assignment]:
    """`create_assignments` with the decision as it was typed: known by number and day, or new."""
    _refuse_others(by)
    document = document_of(paper, by=by, now=now, today=today)
    return create_assignments(document=document, by=by, now=now, today=today, **fields)


@transaction.atomic
def end_assignment(
    *,
    assignment: Assignment,
    ended_on: date,
    by: User | None,
    now: datetime,
    today: date,
    note: str,
) -> Assignment:
    """End an assignment and take back the access that only it gave.

    From `ended_on` on it no longer counts; what was promised and done stays. Raises ValidationError
    for a date after `today` or before the decision, and where it has already ended.
    """
    _refuse_others(by)
    if not note.strip():
        raise ValidationError({"note": "Hãy ghi lý do kết thúc phân công."})
    refuse_future(ended_on, today)
    row = Assignment.objects.select_for_update().get(pk=assignment.pk)
    require_open([(ended_on, row.commune_id)], today=today)
    if row.ended_on:
        raise ValidationError(f"Phân công này đã kết thúc ngày {row.ended_on:%d/%m/%Y}.")
    if ended_on < row.decided_on:
        raise ValidationError(
            f"Ngày kết thúc không thể trước ngày quyết định {row.decided_on:%d/%m/%Y}."
        )
    row.ended_on = ended_on
    row.save(update_fields=["ended_on"])
    audit.record(
        by=by,
        action="assignment.end",
        obj=row,
        now=now,
        effective_on=ended_on,
        new="Kết thúc",
        note=note,
        **audit.places(row),
    )
    sync_access(today, sponsors=[row.sponsor_id])
    return row


def resting_on_assignments(assignments: Iterable[int]) -> dict[int, str]:
    """By assignment what rests on it, so that it cannot be taken away; two queries."""
    ids = list(assignments)
    rows: dict[str, QuerySet] = {
        "việc": Task.objects.filter(assignment__in=ids),
        "cam kết": Commitment.objects.filter(assignment__in=ids),
    }
    return resting(rows, "assignment_id")


@transaction.atomic
def remove_assignments(
    assignments: Sequence[Assignment], *, by: User | None, now: datetime, today: date
) -> None:
    """Take assignments away that were entered by mistake and on which nothing rests yet, all or
    none, with the access that they gave; as many queries for one as for hundreds.

    Raises ValidationError with what rests on them, MonthClosed where a closed month counts one.
    """
    _refuse_others(by)
    locked = Assignment.objects.select_for_update(of=("self",)).select_related(
        "sponsor", "commune", "village"
    )
    rows = list(locked.filter(pk__in=[one.pk for one in assignments]).order_by("pk"))
    require_open([(row.decided_on, row.commune_id) for row in rows], today=today)
    if there := resting_on_assignments(row.pk for row in rows):
        raise ValidationError(
            [
                f"Phân công “{row}” đã có {there[row.pk]}, không bỏ được; hãy kết thúc."
                for row in rows
                if row.pk in there
            ]
        )
    audit.record_all(
        audit.entry(
            by=by,
            action="assignment.remove",
            obj=row,
            now=now,
            effective_on=today,
            old=row.get_basis_display(),
            **audit.places(row),
        )
        for row in rows
    )
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    sync_access(today, sponsors={row.sponsor_id for row in rows})


def _refuse_others(by: User | None) -> None:
    if by is not None and not (permit := rules.may_assign(by)):
        raise PermissionDenied(permit.reason)
