"""The request as views get it, for the type checker: what middleware and sign-in have put on it."""

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
