"""Which months are reported, and the days of each."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ntm_tracker.core.form_fields import refuse
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.models import Period
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import require
from ntm_tracker.reports.forms import DaysForm, PeriodsForm
from ntm_tracker.reports.rules import may_close
from ntm_tracker.reports.services.periods import change_days, open_periods
from ntm_tracker.reports.views.months import period_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def periods(request: PageRequest) -> HttpResponse:
    """The months there are, the rule of their days, and setting up the next ones."""
    require(may_close(request.user))
    if request.method != "POST":
        return _periods(request, PeriodsForm(initial=_rule(request)))
    form = PeriodsForm(request.POST)
    if not form.is_valid():
        return _periods(request, form, status=422)
    try:
        made = open_periods(
            **form.cleaned_data,
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except ValidationError as error:
        refuse(form, error)
        return _periods(request, form, status=422)
    words = ", ".join(f"{row.month:%m/%Y}" for row in made)
    messages.success(request, f"Đã mở kỳ {words}." if made else "Đã lưu; không có kỳ nào mới.")
    return HttpResponseRedirect(reverse("reports:periods"), status=303)


def _rule(request: PageRequest) -> dict[str, object]:
    last = request.as_of.reporting_date.replace(month=12, day=31)
    return {
        "cut_off_day": request.installation.cut_off_day,
        "due_after_days": request.installation.due_after_days,
        "until": f"{last:%d/%m/%Y}",
    }


def _periods(request: PageRequest, form: PeriodsForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "periods": Period.objects.order_by("-month"),
        "crumbs": [("Báo cáo", reverse("reports:month-list")), ("Kỳ báo cáo", "")],
    }
    return render_page(request, "reports/periods.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def days(request: PageRequest, slug: str) -> HttpResponse:
    """Cut-off and due day of one month."""
    require(may_close(request.user))
    period = period_or_404(slug)
    if request.method != "POST":
        initial = {
            "cut_off_on": f"{period.cut_off_on:%d/%m/%Y}",
            "due_on": f"{period.due_on:%d/%m/%Y}",
        }
        return _days(request, period, DaysForm(initial=initial))
    form = DaysForm(request.POST)
    if not form.is_valid():
        return _days(request, period, form, status=422)
    try:
        row = change_days(
            period,
            **form.cleaned_data,
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except ValidationError as error:
        refuse(form, error)
        return _days(request, period, form, status=422)
    messages.success(
        request,
        f"{row}: chốt {row.cut_off_on:%d/%m/%Y}, hạn gửi {row.due_on:%d/%m/%Y}.",
    )
    return HttpResponseRedirect(reverse("reports:periods"), status=303)


def _days(
    request: PageRequest, period: Period, form: DaysForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "form": form,
        "period": period,
        "crumbs": [
            ("Báo cáo", reverse("reports:month-list")),
            ("Kỳ báo cáo", reverse("reports:periods")),
            (str(period), ""),
        ],
    }
    return render_page(request, "reports/days.html", context, status=status)
