"""Who sponsors whom: the list, new assignments by one decision, papers and ends."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import EmptyPage
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.list_file import file_response, wanted_file
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import require
from sponsors import list_files, rules, selectors, services
from sponsors.forms import (
    AssignmentFilterForm,
    AssignmentForm,
    CommunesForm,
    EndForm,
    PapersForm,
    coverage_tabs,
    open_districts,
    refuse,
)
from sponsors.models import Assignment, Sponsor


@require_safe
@login_required
def assignment_list(request: PageRequest) -> HttpResponse:
    """The assignments the reader may see, and the places that none or many reach."""
    form = AssignmentFilterForm(request.GET)
    filters = form.filters()
    as_of = request.as_of.for_writing
    communes, sponsors = selectors.assignment_choices_then(request.user, as_of)
    if not selectors.commune_exists(request.user, as_of, filters.commune, communes):
        raise Http404(f"Không có xã mang mã “{filters.commune}” trong phạm vi được xem.")
    kind = wanted_file(request)
    number = None if kind else form.cleaned_data["page"] or 1
    try:
        found = selectors.assignment_list_then(request.user, as_of, filters, number)
    except EmptyPage as error:
        raise Http404("Danh sách không có trang này. Hãy quay về trang đầu.") from error
    if kind and filters.view and found.coverage:
        places = list(found.page.object_list)
        return file_response(request, list_files.coverage_file(places, filters.view), kind)
    if kind:
        return file_response(request, list_files.assignments_file(found.rows), kind)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "list": found,
        "filters": filters,
        "is_kept": selectors.has_kept_assignments(as_of),
        "is_filtered": filters != selectors.AssignmentFilters(),
        "tabs": coverage_tabs(found, filters, request.GET),
        "query": query.urlencode(),
        "form": form.without_page().offer(communes, sponsors),
        "may_assign": rules.may_assign(request.user),
    }
    return render_page(
        request,
        "sponsors/assignment_list.html",
        context,
        partials={"assignment-list": "sponsors/_assignment_list.html"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def assignment_add(request: PageRequest, pk: int) -> HttpResponse:
    """Bind a sponsor to communes and villages; the communes are chosen in the address."""
    sponsor = get_object_or_404(Sponsor.objects.visible_to(request.user), pk=pk)
    require(rules.may_assign(request.user))
    if not request.as_of.is_present:
        return redirect("sponsors:assignment-add", pk)
    districts = selectors.commune_choices(request.user, request.as_of)
    data = request.POST if request.method == "POST" else request.GET
    codes = CommunesForm(data, districts=districts).codes()
    places = selectors.places_of(request.user, request.as_of, codes)
    form = AssignmentForm(
        request.POST if request.method == "POST" else None,
        places=places,
        initial={"basis": "assigned"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.assign_by_decision(
                sponsor=sponsor,
                paper=form.paper(),
                by=request.user,
                now=timezone.now(),
                today=request.as_of.reporting_date,
                **form.fields_of_service(),
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, f"Đã phân công {sponsor} ở {len(made)} nơi.")
            return HttpResponseRedirect(reverse("sponsors:sponsor", args=[pk]), status=303)
    context = {
        "sponsor": sponsor,
        "form": form,
        "places": places,
        "chosen": codes,
        "chosen_places": form["place"].value() or codes,
        "districts": open_districts(districts, codes, request.installation.focus_district),
        "crumbs": [
            ("Đơn vị đỡ đầu", reverse("sponsors:sponsor-list")),
            (sponsor.name, reverse("sponsors:sponsor", args=[pk])),
            ("Phân công", ""),
        ],
    }
    return render_page(
        request,
        "sponsors/assignment_add.html",
        context,
        partials={"places": "sponsors/_places.html"},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def assignment(request: PageRequest, pk: int) -> HttpResponse:
    """One assignment: its papers, and its end with the reason."""
    row = selectors.assignment_row_then(request.user, request.as_of.for_writing, pk)
    if row is None:
        raise Http404("Không có phân công này, hoặc phân công không thuộc phạm vi được xem.")
    if request.method != "POST":
        return _page(request, row, PapersForm(row=row), EndForm())
    require(rules.may_assign(request.user))
    ends = "ended_on" in request.POST
    papers = PapersForm(None if ends else request.POST, row=row)
    end = EndForm(request.POST if ends else None)
    form = end if ends else papers
    if form.is_valid():
        write = services.end_assignment if ends else services.record_papers
        try:
            write(
                assignment=Assignment.objects.get(pk=pk),
                by=request.user,
                now=timezone.now(),
                today=request.as_of.reporting_date,
                **form.cleaned_data,
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, "Đã kết thúc phân công." if ends else "Đã ghi giấy tờ.")
            return HttpResponseRedirect(reverse("sponsors:assignment", args=[pk]), status=303)
    return _page(request, row, papers, end, status=422)


def _page(request: PageRequest, row, papers, end, *, status=200) -> HttpResponse:
    context = {
        "row": row,
        "is_kept": selectors.has_kept_assignments(request.as_of.for_writing),
        "papers": papers,
        "end": end,
        "may_assign": rules.may_assign(request.user) and request.as_of.is_present,
        "crumbs": [
            ("Đơn vị đỡ đầu", reverse("sponsors:sponsor-list")),
            (row.sponsor_name, reverse("sponsors:sponsor", args=[row.sponsor_id])),
            (row.place, ""),
        ],
    }
    return render_page(request, "sponsors/assignment.html", context, status=status)
