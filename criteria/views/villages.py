"""The grid of villages, the history of a cell, and the recognition of a village."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from communes.models import Commune, Village
from criteria import village_workflow
from criteria.forms import VillageCellsForm, VillageMoveForm
from criteria.selectors import reported
from criteria.selectors.sets import SetInForce
from criteria.selectors.village_grid import (
    Answer,
    village_grid,
    village_set,
    visible_place,
    with_typed,
)
from criteria.selectors.village_history import CellHistory, cell_history
from criteria.selectors.village_readiness import village_readiness
from criteria.selectors.villages import village_rows
from criteria.services.village_cells import StaleCells, save_village_cells
from criteria.services.village_moves import move_village
from criteria.services.village_undo import take_back
from criteria.workflow import may_report
from ntm_tracker.core.htmx import render_page, wanted_fragment
from ntm_tracker.core.http import PageRequest

NO_VILLAGE = "Không có thôn này, hoặc thôn không thuộc phạm vi được xem."


def _place(request: PageRequest, pk: int) -> tuple[Village, Commune]:
    """The village with its commune on the reporting date, on which everything is written."""
    found = visible_place(request.user, pk, request.as_of.reporting_date)
    if found is None:
        raise Http404(NO_VILLAGE)
    return found


def _set(request: PageRequest) -> SetInForce | None:
    return village_set(request.as_of.date, request.installation.province_code)


@require_safe
@login_required
@cache_control(private=True, no_store=True)
def village_grid_page(request: PageRequest, code: str) -> HttpResponse:
    """The villages of a commune and their ten criteria; `?village=` shows one of them alone. Cells
    are kept one by one, so Back asks for the page again, as for the sheet of the commune."""
    communes = reported.units(request.user, request.as_of).select_related("district")
    commune = reported.name_then(get_object_or_404(communes, code=code), request.as_of)
    grid = village_grid(request.user, commune, request.as_of.for_writing, _set(request))
    only = request.GET.get("village", "")
    row = grid.row(int(only)) if only.isdecimal() else None
    if only and row is None:
        raise Http404(NO_VILLAGE)
    return render_page(
        request,
        "criteria/village_grid.html",
        {"grid": grid, "rows": [row] if row else grid.rows, "only": row, "row": row},
        partials={f"v{only}": "criteria/_village_row.html"},
    )


@require_POST
@login_required
def village_cell(request: PageRequest, pk: int) -> HttpResponse:
    """Save the cells of one village that were changed: one by one with HTMX, else a whole row."""
    village, commune = _place(request, pk)
    permit = may_report(commune.pk, request.user)
    if not permit:
        raise PermissionDenied(permit.reason)
    if not request.as_of.is_present:
        return redirect("criteria:village-grid", commune.code)
    in_force = _set(request)
    form = VillageCellsForm(request.POST, in_force.criteria if in_force else ())
    answer, status = Answer(village.pk, request.POST.dict()), 200
    if not form.is_valid():
        answer, status = replace(answer, sentences=tuple(form.sentences())), 422
    elif not form.fields:
        answer, status = replace(answer, sentences=("Chưa có ô nào được gửi.",)), 422
    else:
        try:
            saved = save_village_cells(
                village=village,
                commune=commune,
                in_force=in_force,
                typed=form.typed(),
                by=request.user,
                now=timezone.now(),
                today=request.as_of.reporting_date,
            )
        except StaleCells as stale:
            answer, status = replace(answer, conflicts=stale.conflicts), 409
        else:
            answer = replace(answer, saved=frozenset(saved))
    return _answered(request, commune, in_force, answer, status)


def _answered(
    request: PageRequest,
    commune: Commune,
    in_force: SetInForce | None,
    answer: Answer,
    status: int,
) -> HttpResponse:
    """For HTMX the line under the village with the changed cells and totals; else the page."""
    fragment = {f"a{answer.village_id}": "criteria/_village_answer.html"}
    url = reverse("criteria:village-grid", args=[commune.code])
    if status == 200 and wanted_fragment(request, fragment) is None:
        number = len(answer.saved)
        messages.success(request, f"Đã ghi {number} ô." if number else "Không có ô nào thay đổi.")
        return HttpResponseRedirect(f"{url}#v{answer.village_id}", status=303)
    grid = village_grid(request.user, commune, request.as_of, in_force)
    if status != 200:
        grid = with_typed(grid, answer)
    row = grid.row(answer.village_id)
    context = {"grid": grid, "rows": grid.rows, "row": row, "answer": answer}
    return render_page(
        request, "criteria/village_grid.html", context, partials=fragment, status=status
    )


@require_safe
@login_required
def village_history(request: PageRequest, pk: int, field: str) -> HttpResponse:
    """Who changed one cell of a village, when, from what to what."""
    village, commune, history = _history(request, pk, field)
    return render_page(
        request,
        "criteria/village_history.html",
        {
            "village": village,
            "commune": commune,
            "history": history,
            "commune_is_open": Commune.objects.visible_to(request.user)
            .filter(pk=commune.pk)
            .exists(),
        },
        partials={f"a{pk}": "criteria/_village_history_row.html"},
    )


def _history(request: PageRequest, pk: int, field: str) -> tuple[Village, Commune, CellHistory]:
    village, commune = _place(request, pk)
    history = cell_history(request.user, village, commune, _set(request), field, request.as_of)
    if history is None:
        raise Http404("Không có ô này trong bảng thôn.")
    return village, commune, history


@require_POST
@login_required
def village_take_back(request: PageRequest, pk: int, field: str) -> HttpResponse:
    """Take back one's own last entry in a cell, by a new row."""
    village, commune, history = _history(request, pk, field)
    said = take_back(
        village=village,
        commune=commune,
        field=field,
        in_force=_set(request),
        by=request.user,
        now=timezone.now(),
        today=request.as_of.reporting_date,
    )
    messages.success(request, f"Đã rút lại. {history.title} của {village}: {said}.")
    url = reverse("criteria:village-grid", args=[commune.code])
    return HttpResponseRedirect(f"{url}#v{village.pk}", status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def village_move(request: PageRequest, pk: int, move: str) -> HttpResponse:
    """Declare, recognise or return a village, always on the reporting date."""
    village, commune = _place(request, pk)
    if move not in village_workflow.BY_NAME:
        raise Http404("Không có bước này.")
    if not request.as_of.is_present:
        return redirect("criteria:village-move", pk, move)
    in_force = _set(request)
    [row] = village_rows(Village.objects.filter(pk=pk), request.as_of.date)
    page = village_readiness(request.user, row, in_force, request.as_of)
    transition = village_workflow.check(
        move, state=row.state, commune_id=commune.pk, user=request.user
    )
    form = VillageMoveForm(transition, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            status = move_village(
                village=village,
                commune=commune,
                move=move,
                in_force=in_force,
                by=request.user,
                now=timezone.now(),
                today=request.as_of.reporting_date,
                **form.cleaned_data,
            )
        except ValidationError as refusal:
            form.add_error(None, refusal)
        else:
            messages.success(request, f"{village}: {status.get_state_display()}.")
            return HttpResponseRedirect(reverse("dashboard:village", args=[pk]), status=303)
    return render(
        request,
        "criteria/village_move.html",
        {
            "village": village,
            "commune": commune,
            "page": page,
            "transition": transition,
            "form": form,
        },
        status=422 if form.errors else 200,
    )
