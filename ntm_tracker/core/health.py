"""Two addresses for machines: is the process alive, and can it serve people.

`/healthz` needs nothing but the process: a supervisor that restarts it because of it may do so.
`/readyz` says whether a request would work: the database answers, knows this version's tables,
uploads can be kept. A restart cures none of that, so only a load balancer or a monitor asks it.

Both are answered before anything else: without a session, a look at the Host (they are asked as
127.0.0.1) or a redirect to HTTPS. What they say holds no name, path nor version, so that it harms
nobody when a proxy lets it through.
"""

import shutil
from functools import cache
from os import W_OK, access
from pathlib import Path

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, Error, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse

ALIVE, READY = "/healthz", "/readyz"
FREE_MEGABYTES = 200
"""Below this the next uploads and the next backup cannot be kept: ten of the largest sendings."""


class Health:
    """Answers the two addresses; stands before every other middleware."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in (ALIVE, READY):
            return self.get_response(request)
        if request.method not in ("GET", "HEAD"):
            return HttpResponse(status=405, headers={"Allow": "GET, HEAD"})
        reasons = not_ready() if request.path_info == READY else []
        return HttpResponse(
            "\n".join([*reasons, ""]) if reasons else "ok\n",
            status=503 if reasons else 200,
            content_type="text/plain; charset=utf-8",
            headers={"Cache-Control": "no-store"},
        )


def not_ready() -> list[str]:
    """Why people cannot be served now, one sentence each; empty where they can."""
    return [*_database(), *_media()]


def pending_migrations() -> list[tuple[str, str]]:
    """What this version would still do to the database, as (app, name). Raises database errors."""
    return sorted(_known_migrations() - _applied())


def _database() -> list[str]:
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
        pending = pending_migrations()
    except Error:
        return ["Cơ sở dữ liệu không trả lời."]
    if pending:
        return [f"Cơ sở dữ liệu còn thiếu {len(pending)} bước nâng cấp: chạy setup_database."]
    return []


def _applied() -> set[tuple[str, str]]:
    return set(MigrationRecorder(connections[DEFAULT_DB_ALIAS]).applied_migrations())


@cache
def _known_migrations() -> frozenset[tuple[str, str]]:
    """Those on disk, read once a process: an upgrade restarts it."""
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)


def _media() -> list[str]:
    folder = Path(settings.MEDIA_ROOT)
    # The first upload makes the folder; until then the one above it has to let that happen.
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir() or not access(folder, W_OK):
        return ["Thư mục tệp tải lên không ghi được."]
    if shutil.disk_usage(folder).free < FREE_MEGABYTES * 1024 * 1024:
        return [f"Đĩa của tệp tải lên còn dưới {FREE_MEGABYTES} MB."]
    return []
