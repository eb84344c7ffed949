"""What a commune owes: the latest statement, those before it, and the form for a new one."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods
from django_htmx.http import push_url

from communes.models import Commune
from criteria.money_forms import DebtForm, TakeBackForm
from criteria.money_rules import may_state_debt
from criteria.selectors import reported
from criteria.selectors.debt_page import debt_page
from criteria.selectors.findings import debt_findings
from criteria.services.debts import StaleDebt, fingerprint, state_debt, take_back_debt
from criteria.views.money import say
from ntm_tracker.core.findings import with_explanations
from ntm_tracker.core.form_fields import refuse
from ntm_tracker.core.htmx import render_page, wanted_fragment
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.once import once
from ntm_tracker.core.periods import late_entries

FRAGMENTS = {"debt": "criteria/_debt.html"}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def debt(request: PageRequest, code: str) -> HttpResponse:
    """Debt and overdue debt of one commune, as two numbers."""
    commune = get_object_or_404(reported.units(request.user, request.as_of), code=code)
    commune = reported.name_then(commune, request.as_of)
    if request.method != "POST":
        return _answer(request, commune)
    if not request.as_of.is_present:
        return redirect("criteria:debt", code)
    if not (permit := may_state_debt(commune.pk, request.user)):
        raise PermissionDenied(permit.reason)
    if "row" in request.POST:
        return _take_back(request, commune)
    form = DebtForm(request.POST)
    if not form.is_valid():
        return _answer(request, commune, form, status=422)
    try:
        _write(request, commune, form)
    except StaleDebt as stale:
        return _stale(request, commune, form, stale)
    except ValidationError as error:
        refuse(form, error)
        return _answer(request, commune, form, status=422)
    return _written(request, commune, "Đã ghi số nợ.")


def _take_back(request: PageRequest, commune: Commune) -> HttpResponse:
    """Take back one's last statement."""
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        return _answer(request, commune, status=422)
    try:
        take_back_debt(
            commune=commune,
            pk=form.cleaned_data["row"],
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _answer(request, commune, status=422)
    return _written(request, commune, "Đã rút lại số nợ vừa ghi.")


def _written(request: PageRequest, commune: Commune, words: str) -> HttpResponse:
    """The page with what was done, and what the rules have to say of it."""
    found = debt_findings(Commune.objects.filter(pk=commune.pk), request.as_of)
    say(request, words, with_explanations(found))
    url = reverse("criteria:debt", args=[commune.code])
    if wanted_fragment(request, FRAGMENTS) is None:
        return HttpResponseRedirect(url, status=303)
    return push_url(_answer(request, commune), url)


def _write(request: PageRequest, commune: Commune, form: DebtForm) -> None:
    data = form.cleaned_data
    state_debt(
        commune=commune,
        total=data["total"],
        overdue=data["overdue"],
        effective_on=data["effective_on"],
        seen=data["seen"],
        paper=form.paper(),
        note=data["note"],
        by=request.user,
        now=timezone.now(),
        today=request.as_of.reporting_date,
    )


def _stale(request: PageRequest, commune: Commune, form: DebtForm, stale: StaleDebt):
    data = request.POST.copy()
    data["seen"] = fingerprint(stale.debt)
    renewed = DebtForm(data)
    if renewed.is_valid():
        renewed.explain(stale.debt)
    return _answer(request, commune, renewed, status=409)


def _answer(
    request: PageRequest, commune: Commune, form: DebtForm | None = None, *, status: int = 200
) -> HttpResponse:
    page = debt_page(commune, request.user, request.as_of.for_writing)
    permit = may_state_debt(commune.pk, request.user)
    if form is None and permit and request.as_of.is_present:
        today = f"{request.as_of.reporting_date:%d/%m/%Y}"
        initial = {"seen": fingerprint(page.latest), "effective_on": today}
        form = DebtForm(initial=initial)
    late = late_entries(commune.pk, today=request.as_of.reporting_date) if form else ()
    context = {"page": page, "form": form, "permit": permit, "late": late}
    return render_page(request, "criteria/debt.html", context, partials=FRAGMENTS, status=status)
