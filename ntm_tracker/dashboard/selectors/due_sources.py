"""Where things to do come from: one function per kind, each over the selector that owns the number.

`pk` narrows to one unit; without it a function answers for all units of its kind that the reader
sees, in a constant number of queries.
"""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property, partial

from django.db.models import Count, Min, Q

from communes.choices import unit_word
from communes.models import CommuneQuerySet
from criteria.choices import Level
from criteria.models import Standing
from criteria.selectors.declarations import reports_of_months, undeclared
from criteria.selectors.dossiers import waiting_dossiers
from criteria.selectors.review import waits_at
from criteria.selectors.scope import tracked_communes
from criteria.selectors.sets import SetInForce, set_in_force
from criteria.selectors.standings import owed_criteria
from criteria.workflow import Place
from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation, Period, User
from ntm_tracker.dashboard.addresses import address
from ntm_tracker.dashboard.selectors.due_items import (
    COMMUNE,
    DEPARTMENT,
    OFFICE,
    SPONSOR,
    THE_OFFICE,
    DueCounts,
    DueItem,
    Unit,
    due_item,
    last_due_day,
)
from sponsors.choices import OPEN_STATES, DifficultyKind, DifficultyState, Owner, TaskState
from sponsors.models.tasks import TaskQuerySet
from sponsors.rules import COMMUNE_OWNERS
from sponsors.selectors import DUE_SOON_DAYS, TaskRow, papers_late, visible_tasks
from sponsors.selectors.difficulties import visible_difficulties
from sponsors.selectors.papers import AGREEMENT, late_papers
from sponsors.selectors.tasks import is_due_on, is_late_on, rows_of

OWNERS = {
    SPONSOR: frozenset({Owner.SPONSOR}),
    COMMUNE: COMMUNE_OWNERS,
    DEPARTMENT: frozenset({Owner.DEPARTMENT}),
}


@dataclass(frozen=True)
class Ground:
    """Who looks, at which day."""

    user: User
    as_of: AsOf
    installation: Installation

    @property
    def on(self) -> date:
        return self.as_of.date

    @cached_property
    def in_force(self) -> SetInForce | None:
        return set_in_force(Level.COMMUNE, self.on, self.installation.province_code)

    def communes(self, pk: int | None = None) -> CommuneQuerySet:
        """The communes whose reports the reader may see."""
        found = tracked_communes(self.user, self.on, self.installation.focus_district)
        return found if pk is None else found.filter(pk=pk)


def owed_tasks(ground: Ground, kind: str, pk: int | None = None) -> TaskQuerySet:
    """Open tasks of the units of a kind that are late, due this week, not yet received, or
    returned."""
    now = Q(due_on__lte=last_due_day(ground.on))
    tasks = visible_tasks(ground.user, ground.as_of).filter(
        now | Q(state_on__in={TaskState.ASSIGNED, TaskState.RETURNED}),
        owner__in=OWNERS[kind],
        state_on__in=OPEN_STATES,
    )
    return tasks if pk is None else tasks.filter(**{kind: pk})


def task_counts_by_unit(ground: Ground, kind: str, pk: int | None = None) -> dict[int, DueCounts]:
    """Unit → counts of `owed_tasks`, in one query however many tasks there are."""
    late, soon = is_late_on(ground.on), is_due_on(ground.on, DUE_SOON_DAYS)
    rows = (
        owed_tasks(ground, kind, pk)
        .order_by()
        .values_list(f"{kind}_id")
        .annotate(
            count_late=Count("pk", filter=late),
            count_soon=Count("pk", filter=soon),
            count_rest=Count("pk", filter=~late & ~soon),
            oldest=Min("due_on", filter=late),
        )
    )
    return {unit: DueCounts(*counts) for unit, *counts in rows if unit is not None}


def task_items(ground: Ground, kind: str, pk: int) -> list[DueItem]:
    """`owed_tasks` of one unit as items."""
    unit = Unit(kind, pk)
    rows = rows_of(owed_tasks(ground, kind, pk), ground.user, ground.as_of)
    return [
        due_item(
            _task_kind(row),
            row.title,
            row.place,
            row.due_on,
            address("sponsors:task", ground.as_of, row.pk),
            unit,
            ground.on,
        )
        for row in rows
    ]


