"""What sponsors, people and communes do, as board, commune and village page show it."""

from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from communes.models import Commune, Village
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import User
from ntm_tracker.dashboard.selectors.scope import Scope
from sponsors.choices import TaskState, TaskTransition
from sponsors.models import TaskUpdate
from sponsors.selectors import (
    CommuneContributions,
    CommuneSponsor,
    GiftLine,
    Gifts,
    PaperLine,
    TaskCounts,
    TaskRow,
    commune_work,
    papers_late,
    recent_contributions,
    reported,
    visible_tasks,
)

FIRST = 5
NOTHING = Gifts()
REPORTING = (TaskTransition.PROGRESS, TaskTransition.PROPOSE_DONE)


@dataclass(frozen=True)
class Work:
    """Sponsorship and tasks of an area, as far as the reader may see them: how many, and the
    first few of what is late or falls due."""

    sponsors: int
    assignments: int
    counts: TaskCounts
    late: tuple[TaskRow, ...]
    due_soon: tuple[TaskRow, ...]
    papers: tuple[PaperLine, ...]
    papers_late: int
    papers_due: int


def work(scope: Scope) -> Work:
    """The work going on in an area; constant queries."""
    user, as_of, communes = scope.user, scope.as_of, scope.communes
    papers = papers_late(user, as_of, communes=communes)
    late = sum(paper.is_late for paper in papers)
    sponsors, assignments = reported.work_counts(user, as_of, communes=communes)
    return Work(
        sponsors=sponsors,
        assignments=assignments,
        counts=reported.counts_of(user, as_of, communes=communes),
        late=tuple(reported.late_then(user, as_of, FIRST, communes=communes)),
        due_soon=tuple(reported.due_soon_then(user, as_of, FIRST, communes=communes)),
        papers=tuple(papers[:FIRST]),
        papers_late=late,
        papers_due=len(papers) - late,
    )


@dataclass(frozen=True)
class TaskMoves:
    """What came in on tasks in a span of days: reports, and tasks that were accepted."""

    reports: int
    done: int


def task_moves(scope: Scope, since: date) -> TaskMoves:
    """What came in on the reader's tasks after a day, up to the scope's day; one query."""
    tasks = visible_tasks(scope.user, scope.as_of, communes=scope.communes)
    updates = TaskUpdate.objects.filter(
        task__in=tasks.values("pk"), effective_on__gt=since, effective_on__lte=scope.as_of.date
    )
    return TaskMoves(
        **scope.as_of.known(updates).aggregate(
            reports=Count("pk", filter=Q(transition__in=REPORTING)),
            done=Count("task", filter=Q(state=TaskState.ACCEPTED), distinct=True),
        )
    )


@dataclass(frozen=True)
class PlaceWork:
    """Sponsorship of one commune or village: amounts only where the reader may know them."""

    sponsors: tuple[CommuneSponsor, ...]
    tasks: tuple[TaskRow, ...]
    gifts: tuple[GiftLine, ...]
    totals: CommuneContributions | None
    promised: Gifts = NOTHING

    @property
    def late(self) -> int:
        return sum(task.is_late for task in self.tasks)

    @property
    def due_soon(self) -> int:
        return sum(task.is_due_soon for task in self.tasks)

    @property
    def sponsor_count(self) -> int:
        """Sponsors, each counted once however many villages it has there."""
        return len({row.sponsor_id for row in self.sponsors})


def commune_page_work(user: User, commune: Commune, as_of: AsOf) -> PlaceWork:
    """Sponsorship of a commune that the reader may see."""
    found = commune_work(user, commune, as_of)
    return PlaceWork(
        sponsors=found.sponsors,
        tasks=found.tasks,
        gifts=tuple(recent_contributions(user, as_of, commune=commune)),
        totals=found.totals,
        promised=found.promised,
    )


def village_work(user: User, commune: Commune, village: Village, as_of: AsOf) -> PlaceWork:
    """Sponsorship of a village that the reader may see."""
    return PlaceWork(
        sponsors=tuple(reported.commune_sponsors_then(user, commune, as_of, village=village)),
        tasks=tuple(reported.tasks_then(user, as_of, village=village)),
        gifts=(),
        totals=None,
    )
