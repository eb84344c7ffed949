"""The page "Cần làm": what is due this week and what is late, for everybody and from everybody."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import EmptyPage
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ntm_tracker.core.http import PageRequest, absolute
from ntm_tracker.core.list_file import file_response, wanted_file
from ntm_tracker.dashboard import list_files, rules
from ntm_tracker.dashboard.addresses import address
from ntm_tracker.dashboard.forms import DueFilterForm, due_tabs
from ntm_tracker.dashboard.selectors import due as dues
from ntm_tracker.dashboard.selectors.due_sources import Ground


@require_safe
@login_required
def due(request: PageRequest) -> HttpResponse:
    """What the reader owes; for the office also the units that owe something, and one of them."""
    asked = DueFilterForm(request.GET).read()
    permit = rules.may_see_everybody_due(request.user)
    if asked["by"] and not permit:
        raise PermissionDenied(permit.reason)
    ground = Ground(request.user, request.as_of, request.installation)
    context: dict[str, object] = {"by": asked["by"]}
    if permit:
        context["tabs"] = due_tabs(request.user, asked["by"], request.as_of)
    kind = wanted_file(request)
    number = None if kind else asked["page"] or 1
    try:
        if asked["who"] is not None:
            return _unit(request, ground, asked, context)
        if asked["by"] or not dues.own_units(ground):
            context["by"] = asked["by"] = asked["by"] or dues.SPONSOR
            units = dues.unit_list(ground, asked["by"], number)
            if kind:
                return file_response(request, list_files.due_units_file(units.lines), kind)
            context["list"] = units
            context["query"] = address("dashboard:due", request.as_of, by=asked["by"]).partition(
                "?"
            )[2]
        else:
            own = dues.own_due(ground, number)
            if kind:
                return file_response(request, list_files.due_file(list(own.page)), kind)
            context["own"] = own
    except EmptyPage as error:
        raise Http404("Danh sách không có trang này. Hãy quay về trang đầu.") from error
    return render(request, "dashboard/due.html", context)


def _unit(request: PageRequest, ground: Ground, asked: dict, context: dict) -> HttpResponse:
    link = absolute(request, reverse("dashboard:due"))
    found = dues.unit_due(ground, asked["by"], asked["who"], link)
    if found is None:
        raise Http404("Không có đơn vị này trong danh mục.")
    if kind := wanted_file(request):
        return file_response(request, list_files.due_file(found.items), kind)
    back = address("dashboard:due", request.as_of, by=asked["by"])
    crumbs = [("Cần làm", back), (found.line.unit.name, "")]
    return render(
        request,
        "dashboard/due_unit.html",
        context | {"due": found, "crumbs": crumbs, "back": back},
    )
