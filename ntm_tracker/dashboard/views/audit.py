"""The audit trail: a list to read and search. It is never written."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import EmptyPage
from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.list_file import file_response, wanted_file
from ntm_tracker.core.paging import page_of, rows_on
from ntm_tracker.dashboard import list_files
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
    kind = wanted_file(request)
    try:
        page = page_of(entries, None if kind else form.cleaned_data["page"] or 1, PER_PAGE)
    except EmptyPage as error:
        raise Http404("Danh sách không có trang này. Hãy quay về trang đầu.") from error
    rows = list(audit_rows(entries[rows_on(page)]))
    if kind:
        return file_response(request, list_files.audit_file(rows), kind)
    query = request.GET.copy()
    query.pop("page", None)
    return render_page(
        request,
        "dashboard/audit.html",
        {
            "rows": rows,
            "page_obj": page,
            "query": query.urlencode(),
            "form": form.offer(audit_choices(request.user, request.as_of.date)),
        },
        partials={"audit-list": "dashboard/_audit_list.html"},
    )
