"""How often one account may ask for what costs much; who asks too often is told how long to wait.

A bucket per account and kind that fills again evenly (the "generic cell rate algorithm": one
number, the moment at which it will be full). It lies in a small file under a lock, below
MEDIA_ROOT, the one folder that all processes of an installation share: Django's caches either
count per process or, in the database, would make a reading page wait for whoever writes. A file
that cannot be written limits nobody: a full disk must not keep people from reading.
"""

import fcntl
import json
import os
from collections.abc import Callable
from math import ceil
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest

WORKBOOK, LIST, UPLOAD, SEARCH = "workbook", "list", "upload", "search"
WORDS = {
    WORKBOOK: "lập báo cáo, biểu mẫu",
    LIST: "tải danh sách",
    UPLOAD: "gửi tệp",
    SEARCH: "tìm kiếm",
}
MINUTE = 60.0


class TooMany(Exception):
    """Asked too often; `args[0]` is the sentence for people, `wait` the whole seconds to wait."""

    def __init__(self, kind: str, wait: int):
        super().__init__(
            f"Tài khoản này vừa {WORDS[kind]} quá nhiều lần. "
            f"Hãy chờ {wait} giây rồi làm lại; chưa có gì bị mất."
        )
        self.wait = wait


def limited(kind: str) -> Callable:
    """Mark a view that costs much; the middleware counts its requests."""

    def mark(view: Callable) -> Callable:
        view.limited = kind  # type: ignore[attr-defined]
        return view

    return mark


def kind_of(request: HttpRequest, view: Callable) -> str:
    """What a request costs: what its view says, a page as a file, files that come in; "" little."""
    if kind := getattr(view, "limited", ""):
        return kind
    if asked := request.GET.get("file"):
        return WORKBOOK if asked == "pdf" else LIST  # a PDF starts LibreOffice
    return UPLOAD if request.FILES else ""


def take(account: int, kind: str, now: float) -> None:
    """Count one request of an account at `now` (seconds since 1970). Raises TooMany."""
    a_minute = settings.LIMITS[kind]
    if not a_minute:
        return
    path = Path(os.fspath(settings.MEDIA_ROOT), "limits", str(account))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.seek(0)
            full_at = _read(file.read())
            # No later than a minute from now, also where the clock was set back.
            was = min(max(full_at.get(kind, now), now), now + MINUTE)
            full_at[kind] = was + MINUTE / a_minute
            wait = full_at[kind] - now - MINUTE
            if wait <= 1e-6:  # the crumbs of adding fractions
                file.truncate(0)
                file.write(json.dumps(full_at))
                return
    except OSError:
        return
    raise TooMany(kind, max(1, ceil(wait)))


def _read(text: str) -> dict[str, float]:
    """What a file says; one that was half written says nothing."""
    try:
        return {kind: float(full_at) for kind, full_at in json.loads(text).items()}
    except (ValueError, AttributeError, TypeError):
        return {}
