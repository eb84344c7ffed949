"""Pages of pictures beside the board."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.permits import require
from ntm_tracker.dashboard.addresses import address
from ntm_tracker.dashboard.forms.compare import CompareForm
from ntm_tracker.dashboard.rules import may_see_forecast
from ntm_tracker.dashboard.selectors.compare import compare_page
from ntm_tracker.dashboard.selectors.forecasts import forecast_page
from ntm_tracker.dashboard.selectors.places import map_page
from ntm_tracker.dashboard.selectors.trends import trend_page


@require_safe
@login_required
def progress(request: PageRequest) -> HttpResponse:
    """Criteria met month by month, commune by commune, against the path to the target date."""
    page = trend_page(
        request.user,
        request.as_of,
        request.installation,
        request.GET.get("page"),
        request.GET.get("commune", ""),
    )
    return render(request, "dashboard/progress.html", {"page": page, "query": request.as_of.query})


@require_safe
@login_required
def places(request: PageRequest) -> HttpResponse:
    """Communes where they lie."""
    page = map_page(request.user, request.as_of, request.installation)
    return render(request, "dashboard/map.html", {"page": page})


@require_safe
@login_required
def outlook(request: PageRequest) -> HttpResponse:
    """Whether the communes may be done in time."""
    require(may_see_forecast(request.user))
    page = forecast_page(request.user, request.as_of, request.installation, request.GET.get("page"))
    return render(request, "dashboard/forecast.html", {"page": page, "query": request.as_of.query})


@require_safe
@login_required
def compare(request: PageRequest) -> HttpResponse:
    """Two dates against each other, for all communes or for one."""
    form = CompareForm(request.GET)
    asked = form.read()
    page = compare_page(
        request.user,
        request.as_of,
        request.installation,
        asked["since"],
        asked["commune"],
        asked["page"] or 1,
    )
    since = page.since.isoformat() if asked["since"] and page.since else ""
    query = address("dashboard:compare", request.as_of, since=since).partition("?")[2]
    return render(
        request,
        "dashboard/compare.html",
        {
            "page": page,
            "form": form.offer(page.days, page.since),
            "since": since,
            "query": query,
        },
    )
