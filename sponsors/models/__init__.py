"""Who sponsors whom (assignments), what was promised and what came (gifts), what has to be done
by when (tasks)."""

from sponsors.models.assignments import (
    Assignment,
    OwnedQuerySet,
    Sponsor,
    SponsorMember,
    TaskTeam,
)
from sponsors.models.gifts import Commitment, Contribution, Difficulty
from sponsors.models.tasks import Task, TaskUpdate

__all__ = [
    "Assignment",
    "Commitment",
    "Contribution",
    "Difficulty",
    "OwnedQuerySet",
    "Sponsor",
    "SponsorMember",
    "Task",
    "TaskTeam",
    "TaskUpdate",
]
