"""Tasks out of a file: given where a row has no code, changed by their code."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet

from communes.finding import PLACE_FIELDS, Places
from communes.models import Commune, Village
from criteria.models import Criterion, Department
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.intake.fields import Field, Problem, Row
from ntm_tracker.core.intake.importer import Change, Done, at_change
from ntm_tracker.core.intake.lines import NOTE, UNDO_NOTE, Line, Once, in_words, matched
from ntm_tracker.core.intake.names import Names, same_key
from ntm_tracker.core.models import ImportChange, User
from ntm_tracker.core.permits import Permit, sentences
from sponsors import rules, workflow
from sponsors.choices import CLOSED_STATES, Owner, Pace, TaskState
from sponsors.importers.finding import departments_named, sponsors_named
from sponsors.importers.task_rows import (
    ASKED,
    asked_again,
    asked_of,
    cells_of,
    entry_cells,
    entry_of,
    key_of,
    local_doers,
)
from sponsors.models import Sponsor, Task
from sponsors.selectors import SponsorsThere, criteria_choices, sponsors_there
from sponsors.services import (
    Amended,
    StaleVersion,
    TaskAmendment,
    TaskEntry,
    amend_tasks,
    amended_entries,
    create_tasks,
    remove_tasks,
    resting_on_tasks,
    wrong_entries,
)

OWNERS = tuple((one.value, str(one.label)) for one in Owner)
PACES = tuple((one.value, str(one.label)) for one in Pace)
MAX_HELPER = 150
STATES = tuple((one.value, str(one.label)) for one in TaskState)


@dataclass(frozen=True)
class Known:
    """What the cells of the rows can name."""

    places: Places
    there: SponsorsThere
    criteria: Mapping[int, Criterion]
    sponsors: Names[Sponsor]
    departments: Names[Department]
    today: date


@dataclass(frozen=True)
class Doer:
    """Who does a task, of whichever sort."""

    sponsor: Sponsor | None = None
    department: Department | None = None
    helper: str = ""


class TaskImporter:
    """Who has to do what by when; how far it is comes from the reports alone."""

    kind = "tasks"
    title = "Việc"
    lead = (
        "Để trống mã việc thì giao việc mới (giống hệt việc đã có thì bỏ qua); có mã thì sửa "
        "tên việc, bên thực hiện, hạn của việc chưa nghiệm thu; ô trống giữ nguyên. Việc của "
        "đơn vị đỡ đầu mà không ghi đơn vị thì giao cho đơn vị được phân công ở xã, thôn đó. "
        "Trạng thái và tiến độ chỉ đổi bằng báo cáo ở trang Việc."
    )
    fields: Sequence[Field] = (
        Field("code", "Mã việc", is_key=True, width=9, help="Để trống hoặc “mới”: giao việc mới."),
        Field(
            "title", "Việc", required=True, aliases=("Tên việc", "Công việc"), width=44, longest=300
        ),
        *PLACE_FIELDS,
        Field("criterion", "Tiêu chí số", "int", is_key=True, aliases=("Tiêu chí",), width=9),
        Field("owner", "Bên thực hiện", "choice", choices=OWNERS, width=20),
        Field(
            "doer",
            "Thực hiện",
            aliases=("Đơn vị đỡ đầu", "Đơn vị thực hiện"),
            width=32,
            is_name=True,
            help="Tên hoặc mã đơn vị đỡ đầu; tên sở, ngành; tên địa phương hỗ trợ.",
        ),
        Field("pace", "Lịch", "choice", choices=PACES, is_key=True, width=12),
        Field("starts_on", "Bắt đầu", "date", is_key=True, aliases=("Ngày bắt đầu",), width=12),
        Field("due_on", "Hạn", "date", aliases=("Hạn hoàn thành",), width=12),
        Field("state", "Trạng thái", "choice", choices=STATES, is_key=True, width=16),
        Field("note", "Lý do sửa", aliases=("Ghi chú", "Lý do"), width=30),
    )

    def may(self, user: User) -> Permit:
        return rules.may_assign(user)

    def current(self, user: User, as_of: AsOf) -> list[Mapping[str, Any]]:
        found = _tasks(user, as_of.reporting_date).exclude(state__in=CLOSED_STATES)
        ordered = found.order_by("commune__sort_key", "due_on", "pk")
        return [in_words(self.fields, {"code": row.pk} | cells_of(row)) for row in ordered]

    def check(
        self, rows: Sequence[Row], user: User, as_of: AsOf
    ) -> tuple[list[Change], list[Problem]]:
        today = as_of.reporting_date
        by_code = {str(row.pk): row for row in _tasks(user, today)}
        pairs, problems = matched(rows, by_code, self.fields[0], "việc mã")
        known = _known(user, as_of)
        there = {key_of(entry_of(task)) for task in by_code.values()}
        once = Once()
        lines: list[tuple[Line, Task | None, TaskEntry | TaskAmendment]] = []
        for row, task in pairs:
            line: Line = Line(row, self.fields)
            if task is not None:
                if amendment := self._amendment(line, task, known, user):
                    lines.append((line, task, amendment))
            elif entry := self._new(line, known):
                if problem := once.problem(row, self.fields[1], key_of(entry)):
                    line.problems.append(problem)
                elif key_of(entry) not in there:  # else it was sent before, and is there already
                    lines.append((line, None, entry))
            problems += line.problems
        changes = []
        entries = _as_entries([(task, asked) for _line, task, asked in lines], today)
        wrong = wrong_entries(entries, today)
        for number, (line, task, asked) in enumerate(lines):
            if number in wrong:
                line.wrong(_column(wrong[number]), wrong[number])
                problems += line.problems
            elif change := _change(line, task, entries[number], asked):
                changes.append(change)
        return changes, problems

    def _new(self, line: Line, known: Known) -> TaskEntry | None:
        commune, village = known.places.read(line)
        owner = Owner(line.choice("owner", Owner.SPONSOR))
        due = line.day("due_on")
        if due is None:
            line.wrong("due_on", "Việc mới phải có hạn.")
        if line.choice("state", TaskState.ASSIGNED) != TaskState.ASSIGNED:
            line.wrong("state", "Việc mới ở trạng thái “Đã giao”; tiến độ báo cáo ở trang Việc.")
        number = line.row.values.get("criterion")
        criterion = known.criteria.get(number) if isinstance(number, int) else None
        if number is not None and criterion is None:
            line.wrong("criterion", f"Không có tiêu chí số {number}.")
        doer = self._doer(line, owner, known, _local(commune, village))
        if commune is None or due is None or line.problems:
            return None
        sponsor, assignment = doer.sponsor, None
        if owner == Owner.SPONSOR:
            assignment = known.there.at(
                commune.pk, village.pk if village else None, sponsor.pk if sponsor else None
            )
            if assignment is None:
                who = f"{sponsor} không" if sponsor else "Chưa có đơn vị đỡ đầu nào"
                line.wrong("doer", f"{who} được phân công ở {village or commune}.")
                return None
            sponsor = assignment.sponsor
        return TaskEntry(
            title=line.text("title"),
            commune=commune,
            village=village,
            criterion=criterion,
            owner=owner,
            sponsor=sponsor,
            assignment=assignment,
            department=doer.department,
            helper=doer.helper,
            pace=Pace(line.choice("pace", Pace.MONTH)),
            assigned_on=known.today,
            starts_on=line.day("starts_on") or min(known.today, due),
            due_on=due,
        )

    def _amendment(self, line: Line, task: Task, known: Known, user: User) -> TaskAmendment | None:
        """What an open task is to be from now on; None where the row changes nothing."""
        said = {key: value for key, value in cells_of(task).items() if key != "note"}
        changed = line.changed(said, keeps=ASKED)
        if not changed:
            return None
        if not (permit := workflow.amend_permit(task, user)):
            line.wrong("code", permit.reason)
            return None
        owner = Owner(changed.get("owner") or task.owner)
        doer = Doer(task.sponsor, task.department, task.helper)
        if "owner" in changed or "doer" in changed:
            doer = self._doer(line, owner, known, _local(task.commune, task.village))
        sponsor = doer.sponsor if doer.sponsor != task.sponsor else None
        if sponsor and known.there.at(task.commune_id, task.village_id, sponsor.pk) is None:
            line.wrong("doer", f"{sponsor} không được phân công ở {task.commune}.")
        if line.problems:
            return None
        return TaskAmendment(
            title=changed.get("title") or task.title,
            due_on=changed.get("due_on") or task.due_on,
            owner=owner,
            sponsor=doer.sponsor,
            department=doer.department,
            helper=doer.helper,
        )

    def _doer(self, line: Line, owner: Owner, known: Known, local: Collection[str]) -> Doer:
        """Who does it, as the cell names him; whoever is left open is for the service to miss."""
        text = line.text("doer")
        if owner == Owner.SPONSOR and text:
            return Doer(sponsor=line.named("doer", known.sponsors))
        if owner == Owner.DEPARTMENT and text:
            return Doer(department=line.named("doer", known.departments))
        if owner == Owner.LOCALITY:
            if len(text) > MAX_HELPER:
                line.wrong("doer", f"Tên địa phương dài nhất {MAX_HELPER} ký tự.")
            return Doer(helper=text)
        if text and owner in (Owner.PEOPLE, Owner.COMMUNE) and same_key(text) not in local:
            line.wrong("doer", f"Việc của “{owner.label}” thì để trống cột Thực hiện.")
        return Doer()

    def apply(
        self, changes: Sequence[Change], *, by: User, now: datetime, today: date
    ) -> list[Done]:
        new = [change for change in changes if change.is_new]
        made = create_tasks([change.data[1] for change in new], by=by, now=now, today=today)
        done = {change.row: _done(task, None) for change, task in zip(new, made, strict=True)}
        old = [change for change in changes if not change.is_new]
        asked = [
            Amended(task, amendment, note, task.version)
            for task, amendment, note in (change.data for change in old)
        ]
        before = [asked_of(change.data[0]) for change in old]
        try:
            amended = amend_tasks(asked, by=by, now=now, today=today)
        except StaleVersion as stale:
            raise ValidationError(
                f"{stale.by_label} vừa cập nhật việc “{stale.task.title}”; hãy xem lại."
            ) from stale
        for change, task, was in zip(old, amended, before, strict=True):
            done[change.row] = _done(task, was)
        return [done[change.row] for change in changes]

    def undo_all(
        self, changes: Sequence[ImportChange], *, by: User, now: datetime, today: date
    ) -> list[str]:
        written: dict[str, Any] = {"by": by, "now": now, "today": today}
        tasks = Task.objects.in_bulk([change.object_id for change in changes])
        new = {change.object_id for change in changes if change.undo["before"] is None}
        resting = resting_on_tasks(new)
        wrong = []
        for change in changes:
            task = tasks.get(change.object_id)
            if task is None or task.version != change.undo["version"] or task.pk in resting:
                sentence = "Việc đã được báo cáo hoặc sửa sau lần nhập này."
                wrong.append(at_change(change, sentence))
        if wrong:
            return wrong
        asked = asked_again([change.undo["before"] for change in changes])
        try:
            amend_tasks(
                [
                    Amended(tasks[change.object_id], amendment, UNDO_NOTE)
                    for change, amendment in zip(changes, asked, strict=True)
                    if amendment is not None
                ],
                **written,
            )
            remove_tasks([tasks[pk] for pk in new], **written)
        except (ValidationError, PermissionDenied) as error:
            return sentences(error)
        return []


def _local(commune: Commune | None, village: Village | None) -> set[str]:
    return local_doers(commune, village) if commune else set()


def _as_entries(
    asked: Sequence[tuple[Task | None, TaskEntry | TaskAmendment]], today: date
) -> list[TaskEntry]:
    """What the tasks would be, new ones and amended ones."""
    pairs = [(task, one) for task, one in asked if task and isinstance(one, TaskAmendment)]
    tasks, amendments = [task for task, _one in pairs], [one for _task, one in pairs]
    amended = iter(amended_entries(tasks, amendments, today))
    return [one if isinstance(one, TaskEntry) else next(amended) for _task, one in asked]


def _change(
    line: Line, task: Task | None, entry: TaskEntry, asked: TaskEntry | TaskAmendment
) -> Change | None:
    new = entry_cells(entry)
    if task is not None:
        new = {key: new[key] for key in ASKED}
    if not (cells := line.cells(cells_of(task) if task else {}, new)):
        return None
    data = (task, asked, line.text("note") or NOTE)
    return Change(line.row.number, entry.title, str(entry.commune), cells, data, task is None)


def _tasks(user: User, today: date) -> QuerySet[Task]:
    found = Task.objects.visible_to(user).filter(assigned_on__lte=today)
    return found.select_related(
        *("commune__province", "village", "criterion", "sponsor", "department", "assignment")
    )


def _known(user: User, as_of: AsOf) -> Known:
    today = as_of.on(as_of.reporting_date)
    places = Places(Commune.objects.visible_to(user).rural(), today.date)
    provinces = {commune.province.code for commune in places.communes}
    province = min(provinces, default="")
    criteria = criteria_choices(today.date, province)
    return Known(
        places,
        sponsors_there(user, today, places.communes),
        {criterion.number: criterion for criterion in criteria},
        sponsors_named(user),
        departments_named(),
        today.date,
    )


def _done(task: Task, before: dict[str, Any] | None) -> Done:
    undo = {"before": before, "version": task.version}
    return Done(task.pk, undo, commune_id=task.commune_id, sponsor_id=task.sponsor_id)


def _column(wrong: str) -> str:
    """At which cell a refusal of the service is shown."""
    if wrong.startswith("hạn"):
        return "due_on"
    return "doer" if wrong.startswith("chưa ghi") else "title"
