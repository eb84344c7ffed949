"""Sponsors, assignments, promises, tasks and what came."""

from decimal import Decimal

from ntm_tracker.dashboard.catalogues.files import Row, RowError
from ntm_tracker.dashboard.demo.case import OFFICE_LABEL, Case, code, dong
from ntm_tracker.dashboard.demo.money import source_of_item
from sponsors.choices import Basis, GiftKind, Giver, Owner, Pace
from sponsors.models import Assignment, Sponsor, Task, TaskTeam, TaskUpdate
from sponsors.services import (
    GiftEntry,
    TaskEntry,
    create_assignment,
    create_tasks,
    link_commitment_to_source,
    record_commitment,
    record_contribution,
    record_papers,
    record_task_update,
)

GIFT = "kind amount_trieu quantity unit converted_trieu labour_days"
# What the office decides on a task; everything else is reported by whoever does it.
OFFICE_MOVES = {"accept", "return", "cancel"}


def seed_sponsors(case: Case) -> dict[str, Sponsor]:
    """Create sponsors.csv and teams.csv; returns the sponsors by the key of the files."""
    keys = []

    def build(row: Row) -> Sponsor:
        keys.append(row.text("key"))
        return Sponsor(
            name=row.text("name"),
            short_name=row.text("short_name"),
            kind=row.text("kind"),
            contact=row.optional("contact"),
            phone=row.optional("phone"),
            **case.origin(row),
        ).prepare()

    built = case.read("sponsors.csv", "key name short_name kind contact phone", build)
    sponsors = dict(zip(keys, Sponsor.objects.bulk_create(built, batch_size=500), strict=True))
    case.wrote("đơn vị đỡ đầu", len(sponsors))

    def team(row: Row) -> TaskTeam:
        return TaskTeam(
            sponsor=row.find(row.text("sponsor"), sponsors, "đơn vị"),
            name=row.text("name"),
            head=row.text("head"),
            size=row.whole("size"),
            established_on=row.day("established_on"),
        )

    teams = case.read("teams.csv", "sponsor name head size established_on", team)
    TaskTeam.objects.bulk_create(teams, batch_size=500)
    case.wrote("tổ công tác", len(teams))
    return sponsors


