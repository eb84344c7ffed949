"""Pasting a block of cells from a spreadsheet into the self-assessment of a commune."""

from collections.abc import Iterable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from communes.models import Commune
from criteria.grid_forms import CellForm
from criteria.paste_forms import UNDO, PasteForm, earlier
from criteria.selectors.grid import Problem, open_sheet
from criteria.selectors.sheet import Sheet
from criteria.services.drafts import StaleCells, save_cells
from criteria.views.grid import back, find, sentences, show_page
from ntm_tracker.core.http import PageRequest


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def paste(request: PageRequest, code: str) -> HttpResponse:
    """Lay a block over the grid: good cells are kept, bad ones come back marked where they lie."""
    commune = find(request, code)
    if request.method != "POST" or not request.as_of.is_present:
        return redirect("criteria:grid", code)
    found, may = open_sheet(commune, request.user, request.as_of)
    if not may:
        raise PermissionDenied(may.reason)
    form = PasteForm(request.POST, found=found)
    if not form.is_valid():
        return show_page(request, commune, paste=form, status=422)
    laid = form.laid_over(request.POST)
    problems = {
        cell.prefix or "": Problem(cell.typed, tuple(sentences(cell)))
        for cell in laid.forms
        if not cell.is_valid()
    }
    good = [cell for cell in laid.forms if cell.prefix not in problems]
    problems |= _keep(request, commune, good, before=found)
    kept = [cell for cell in good if cell.prefix not in problems]
    errors = [
        f"Tiêu chí {number} đang khóa, không dán vào được; lý do ghi ở dòng tiêu chí."
        for number in laid.locked
    ]
    if kept:
        messages.success(request, f"Đã dán và lưu {len(kept)} dòng.")
    if problems or errors:
        return show_page(request, commune, problems=problems, errors=errors, status=422)
    if not kept:
        messages.info(request, "Khối vừa dán giống hệt số liệu đang có; không có gì thay đổi.")
    return back(code)


def _keep(
    request: PageRequest, commune: Commune, cells: Iterable[CellForm], *, before: Sheet
) -> dict[str, Problem]:
    """Keep what can be kept, note how to undo it, and return what is wrong with the others."""
    left = {cell.prefix or "": cell for cell in cells}
    problems: dict[str, Problem] = {}
    after = before
    while left:
        try:
            after = save_cells(
                commune=commune,
                entries=[cell.entry() for cell in left.values()],
                by=request.user,
                now=timezone.now(),
                today=request.as_of.reporting_date,
            )
        except StaleCells as stale:
            after = stale.sheet
            for entry in stale.entries:
                problems[entry.key] = Problem(left.pop(entry.key).typed, is_stale=True)
        except ValidationError as error:
            # Nothing was kept: once more without the cells that make no sense.
            for key, wrong in error.message_dict.items():
                problems[key] = Problem(left.pop(key).typed, tuple(wrong))
            continue
        break
    if left:
        request.session[UNDO] = {
            "commune": commune.code,
            "cells": {key: earlier(before, after, key) for key in left},
        }
    return problems
