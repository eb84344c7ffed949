"""The dossier of one commune: its way, what it has to show, and the next step."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from communes.choices import UnitKind
from communes.models import Commune
from criteria.choices import Level
from criteria.dossier_forms import TAKE_BACK, StepForm
from criteria.dossier_workflow import may_record_any
from criteria.models import DossierStep
from criteria.selectors import reported
from criteria.selectors.dossier_page import DossierPage, dossier_page
from criteria.selectors.dossiers import procedure_on
from criteria.selectors.sets import SetInForce
from criteria.services.dossiers import StaleDossier, take_back_dossier_step, take_dossier_step
from ntm_tracker.core.documents import document_of
from ntm_tracker.core.form_fields import refuse
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.once import once


@require_safe
@login_required
def dossier(request: PageRequest, code: str) -> HttpResponse:
    """The steps with the days they took, what may be done now, and why not."""
    commune, in_force = _measured(request, code)
    page = dossier_page(request.user, commune, in_force, request.as_of.for_writing)
    return _page(request, page)


@require_POST
@login_required
@once
def dossier_step(request: PageRequest, code: str) -> HttpResponse:
    """Record the next step of a dossier, or take back the latest; always for the reporting date."""
    commune, in_force = _measured(request, code)
    here = reverse("criteria:dossier", args=[code])
    if not request.as_of.is_present:
        return redirect(here)
    today = request.as_of.reporting_date
    if not (answer := may_record_any(commune.pk, procedure_on(today), request.user)):
        raise PermissionDenied(answer.reason)
    form = StepForm(request.POST.copy())
    status = 422
    if form.is_valid():
        try:
            row = _write(request, commune, in_force, form)
        except StaleDossier as stale:
            form.explain(stale)
            status = 409
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, f"Đã ghi: {row.get_state_display()}.")
            return HttpResponseRedirect(here, status=303)
    page = dossier_page(request.user, commune, in_force, request.as_of.for_writing)
    return _page(request, page, form, status=status)


@transaction.atomic
def _write(
    request: PageRequest, commune: Commune, in_force: SetInForce, form: StepForm
) -> DossierStep:
    when: dict[str, Any] = {
        "by": request.user,
        "now": timezone.now(),
        "today": request.as_of.reporting_date,
    }
    where: dict[str, Any] = {"commune": commune, "in_force": in_force}
    data = form.cleaned_data
    if data["step"] == TAKE_BACK:
        return take_back_dossier_step(**where, seen=data["seen"], note=data["note"], **when)
    paper = form.paper(f"{form.passage.label if form.passage else ''} {commune}")
    document = document_of(paper, **when) if paper else None
    return take_dossier_step(**where, **form.entry(), document=document, **when)


def _page(
    request: PageRequest, page: DossierPage, sent: StepForm | None = None, *, status: int = 200
) -> HttpResponse:
    """The page with an empty form for each step that may be taken, and the one that was sent."""
    if sent is not None:
        sent.answer_to(page.seen)
    sent_step = str(sent.data.get("step", "")) if sent is not None else ""
    today = request.as_of.reporting_date
    groups = [name for name, _size in page.in_force.groups if name]

    def form_of(step: str) -> StepForm:
        if sent is not None and step == sent_step:
            return sent
        initial = {"step": step, "seen": page.seen, "effective_on": f"{today:%d/%m/%Y}"}
        return StepForm(initial=initial, groups=groups)

    forms = [(one, form_of(one.passage.step)) for one in page.next_steps if one.permit]
    undo = form_of(TAKE_BACK) if page.take_back else None
    shown = {one.passage.step.value for one, _form in forms} | ({TAKE_BACK} if undo else set())
    context = {
        "page": page,
        "forms": forms,
        "undo": undo,
        "sent": sent,
        "sent_step": sent_step,
        "stray": sent if sent_step not in shown else None,
    }
    return render_page(request, "criteria/dossier.html", context, status=status)


def _measured(request: PageRequest, code: str) -> tuple[Commune, SetInForce]:
    """The commune and the set that measures it; 404 outside the scope, and for towns."""
    as_of = request.as_of.for_writing
    communes = reported.units(request.user, as_of)
    commune = get_object_or_404(communes.select_related("province"), code=code)
    commune = reported.name_then(commune, as_of)
    in_force = reported.set_for(Level.COMMUNE, as_of, commune.province.code)
    if in_force is None or commune.kind != UnitKind.XA:
        raise Http404(f"{commune} không xét theo bộ tiêu chí xã nên không có hồ sơ công nhận.")
    return commune, in_force