def _task_kind(row: TaskRow) -> str:
    if row.state == TaskState.RETURNED:
        return "Việc bị trả lại"
    return "Việc chưa nhận" if row.state == TaskState.ASSIGNED else "Việc"


def paper_items(ground: Ground, pk: int | None = None) -> list[DueItem]:
    """Agreements and plans of sponsors that are late or due this week."""
    last = last_due_day(ground.on)
    return [
        due_item(
            "Giấy tờ đỡ đầu",
            "Ký kết đỡ đầu" if line.what == AGREEMENT else "Kế hoạch đỡ đầu",
            f"{line.village_name}, xã {line.commune_name}"
            if line.village_name
            else f"Xã {line.commune_name}",
            line.due_on,
            address("sponsors:sponsor", ground.as_of, line.sponsor_id),
            Unit(SPONSOR, line.sponsor_id, line.sponsor_name),
            ground.on,
        )
        for line in papers_late(ground.user, ground.as_of)
        if line.due_on and line.due_on <= last and pk in {None, line.sponsor_id}
    ]


def office_paper_items(ground: Ground) -> list[DueItem]:
    """What the office chases sponsors for, in one line: the list itself is kept elsewhere."""
    n, oldest = late_papers(ground.user, ground.as_of)
    if not n:
        return []
    return [
        due_item(
            "Đôn đốc giấy tờ đỡ đầu",
            f"{n} phân công quá hạn ký kết hoặc lập kế hoạch",
            "Các đơn vị đỡ đầu",
            oldest,
            address("sponsors:assignment-list", ground.as_of, papers="late"),
            THE_OFFICE,
            ground.on,
        )
    ]


def dossier_items(ground: Ground) -> list[DueItem]:
    """Dossiers whose next step is past its day limit, or reaches it this week."""
    if ground.in_force is None:
        return []
    last = last_due_day(ground.on)
    rows = waiting_dossiers(ground.communes(), ground.in_force.criteria_set, ground.on, until=last)
    return [
        due_item(
            "Hồ sơ công nhận",
            row.step,
            f"Xã {row.commune_name}",
            row.due_on,
            address("criteria:dossier", ground.as_of, row.commune_code),
            THE_OFFICE,
            ground.on,
        )
        for row in rows
    ]


def criterion_items(ground: Ground, pk: int | None = None) -> list[DueItem]:
    """Criteria that were returned, and those planned for this week or earlier and not met."""
    if ground.in_force is None:
        return []
    link = cache(partial(address, "dashboard:commune", ground.as_of))
    return [
        due_item(
            "Tiêu chí bị trả lại" if row.is_returned else "Tiêu chí theo kế hoạch",
            f"Tiêu chí {row.criterion.number}. {row.criterion.name}",
            f"Xã {row.commune_name}",
            None if row.is_returned else row.planned_on,
            f"{link(row.commune_code)}#tieu-chi-{row.criterion.number}",
            Unit(COMMUNE, row.commune_id, row.commune_name),
            ground.on,
        )
        for row in owed_criteria(
            ground.communes(pk), ground.in_force, ground.as_of, last_due_day(ground.on)
        )
    ]


def acceptance_items(ground: Ground, who: Unit) -> list[DueItem]:
    """Reported tasks that wait for the office to accept them, a line per commune."""
    rows = (
        visible_tasks(ground.user, ground.as_of)
        .filter(state_on=TaskState.REPORTED)
        .order_by()
        .values_list("commune__code", "commune__name", "commune__sort_key")
        .annotate(n=Count("pk"))
        .order_by("commune__sort_key")
    )
    return [
        due_item(
            "Chờ nghiệm thu",
            f"{n} việc đề nghị nghiệm thu",
            f"Xã {name}",
            None,
            address("sponsors:task-list", ground.as_of, commune=code, state="reported"),
            who,
            ground.on,
        )
        for code, name, _sort_key, n in rows
    ]


