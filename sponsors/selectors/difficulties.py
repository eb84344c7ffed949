"""Difficulties and requests on a day: whose turn it is, what was answered, what is late."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from textwrap import shorten
from typing import Any

from django.core.paginator import Page
from django.db.models import Count, Q

from communes.models import Commune
from criteria.desks import OFFICE, Desk, Reader, desk_of
from criteria.selectors.reported import all_units
from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from ntm_tracker.core.paging import page_of
from ntm_tracker.core.permits import Permit, refused
from sponsors import difficulty_workflow
from sponsors.choices import Answerer, DifficultyAction, DifficultyState
from sponsors.models import Difficulty, DifficultyUpdate, Sponsor, Task
from sponsors.models.difficulties import DifficultyQuerySet, owner_name
from sponsors.selectors.tasks import open_communes

PAGE_SIZE = 50
HEADING = 120
OPEN = DifficultyState.OPEN


@dataclass(frozen=True)
class Said:
    """One turn of a difficulty."""

    on: date
    by_label: str
    action: str
    action_label: str
    text: str
    owner: str
    document: str


@dataclass(frozen=True)
class DifficultyRow:
    """One difficulty or request on a day `on`, with the latest answer."""

    pk: int
    kind: str
    kind_label: str
    text: str
    raised_on: date
    by_label: str
    commune_code: str
    commune_name: str
    village_name: str
    sponsor_id: int | None
    sponsor_name: str
    task_id: int | None
    task_title: str
    state: str
    owner: str
    due_on: date | None
    provenance: str
    on: date
    answer: Said | None

    @property
    def is_late(self) -> bool:
        return self.state == OPEN and self.due_on is not None and self.due_on < self.on

    @property
    def days_late(self) -> int:
        return (self.on - self.due_on).days if self.is_late and self.due_on else 0

    @property
    def badge(self) -> str:
        """The code under which the badge shows it: lateness before state."""
        return "late" if self.is_late else self.state

    @property
    def badge_word(self) -> str:
        if self.is_late:
            return f"Chậm trả lời {self.days_late} ngày"
        return str(DifficultyState(self.state).label)

    @property
    def place(self) -> str:
        if self.village_name:
            return f"{self.village_name}, xã {self.commune_name}"
        return f"Xã {self.commune_name}"


@dataclass(frozen=True)
class DifficultyFilters:
    """What an address narrows the list by. `commune` is a code; `mine`: what the reader's own unit
    has to answer; empty values narrow nothing."""

    commune: str = ""
    answerer: str = ""
    state: str = ""
    late: bool = False
    mine: bool = False


@dataclass(frozen=True)
class DifficultyCounts:
    total: int = 0
    open: int = 0
    late: int = 0
    answered: int = 0
    closed: int = 0
    mine: int = 0


@dataclass(frozen=True)
class DifficultyList:
    """Context of the list. `counts` obey commune and answerer alone, so that they can stand on the
    links that set the rest."""

    page: Page
    rows: tuple[DifficultyRow, ...]
    counts: DifficultyCounts


@dataclass(frozen=True)
class DifficultyPage:
    """Context of one difficulty: the thread, and what the reader may do. `version` is for the form;
    `permit` says why there is none."""

    difficulty: Difficulty
    row: DifficultyRow
    commune_is_open: bool
    thread: tuple[Said, ...]
    version: int
    turns: tuple[difficulty_workflow.Turn, ...]
    permit: Permit

    @property
    def heading(self) -> str:
        """The text where it is one sentence, else how it begins: the page says it once."""
        return shorten(self.row.text, HEADING, placeholder="…")


def visible_difficulties(user: Reader, as_of: AsOf) -> DifficultyQuerySet:
    """The reader's difficulties up to the day, as they stood then; of a closed month as they were
    known when it was closed."""
    rows = Difficulty.objects.visible_to(user)
    return rows.on_date(as_of.date, is_present=as_of.is_present, known_at=as_of.known_at)


def difficulty_list(
    user: Reader, as_of: AsOf, filters: DifficultyFilters, number: int | None = 1
) -> DifficultyList:
    """One page of difficulties: the late ones first, then by the day an answer is due. Raises
    EmptyPage past the last page."""
    rows = narrowed(user, as_of, filters)
    mine = is_mine(desk_of(user))
    counts = DifficultyCounts(
        **rows.aggregate(
            total=Count("pk"),
            open=Count("pk", filter=Q(state_on=OPEN)),
            late=Count("pk", filter=_is_late(as_of.date)),
            answered=Count("pk", filter=Q(state_on=DifficultyState.ANSWERED)),
            closed=Count("pk", filter=Q(state_on=DifficultyState.CLOSED)),
            mine=Count("pk", filter=mine & Q(state_on=OPEN)),
        )
    )
    if filters.state:
        rows = rows.filter(state_on=filters.state)
    if filters.late:
        rows = rows.filter(_is_late(as_of.date))
    if filters.mine:
        rows = rows.filter(mine, state_on=OPEN)
    # "open" sorts after "closed" and "answered", so the alphabet is of no use here.
    ordered = rows.annotate(is_settled=~Q(state_on=OPEN)).order_by("is_settled", "due_on", "pk")
    page = page_of(ordered, number, PAGE_SIZE)
    return DifficultyList(page, tuple(rows_of(page.object_list, as_of)), counts)


def narrowed(user: Reader, as_of: AsOf, filters: DifficultyFilters) -> DifficultyQuerySet:
    """The reader's difficulties by commune and answerer alone."""
    rows = visible_difficulties(user, as_of)
    if filters.commune:
        rows = rows.filter(commune__in=all_units(as_of).filter(code=filters.commune))
    if filters.answerer:
        rows = rows.filter(answerer_on=filters.answerer)
    return rows


