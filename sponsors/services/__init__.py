"""Writing sponsorship: who sponsors whom, what was promised and given, and how tasks move."""

from sponsors.services.assignments import (
    add_member,
    assign_by_decision,
    create_assignment,
    create_assignments,
    end_assignment,
    record_papers,
    remove_member,
    sync_access,
)
from sponsors.services.gifts import (
    ContributionEntry,
    GiftEntry,
    identify_commitment,
    link_commitment_to_source,
    record_commitment,
    record_contribution,
)
from sponsors.services.sponsors import (
    SponsorEntry,
    StaleSponsor,
    create_sponsor,
    update_sponsor,
)
from sponsors.services.tasks import (
    StaleVersion,
    TaskEntry,
    create_tasks,
    record_task_update,
    refresh_tasks,
)

__all__ = [
    "ContributionEntry",
    "GiftEntry",
    "SponsorEntry",
    "StaleSponsor",
    "StaleVersion",
    "TaskEntry",
    "add_member",
    "assign_by_decision",
    "create_assignment",
    "create_assignments",
    "create_sponsor",
    "create_tasks",
    "end_assignment",
    "identify_commitment",
    "link_commitment_to_source",
    "record_commitment",
    "record_contribution",
    "record_papers",
    "record_task_update",
    "refresh_tasks",
    "remove_member",
    "sync_access",
    "update_sponsor",
]
