"""Who sponsors whom (assignments), what was promised and what came (gifts), what has to be done
by when (tasks)."""

from sponsors.models.assignments import (
    Assignment,
    OwnedQuerySet,
    Sponsor,
    SponsorMember,
    TaskTeam,
)
from sponsors.models.difficulties import Difficulty, DifficultyUpdate
from sponsors.models.gifts import Commitment, Contribution
from sponsors.models.reviews import PlanTemplate, PlanTemplateStep, SponsorReview
from sponsors.models.tasks import Task, TaskUpdate

__all__ = [
    "Assignment",
    "Commitment",
    "Contribution",
    "Difficulty",
    "DifficultyUpdate",
    "OwnedQuerySet",
    "PlanTemplate",
    "PlanTemplateStep",
    "Sponsor",
    "SponsorMember",
    "SponsorReview",
    "Task",
    "TaskTeam",
    "TaskUpdate",
]
