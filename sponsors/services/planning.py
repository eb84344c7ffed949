"""From one description to many tasks: one per place, or one per step of a plan and place."""

from calendar import monthrange
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from hashlib import sha256

from communes.models import Commune, Village
from criteria.models import Criterion, Department
from ntm_tracker.core.models import Document
from sponsors.choices import Owner, Pace
from sponsors.models import PlanTemplateStep
from sponsors.selectors.places import SponsorsThere
from sponsors.services.tasks import TaskEntry, wrong_entries

Spot = tuple[Commune, Village | None]
TITLE_LENGTH = 300


@dataclass(frozen=True)
class TaskDraft:
    """What all tasks have in common. In `title` {thôn} and {xã} stand for the names of the place;
    `sponsor_id` None means whoever sponsors the place."""

    title: str
    owner: Owner
    assigned_on: date
    starts_on: date
    due_on: date
    pace: Pace = Pace.MONTH
    detail: str = ""
    criterion: Criterion | None = None
    sponsor_id: int | None = None
    department: Department | None = None
    helper: str = ""
    is_within_means: bool = False
    document: Document | None = None


@dataclass(frozen=True)
class PreviewLine:
    """A task as it would be created, and what is wrong with it."""

    entry: TaskEntry
    place: str
    doer: str
    wrong: str


@dataclass(frozen=True)
class Preview:
    """Exactly what would be created. `digest` tells whether it still is what somebody has seen."""

    lines: tuple[PreviewLine, ...]
    digest: str

    @property
    def entries(self) -> list[TaskEntry]:
        return [line.entry for line in self.lines]

    @property
    def wrong(self) -> int:
        return sum(bool(line.wrong) for line in self.lines)


def tasks_at(draft: TaskDraft, spots: Iterable[Spot], there: SponsorsThere) -> list[TaskEntry]:
    """One task per place."""
    return [_entry(draft, commune, village, there) for commune, village in spots]


def _entry(
    draft: TaskDraft, commune: Commune, village: Village | None, there: SponsorsThere
) -> TaskEntry:
    assignment = None
    if draft.owner == Owner.SPONSOR:
        assignment = there.at(commune.pk, village.pk if village else None, draft.sponsor_id)
    title = draft.title.replace("{xã}", commune.name)
    title = title.replace("{thôn}", village.name if village else str(commune))
    return TaskEntry(
        title=title[:TITLE_LENGTH],
        commune=commune,
        village=village,
        owner=draft.owner,
        assigned_on=draft.assigned_on,
        starts_on=draft.starts_on,
        due_on=draft.due_on,
        pace=draft.pace,
        detail=draft.detail,
        criterion=draft.criterion,
        sponsor=assignment.sponsor if assignment else None,
        assignment=assignment,
        department=draft.department if draft.owner == Owner.DEPARTMENT else None,
        helper=draft.helper if draft.owner == Owner.LOCALITY else "",
        is_within_means=draft.is_within_means,
        document=draft.document,
    )


def tasks_of_plan(
    steps: Iterable[PlanTemplateStep],
    start: date,
    common: TaskDraft,
    criteria: dict[int, Criterion],
    spots: Sequence[Spot],
    there: SponsorsThere,
) -> list[TaskEntry]:
    """The steps of a plan from a day on, at each place in the order of the places. `common` gives
    what the steps leave open; a department's step is for the lead of its criterion."""
    drafts = []
    for step in steps:
        criterion = criteria.get(step.criterion_number or 0)
        first, last = step_days(step, start)
        drafts.append(
            replace(
                common,
                title=step.title,
                detail=step.detail,
                owner=Owner(step.owner),
                pace=Pace(step.pace),
                criterion=criterion,
                department=(criterion.lead if criterion else None) or common.department,
                starts_on=first,
                due_on=last,
            )
        )
    return [entry for spot in spots for draft in drafts for entry in tasks_at(draft, [spot], there)]


def step_days(step: PlanTemplateStep, start: date) -> tuple[date, date]:
    """First and last day of a step of a plan that starts on a day."""
    first = _after(start, step.starts_after, step.pace)
    return first, _after(start, step.starts_after + step.lasts, step.pace) - timedelta(days=1)


def _after(start: date, count: int, pace: str) -> date:
    """`count` weeks or months later; a month that is too short ends on its last day."""
    if pace == Pace.WEEK:
        return start + timedelta(weeks=count)
    year, month = divmod(start.year * 12 + start.month - 1 + count, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))


def preview_of(entries: Sequence[TaskEntry], today: date) -> Preview:
    """What `create_tasks` would do with the entries, with what it would refuse; one query."""
    wrong = wrong_entries(entries, today)
    lines = tuple(
        PreviewLine(entry, _place(entry), _doer(entry), wrong.get(number, ""))
        for number, entry in enumerate(entries)
    )
    facts = [
        (
            line.entry.title,
            line.place,
            line.doer,
            line.entry.starts_on,
            line.entry.due_on,
            line.entry.detail,
            line.entry.criterion and line.entry.criterion.pk,
            line.entry.document and line.entry.document.pk,
            line.entry.is_within_means,
            str(line.entry.pace),
        )
        for line in lines
    ]
    return Preview(lines, sha256(repr(facts).encode()).hexdigest()[:32])


def _place(entry: TaskEntry) -> str:
    return f"{entry.village}, xã {entry.commune.name}" if entry.village else str(entry.commune)


def _doer(entry: TaskEntry) -> str:
    who = {
        Owner.SPONSOR: entry.sponsor and entry.sponsor.name,
        Owner.DEPARTMENT: entry.department and entry.department.name,
        Owner.LOCALITY: entry.helper,
    }.get(entry.owner)
    return f"{entry.owner.label}: {who}" if who else str(entry.owner.label)
