"""Pages of difficulties and requests."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import EmptyPage
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from criteria.desks import desk_of
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.list_file import file_response, wanted_file
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import require
from sponsors import difficulty_workflow, list_files, rules, selectors, services
from sponsors.forms import (
    DifficultyFilterForm,
    DifficultyForm,
    TurnForm,
    difficulty_tabs,
    refuse,
)
from sponsors.views.entry import chosen_commune
from sponsors.views.pages import dated, last_page, query_without_page

NOT_HERE = "Không có khó khăn, kiến nghị này, hoặc không thuộc phạm vi được xem."


@require_safe
@login_required
def difficulty_list(request: PageRequest) -> HttpResponse:
    """The difficulties and requests that the reader may see, with whose turn it is."""
    form = DifficultyFilterForm(request.GET)
    filters = form.filters()
    as_of = request.as_of.for_writing
    communes = selectors.difficulty_communes_then(request.user, as_of)
    if not selectors.commune_exists(request.user, as_of, filters.commune, communes):
        raise Http404(f"Không có xã mang mã “{filters.commune}” trong phạm vi được xem.")
    kind = wanted_file(request)
    number = None if kind else form.cleaned_data["page"] or 1
    try:
        found = selectors.difficulty_list_then(request.user, as_of, filters, number)
    except EmptyPage as error:
        raise last_page(error) from error
    if kind:
        return file_response(request, list_files.difficulties_file(found.rows), kind)
    context = {
        "list": found,
        "is_filtered": filters != selectors.DifficultyFilters(),
        "tabs": difficulty_tabs(found.counts, filters, request.GET),
        "query": query_without_page(request),
        "form": form.without_page().offer(communes),
        "may_raise": rules.may_raise_difficulty(request.user),
    }
    return render_page(
        request,
        "sponsors/difficulty_list.html",
        context,
        partials={"difficulty-list": "sponsors/_difficulty_list.html"},
    )


def _page(request: PageRequest, pk: int) -> selectors.DifficultyPage:
    page = selectors.difficulty_page_then(request.user, request.as_of.for_writing, pk)
    if page is None:
        raise Http404(NOT_HERE)
    return page


def _form(request: PageRequest, page: selectors.DifficultyPage, *data) -> TurnForm:
    return TurnForm(
        *data,
        version=page.version,
        turns=page.turns,
        departments=selectors.departments(),
        # The papers are those of all communes and sponsors, which the office alone may see.
        documents=selectors.document_choices(request.as_of.reporting_date)
        if request.user.is_office
        else (),
    )


def _render(request: PageRequest, page: selectors.DifficultyPage, form, status=200):
    context = {
        "page": page,
        "form": form,
        "crumbs": [
            ("Khó khăn, kiến nghị", dated(request, "difficulty-list")),
            (page.row.kind_label, ""),
        ],
    }
    return render_page(request, "sponsors/difficulty.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def difficulty(request: PageRequest, pk: int) -> HttpResponse:
    """One difficulty with its thread; whoever may answers, forwards, closes or reopens it."""
    page = _page(request, pk)
    if request.method != "POST":
        return _render(request, page, _form(request, page) if page.turns else None)
    if not request.as_of.is_present:
        return redirect("sponsors:difficulty", pk)
    require(page.permit)
    form = _form(request, page, request.POST)
    if not form.is_valid():
        return _render(request, page, form, 422)
    try:
        services.turn_difficulty(
            difficulty=page.difficulty,
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
            **form.turn(),
        )
    except services.StaleDifficulty as stale:
        return _stale(request, form, stale)
    except ValidationError as error:
        refuse(form, error)
        return _render(request, page, form, 422)
    said = difficulty_workflow.BY_NAME[form.cleaned_data["action"]].label
    messages.success(request, f"Đã ghi: {said}.")
    return HttpResponseRedirect(reverse("sponsors:difficulty", args=[pk]), status=303)


def _stale(request: PageRequest, form: TurnForm, stale: services.StaleDifficulty) -> HttpResponse:
    """Somebody was faster: both values, what was typed, and the version to answer to."""
    page = _page(request, stale.difficulty.pk)
    data = request.POST.copy()
    data["version"] = str(page.version)
    renewed = _form(request, page, data)
    if renewed.is_valid():
        renewed.explain(stale)
    return _render(request, page, renewed, 409)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def difficulty_add(request: PageRequest) -> HttpResponse:
    """Raise a difficulty or request that belongs to no task."""
    require(rules.may_raise_difficulty(request.user))
    if not request.as_of.is_present:
        return redirect("sponsors:difficulty-add")
    choice = chosen_commune(request)
    form = None
    if choice.commune is not None:
        form = DifficultyForm(
            request.POST if request.method == "POST" else None,
            commune=choice.commune,
            villages=selectors.villages_of(request.user, choice.commune, request.as_of),
            sponsors=selectors.sponsors_at(request.user, choice.commune, request.as_of),
            departments=selectors.departments(),
        ).only_sponsor(desk_of(request.user).sponsor_id)
        if request.method == "POST" and form.is_valid():
            try:
                row = services.raise_difficulty(
                    form.entry(),
                    by=request.user,
                    now=timezone.now(),
                    today=request.as_of.reporting_date,
                )
            except ValidationError as error:
                refuse(form, error)
            else:
                messages.success(
                    request, f"Đã gửi đến {row.owner_name}, hạn {row.due_on:%d/%m/%Y}."
                )
                return redirect("sponsors:difficulty", row.pk)
    crumbs = [("Khó khăn, kiến nghị", reverse("sponsors:difficulty-list")), ("Nêu mới", "")]
    context = {"form": form, "choice": choice, "crumbs": crumbs}
    wrong = request.method == "POST" and (form is None or form.errors)
    return render_page(
        request, "sponsors/difficulty_add.html", context, status=422 if wrong else 200
    )
