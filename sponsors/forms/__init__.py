"""Forms of sponsors and tasks."""

from ntm_tracker.core.form_fields import refuse
from sponsors.forms.assignments import (
    AssignmentFilterForm,
    AssignmentForm,
    EndForm,
    PapersForm,
)
from sponsors.forms.filters import (
    SponsorFilterForm,
    TaskFilterForm,
    coverage_tabs,
    task_tabs,
)
from sponsors.forms.places import CommunesForm, open_districts
from sponsors.forms.reports import CommitmentForm, TaskUpdateForm
from sponsors.forms.sponsors import SimilarForm, SponsorForm

__all__ = [
    "AssignmentFilterForm",
    "AssignmentForm",
    "CommitmentForm",
    "CommunesForm",
    "EndForm",
    "PapersForm",
    "SimilarForm",
    "SponsorFilterForm",
    "SponsorForm",
    "TaskFilterForm",
    "TaskUpdateForm",
    "coverage_tabs",
    "open_districts",
    "refuse",
    "task_tabs",
]
