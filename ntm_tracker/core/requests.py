"""One line in the log for every request, under an id that the page of an error shows too.

Who has an error reads its id to the administrator, who finds the line, the exception and the lines
that the database or the sign-in wrote while it was answered. Lines name accounts by number, no
query string, and no link that opens a door.
"""

import logging
import re
import sys
import uuid
from collections.abc import Callable
from contextvars import ContextVar
from time import monotonic
from urllib.parse import quote

from django.conf import settings
from django.core.signals import got_request_exception
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils.functional import SimpleLazyObject

from ntm_tracker.core.failures import failure_of
from ntm_tracker.core.health import ALIVE, READY

HEADER = "X-Request-ID"
FROM_PROXY = re.compile(r"[A-Za-z0-9_-]{16,64}")
INVITATION = re.compile(r"\b[0-9a-z]{6,13}-[0-9a-f]{32,64}\b")
"""What Django's token generator makes: whoever reads one in a log could set somebody's password."""
LONGEST_PATH = 300

log = logging.getLogger("ntm.request")
current: ContextVar[HttpRequest | None] = ContextVar("current", default=None)


class RequestLog:
    """Gives the request its id and writes its line; stands outside all that may fail."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.request_id = _request_id(request)  # type: ignore[attr-defined]
        token, began = current.set(request), monotonic()
        try:
            response = self.get_response(request)
            response[HEADER] = id_of(request)
            _write(request, response.status_code, monotonic() - began)
        finally:
            current.reset(token)
        return response


def id_of(request: HttpRequest | None) -> str:
    """The id of a request; empty for none."""
    return getattr(request, "request_id", "")


def account_of(request: HttpRequest) -> int | None:
    """The number of the account that asks, where that is known already: a line asks no database."""
    user = request.__dict__.get("user")
    if isinstance(user, SimpleLazyObject):
        user = getattr(request, "_cached_user", None)
    return user.pk if user is not None else None


def path_of(request: HttpRequest) -> str:
    """The path as a log may hold it: no query, nothing but one line, no invitation."""
    return without_links(quote(request.path[:LONGEST_PATH], safe="/:@-._~!$&'()*+,;="))


def without_links(text: str) -> str:
    """The text with the token of an invitation blotted out."""
    return INVITATION.sub("***", text)


def _request_id(request: HttpRequest) -> str:
    """The id of our own proxy, which stands in its log; a caller's own is taken from nobody."""
    given = request.headers.get(HEADER, "") if settings.PROXY_COUNT else ""
    return given if FROM_PROXY.fullmatch(given) else uuid.uuid4().hex


def _write(request: HttpRequest, status: int, seconds: float) -> None:
    is_noise = request.path_info in {ALIVE, READY} or request.path.startswith(settings.STATIC_URL)
    level = logging.DEBUG if is_noise else logging.INFO
    fields = {
        "method": request.method,
        "path": path_of(request),
        "status": status,
        "ms": round(seconds * 1000),
    }
    log.log(
        logging.ERROR if status >= 500 else level,
        "%(method)s %(path)s %(status)s %(ms)s ms",
        fields,
        extra=fields,
    )


@receiver(got_request_exception)
def log_exception(sender, request: HttpRequest | None = None, **kwargs) -> None:
    """What no view expected, with its way through the code; what it stands on by its name alone.
    Django's own line is left out because it names the whole path."""
    if failure := failure_of(sys.exc_info()[1]):
        log.error("request failed: %s", failure.name)
    else:
        log.error("request failed", exc_info=True)
