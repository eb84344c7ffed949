"""What really came, and entries that are taken back: by a row of their own, never by deleting."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from communes.models import Commune, Village
from criteria.desks import Desk, desk_of
from criteria.services.assessments import refuse_future
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.models import Document, User
from ntm_tracker.core.periods import closed_places, require_open
from sponsors import rules
from sponsors.choices import Giver
from sponsors.models import Contribution, Sponsor, Task, TaskUpdate
from sponsors.services.gifts import GiftEntry, gift_fields


@dataclass(frozen=True)
class Delivery:
    """What really came from a sponsor, the people or another locality, and where to."""

    commune: Commune
    giver: Giver
    entry: GiftEntry
    effective_on: date
    sponsor: Sponsor | None = None
    giver_name: str = ""
    village: Village | None = None
    task: Task | None = None
    update: TaskUpdate | None = None
    document: Document | None = None
    provenance: str = Provenance.ENTERED
    source: str = ""

    @property
    def gift(self) -> dict[str, Any]:
        """The model fields of the gift; ValidationError where it makes no sense."""
        return gift_fields(self.entry, description=self.task.title if self.task else "")


@transaction.atomic
def record_contribution(
    *, by: User | None, by_label: str = "", now: datetime, today: date, **fields: Any
) -> Contribution:
    """Write down what really came; `fields` are those of `Delivery`.

    Raises PermissionDenied where the account may not speak for the giver, ValidationError for a
    date after `today` or an entry that makes no sense.
    """
    return write_contributions(
        [Delivery(**fields)], by=by, by_label=by_label, now=now, today=today
    )[0]


@transaction.atomic
def write_contributions(
    deliveries: Sequence[Delivery],
    *,
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
) -> list[Contribution]:
    """Write many down, all or none; as many queries for one as for hundreds."""
    desk = desk_of(by) if by is not None else None
    for one in deliveries:
        refuse_delivery(one, desk, today)
    require_open([(one.effective_on, one.commune.pk) for one in deliveries], today=today)
    rows = Contribution.objects.bulk_create(
        [
            Contribution(
                giver=one.giver,
                giver_name=one.giver_name.strip(),
                sponsor=one.sponsor,
                commune=one.commune,
                village=one.village,
                task=one.task,
                update=one.update,
                document=one.document,
                effective_on=one.effective_on,
                recorded_at=now,
                by=by,
                by_label=by_label or str(by or "Lệnh hệ thống"),
                provenance=one.provenance,
                source=one.source,
                **one.gift,
            )
            for one in deliveries
        ],
        batch_size=500,
    )
    audit.record_all(
        audit.entry(
            by=by,
            action="contribution.record",
            obj=row,
            now=now,
            effective_on=row.effective_on,
            new=row.words,
            note=row.description,
            **audit.places(row),
        )
        for row in rows
    )
    return rows


def refuse_delivery(one: Delivery, desk: Desk | None, today: date) -> None:
    """Go on only with what makes sense and the account (None: a command) may write down; no query.

    Raises PermissionDenied and ValidationError, the latter by field where it is about one.
    """
    if desk is not None:
        permit = rules.may_record_contribution(
            desk,
            giver=one.giver,
            sponsor_id=one.sponsor.pk if one.sponsor else None,
            commune_id=one.commune.pk,
        )
        if not permit:
            raise PermissionDenied(permit.reason)
    refuse_future(one.effective_on, today)
    if (one.giver == Giver.SPONSOR) != (one.sponsor is not None):
        raise ValidationError(
            "Đóng góp của đơn vị đỡ đầu phải ghi rõ đơn vị; của bên khác thì không."
        )
    if one.giver == Giver.LOCALITY and not one.giver_name.strip():
        raise ValidationError({"giver_name": "Hãy ghi tên địa phương đóng góp."})
    _ = one.gift


@transaction.atomic
def take_back_contribution(
    *,
    contribution: Contribution,
    by: User | None,
    by_label: str = "",
    note: str = "",
    effective_on: date | None = None,
    now: datetime,
    today: date,
) -> Contribution:
    """Take an entry back by a new row with the amounts negated, for a day (`today` where none is
    named); both stay readable for ever.

    Raises PermissionDenied for somebody else's entry, ValidationError for one that has been taken
    back already or takes another back itself.
    """
    row = Contribution.objects.select_for_update().get(pk=contribution.pk)
    _refuse_taking_back([row], by)
    refuse_future(row.effective_on, today)
    day = effective_on or today
    require_open([(day, row.commune_id)], today=today)
    return _opposites([row], {row.pk: day}, by, by_label, note, now)[0]


@transaction.atomic
def correct_contributions(
    changes: Sequence[tuple[Contribution, Delivery]],
    *,
    by: User | None,
    note: str,
    now: datetime,
    today: date,
) -> list[Contribution]:
    """Put other entries in the place of some, all or none: what they said never held. They are
    taken back for their own day, so that no day counts both; where that lies in a closed month,
    today. As many queries for one as for hundreds.
    """
    rows = _locked([old.pk for old, _delivery in changes])
    _refuse_taking_back(rows, by)
    _opposites(rows, _own_days(rows, today), by, "", note, now)
    deliveries = [delivery for _old, delivery in changes]
    return write_contributions(deliveries, by=by, now=now, today=today)


@transaction.atomic
def undo_contributions(
    pairs: Sequence[tuple[Contribution, Contribution | None]],
    *,
    by: User | None,
    note: str,
    now: datetime,
    today: date,
) -> None:
    """Take entries back as if they had never been, and let those stand again in whose place they
    were put (`correct_contributions`), if any; all or none.

    Raises ValidationError where one was taken back or corrected since.
    """
    rows = _locked([row.pk for row, _before in pairs])
    _refuse_taking_back(rows, by)
    _opposites(rows, _own_days(rows, today), by, "", note, now)
    before = [one.pk for _row, one in pairs if one is not None]
    found = Contribution.objects.filter(corrects__in=before, corrections=None).order_by("pk")
    taken = list(found)
    if {row.corrects_id for row in taken} != set(before):
        raise ValidationError("Có khoản cũ đã được ghi lại từ trước.")
    days = _own_days(taken, today)
    _opposites(taken, days, by, "", note, now, action="contribution.restore")


def _locked(ids: Collection[int]) -> list[Contribution]:
    rows = Contribution.objects.select_for_update().order_by("pk").in_bulk(ids)
    return [rows[pk] for pk in ids]


def _refuse_taking_back(rows: Sequence[Contribution], by: User | None) -> None:
    for row in rows:
        if by is not None and not (permit := rules.may_take_back_contribution(by, row)):
            raise PermissionDenied(permit.reason)
        if row.corrects_id is not None:
            raise ValidationError("Dòng này là dòng rút lại; hãy ghi lại khoản đóng góp nếu cần.")
    if Contribution.objects.filter(corrects__in=rows, corrections=None).exists():
        raise ValidationError("Khoản đóng góp này đã được rút lại, không rút lần nữa.")


def _own_days(rows: Sequence[Contribution], today: date) -> dict[int, date]:
    """By row the day for which it is taken back; MonthClosed where not even today can be."""
    closed = closed_places([(row.effective_on, row.commune_id) for row in rows], today=today)
    days = {
        row.pk: today if (row.effective_on, row.commune_id) in closed else row.effective_on
        for row in rows
    }
    require_open([(days[row.pk], row.commune_id) for row in rows], today=today)
    return days


def _opposites(
    rows: Sequence[Contribution],
    days: dict[int, date],
    by: User | None,
    by_label: str,
    note: str,
    now: datetime,
    action: str = "contribution.take_back",
) -> list[Contribution]:
    """Rows that undo others, for the given days."""
    made = Contribution.objects.bulk_create(
        [
            Contribution(
                **{name: getattr(row, name) for name in KEPT},
                corrects=row,
                amount=-row.amount,
                quantity=None if row.quantity is None else -row.quantity,
                converted_value=-row.converted_value,
                labour_days=-row.labour_days,
                effective_on=days[row.pk],
                recorded_at=now,
                by=by,
                by_label=by_label or str(by or "Lệnh hệ thống"),
            )
            for row in rows
        ],
        batch_size=500,
    )
    word = "Rút lại" if action == "contribution.take_back" else "Ghi lại"
    audit.record_all(
        audit.entry(
            by=by,
            action=action,
            obj=opposite,
            now=now,
            effective_on=opposite.effective_on,
            old=row.words,
            new=word,
            note=note.strip() or row.description,
            **audit.places(opposite),
        )
        for row, opposite in zip(rows, made, strict=True)
    )
    return made


# What a row that takes another back has in common with it.
KEPT = (
    *("kind", "description", "unit", "giver", "giver_name", "sponsor_id", "commune_id"),
    *("village_id", "task_id", "update_id", "document_id", "provenance", "source"),
)
