"""Which communes have declared a month's report complete, and a commune's own declaration."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from criteria import list_files
from criteria.choices import Level
from criteria.grid_forms import DeclarationForm, MonthForm
from criteria.selectors.declarations import declarations_page, due_month
from criteria.selectors.grid import may_fill
from criteria.selectors.sets import set_in_force
from criteria.services.declarations import declare_month
from criteria.views.grid import back, find, show_page
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.list_file import file_response, wanted_file
from ntm_tracker.core.once import once


@require_safe
@login_required
def declarations(request: PageRequest) -> HttpResponse:
    """The reports of a month, commune by commune: complete, declared, on time."""
    form = MonthForm(request.GET)
    if not form.is_valid():
        raise BadRequest(form.errors["month"][0])
    on = request.as_of.date
    in_force = set_in_force(Level.COMMUNE, on, request.installation.province_code)
    month = form.cleaned_data["month"] or due_month(on)
    page = declarations_page(request.user, request.as_of, request.installation, in_force, month)
    if kind := wanted_file(request):
        return file_response(request, list_files.month_reports_file(page.rows, page.slug), kind)
    return render_page(
        request,
        "criteria/declarations.html",
        {"page": page},
        partials={"month-reports": "criteria/_month_reports.html"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def declare(request: PageRequest, code: str) -> HttpResponse:
    """The commune says that a month is complete, or takes that back."""
    commune = find(request, code)
    if request.method != "POST" or not request.as_of.is_present:
        return redirect("criteria:grid", code)
    if not (permit := may_fill(commune, request.user, request.as_of)):
        raise PermissionDenied(permit.reason)
    form = DeclarationForm(request.POST)
    if not form.is_valid():
        errors = ["Hãy chọn lại tháng và việc xác nhận rồi gửi lại."]
        return show_page(request, commune, errors=errors, status=422)
    data = form.cleaned_data
    try:
        row = declare_month(
            commune=commune,
            month=data["month"],
            is_complete=data["is_complete"],
            note=data["note"],
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except ValidationError as error:
        return show_page(request, commune, errors=error.messages, status=422)
    words = "Đã xác nhận báo cáo đủ" if row.is_complete else "Đã rút xác nhận báo cáo"
    messages.success(request, f"{words} tháng {row.month:%m/%Y}.")
    return back(code)
