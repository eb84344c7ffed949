"""A promise becomes identified money only here, by the office."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ntm_tracker.core.form_fields import refuse
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.numbers import vi_number
from ntm_tracker.core.once import once
from sponsors import rules, services
from sponsors.forms.commitments import IdentifyForm
from sponsors.models import Commitment
from sponsors.selectors.gifts import items_for


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def identify(request: PageRequest, pk: int) -> HttpResponse:
    """Record a promise of money as a source of a work item, with its paper."""
    visible = Commitment.objects.visible_to(request.user)
    row = get_object_or_404(visible.select_related("sponsor", "commune", "document"), pk=pk)
    if not request.as_of.is_present:
        return redirect("sponsors:commitment-identify", pk)
    if not (permit := rules.may_identify(request.user, kind=row.kind)):
        raise PermissionDenied(permit.reason)
    if request.method != "POST":
        return _answer(request, row, _form(request, row))
    form = _form(request, row, request.POST)
    if not form.is_valid():
        return _answer(request, row, form, status=422)
    try:
        services.identify_commitment(
            commitment=row,
            item=form.cleaned_data["item"],
            typed=form.typed(),
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except ValidationError as error:
        refuse(form, error)
        return _answer(request, row, form, status=422)
    amount = f"{vi_number(form.cleaned_data['amount'])} đồng"
    messages.success(request, f"Đã ghi {amount} cam kết thành nguồn đã xác định.")
    return HttpResponseRedirect(reverse("sponsors:sponsor", args=[row.sponsor_id]), status=303)


def _form(request: PageRequest, row: Commitment, *data) -> IdentifyForm:
    initial = {
        "amount": vi_number(row.amount),
        "effective_on": f"{request.as_of.reporting_date:%d/%m/%Y}",
    }
    if row.document and row.document.issued_on:
        initial["number"] = row.document.number
        initial["issued_on"] = f"{row.document.issued_on:%d/%m/%Y}"
    items = items_for(request.user, row)
    return IdentifyForm(*data, items=items, initial=initial)


def _answer(
    request: PageRequest, row: Commitment, form: IdentifyForm, *, status: int = 200
) -> HttpResponse:
    return render_page(
        request,
        "sponsors/identify.html",
        {
            "commitment": row,
            "form": form,
            "crumbs": [
                ("Đơn vị đỡ đầu", reverse("sponsors:sponsor-list")),
                (row.sponsor.name, reverse("sponsors:sponsor", args=[row.sponsor_id])),
                ("Ghi thành nguồn", ""),
            ],
        },
        status=status,
    )
