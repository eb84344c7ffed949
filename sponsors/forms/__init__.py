"""Forms of sponsors and tasks."""

from sponsors.forms.filters import SponsorFilterForm, TaskFilterForm, task_tabs
from sponsors.forms.reports import CommitmentForm, TaskUpdateForm, refuse
from sponsors.forms.sponsors import LineField, SimilarForm, SponsorForm

__all__ = [
    "CommitmentForm",
    "LineField",
    "SimilarForm",
    "SponsorFilterForm",
    "SponsorForm",
    "TaskFilterForm",
    "TaskUpdateForm",
    "refuse",
    "task_tabs",
]
