"""Accounts, documents, files, the audit trail, months and the settings of the installation."""

from ntm_tracker.core.models.accounts import AccountManager, SentForm, User
from ntm_tracker.core.models.closing import Period, PeriodException, SnapshotRow
from ntm_tracker.core.models.installation import Installation
from ntm_tracker.core.models.intake import ImportBatch, ImportChange
from ntm_tracker.core.models.papers import Attachment, Document
from ntm_tracker.core.models.trail import AuditEntry, Explanation, Reminder

__all__ = [
    "AccountManager",
    "Attachment",
    "AuditEntry",
    "Document",
    "Explanation",
    "ImportBatch",
    "ImportChange",
    "Installation",
    "Period",
    "PeriodException",
    "Reminder",
    "SentForm",
    "SnapshotRow",
    "User",
]
