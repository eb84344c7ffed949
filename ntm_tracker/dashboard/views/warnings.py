"""The warnings of all rules: a list in two tabs, and the form that explains one in its place."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from criteria.forms import cleaned
from criteria.services.explanations import StaleFinding, explain
from ntm_tracker.core.form_fields import refuse
from ntm_tracker.core.htmx import render_page, wanted_fragment
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.list_file import file_response, wanted_file
from ntm_tracker.core.once import once
from ntm_tracker.dashboard import list_files
from ntm_tracker.dashboard.selectors.warnings import (
    OPEN,
    WarningFilter,
    WarningRow,
    find_warning,
    warning_page,
)
from ntm_tracker.dashboard.warning_forms import ExplainForm, WarningFilterForm

PER_PAGE = 50
GONE = "Cảnh báo này không còn (số liệu đã được sửa), hoặc tài khoản này không được xem."


@require_safe
@login_required
def warnings(request: PageRequest) -> HttpResponse:
    """What does not fit in the figures of the present; another day has none of its own."""
    if not request.as_of.is_present:
        return redirect("dashboard:warnings")
    form = WarningFilterForm(request.GET)
    values = cleaned(form)
    filters = WarningFilter(values["state"] or OPEN, values["rule"], values["commune"])
    page = warning_page(request.user, request.as_of, request.installation, filters)
    if kind := wanted_file(request):
        return file_response(request, list_files.warnings_file(page.rows), kind)
    form.offer(commune=page.communes)
    query = request.GET.copy()
    query.pop("page", None)
    return render_page(
        request,
        "dashboard/warnings.html",
        {
            "page": page,
            "form": form,
            "page_obj": Paginator(page.rows, PER_PAGE).get_page(request.GET.get("page")),
            "query": query.urlencode(),
        },
        partials={"warnings": "dashboard/_warnings.html"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def warning_explain(request: PageRequest, key: str) -> HttpResponse:
    """Explain one warning; in the list its row takes the form, and then the answer."""
    if not request.as_of.is_present:
        return redirect("dashboard:warning-explain", key)
    row = _warning(request, key)
    if not row.permit:
        raise PermissionDenied(row.permit.reason)
    if request.method != "POST":
        return _answer(request, row, ExplainForm(initial=_initial(row)))
    form = ExplainForm(request.POST)
    if not form.is_valid():
        return _answer(request, row, form, status=422)
    try:
        explain(
            finding=row.finding,
            seen=form.cleaned_data["seen"],
            text=form.cleaned_data["text"],
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except StaleFinding as stale:
        form.data = request.POST | {"seen": stale.finding.fingerprint}
        form.explain(stale.finding)
        return _answer(request, row, form, status=409)
    except ValidationError as error:
        refuse(form, error)
        return _answer(request, row, form, status=422)
    messages.success(request, f"Đã giải trình: {row.finding.place.label}.")
    if wanted_fragment(request, _fragments(row)) is None:
        return HttpResponseRedirect(reverse("dashboard:warnings"), status=303)
    return _answer(request, _warning(request, key), None)


def _warning(request: PageRequest, key: str) -> WarningRow:
    row = find_warning(request.user, request.as_of, request.installation, key)
    if row is None:
        raise Http404(GONE)
    return row


def _initial(row: WarningRow) -> dict[str, str]:
    earlier = row.finding.explanation
    return {"seen": row.finding.fingerprint, "text": earlier.text if earlier else ""}


def _fragments(row: WarningRow) -> dict[str, str]:
    return {f"canh-bao-{row.finding.key}": "dashboard/_warning.html"}


def _answer(
    request: PageRequest, row: WarningRow, form: ExplainForm | None, *, status: int = 200
) -> HttpResponse:
    return render_page(
        request,
        "dashboard/warning.html",
        {"row": row, "form": form},
        partials=_fragments(row),
        status=status,
    )
