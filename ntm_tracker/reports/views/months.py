"""Months, their preview and their file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ntm_tracker.core import office
from ntm_tracker.core.form_fields import MAX_ID
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.limits import WORKBOOK, limited
from ntm_tracker.core.models import Period, User
from ntm_tracker.reports.preview import month_page
from ntm_tracker.reports.rules import may_close, may_read_reports
from ntm_tracker.reports.selectors import month as selectors
from ntm_tracker.reports.services import months as services


def require_reader(user: User) -> None:
    """Refuse who may not read the report."""
    if not (permit := may_read_reports(user)):
        raise PermissionDenied(permit.reason)


def period_or_404(slug: str) -> Period:
    """The month of an address."""
    try:
        return services.find_period(slug)
    except services.UnknownMonth as error:
        raise Http404(str(error)) from error


@require_safe
@login_required
def month_list(request: PageRequest) -> HttpResponse:
    """Every reporting month, with its preview and its file."""
    require_reader(request.user)
    months = selectors.months(request.as_of.last_date)
    return render_page(
        request, "reports/month_list.html", {"months": months, "may_close": may_close(request.user)}
    )


@require_safe
@login_required
def month(request: PageRequest, slug: str) -> HttpResponse:
    """The report of a month as a page: the sheets of the file, one at a time."""
    require_reader(request.user)
    period = period_or_404(slug)
    book = services.month_sheets(period, request.installation, by=request.user, now=timezone.now())
    context = month_page(book, period, request.GET.get("sheet", ""))
    context["has_pdf"] = office.program() is not None
    return render_page(
        request, "reports/month.html", context, partials={"month-sheet": "reports/_sheet.html"}
    )


@require_safe
@login_required
@limited(WORKBOOK)
def month_file(request: PageRequest, slug: str) -> HttpResponse:
    """The workbook of a month, as a download."""
    require_reader(request.user)
    period = period_or_404(slug)
    file = services.month_file(period, request.installation, by=request.user, now=timezone.now())
    return download(file)


@require_safe
@login_required
def kept_file(request: PageRequest, slug: str, kept: int) -> HttpResponse:
    """A file of a month that was closed, byte for byte, whatever happened since."""
    require_reader(request.user)
    rows = period_or_404(slug).files.filter(pk=kept) if kept <= MAX_ID else None
    row = rows.first() if rows is not None else None
    if row is None:
        raise Http404("Tháng này không có tệp đó.")
    return download(services.kept_file(row))


@require_safe
@login_required
@limited(WORKBOOK)
def month_pdf(request: PageRequest, slug: str) -> HttpResponse:
    """The workbook of a month as pages, where the server can make them."""
    require_reader(request.user)
    period = period_or_404(slug)
    file = services.month_file(period, request.installation, by=request.user, now=timezone.now())
    try:
        content = office.to_pdf(file.content, ".xlsx")
    except office.OfficeFailed as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(reverse("reports:month", args=[slug]))
    return download(services.MonthFile(f"bao-cao-ntm-{slug}.pdf", content, office.PDF))


def download(file: services.MonthFile) -> HttpResponse:
    """A complete file under its name."""
    response = HttpResponse(file.content, content_type=file.content_type)
    response["Content-Disposition"] = f'attachment; filename="{file.name}"'
    return response
