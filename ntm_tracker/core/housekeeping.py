"""What serves nothing any more and only grows: taken away once a night, while people work.

None of it is a matter of record: the audit trail keeps who was locked out and what was written.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session

from ntm_tracker.core.intake import background
from ntm_tracker.core.models import SentForm
from ntm_tracker.core.once import KEPT
from ntm_tracker.core.storage import PREFIX

HALF_WRITTEN = ".ntm-*.part"
"""Backups that were killed before they were whole; uploads are those of `storage.PREFIX`."""
NIGHT = timedelta(hours=12)


@dataclass(frozen=True)
class Tidied:
    """How many of each went."""

    sessions: int
    attempts: int
    forms: int
    files: int


def tidy(now: datetime) -> Tidied:
    """Take away what has expired; running it again changes nothing."""
    attempts_until = now - settings.AXES_COOLOFF_TIME
    return Tidied(
        sessions=_deleted(Session.objects.filter(expire_date__lt=now)),
        attempts=_deleted(AccessAttempt.objects.filter(attempt_time__lt=attempts_until)),
        forms=_deleted(SentForm.objects.filter(sent_at__lt=now - KEPT)),
        files=_half_written(now) + background.forget_ended(),
    )


def _deleted(rows) -> int:
    return rows.delete()[0]


def _half_written(now: datetime) -> int:
    parts = {settings.BACKUP_DIR: HALF_WRITTEN, settings.MEDIA_ROOT: f"{PREFIX}*"}
    old = [
        path
        for folder, pattern in parts.items()
        for path in Path(folder).glob(pattern)
        if path.stat().st_mtime < (now - NIGHT).timestamp()
    ]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)
