"""The request as views get it, for the type checker, and the address under which people know us."""

from django.conf import settings
from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation, User


class SiteRequest(HttpRequest):
    """A request after the middleware; who asks may not have signed in."""

    as_of: AsOf
    installation: Installation
    htmx: HtmxDetails


class PageRequest(SiteRequest):
    """A request after `login_required` too."""

    user: User


def absolute(request: HttpRequest, path: str) -> str:
    """The whole address of a page, for what is handed on: a link in a message, an invitation.

    SITE_URL, where it is set: the Host of a request is what somebody wrote into it.
    """
    return f"{settings.SITE_URL}{path}" if settings.SITE_URL else request.build_absolute_uri(path)
