"""Forms of sponsors and tasks."""

from ntm_tracker.core.form_fields import refuse
from sponsors.forms.assignments import (
    AssignmentFilterForm,
    AssignmentForm,
    EndForm,
    PapersForm,
)
from sponsors.forms.conclusions import ConclusionForm
from sponsors.forms.contributions import (
    ContributionFilterForm,
    ContributionForm,
    TakeBackForm,
)
from sponsors.forms.difficulties import (
    DifficultyFilterForm,
    DifficultyForm,
    TurnForm,
    difficulty_tabs,
)
from sponsors.forms.filters import (
    PageForm,
    SponsorFilterForm,
    TaskFilterForm,
    coverage_tabs,
    task_tabs,
)
from sponsors.forms.places import CommunesForm, open_districts
from sponsors.forms.plans import LayForm, TemplateForm, step_forms
from sponsors.forms.reports import CommitmentForm, TaskUpdateForm
from sponsors.forms.reviews import OnPlanForm, ReviewForm, month_from
from sponsors.forms.sponsors import SimilarForm, SponsorForm
from sponsors.forms.tasks import TaskEditForm, TaskForm
from sponsors.forms.timeline import TimelineForm

__all__ = [
    "AssignmentFilterForm",
    "AssignmentForm",
    "CommitmentForm",
    "CommunesForm",
    "ConclusionForm",
    "ContributionFilterForm",
    "ContributionForm",
    "DifficultyFilterForm",
    "DifficultyForm",
    "EndForm",
    "LayForm",
    "OnPlanForm",
    "PageForm",
    "PapersForm",
    "ReviewForm",
    "SimilarForm",
    "SponsorFilterForm",
    "SponsorForm",
    "TakeBackForm",
    "TaskEditForm",
    "TaskFilterForm",
    "TaskForm",
    "TaskUpdateForm",
    "TemplateForm",
    "TimelineForm",
    "TurnForm",
    "coverage_tabs",
    "difficulty_tabs",
    "month_from",
    "open_districts",
    "refuse",
    "step_forms",
    "task_tabs",
]
