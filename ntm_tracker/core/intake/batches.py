"""From a file to a batch: read and check, write as one, undo as one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256

from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.base import ContentFile
from django.db import transaction

from ntm_tracker.core import audit, bulk, collector
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.intake.fields import Problem
from ntm_tracker.core.intake.forms import settled
from ntm_tracker.core.intake.importer import Change, Importer
from ntm_tracker.core.intake.reading import Value, read_book, read_kept
from ntm_tracker.core.intake.table import read_table
from ntm_tracker.core.models import ImportBatch, ImportChange, User
from ntm_tracker.core.models.intake import BatchState


class MovedOn(Exception):
    """What the file would change is no longer what the person saw; nothing was written."""

    def __init__(self) -> None:
        super().__init__(
            "Trong lúc xem, số liệu đã được người khác đổi nên các thay đổi dưới đây khác lúc "
            "trước. Chưa ghi gì: hãy xem lại rồi bấm nhập."
        )


@dataclass(frozen=True)
class Checked:
    """What a file would do now. `mark` tells whether that is still what somebody saw."""

    batch: ImportBatch
    changes: tuple[Change, ...]
    problems: tuple[Problem, ...]
    rows: int
    given: Mapping[int, Mapping[str, Value]]
    """The cells of each row as they came, by its number."""

    @property
    def by_group(self) -> list[tuple[str, int]]:
        """How many rows change per commune (or kind)."""
        return sorted(Counter(change.group for change in self.changes).items())

    @property
    def cells(self) -> int:
        return sum(len(change.cells) for change in self.changes)

    @property
    def bad_rows(self) -> int:
        """Rows that cannot be taken."""
        return len({(one.sheet, one.row) for one in self.problems if one.row})

    @property
    def mark(self) -> str:
        seen = [(change.row, change.label, change.cells) for change in self.changes]
        return sha256(repr(seen).encode()).hexdigest()[:20]


@transaction.atomic
def keep_file(
    importer: Importer, data: bytes, name: str, *, by: User, now: datetime
) -> ImportBatch:
    """Keep a file as it came. Raises UnreadableFile where it cannot be read at all, and
    PermissionDenied."""
    _require(importer, by)
    book = read_book(data, name)
    digest = sha256(data).hexdigest()
    extension = "csv" if name.lower().endswith((".csv", ".txt")) else "xlsx"
    batch = ImportBatch(
        kind=importer.kind,
        name=name[-255:],
        sha256=digest,
        size=len(data),
        row_count=max((len(rows) for _sheet, rows in book.sheets), default=0),
        by=by,
        by_label=str(by),
        uploaded_at=now,
    )
    batch.file.save(f"{digest[:16]}.{extension}", ContentFile(data), save=True)
    return batch


@collector.paused()
def check_batch(batch: ImportBatch, importer: Importer, user: User, as_of: AsOf) -> Checked:
    """What the kept file would change now, and all that is wrong in it."""
    with batch.file.open("rb") as file:
        book = read_kept(file.read())
    rows, problems = read_table(book, importer.fields)
    current = importer.current(user, as_of) if book.marks else []
    rows, conflicts = settled(importer, rows, book.marks, current)
    problems += conflicts
    bad = {problem.row for problem in problems}
    good = [row for row in rows if row.number not in bad]
    changes, more = importer.check(good, user, as_of)
    wrong = {problem.row for problem in more}
    return Checked(
        batch,
        tuple(change for change in changes if change.row not in wrong),
        tuple(sorted([*problems, *more], key=lambda one: (one.row or 0, one.column))),
        len(rows),
        {row.number: row.given for row in rows},
    )


@collector.paused()
@transaction.atomic
def apply_batch(
    batch: ImportBatch,
    importer: Importer,
    *,
    mark: str,
    skips_bad: bool,
    by: User,
    as_of: AsOf,
    now: datetime,
    state: BatchState = BatchState.CHECKED,
) -> ImportBatch:
    """Write everything that the file changes, or nothing. `state` is the one it has to be in.

    Raises MovedOn where the figures are no longer those that `mark` was made of, ValidationError
    where rows are wrong and were not to be skipped, or where the batch was written already.
    """
    _require(importer, by)
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    batch.require(state)
    checked = check_batch(batch, importer, by, as_of)
    if checked.mark != mark:
        raise MovedOn
    if checked.problems and not skips_bad:
        raise ValidationError("Tệp còn dòng sai; hãy chọn chỉ nhập các dòng đúng, hoặc sửa tệp.")
    if not checked.changes:
        raise ValidationError("Tệp không có thay đổi nào để ghi.")
    batch.state, batch.applied_at, batch.left_out = BatchState.APPLIED, now, checked.bad_rows
    token = audit.origin.set(batch.name)
    try:
        written = _written(batch, importer, checked.changes, by, as_of, now)
        bulk.insert(written)
        batch.save(update_fields=["state", "applied_at", "left_out"])
        audit.record(
            by=by,
            action="import.apply",
            obj=batch,
            now=now,
            effective_on=as_of.reporting_date,
            new=f"{len(checked.changes)} dòng, {checked.cells} ô",
            note=f"SHA-256 {batch.sha256}",
        )
    finally:
        audit.origin.reset(token)
    return batch


def _written(
    batch: ImportBatch,
    importer: Importer,
    changes: Sequence[Change],
    by: User,
    as_of: AsOf,
    now: datetime,
) -> list[ImportChange]:
    written = importer.apply(changes, by=by, now=now, today=as_of.reporting_date)
    return [
        ImportChange(
            batch_id=batch.pk,
            row=change.row,
            label=change.label[:300],
            object_id=done.object_id,
            is_new=change.is_new,
            cells=[vars(cell) for cell in change.cells],
            undo=dict(done.undo),
            commune_id=done.commune_id,
            sponsor_id=done.sponsor_id,
        )
        for change, done in zip(changes, written, strict=True)
    ]


@collector.paused()
@transaction.atomic
def undo_batch(
    batch: ImportBatch, importer: Importer, *, by: User, now: datetime, today: date
) -> ImportBatch:
    """Take back every change of a batch, the last first, or none. Raises ValidationError with all
    rows on which something later rests."""
    _require(importer, by)
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    batch.require(BatchState.APPLIED)
    changes = list(batch.changes.order_by("-row", "-id"))
    token = audit.origin.set(batch.name)
    try:
        wrong = importer.undo_all(changes, by=by, now=now, today=today)
    finally:
        audit.origin.reset(token)
    if wrong:
        raise ValidationError(wrong)
    batch.state, batch.undone_at, batch.undone_by_label = BatchState.UNDONE, now, str(by)
    batch.save(update_fields=["state", "undone_at", "undone_by_label"])
    audit.record(
        by=by,
        action="import.undo",
        obj=batch,
        now=now,
        effective_on=today,
        old=f"{len(changes)} dòng",
    )
    return batch


def _require(importer: Importer, user: User) -> None:
    if not (permit := importer.may(user)):
        raise PermissionDenied(permit.reason)