def _is_late(on: date) -> Q:
    return Q(state_on=OPEN, due_on__lt=on)


def is_mine(desk: Desk) -> Q:
    """What the unit of a desk has to answer."""
    if desk.role in OFFICE:
        return Q(answerer_on=Answerer.OFFICE)
    if desk.role == Role.DEPARTMENT:
        return Q(answerer_on=Answerer.DEPARTMENT, department_on=desk.department_id)
    if desk.role == Role.COMMUNE:
        return Q(answerer_on=Answerer.COMMUNE, commune__in=desk.commune_ids)
    if desk.role == Role.SPONSOR:
        return Q(answerer_on=Answerer.SPONSOR, sponsor=desk.sponsor_id)
    return Q(pk=None)


def difficulties(
    user: Reader,
    as_of: AsOf,
    limit: int | None = None,
    *,
    task: Task | None = None,
    commune: Commune | None = None,
    sponsor: Sponsor | None = None,
) -> list[DifficultyRow]:
    """Difficulties and requests up to the day, the latest first: two or three queries."""
    rows = visible_difficulties(user, as_of)
    if task is not None:
        rows = rows.filter(task=task)
    if commune is not None:
        rows = rows.filter(commune=commune)
    if sponsor is not None:
        rows = rows.filter(sponsor=sponsor)
    return rows_of(rows.order_by("-effective_on", "-pk")[:limit], as_of)


def rows_of(found: Any, as_of: AsOf) -> list[DifficultyRow]:
    """Rows in the order of the query, with their latest answers."""
    rows = _loaded(found)
    return _rows(rows, threads(rows, as_of), as_of)


def _loaded(found: Any) -> list[Any]:
    return list(found.select_related("commune", "village", "sponsor", "task", "department"))


def _rows(
    rows: Sequence[Any], thread: Mapping[int, list[Said]], as_of: AsOf
) -> list[DifficultyRow]:
    if not rows:
        return []
    return [
        DifficultyRow(
            pk=row.pk,
            kind=row.kind,
            kind_label=row.get_kind_display(),
            text=row.text,
            raised_on=row.effective_on,
            by_label=row.by_label,
            commune_code=row.commune.code,
            commune_name=row.commune.name,
            village_name=row.village.name if row.village else "",
            sponsor_id=row.sponsor_id,
            sponsor_name=row.sponsor.name if row.sponsor else "",
            task_id=row.task_id,
            task_title=row.task.title if row.task else "",
            state=row.state_on,
            owner=_owner_on(row, thread.get(row.pk, []), as_of),
            due_on=row.due_on,
            provenance=row.provenance,
            on=as_of.date,
            answer=_latest_answer(thread.get(row.pk, [])),
        )
        for row in rows
    ]


def _owner_on(row: Difficulty, thread: Sequence[Said], as_of: AsOf) -> str:
    is_then = as_of.closed is not None or not as_of.is_present
    return thread[-1].owner if thread and is_then else row.owner_name


def _latest_answer(thread: Iterable[Said]) -> Said | None:
    answers = [said for said in thread if said.action == DifficultyAction.ANSWER]
    return answers[-1] if answers else None


def threads(rows: Sequence[Difficulty], as_of: AsOf) -> Mapping[int, list[Said]]:
    """Difficulty id → its turns up to the day, the first one first: one query."""
    if not rows:
        return {}
    known = {row.pk: row for row in rows}
    found: dict[int, list[Said]] = {}
    turns = DifficultyUpdate.objects.filter(difficulty__in=known, effective_on__lte=as_of.date)
    for update in (
        as_of.known(turns).select_related("department", "document").order_by("effective_on", "id")
    ):
        row = known[update.difficulty_id]
        said = Said(
            on=update.effective_on,
            by_label=update.by_label,
            action=update.action,
            action_label=update.get_action_display(),
            text=update.text,
            owner=owner_name(
                update.answerer,
                department=update.department.name if update.department else "",
                commune=row.commune.name,
                sponsor=row.sponsor.name if row.sponsor else "",
            ),
            document=str(update.document or ""),
        )
        found.setdefault(row.pk, []).append(said)
    return found


def difficulty_page(user: User, as_of: AsOf, pk: int) -> DifficultyPage | None:
    """One difficulty with its thread; None where it does not exist for the reader on that day."""
    found = _loaded(visible_difficulties(user, as_of).filter(pk=pk))
    if not found:
        return None
    difficulty, thread = found[0], threads(found, as_of)
    row = _rows(found, thread, as_of)[0]
    opened = open_communes(user)
    turns = difficulty_workflow.allowed(difficulty, user) if as_of.is_present else []
    permit = Permit(True)
    if not as_of.is_present:
        permit = refused(
            f"Đang xem số liệu ngày {as_of.date:%d/%m/%Y}. "
            f"Trả lời được ghi cho ngày {as_of.reporting_date:%d/%m/%Y}."
        )
    elif not turns:
        permit = refused(
            f"{row.owner} trả lời; bên đã nêu và Văn phòng Điều phối khép lại khi xong."
        )
    return DifficultyPage(
        difficulty=difficulty,
        row=row,
        commune_is_open=opened is None or difficulty.commune_id in opened,
        thread=tuple(thread.get(pk, ())),
        version=difficulty.version,
        turns=tuple(turns),
        permit=permit,
    )


def difficulty_communes(user: Reader, as_of: AsOf) -> tuple[tuple[str, str], ...]:
    """(code, name) of the communes that the reader's difficulties are about, for the filter."""
    rows = as_of.known(Difficulty.objects.visible_to(user).filter(effective_on__lte=as_of.date))
    communes = all_units(as_of).filter(pk__in=rows.values("commune"))
    return tuple(communes.order_by("sort_key", "pk").values_list("code", "name"))
