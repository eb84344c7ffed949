"""Forms of the pages that join apps, and of accounts."""

from ntm_tracker.dashboard.forms.accounts import AccountFilterForm, AccountForm, ReasonForm
from ntm_tracker.dashboard.forms.pages import DueFilterForm, FirstAdminForm, due_tabs

__all__ = [
    "AccountFilterForm",
    "AccountForm",
    "DueFilterForm",
    "FirstAdminForm",
    "ReasonForm",
    "due_tabs",
]
