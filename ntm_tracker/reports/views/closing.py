"""The desk of a month: closing it, opening it again, letting a commune enter late."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.forms import Form
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from criteria.selectors.scope import tracked_communes
from ntm_tracker.core.form_fields import refuse
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.models import Period
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import require
from ntm_tracker.reports.forms import (
    CLOSE,
    EXCEPT,
    ExceptionForm,
    LookForm,
    MoveForm,
    ReopenForm,
)
from ntm_tracker.reports.rules import may_close
from ntm_tracker.reports.selectors.desk import month_desk
from ntm_tracker.reports.services.closing import close_month, except_commune, reopen_month
from ntm_tracker.reports.services.periods import mark_seen
from ntm_tracker.reports.views.months import period_or_404, require_reader


# Not `once`: that would hold the whole closing in one transaction. A second press finds the month
# closed.
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def desk(request: PageRequest, slug: str) -> HttpResponse:
    """Who has reported, what is new, what was kept; and the buttons of the office."""
    require_reader(request.user)
    period = period_or_404(slug)
    if request.method != "POST":
        return _answer(request, period)
    require(may_close(request.user))
    chosen = MoveForm(request.POST)
    if not chosen.is_valid():
        return _answer(request, period, wrong="Hãy bấm lại nút cần làm.", status=422)
    move = chosen.cleaned_data["move"]
    if move == CLOSE:
        return _close(request, period)
    if move == EXCEPT:
        return _except(request, period)
    return _reopen(request, period)


def _close(request: PageRequest, period: Period) -> HttpResponse:
    try:
        closed = close_month(
            period, by=request.user, now=timezone.now(), today=request.as_of.reporting_date
        )
    except ValidationError as error:
        return _answer(request, period, wrong=" ".join(error.messages), status=422)
    messages.success(request, f"Đã khóa sổ {str(closed.period).lower()}: giữ {closed.rows} dòng.")
    return _back(period)


def _reopen(request: PageRequest, period: Period) -> HttpResponse:
    form = ReopenForm(request.POST)
    if not form.is_valid():
        return _answer(request, period, reopen=form, status=422)
    try:
        reopen_month(
            period, reason=form.cleaned_data["reason"], by=request.user, now=timezone.now()
        )
    except ValidationError as error:
        refuse(form, error)
        return _answer(request, period, reopen=form, status=422)
    messages.success(request, f"Đã mở lại {str(period).lower()}; bản đã chốt vẫn còn.")
    return _back(period)


def _except(request: PageRequest, period: Period) -> HttpResponse:
    form = _exception_form(request, period, request.POST)
    if not form.is_valid():
        return _answer(request, period, late=form, status=422)
    try:
        made = except_commune(
            period,
            **form.cleaned_data,
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except ValidationError as error:
        refuse(form, error)
        return _answer(request, period, late=form, status=422)
    messages.success(
        request, f"{made.commune_label} nhập muộn được đến hết ngày {made.until:%d/%m/%Y}."
    )
    return _back(period)


def _exception_form(request: PageRequest, period: Period, data=None) -> ExceptionForm:
    district = request.installation.focus_district
    communes = tracked_communes(request.user, period.cut_off_on, district)
    return ExceptionForm(communes.order_by("sort_key", "id"), data)


def _back(period: Period) -> HttpResponseRedirect:
    return HttpResponseRedirect(reverse("reports:desk", args=[period.slug]), status=303)


def _answer(
    request: PageRequest,
    period: Period,
    *,
    reopen: Form | None = None,
    late: Form | None = None,
    wrong: str = "",
    status: int = 200,
) -> HttpResponse:
    context = {
        "page": month_desk(request.user, period, request.installation),
        "reopen": reopen or ReopenForm(),
        "late": late or _exception_form(request, period),
        "wrong": wrong,
        "crumbs": [
            ("Báo cáo", reverse("reports:month-list")),
            (str(period), reverse("reports:month", args=[period.slug])),
            ("Khóa sổ", ""),
        ],
    }
    return render_page(request, "reports/desk.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def look(request: PageRequest, slug: str) -> HttpResponse:
    """Mark what stands on the desk as seen: what comes later is new."""
    require_reader(request.user)
    period = period_or_404(slug)
    if request.method != "POST":
        return redirect("reports:desk", period.slug)
    form = LookForm(request.POST)
    if not form.is_valid():
        return _answer(request, period, wrong="Hãy tải lại trang rồi đánh dấu.", status=422)
    mark_seen(period, entry_id=form.cleaned_data["entry"], by=request.user, now=timezone.now())
    return _back(period)
