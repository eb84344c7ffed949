"""The page of tasks along weeks and months."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import EmptyPage
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from sponsors import selectors
from sponsors.forms import TimelineForm
from sponsors.views.pages import last_page, query_without_page


@require_safe
@login_required
def timeline(request: PageRequest) -> HttpResponse:
    """The reader's tasks by commune or sponsor, laid along weeks or months."""
    form = TimelineForm(request.GET)
    filters = form.filters()
    choices = selectors.task_choices_then(request.user, request.as_of)
    if missing := selectors.missing_filter(request.user, request.as_of, filters.tasks, choices):
        raise Http404(missing)
    try:
        found = selectors.timeline_then(
            request.user, request.as_of, filters, form.cleaned_data["page"] or 1
        )
    except EmptyPage as error:
        raise last_page(error) from error
    context = {
        "timeline": found,
        "filters": filters,
        "query": query_without_page(request),
        "form": form.without_page().offer(choices),
    }
    return render_page(
        request,
        "sponsors/timeline.html",
        context,
        partials={"timeline": "sponsors/_timeline.html"},
    )
