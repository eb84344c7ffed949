"""Writing sponsorship: who sponsors whom, what was promised and given, and how tasks move."""

from sponsors.services.amendments import (
    Amended,
    TaskAmendment,
    amend_task,
    amend_tasks,
    amended_entries,
    remove_task,
)
from sponsors.services.assignments import (
    AssignmentEntry,
    assign_by_decision,
    create_assignment,
    create_assignments,
    end_assignment,
    remove_assignment,
    write_assignments,
    wrong_assignments,
)
from sponsors.services.conclusions import record_conclusion
from sponsors.services.difficulties import (
    DifficultyEntry,
    StaleDifficulty,
    raise_difficulty,
    turn_difficulty,
)
from sponsors.services.gifts import (
    ContributionEntry,
    GiftEntry,
    identify_commitment,
    link_commitment_to_source,
    record_commitment,
    record_contribution,
    take_back_contribution,
)
from sponsors.services.members import add_member, remove_member, sync_access
from sponsors.services.papers import Papers, record_papers, set_papers, wrong_papers
from sponsors.services.planning import (
    Preview,
    TaskDraft,
    preview_of,
    tasks_at,
    tasks_of_plan,
)
from sponsors.services.plans import (
    StalePlan,
    StepEntry,
    entry_of,
    save_template,
    template_version,
)
from sponsors.services.reviews import ReviewEntry, record_reviews
from sponsors.services.sponsors import (
    SponsorEntry,
    StaleSponsor,
    create_sponsor,
    remove_sponsor,
    update_sponsor,
)
from sponsors.services.tasks import (
    StaleVersion,
    TaskEntry,
    create_tasks,
    record_task_update,
    refresh_tasks,
    wrong_entries,
)

__all__ = [
    "Amended",
    "AssignmentEntry",
    "ContributionEntry",
    "DifficultyEntry",
    "GiftEntry",
    "Papers",
    "Preview",
    "ReviewEntry",
    "SponsorEntry",
    "StaleDifficulty",
    "StalePlan",
    "StaleSponsor",
    "StaleVersion",
    "StepEntry",
    "TaskAmendment",
    "TaskDraft",
    "TaskEntry",
    "add_member",
    "amend_task",
    "amend_tasks",
    "amended_entries",
    "assign_by_decision",
    "create_assignment",
    "create_assignments",
    "create_sponsor",
    "create_tasks",
    "end_assignment",
    "entry_of",
    "identify_commitment",
    "link_commitment_to_source",
    "preview_of",
    "raise_difficulty",
    "record_commitment",
    "record_conclusion",
    "record_contribution",
    "record_papers",
    "record_reviews",
    "record_task_update",
    "refresh_tasks",
    "remove_assignment",
    "remove_member",
    "remove_sponsor",
    "remove_task",
    "save_template",
    "set_papers",
    "sync_access",
    "take_back_contribution",
    "tasks_at",
    "tasks_of_plan",
    "template_version",
    "turn_difficulty",
    "update_sponsor",
    "write_assignments",
    "wrong_assignments",
    "wrong_entries",
    "wrong_papers",
]
