"""The request as views get it, for the type checker: what middleware and sign-in have put on it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation, User


class PageRequest(HttpRequest):
    """A request after the middleware and `login_required`."""

    user: User
    as_of: AsOf
    installation: Installation
    htmx: HtmxDetails
