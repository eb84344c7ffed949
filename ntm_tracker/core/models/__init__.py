"""Accounts, documents, files, the audit trail, periods and the settings of the installation."""

from ntm_tracker.core.models.accounts import AccountManager, SentForm, User
from ntm_tracker.core.models.installation import Installation, Period
from ntm_tracker.core.models.papers import Attachment, Document
from ntm_tracker.core.models.trail import AuditEntry, Explanation, Reminder

__all__ = [
    "AccountManager",
    "Attachment",
    "AuditEntry",
    "Document",
    "Explanation",
    "Installation",
    "Period",
    "Reminder",
    "SentForm",
    "User",
]