class Sponsorship:
    """Assignments by (sponsor, commune, village), so that promises and tasks find theirs."""

    def __init__(self, case: Case, sponsors: dict[str, Sponsor]):
        self.case = case
        self.sponsors = sponsors
        self.assignments: dict[tuple[str, str, str], Assignment] = {}
        self.tasks: dict[str, Task] = {}

    def assign(self) -> None:
        """Record assignments.csv, and the day on which each paper was ready."""
        case = self.case

        def build(row: Row) -> tuple:
            fields = {
                "sponsor": row.find(row.text("sponsor"), self.sponsors, "đơn vị"),
                "commune": case.commune(row),
                "village": case.village(row),
                "basis": code(row, "basis", Basis),
                "is_lead": row.flag("is_lead"),
                "decided_on": row.day("decided_on"),
                "document": case.document(row),
                "agreement_due_on": row.optional_day("agreement_due_on"),
                "plan_due_on": row.optional_day("plan_due_on"),
                **case.origin(row),
            }
            papers = {
                "agreement_signed_on": row.optional_day("agreement_signed_on"),
                "plan_done_on": row.optional_day("plan_done_on"),
            }
            return self._key(row), fields, papers

        rows = case.read(
            "assignments.csv",
            "sponsor commune_code commune village basis is_lead decided_on document"
            " agreement_due_on agreement_signed_on plan_due_on plan_done_on",
            build,
        )
        for key, fields, papers in rows:
            assignment = create_assignment(**fields, **case.written)
            self.assignments[key] = record_papers(assignment=assignment, **papers, **case.written)
        case.wrote("phân công đỡ đầu", len(rows))

    def promise(self) -> None:
        """Record commitments.csv; a promise that became a source names its work item."""
        case = self.case

        def build(row: Row) -> tuple:
            fields = {
                "assignment": row.find(self._key(row), self.assignments, "phân công"),
                "entry": _gift(row),
                "effective_on": row.day("effective_on"),
                "criterion": case.criterion(row),
                **case.origin(row),
            }
            return fields, row.optional("source_item")

        rows = case.read(
            "commitments.csv",
            "sponsor commune_code commune village effective_on criterion description"
            f" source_item {GIFT}",
            build,
        )
        for fields, item in rows:
            commitment = record_commitment(by_label=OFFICE_LABEL, **fields, **case.written)
            if item:
                link_commitment_to_source(
                    commitment=commitment, funding_source=source_of_item(item), **case.written
                )
        case.wrote("cam kết", len(rows))

    def plan(self) -> None:
        """Create tasks.csv."""
        case = self.case
        keys = []

        def build(row: Row) -> TaskEntry:
            keys.append(row.text("key"))
            owner, criterion = code(row, "owner", Owner), case.criterion(row)
            return TaskEntry(
                title=row.text("title"),
                detail=row.optional("detail"),
                commune=case.commune(row),
                village=case.village(row),
                criterion=criterion,
                owner=owner,
                sponsor=row.optional_find("sponsor", self.sponsors, "đơn vị"),
                assignment=self.assignments.get(self._key(row)),
                # A department works on the criterion that it leads.
                department=criterion.lead if owner == Owner.DEPARTMENT and criterion else None,
                helper=row.optional("helper"),
                is_within_means=row.flag("is_within_means"),
                pace=code(row, "pace", Pace),
                assigned_on=row.day("assigned_on"),
                starts_on=row.day("starts_on"),
                due_on=row.day("due_on"),
                document=case.document(row),
                **case.origin(row),
            )

        entries = case.read(
            "tasks.csv",
            "key commune_code commune village criterion owner sponsor helper is_within_means pace"
            " assigned_on starts_on due_on title detail document",
            build,
        )
        tasks = create_tasks(entries, by_label=OFFICE_LABEL, **case.written)
        self.tasks = dict(zip(keys, tasks, strict=True))
        case.wrote("việc", len(tasks))

    def report(self) -> None:
        """Record task_updates.csv in order of days."""
        case = self.case

        def build(row: Row) -> dict:
            task = row.find(row.text("task"), self.tasks, "việc")
            move = row.text("transition")
            return {
                "task": task,
                "effective_on": row.day("effective_on"),
                "transition": move,
                "progress": row.optional_whole("progress"),
                "note": row.optional("note"),
                "difficulty": row.optional("difficulty"),
                "by_label": OFFICE_LABEL if move in OFFICE_MOVES else doer(task),
                **case.origin(row),
            }

        rows = case.read(
            "task_updates.csv", "task effective_on transition progress note difficulty", build
        )
        for fields in sorted(rows, key=lambda fields: fields["effective_on"]):
            record_task_update(**fields, **case.written)
        case.wrote("cập nhật việc", len(rows))

    def give(self) -> None:
        """Record contributions.csv, each with the report of the same task and day, if any."""
        case = self.case
        updates = {
            (update.task_id, update.effective_on): update
            for update in TaskUpdate.objects.order_by("id")
        }

        def build(row: Row) -> dict:
            giver, on = code(row, "giver", Giver), row.day("effective_on")
            task = row.optional_find("task", self.tasks, "việc")
            sponsor = row.optional_find("sponsor", self.sponsors, "đơn vị")
            return {
                "commune": case.commune(row),
                "village": case.village(row),
                "giver": giver,
                "giver_name": row.optional("giver_name"),
                "sponsor": sponsor,
                "task": task,
                "update": updates.get((task.pk, on)) if task else None,
                "entry": _gift(row),
                "effective_on": on,
                "by_label": doer(task) if task else f"UBND xã {row.text('commune')} (minh họa)",
                **case.origin(row),
            }

        rows = case.read(
            "contributions.csv",
            "effective_on giver giver_name sponsor commune_code commune village task description"
            f" {GIFT}",
            build,
        )
        for fields in rows:
            record_contribution(**fields, **case.written)
        case.wrote("đóng góp", len(rows))

    def _key(self, row: Row) -> tuple[str, str, str]:
        return row.optional("sponsor"), row.text("commune_code"), row.optional("village")


def doer(task: Task) -> str:
    """Who reports on a task, in words."""
    if task.owner == Owner.SPONSOR and task.sponsor:
        return task.sponsor.name
    if task.owner == Owner.DEPARTMENT and task.department:
        return task.department.name
    if task.owner == Owner.LOCALITY:
        return task.helper
    if task.owner == Owner.PEOPLE and task.village:
        return f"Ban phát triển {task.village}, xã {task.commune.name} (minh họa)"
    return f"UBND xã {task.commune.name} (minh họa)"


def _gift(row: Row) -> GiftEntry:
    def number(column: str) -> Decimal | None:
        value = row.optional_number(column)
        if value is not None and value < 0:
            raise RowError(f"cột “{column}” không được âm")
        return value

    return GiftEntry(
        kind=code(row, "kind", GiftKind),
        description=row.text("description"),
        amount=dong(row, "amount_trieu"),
        quantity=number("quantity"),
        unit=row.optional("unit"),
        converted_value=dong(row, "converted_trieu"),
        labour_days=number("labour_days") or Decimal(0),
    )
