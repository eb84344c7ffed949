"""Head and foot of the reports, as the office writes them."""

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
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import require
from ntm_tracker.reports.forms import LetterheadForm
from ntm_tracker.reports.rules import may_close
from ntm_tracker.reports.services.letterhead import FIELDS, change_letterhead


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def letterhead(request: PageRequest) -> HttpResponse:
    """Issuer, number, place, signer and recipients of workbook and letter."""
    require(may_close(request.user))
    if request.method != "POST":
        now = {field: getattr(request.installation, field) for field in FIELDS}
        return _page(request, LetterheadForm(initial=now))
    form = LetterheadForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        change_letterhead(
            form.cleaned_data,
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except ValidationError as error:
        refuse(form, error)
        return _page(request, form, status=422)
    messages.success(request, "Đã lưu thể thức; các báo cáo chưa khóa dùng ngay.")
    return HttpResponseRedirect(reverse("reports:letterhead"), status=303)


def _page(request: PageRequest, form: LetterheadForm, *, status: int = 200) -> HttpResponse:
    crumbs = [("Báo cáo", reverse("reports:month-list")), ("Thể thức", "")]
    context = {"form": form, "crumbs": crumbs}
    return render_page(request, "reports/letterhead.html", context, status=status)
