"""The last errors, kept for the administrator's page: which, where, when, for whom, under which id.

A file and not a table, because a database that is gone is the commonest of them. It lies beside the
uploaded files, where every process of the server writes and no address leads. What was sent or
typed is never in it, nor what an exception says, which quotes it.
"""

import fcntl
import json
import logging
import os
import traceback
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone

from ntm_tracker.core import requests

KEPT = 200
QUIET = timedelta(minutes=1)
"""A database that is gone fails every request: one of them a minute says so."""

log = logging.getLogger("ntm.errors")


@dataclass(frozen=True)
class KeptError:
    """One answer of 500 and above, or work that broke off (`path` says which, `request` is empty).
    `user`: number of the account; `where`: a line of our code."""

    at: datetime
    request: str
    method: str
    path: str
    user: int | None
    status: int
    kind: str
    where: str


def keep(request: HttpRequest, error: BaseException, status: int) -> None:
    """Add an error; never raises, because it is called while one is being answered."""
    _keep(
        error,
        request=requests.id_of(request),
        method=request.method or "",
        path=requests.path_of(request),
        user=requests.account_of(request),
        status=status,
    )


def keep_of_work(work: str, error: BaseException, *, user: int) -> None:
    """Add an error of what a process of its own does for an account; never raises."""
    log.error("work failed", exc_info=error)
    _keep(error, request="", method="", path=work, user=user, status=500)


def _keep(error: BaseException, **fields: Any) -> None:
    try:
        kind, where = type(error).__name__, _where(error)
        _append(KeptError(at=timezone.now(), kind=kind, where=where, **fields))
    except Exception:
        log.exception("error not kept")


def last(count: int) -> list[KeptError]:
    """The newest errors, the latest first."""
    try:
        lines = _path().read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    found = (_read(line) for line in reversed(lines))
    return [error for error in found if error is not None][:count]


def _append(error: KeptError) -> None:
    path = _path()
    path.parent.mkdir(parents=True, exist_ok=True)
    private = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(private, "r+", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        lines = file.read().splitlines()
        before = _read(lines[-1]) if lines else None
        if before and _says_the_same(before, error):
            return
        if len(lines) >= 2 * KEPT:
            file.truncate(0)
            file.writelines(f"{line}\n" for line in lines[-KEPT:])
        line = asdict(error) | {"at": error.at.isoformat()}
        file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _says_the_same(before: KeptError, error: KeptError) -> bool:
    is_outage = error.status > 500 and (before.status, before.kind) == (error.status, error.kind)
    return is_outage and error.at - before.at < QUIET


def _read(line: str) -> KeptError | None:
    """None for a line that a crash has cut short."""
    try:
        fields = json.loads(line)
        return KeptError(**fields | {"at": datetime.fromisoformat(fields["at"])})
    except (ValueError, TypeError, KeyError):
        return None


def _where(error: BaseException) -> str:
    """The innermost line of ours that the exception came through, `criteria/services.py:41`."""
    base = Path(settings.BASE_DIR)
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(base) and "site-packages" not in path.parts:
            return f"{path.relative_to(base)}:{frame.lineno}"
    return ""


def _path() -> Path:
    return Path(settings.MEDIA_ROOT, "system", "errors.jsonl")
