"""Templates of plans by weeks and months."""

from ntm_tracker.dashboard.catalogues.files import Row
from ntm_tracker.dashboard.demo.case import FIRST, Case, code
from sponsors.choices import Owner, Pace
from sponsors.services import StepEntry, save_template


def seed_plans(case: Case) -> None:
    """Record plan_templates.csv: one line per step, in the order of the steps."""
    plans: dict[str, dict] = {}

    def build(row: Row) -> None:
        plan = plans.setdefault(
            row.text("plan"), {"note": row.text("note"), "steps": [], **case.origin(row)}
        )
        plan["steps"].append(
            StepEntry(
                title=row.text("title"),
                owner=code(row, "owner", Owner),
                pace=code(row, "pace", Pace),
                starts_after=row.whole("starts_after"),
                lasts=row.whole("lasts"),
                criterion_number=row.optional_whole("criterion"),
            )
        )

    case.read(
        "plan_templates.csv", "plan note title owner criterion pace starts_after lasts", build
    )
    for name, fields in plans.items():
        # There before anything is made of them.
        save_template(template=None, name=name, **fields, **case.written | {"today": FIRST})
    case.wrote("mẫu kế hoạch", len(plans))