def report_items(ground: Ground, pk: int) -> list[DueItem]:
    """Month reports that a commune has not declared complete."""
    months = _months_due(ground)
    if ground.in_force is None or not months:
        return []
    reports = reports_of_months(ground.communes(pk), ground.in_force, months, ground.on)
    # Whoever may fill in the sheet goes there, others to what has come of it.
    is_own = ground.user.role == Role.COMMUNE
    return [
        due_item(
            "Báo cáo tháng",
            f"Xác nhận báo cáo tháng {month:%m/%Y} (đã báo {row.reported}/{row.total} tiêu chí)",
            f"Xã {row.name}",
            months[month],
            address("criteria:grid", ground.as_of, row.code, month=f"{month:%Y-%m}")
            if is_own
            else address("dashboard:commune", ground.as_of, row.code),
            Unit(COMMUNE, row.commune_id, row.name),
            ground.on,
        )
        for month, rows in reports.items()
        for row in rows
        if not row.is_declared
    ]


def report_counts_by_unit(ground: Ground) -> dict[int, DueCounts]:
    """Commune → how many of its month reports stand where: what `report_items` lists, without
    counting the criteria of each report."""
    months = _months_due(ground)
    if ground.in_force is None or not months:
        return {}
    sums: dict[int, DueCounts] = defaultdict(DueCounts)
    found = undeclared(ground.communes(), ground.in_force, months, ground.on)
    for month, communes in found.items():
        due_on = months[month]
        one = DueCounts(1, oldest=due_on) if due_on < ground.on else DueCounts(due_soon=1)
        for commune in communes:
            sums[commune] += one
    return sums


def _months_due(ground: Ground) -> dict[date, date]:
    """Month → the day its report is due: this week, or at most a month ago, when the next report
    takes the place of the last."""
    oldest, last = ground.on - timedelta(days=31), last_due_day(ground.on)
    due = Period.objects.filter(due_on__gt=oldest, due_on__lte=last)
    return dict(due.order_by("month").values_list("month", "due_on"))


LINE = 100
"""Characters of a difficulty's text that a line has room for."""
UNIT_OF = {DEPARTMENT: "department_on"}  # who has to answer may have changed since


def difficulty_items(ground: Ground, kind: str, pk: int | None = None) -> list[DueItem]:
    """Difficulties and requests that wait for an answer of the units of a kind."""
    rows = visible_difficulties(ground.user, ground.as_of).filter(
        state_on=DifficultyState.OPEN, answerer_on=kind
    )
    unit_of = UNIT_OF.get(kind, kind)
    if pk:
        rows = rows.filter(**{unit_of: pk})
    words = dict(DifficultyKind.choices)
    # Plain values: there are hundreds, and of each a line is shown.
    return [
        due_item(
            str(words[said]),
            text[:LINE],
            f"{unit_word(sort)} {commune}",
            due_on,
            address("sponsors:difficulty", ground.as_of, row),
            Unit(kind, unit if kind != OFFICE else 0),
            ground.on,
        )
        for row, said, text, sort, commune, due_on, unit in rows.values_list(
            *("pk", "kind", "text", "commune__kind", "commune__name", "due_on"),
            "pk" if kind == OFFICE else unit_of,
        )
        if unit
    ]


def judging_items(ground: Ground, place: Place, pk: int | None = None) -> list[DueItem]:
    """Criteria whose turn it is with the office (submitted) or with the departments that lead them
    (verified), a line per commune. One query; only the present has a turn."""
    if ground.in_force is None or not ground.as_of.is_present:
        return []
    standings = Standing.objects.filter(
        waits_at(place),
        commune__in=ground.communes().values("pk"),
        criterion__criteria_set=ground.in_force.criteria_set,
    )
    if pk is not None:
        standings = standings.filter(criterion__lead=pk)
    is_office = place == Place.SUBMITTED
    waiting: dict[tuple[int | None, str, str], list[int]] = defaultdict(list)
    for lead, code, name, number in standings.order_by(
        "commune__sort_key", "commune_id", "criterion__number"
    ).values_list("criterion__lead_id", "commune__code", "commune__name", "criterion__number"):
        waiting[0 if is_office else lead, code, f"Xã {name}"].append(number)
    word = "kiểm tra" if is_office else "thẩm định"
    return [
        due_item(
            f"Chờ {word}",
            f"{len(numbers)} tiêu chí chờ {word}: {', '.join(map(str, numbers))}",
            name,
            None,
            address("criteria:review", ground.as_of, commune=code, at=place.value),
            Unit(OFFICE if is_office else DEPARTMENT, unit),
            ground.on,
        )
        for (unit, code, name), numbers in waiting.items()
        if unit is not None
    ]
