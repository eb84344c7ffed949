"""Money from promise to payment, over all that the reader follows."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.list_file import file_response, wanted_file
from ntm_tracker.dashboard import list_files
from ntm_tracker.dashboard.selectors.money_flow import flow_page


@require_safe
@login_required
def money_flow(request: PageRequest) -> HttpResponse:
    """Promised, delivered, identified, paid out and owed, commune by commune."""
    page = flow_page(request.user, request.as_of, request.installation)
    if kind := wanted_file(request):
        return file_response(request, list_files.flow_file(page.rows), kind)
    return render(request, "dashboard/money_flow.html", {"page": page})
