"""Forms of the pages that join apps, and of accounts."""

from ntm_tracker.dashboard.forms.accounts import AccountFilterForm, AccountForm, ReasonForm
from ntm_tracker.dashboard.forms.due import DueFilterForm, due_tabs
from ntm_tracker.dashboard.forms.pages import AuditFilterForm, FirstAdminForm

__all__ = [
    "AccountFilterForm",
    "AccountForm",
    "AuditFilterForm",
    "DueFilterForm",
    "FirstAdminForm",
    "ReasonForm",
    "due_tabs",
]
