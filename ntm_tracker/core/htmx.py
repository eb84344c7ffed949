"""The only module that looks at HTMX headers."""

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from ntm_tracker.core.http import SiteRequest


def wanted_fragment(request: SiteRequest, partials: Mapping[str, str]) -> str | None:
    """The fragment template the request asks for, or None when it must get the whole page.

    A boosted request and a history restore get the whole page: answering them with a fragment
    loses the navigation as soon as somebody goes Back.
    """
    htmx = request.htmx
    if not htmx or htmx.boosted or htmx.history_restore_request:
        return None
    return partials.get(htmx.target or "")


def render_page(
    request: SiteRequest,
    page: str,
    context: dict,
    *,
    partials: Mapping[str, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    """Render `page`, or the one of its fragments that HX-Target names (target id → template)."""
    template = wanted_fragment(request, partials or {}) or page
    return render(request, template, context, status=status)


def is_fragment_request(request: HttpRequest) -> bool:
    """Whether the answer is swapped into a page that already stands."""
    htmx: HtmxDetails | None = getattr(request, "htmx", None)
    return bool(htmx and not htmx.boosted and not htmx.history_restore_request)
