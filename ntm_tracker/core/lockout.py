"""Guessing passwords: after a few failures an account waits, for the address that guessed only.

django-axes counts. Who tries from somewhere else is not shut out, so nobody can keep the office
from its work by guessing; a name that does not exist waits like one that does, so nobody learns
which names there are.
"""

from datetime import datetime, timedelta
from math import ceil

from axes.models import AccessAttempt
from axes.signals import user_locked_out
from django.conf import settings
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from ntm_tracker.core import audit, signin
from ntm_tracker.core.models import User


def client_address(request: HttpRequest) -> str:
    """Who asks: the address that the outermost of our own proxies saw, which nobody can make up.

    With PROXY_COUNT = 0 the header is whatever the caller wrote, so it is not read at all.
    """
    count = settings.PROXY_COUNT
    seen = [part.strip() for part in request.headers.get("X-Forwarded-For", "").split(",")]
    if count and len(seen) >= count and seen[-count]:
        return seen[-count]
    return request.META.get("REMOTE_ADDR", "")


def waiting_until(username: str, address: str) -> datetime | None:
    """When the account may be tried again from that address, None where nothing was tried."""
    last = AccessAttempt.objects.filter(username=username, ip_address=address)
    at = last.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    return at + settings.AXES_COOLOFF_TIME if at else None


def locked_out(request: HttpRequest, response: HttpResponse, credentials: dict) -> HttpResponse:
    """429 on the sign-in page or in its panel, with the minutes to wait; what was kept stays."""
    username = (credentials or {}).get("username", "")
    until = waiting_until(username, client_address(request))
    left = until - timezone.now() if until else settings.AXES_COOLOFF_TIME
    minutes = max(1, ceil(left / timedelta(minutes=1)))
    answer = signin.refused_for_now(request, minutes)
    answer["Retry-After"] = str(minutes * 60)
    return answer


@receiver(user_locked_out)
def record_lock(sender, request, username, ip_address, **kwargs) -> None:
    """One entry per lock: attempts while it lasts add nothing. A name without account has none."""
    if getattr(request, "axes_failures_since_start", None) != settings.AXES_FAILURE_LIMIT:
        return
    if user := User.objects.filter(username=username).first():
        now = timezone.now()
        audit.record(
            by=None,
            action="user.lock",
            obj=user,
            now=now,
            effective_on=timezone.localdate(now),
            note=f"Nhập sai {settings.AXES_FAILURE_LIMIT} lần từ địa chỉ {ip_address}.",
        )
