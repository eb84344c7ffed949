"""How the server is, for administrators: nothing of the programme itself."""

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.permits import require
from ntm_tracker.dashboard import rules
from ntm_tracker.dashboard.selectors.system import system_page


@require_safe
@login_required
def system(request: PageRequest) -> HttpResponse:
    """Version, database, disks, backups, settings in words and the last errors."""
    require(rules.may_see_system(request.user))
    return render(request, "dashboard/system.html", {"page": system_page(timezone.now())})
