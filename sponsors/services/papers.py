"""The two papers of an assignment: by when they are due, and when they were done."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from criteria.services.assessments import refuse_future
from ntm_tracker.core import audit
from ntm_tracker.core.models import AuditEntry, User
from ntm_tracker.core.periods import require_open
from sponsors import rules
from sponsors.models import Assignment

DONE = {"agreement_signed_on": "Ký kết", "plan_done_on": "Có kế hoạch"}
DUE = {"agreement_due_on": "Hạn ký kết", "plan_due_on": "Hạn lập kế hoạch"}


@dataclass(frozen=True)
class Papers:
    """The four days of an assignment; None: none yet."""

    agreement_signed_on: date | None = None
    plan_done_on: date | None = None
    agreement_due_on: date | None = None
    plan_due_on: date | None = None

    @classmethod
    def of(cls, assignment: Assignment) -> "Papers":
        """As they stand."""
        return cls(**{field: getattr(assignment, field) for field in cls.__dataclass_fields__})


@transaction.atomic
def record_papers(
    *,
    assignment: Assignment,
    agreement_signed_on: date | None = None,
    plan_done_on: date | None = None,
    agreement_due_on: date | None = None,
    plan_due_on: date | None = None,
    by: User | None,
    now: datetime,
    today: date,
) -> Assignment:
    """Note that the agreement was signed, or that the plan was made, on a day up to `today`; or set
    another day by which they are due. None leaves what stands."""
    row = Assignment.objects.select_for_update().get(pk=assignment.pk)
    given = Papers(agreement_signed_on, plan_done_on, agreement_due_on, plan_due_on)
    told = {field: day for field, day in asdict(given).items() if day is not None}
    papers = Papers(**asdict(Papers.of(row)) | told)
    return set_papers([(row, papers)], by=by, now=now, today=today)[0]


@transaction.atomic
def set_papers(
    changes: Sequence[tuple[Assignment, Papers]], *, by: User | None, now: datetime, today: date
) -> list[Assignment]:
    """Make the days of assignments what is given, all or none; None takes a day away. One query
    per assignment and a few more.

    Raises ValidationError for days that make no sense, MonthClosed where a day that is set or taken
    away lies in a closed month.
    """
    if by is not None and not (permit := rules.may_assign(by)):
        raise PermissionDenied(permit.reason)
    locked = Assignment.objects.select_for_update(of=("self",)).select_related(
        "sponsor", "commune", "village"
    )
    rows = locked.order_by("pk").in_bulk([assignment.pk for assignment, _papers in changes])
    pairs = [(rows[assignment.pk], papers) for assignment, papers in changes]
    for row, papers in pairs:
        if wrong := wrong_papers(row, papers, today):
            raise ValidationError(wrong)
    moved = [(row, *one) for row, papers in pairs for one in _moved(row, papers)]
    require_open(
        [
            (day, row.commune_id)
            for row, field, old, new in moved
            for day in (old, new)
            if day and field in DONE
        ],
        today=today,
    )
    trail = []
    fields: dict[int, list[str]] = {}
    for row, field, old, new in moved:
        setattr(row, field, new)
        fields.setdefault(row.pk, []).append(field)
        trail.append(_entry(row, field, old, new, by, now, today))
    for pk, names in fields.items():
        rows[pk].save(update_fields=names)
    audit.record_all(trail)
    return [row for row, _papers in pairs]


def wrong_papers(assignment: Assignment, papers: Papers, today: date) -> dict[str, str]:
    """What is wrong with which of the days that would change."""
    wrong = {}
    for field, _old, new in _moved(assignment, papers):
        if new is None:
            continue
        if field in DUE and new < assignment.decided_on:
            wrong[field] = f"Hạn không thể trước ngày giao {assignment.decided_on:%d/%m/%Y}."
        elif field in DONE:
            try:
                refuse_future(new, today)
            except ValidationError as error:
                wrong[field] = str(error.message)
    return wrong


def _moved(row: Assignment, papers: Papers) -> Iterator[tuple[str, date | None, date | None]]:
    for field, new in asdict(papers).items():
        if (old := getattr(row, field)) != new:
            yield field, old, new


def _entry(
    row: Assignment,
    field: str,
    old: date | None,
    new: date | None,
    by: User | None,
    now: datetime,
    today: date,
) -> AuditEntry:
    word = (DONE | DUE)[field]
    is_done = field in DONE
    return audit.entry(
        by=by,
        action=f"assignment.{field.removesuffix('_on')}" if is_done else "assignment.due",
        obj=row,
        now=now,
        effective_on=new if is_done and new else today,
        old=f"{word} {old:%d/%m/%Y}" if old else "",
        new=f"{word} {new:%d/%m/%Y}" if new else "",
        **audit.places(row),
    )
