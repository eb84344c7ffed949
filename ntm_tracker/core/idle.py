"""The end of a session: after a day's work however busy, and sooner where nobody uses it.

Computers in commune offices are shared. Both times are kept in the session itself: the cookie lives
for the day, and writing the row anew at every click would be a write for every page read.
"""

import logging
from time import time

from django.conf import settings
from django.contrib.auth import logout, user_logged_in
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.db import DatabaseError
from django.dispatch import receiver

BEGAN, SEEN = "began", "seen"
NOTED_EVERY = 5 * 60
"""Seconds between two notes that somebody is there; an idle session ends at most so much early."""
logger = logging.getLogger(__name__)


def idle_sessions(get_response):
    """Sign out who has done nothing for `SESSION_IDLE_MINUTES` or has been in for
    `SESSION_COOKIE_AGE`; what he sends then waits until he has signed in again."""

    def middleware(request):
        if request.user.is_authenticated:
            now = time()
            if is_over(request.session, now):
                logout(request)
            elif now - request.session.get(SEEN, 0) >= NOTED_EVERY:
                note(request.session, now)
        return get_response(request)

    return middleware


@receiver(user_logged_in)
def begin(sender, request, **kwargs) -> None:
    """A sign-in begins both times anew."""
    request.session[BEGAN] = request.session[SEEN] = time()


def is_over(session: SessionBase, now: float) -> bool:
    """Whether a session has come to its end; one without its times has just begun."""
    return (
        now - session.get(SEEN, now) >= settings.SESSION_IDLE_MINUTES * 60
        or now - session.get(BEGAN, now) >= settings.SESSION_COOKIE_AGE
    )


def note(session: SessionBase, now: float) -> None:
    """Write down that somebody is there. No page fails because that cannot be written, as on a
    full disk."""
    was_modified = session.modified
    session.setdefault(BEGAN, now)
    session[SEEN] = now
    try:
        session.save()
    except (DatabaseError, UpdateError):
        logger.warning("a session could not be noted as used")
    session.modified = was_modified
