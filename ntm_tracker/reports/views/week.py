"""The note of a week, on screen and on one sheet of paper."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.http import require_safe

from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.reports.selectors.week import SHOWN, week_note
from ntm_tracker.reports.views.months import require_reader


@require_safe
@login_required
def week(request: PageRequest) -> HttpResponse:
    """The week of the chosen day."""
    require_reader(request.user)
    note = week_note(request.user, request.as_of, request.installation)
    return render_page(request, "reports/week.html", {"note": note, "shown": SHOWN})
