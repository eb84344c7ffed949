"""Forms of sponsors and tasks."""

from sponsors.forms.filters import SponsorFilterForm, TaskFilterForm, task_tabs
from sponsors.forms.reports import CommitmentForm, TaskUpdateForm, refuse

__all__ = [
    "CommitmentForm",
    "SponsorFilterForm",
    "TaskFilterForm",
    "TaskUpdateForm",
    "refuse",
    "task_tabs",
]
