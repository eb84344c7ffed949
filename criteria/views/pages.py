"""Pages on criteria, villages and money: parse, ask one selector, render."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from communes.rules import may_edit_units
from criteria import list_files
from criteria.choices import Level
from criteria.forms import (
    CriterionForm,
    FundingFilterForm,
    OpenForm,
    SetForm,
    VillageFilterForm,
    cleaned,
)
from criteria.models import Criterion
from criteria.money_rules import Entry, may_add_items, may_enter
from criteria.selectors.catalogue import set_contents
from criteria.selectors.funding_page import FundingFilter, funding_page
from criteria.selectors.funding_pictures import funding_picture
from criteria.selectors.pages import criteria_page, criterion_page
from criteria.selectors.reported import set_for
from criteria.selectors.village_page import VillageFilter, village_page
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.list_file import file_response, wanted_file

PER_PAGE = 100


@require_safe
@login_required
def criterion_list(request: PageRequest) -> HttpResponse:
    """The set in force over all communes, or (`?set=`) what one set of the catalogue asks."""
    code = cleaned(SetForm(request.GET))["set"]
    if code:
        contents = set_contents(code)
        if contents is None:
            raise BadRequest(f"Không có bộ tiêu chí nào mang mã “{code}”.")
        return render(request, "criteria/set.html", {"contents": contents})
    page = criteria_page(request.user, request.as_of, request.installation)
    if kind := wanted_file(request):
        counts = [row for _name, rows in page.groups for row in rows]
        return file_response(request, list_files.criteria_file(counts), kind)
    return render(request, "criteria/criterion_list.html", {"page": page})


@require_safe
@login_required
def criterion(request: PageRequest, number: int) -> HttpResponse:
    """One criterion of the set in force (or of `?set=`) over all communes."""
    asked = cleaned(CriterionForm(request.GET))
    in_force = set_for(Level.COMMUNE, request.as_of, request.installation.province_code)
    code = asked["set"] or (in_force.criteria_set.code if in_force else "")
    if not code:
        raise Http404("Ngày này chưa có bộ tiêu chí cấp xã nào có hiệu lực.")
    found = get_object_or_404(
        Criterion.objects.select_related("criteria_set__document", "lead"),
        criteria_set__code=code,
        number=number,
    )
    sort = asked["sort"] or "name"
    page = criterion_page(request.user, request.as_of, request.installation, found, in_force, sort)
    if kind := wanted_file(request):
        return file_response(request, list_files.criterion_file(found, page.rows), kind)
    return render_page(
        request,
        "criteria/criterion.html",
        {"page": page, "criterion": found, "set_code": asked["set"], "sort": sort},
        partials={"criterion-communes": "criteria/_criterion_communes.html"},
    )


@require_safe
@login_required
def village_list(request: PageRequest) -> HttpResponse:
    """The villages that the reader may see, with the counts reported in the province."""
    form = VillageFilterForm(request.GET)
    filters = VillageFilter(**cleaned(form))
    page = village_page(request.user, request.as_of, request.installation, filters)
    if kind := wanted_file(request):
        return file_response(request, list_files.villages_file(page.rows), kind)
    form.offer(commune=page.choices)
    query = request.GET.copy()
    query.pop("page", None)
    return render_page(
        request,
        "criteria/village_list.html",
        {
            "page": page,
            "form": form,
            "page_obj": Paginator(page.rows, PER_PAGE).get_page(request.GET.get("page")),
            "query": query.urlencode(),
            "may_edit_units": may_edit_units(request.user),
        },
        partials={"village-table": "criteria/_village_table.html"},
    )


@require_safe
@login_required
def funding(request: PageRequest) -> HttpResponse:
    """Need, identified and missing money, down to the work item."""
    form = FundingFilterForm(request.GET)
    filters = FundingFilter(**cleaned(form, OpenForm(request.GET)))
    page = funding_page(request.user, request.as_of, request.installation, filters)
    if kind := wanted_file(request):
        return file_response(request, list_files.items_file(page.lines), kind)
    form.offer(category=[(row.code, row.name) for row in page.categories], commune=page.choices)
    return render_page(
        request,
        "criteria/funding.html",
        {
            "page": page,
            "picture": funding_picture(
                page.lines,
                page.categories,
                category=filters.category,
                commune=filters.commune,
            ),
            "form": form,
            "may_add": may_add_items(request.user),
            "may_source": may_enter(Entry.SOURCE, None, request.user),
        },
        partials={
            "funding": "criteria/_funding.html",
            "funding-table": "criteria/_funding_table.html",
        },
    )
