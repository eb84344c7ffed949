"""Writing judgements and planned dates, with the present kept equal to the history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.db import transaction

from communes.models import Commune, Village, VillageMembership
from criteria.choices import OUTCOME_WORDS, STAGE_WORDS, Outcome, Stage
from criteria.models import Assessment, Criterion, Indicator, Milestone, Standing
from criteria.rules import value_words
from criteria.selectors.history import standings_from_history
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.models import Attachment, Document, User
from ntm_tracker.core.periods import require_open


@dataclass(frozen=True)
class AssessmentEntry:
    """One judgement to be recorded: one subject (commune or village), one target (criterion or
    indicator), one rung."""

    criterion: Criterion | None
    stage: Stage
    outcome: Outcome
    as_of: date
    indicator: Indicator | None = None
    commune: Commune | None = None
    village: Village | None = None
    value: Decimal | None = None
    numerator: int | None = None
    denominator: int | None = None
    note: str = ""
    document: Document | None = None
    corrects: Assessment | None = None
    is_override: bool = False
    attachments: Sequence[Attachment] = ()
    provenance: str = Provenance.ENTERED
    source: str = ""
    old: str = ""  # what it takes the place of, in words, for the audit trail


@dataclass(frozen=True)
class MilestoneEntry:
    """The planned date of one commune for one criterion, from `effective_on` on."""

    commune: Commune
    criterion: Criterion
    planned_on: date
    effective_on: date
    note: str = ""
    document: Document | None = None
    provenance: str = Provenance.ENTERED
    source: str = ""


def refuse_future(day: date, today: date) -> None:
    """Nothing can be stated for a day that has not come."""
    if day > today:
        raise ValidationError(
            f"Ngày {day:%d/%m/%Y} ở sau ngày báo cáo {today:%d/%m/%Y}; "
            "hãy chọn ngày không muộn hơn."
        )


def lock_subjects(communes: Iterable[int], villages: Iterable[int] = ()) -> None:
    """Make writers of the same subject wait for one another, so that the present they each derive
    from the history includes the other's rows (PostgreSQL; SQLite has one writer anyway).

    NO KEY: rows elsewhere that merely point to the commune (a task, a photo) need not wait.
    """
    for model, ids in ((Commune, communes), (Village, villages)):
        locked = model.objects.select_for_update(no_key=True).filter(pk__in=ids)
        list(locked.order_by("pk").values_list("pk"))


@transaction.atomic
def record_assessments(
    entries: Sequence[AssessmentEntry],
    *,
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
) -> list[Assessment]:
    """Append judgements and bring the present up to `today` (the reporting date), all or nothing.

    Raises ValidationError for a date after `today` or an entry without exactly one subject and one
    target. Rows of indicators stand beside the verdict of their criterion: the present is drawn
    from the rows of criteria alone.
    """
    rows = []
    for entry in entries:
        refuse_future(entry.as_of, today)
        if (entry.commune is None) == (entry.village is None):
            raise ValidationError("Mỗi đánh giá thuộc đúng một xã hoặc một thôn.")
        if (entry.criterion is None) == (entry.indicator is None):
            raise ValidationError("Mỗi đánh giá nói về đúng một tiêu chí hoặc một chỉ tiêu.")
        rows.append(
            Assessment(
                commune=entry.commune,
                village=entry.village,
                criterion=entry.criterion,
                indicator=entry.indicator,
                stage=entry.stage,
                outcome=entry.outcome,
                as_of=entry.as_of,
                recorded_at=now,
                value=entry.value,
                numerator=entry.numerator,
                denominator=entry.denominator,
                by=by,
                by_label=by_label or str(by or "Lệnh hệ thống"),
                note=entry.note,
                document=entry.document,
                corrects=entry.corrects,
                is_override=entry.is_override,
                provenance=entry.provenance,
                source=entry.source,
            )
        )
    communes = {row.commune_id for row in rows if row.commune_id}
    villages = {row.village_id for row in rows if row.village_id}
    lock_subjects(communes, villages)
    homes = _homes(villages)
    places = [(row.as_of, row.commune_id or _home(homes, row)) for row in rows]
    require_open(places, today=today)
    Assessment.objects.bulk_create(rows, batch_size=500)
    Evidence = Assessment.attachments.through
    Evidence.objects.bulk_create(
        [
            Evidence(assessment_id=row.pk, attachment_id=attachment.pk)
            for row, entry in zip(rows, entries, strict=True)
            for attachment in entry.attachments
        ],
        batch_size=500,
    )
    audit.record_all(
        audit.entry(
            by=by,
            action=f"{'assessment' if row.criterion_id else 'indicator'}.{row.stage}",
            obj=row,
            now=now,
            effective_on=row.as_of,
            old=entry.old,
            new=_words(row),
            note=row.note,
            commune_id=row.commune_id or _home(homes, row),
            village_id=row.village_id,
        )
        for row, entry in zip(rows, entries, strict=True)
    )
    refresh_standings(
        today,
        communes=communes,
        villages=villages,
        criteria={row.criterion_id for row in rows if row.criterion_id},
    )
    return rows


def _words(row: Assessment) -> str:
    said = f"{OUTCOME_WORDS[row.outcome]} ({STAGE_WORDS[row.stage].lower()})"
    figure = value_words(row, row.indicator.unit) if row.indicator else ""
    return f"{figure}: {said}" if figure else said


def _homes(villages: set[int]) -> dict[int, list[VillageMembership]]:
    """To which communes the villages belong and since when, for the audit trail of the commune."""
    homes: dict[int, list[VillageMembership]] = {}
    if villages:
        for member in VillageMembership.objects.filter(village__in=villages):
            homes.setdefault(member.village_id, []).append(member)
    return homes


def _home(homes: dict[int, list[VillageMembership]], row: Assessment) -> int | None:
    on = row.as_of
    return next(
        (
            member.commune_id
            for member in homes.get(row.village_id or 0, [])
            if member.valid_from <= on and (member.valid_to is None or on <= member.valid_to)
        ),
        None,
    )


@transaction.atomic
def plan_milestones(
    entries: Sequence[MilestoneEntry],
    *,
    by: User | None,
    by_label: str = "",
    now: datetime,
    today: date,
) -> list[Milestone]:
    """Append planned dates (a change of plan is a new row) and bring the present up to `today`."""
    rows = []
    for entry in entries:
        refuse_future(entry.effective_on, today)
        rows.append(
            Milestone(
                commune=entry.commune,
                criterion=entry.criterion,
                planned_on=entry.planned_on,
                effective_on=entry.effective_on,
                recorded_at=now,
                by=by,
                by_label=by_label or str(by or "Lệnh hệ thống"),
                note=entry.note,
                document=entry.document,
                provenance=entry.provenance,
                source=entry.source,
            )
        )
    communes = {entry.commune.pk for entry in entries}
    lock_subjects(communes)
    require_open([(row.effective_on, row.commune_id) for row in rows], today=today)
    Milestone.objects.bulk_create(rows, batch_size=500)
    audit.record_all(
        audit.entry(
            by=by,
            action="milestone.plan",
            obj=row,
            now=now,
            effective_on=row.effective_on,
            new=f"{row.planned_on:%d/%m/%Y}",
            note=row.note,
            commune_id=row.commune_id,
        )
        for row in rows
    )
    refresh_standings(
        today,
        communes=communes,
        criteria={row.criterion_id for row in rows},
    )
    return rows


STANDING_KEY = ("commune_id", "village_id", "criterion_id")
STANDING_FIELDS = ("cell", "planned_on", "self_row_id", "verified_row_id", "appraised_row_id")


@transaction.atomic
def refresh_standings(
    today: date,
    *,
    communes: Iterable[int] | None = None,
    villages: Iterable[int] | None = None,
    criteria: Iterable[int] | None = None,
) -> int:
    """Write the present anew for the named subjects and criteria (all where none is named).

    Returns how many rows differed from the history. The history is read only after the subjects
    are locked: a writer that commits in between would otherwise be overwritten with what was.
    """
    subjects: dict[str, set[int]] = {}
    if communes is not None or villages is not None:
        subjects = {"communes": set(communes or ()), "villages": set(villages or ())}
        lock_subjects(**subjects)
    else:
        judged = Assessment.objects.filter(village__isnull=False)
        lock_subjects(
            Commune.objects.values_list("pk", flat=True), judged.values_list("village", flat=True)
        )
    wanted = standings_from_history(
        today,
        communes=subjects.get("communes"),
        villages=subjects.get("villages"),
        criteria=criteria,
    )
    stored = Standing.objects.select_for_update()
    if subjects:
        stored = stored.filter(commune__in=subjects["communes"]) | stored.filter(
            village__in=subjects["villages"]
        )
    if criteria is not None:
        stored = stored.filter(criterion__in=set(criteria))
    # Plain values: most rows of the subjects stay as they are and need no object.
    found = {
        key: (pk, tuple(values))
        for pk, *key_and_values in stored.values_list("pk", *STANDING_KEY, *STANDING_FIELDS)
        for key, values in [(tuple(key_and_values[:3]), key_and_values[3:])]
    }
    new: list[Standing] = []
    changed: list[Standing] = []
    for key, state in wanted.items():
        pk, there = found.pop(key, (None, None))
        values = (
            state.cell,
            state.planned_on,
            state.row_ids.get(Stage.SELF),
            state.row_ids.get(Stage.VERIFIED),
            state.row_ids.get(Stage.APPRAISED),
        )
        if values != there:
            columns = zip((*STANDING_KEY, *STANDING_FIELDS), (*key, *values), strict=True)
            (changed if pk else new).append(Standing(pk=pk, **dict(columns)))
    Standing.objects.bulk_create(new, batch_size=500)
    if changed:
        # Many times faster than bulk_update, and the key is the same row's.
        Standing.objects.bulk_create(
            changed,
            batch_size=500,
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=[field.removesuffix("_id") for field in STANDING_FIELDS],
        )
    Standing.objects.filter(pk__in=[pk for pk, _values in found.values()]).delete()
    return len(new) + len(changed) + len(found)
