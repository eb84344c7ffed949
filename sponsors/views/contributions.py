"""Pages of what sponsors, people and localities gave."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import EmptyPage
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.list_file import file_response, wanted_file
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import require
from sponsors import list_files, rules, selectors, services
from sponsors.forms import ContributionFilterForm, ContributionForm, TakeBackForm, refuse
from sponsors.views.entry import chosen_commune
from sponsors.views.pages import dated, last_page, query_without_page


@require_safe
@login_required
def contribution_list(request: PageRequest) -> HttpResponse:
    """What came, by giver, commune and month."""
    form = ContributionFilterForm(request.GET)
    filters = form.filters()
    as_of = request.as_of.for_writing
    communes = selectors.contribution_communes_then(request.user, as_of)
    if not selectors.commune_exists(request.user, as_of, filters.commune, communes):
        raise Http404(f"Không có xã mang mã “{filters.commune}” trong phạm vi được xem.")
    kind = wanted_file(request)
    number = None if kind else form.cleaned_data["page"] or 1
    try:
        found = selectors.contribution_list_then(request.user, as_of, filters, number)
    except EmptyPage as error:
        raise last_page(error) from error
    if kind:
        return file_response(request, list_files.contributions_file(found.rows), kind)
    context = {
        "list": found,
        "is_filtered": filters != selectors.ContributionFilters(),
        "query": query_without_page(request),
        "form": form.without_page().offer(communes, selectors.review_months(request.as_of)),
        "may_add": rules.may_give(request.user),
    }
    return render_page(
        request,
        "sponsors/contribution_list.html",
        context,
        partials={"contribution-list": "sponsors/_contribution_list.html"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def contribution_add(request: PageRequest) -> HttpResponse:
    """Write down what came without a report on a task."""
    require(rules.may_give(request.user))
    if not request.as_of.is_present:
        return redirect("sponsors:contribution-add")
    choice = chosen_commune(request)
    form = None
    if choice.commune is not None:
        form = ContributionForm(
            request.POST if request.method == "POST" else None,
            commune=choice.commune,
            givers=rules.givers_of(request.user),
            villages=selectors.villages_of(request.user, choice.commune, request.as_of),
            sponsors=selectors.sponsors_at(request.user, choice.commune, request.as_of),
            initial={"effective_on": request.as_of.reporting_date},
        )
        if request.method == "POST" and form.is_valid():
            try:
                row = services.record_contribution(
                    by=request.user,
                    now=timezone.now(),
                    today=request.as_of.reporting_date,
                    **form.contribution(),
                )
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(request, f"Đã ghi đóng góp: {row.words}.")
                return redirect("sponsors:contribution-list")
    crumbs = [("Đóng góp", reverse("sponsors:contribution-list")), ("Ghi đóng góp", "")]
    wrong = request.method == "POST" and (form is None or form.errors)
    return render_page(
        request,
        "sponsors/contribution_add.html",
        {"form": form, "choice": choice, "crumbs": crumbs},
        status=422 if wrong else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def contribution_take_back(request: PageRequest, pk: int) -> HttpResponse:
    """Take one's own entry back, by a row of its own with the amounts negated."""
    found = selectors.visible_contribution(request.user, request.as_of, pk)
    row = selectors.contribution_row(request.user, request.as_of, pk)
    if found is None or row is None:
        raise Http404("Không có khoản đóng góp này, hoặc không thuộc phạm vi được xem.")
    require(rules.may_take_back_contribution(request.user, found))
    if not request.as_of.is_present:
        return redirect("sponsors:contribution-take-back", pk)
    form = TakeBackForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.take_back_contribution(
                contribution=found,
                by=request.user,
                note=form.cleaned_data["note"],
                now=timezone.now(),
                today=request.as_of.reporting_date,
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, f"Đã rút lại: {row.line.words}.")
            return redirect("sponsors:contribution-list")
    crumbs = [("Đóng góp", dated(request, "contribution-list")), ("Rút lại", "")]
    return render_page(
        request,
        "sponsors/contribution_take_back.html",
        {"row": row, "form": form, "crumbs": crumbs},
        status=422 if form.errors else 200,
    )
