"""The audit trail: a list to read and search, and the same list as a file. It is never written."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import EmptyPage, Paginator
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ntm_tracker.core.csv_file import CONTENT_TYPE as CSV_TYPE
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.sheets import CONTENT_TYPE as XLSX_TYPE
from ntm_tracker.dashboard.audit_file import audit_csv, audit_workbook, refuse_long
from ntm_tracker.dashboard.forms import AuditFilterForm
from ntm_tracker.dashboard.selectors.audit import (
    audit_choices,
    audit_entries,
    audit_rows,
    named_where_few,
)

PER_PAGE = 100


@require_safe
@login_required
def audit(request: PageRequest) -> HttpResponse:
    """Every change that the reader may see, the latest first."""
    form = AuditFilterForm(request.GET)
    filters = form.filters()
    entries = audit_entries(request.user, filters)
    if filters.q:
        entries = named_where_few(entries)
    pages = Paginator(entries, PER_PAGE)
    try:
        page = pages.page(form.cleaned_data["page"] or 1)
    except EmptyPage as error:
        raise Http404("Danh sách không có trang này. Hãy quay về trang đầu.") from error
    query = request.GET.copy()
    query.pop("page", None)
    return render_page(
        request,
        "dashboard/audit.html",
        {
            "rows": list(audit_rows(entries[(page.number - 1) * PER_PAGE :][:PER_PAGE])),
            "page_obj": page,
            "query": query.urlencode(),
            "form": form.offer(audit_choices(request.user, request.as_of.date)),
        },
        partials={"audit-list": "dashboard/_audit_list.html"},
    )


@require_safe
@login_required
def audit_file(request: PageRequest, kind: str) -> HttpResponse:
    """The same list, whole, as CSV or as a workbook; complete before it is sent."""
    if kind not in ("csv", "xlsx"):
        raise Http404("Nhật ký chỉ tải được dạng CSV hoặc Excel.")
    entries = audit_entries(request.user, AuditFilterForm(request.GET).filters())
    now = timezone.now()
    if kind == "csv":
        content, content_type = audit_csv(list(audit_rows(entries))), CSV_TYPE
    else:
        refuse_long(entries.count())
        creator = request.installation.office_name
        content = audit_workbook(list(audit_rows(entries)), creator=creator, now=now)
        content_type = XLSX_TYPE
    response = HttpResponse(content, content_type=content_type)
    name = f"nhat-ky-{timezone.localtime(now):%Y%m%d-%H%M}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
