"""What the office does once tasks are given: it answers difficulties and assesses sponsors."""

from criteria.models import Department
from ntm_tracker.dashboard.catalogues.files import Row
from ntm_tracker.dashboard.demo.case import OFFICE_LABEL, Case, code
from ntm_tracker.dashboard.demo.sponsorship import Sponsorship, doer
from sponsors.choices import Answerer, DifficultyAction, Verdict
from sponsors.models import Difficulty, Task
from sponsors.services import ReviewEntry, record_reviews, turn_difficulty


def follow_up(case: Case, sponsorship: Sponsorship) -> None:
    """Record difficulty_turns.csv: answers, forwarding and closing, in the order of the file."""
    raised = {(row.task_id, row.effective_on): row for row in Difficulty.objects.order_by("pk")}

    def build(row: Row) -> dict:
        task = row.find(row.text("task"), sponsorship.tasks, "việc")
        action = code(row, "action", DifficultyAction)
        answerer = code(row, "answerer", Answerer) if row.optional("answerer") else ""
        case.origin(row)  # every row says that it is illustrative
        return {
            "difficulty": row.find((task.pk, row.day("raised_on")), raised, "khó khăn"),
            "task": task,
            "action": action,
            "answerer": answerer,
            "department": _lead(task) if answerer == Answerer.DEPARTMENT else None,
            "text": row.text("text"),
            "effective_on": row.day("effective_on"),
        }

    rows = case.read(
        "difficulty_turns.csv", "task raised_on effective_on action answerer text", build
    )
    for fields in rows:
        task = fields.pop("task")
        fields["difficulty"].refresh_from_db()
        turn_difficulty(
            by_label=_who(fields["action"], fields["difficulty"], task), **fields, **case.written
        )
    case.wrote("trả lời khó khăn, kiến nghị", len(rows))


def assess_sponsors(case: Case, sponsorship: Sponsorship) -> None:
    """Record reviews.csv. Sponsors that really exist get no verdict that nobody gave."""

    def build(row: Row) -> ReviewEntry:
        return ReviewEntry(
            sponsor=row.find(row.text("sponsor"), sponsorship.sponsors, "đơn vị"),
            month=row.day("month"),
            verdict=code(row, "verdict", Verdict),
            seen=row.optional("seen"),
            visited_on=row.optional_day("visited_on"),
            inspectors=row.optional("inspectors"),
            **case.origin(row),
        )

    entries = case.read("reviews.csv", "sponsor month verdict seen visited_on inspectors", build)
    record_reviews(entries, by_label=OFFICE_LABEL, **case.written)
    case.wrote("đánh giá đơn vị đỡ đầu", len(entries))


def _lead(task: Task) -> Department | None:
    return task.criterion.lead if task.criterion else None


def _who(action: str, difficulty: Difficulty, task: Task) -> str:
    """Who says it: whoever has to answer, the office, or whoever raised it and now closes it."""
    if action == DifficultyAction.CLOSE:
        return doer(task)
    if action == DifficultyAction.ANSWER and difficulty.answerer != Answerer.OFFICE:
        return difficulty.owner_name
    return OFFICE_LABEL
