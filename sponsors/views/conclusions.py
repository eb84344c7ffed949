"""Conclusions of the committee: the list, a new one, one with its tasks, its file."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import EmptyPage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ntm_tracker.core.form_fields import refuse
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.list_file import file_response, wanted_file
from ntm_tracker.core.models import Document
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import require
from sponsors import list_files, rules, selectors, services
from sponsors.forms import ConclusionForm, PageForm

NO_PAGE = "Danh sách không có trang này. Hãy quay về trang đầu."


@require_safe
@login_required
def conclusion_list(request: PageRequest) -> HttpResponse:
    """The conclusions the reader may see, with how their tasks stand."""
    kind = wanted_file(request)
    number = None if kind else PageForm(request.GET).number()
    try:
        page, rows = selectors.conclusion_list(request.user, request.as_of, number)
    except EmptyPage as error:
        raise Http404(NO_PAGE) from error
    if kind:
        return file_response(request, list_files.conclusions_file(rows), kind)
    context = {
        "page": page,
        "rows": rows,
        "query": request.as_of.query,
        "may_assign": rules.may_assign(request.user),
    }
    return render_page(request, "sponsors/conclusion_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def conclusion_add(request: PageRequest) -> HttpResponse:
    """Enter a conclusion; tasks are made of it on its page."""
    require(rules.may_assign(request.user))
    is_sent = request.method == "POST"
    form = ConclusionForm(request.POST, request.FILES) if is_sent else ConclusionForm()
    if is_sent and form.is_valid():
        try:
            document = services.record_conclusion(
                paper=form.paper(),
                upload=form.cleaned_data["file"],
                by=request.user,
                now=timezone.now(),
                today=request.as_of.reporting_date,
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, "Đã ghi kết luận. Bước tiếp theo: giao việc từ kết luận.")
            url = reverse("sponsors:conclusion", args=[document.pk])
            return HttpResponseRedirect(url, status=303)
    context = {
        "form": form,
        "file_lost": bool(request.FILES),
        "crumbs": [("Kết luận", reverse("sponsors:conclusion-list")), ("Ghi kết luận", "")],
    }
    status = 422 if form.errors else 200
    return render_page(request, "sponsors/conclusion_add.html", context, status=status)


@require_safe
@login_required
def conclusion(request: PageRequest, pk: int) -> HttpResponse:
    """One conclusion with the reader's tasks of it."""
    document = _document(request, pk)
    try:
        page = selectors.conclusion_page(
            request.user, document, request.as_of, PageForm(request.GET).number()
        )
    except EmptyPage as error:
        raise Http404(NO_PAGE) from error
    context = {
        "page": page,
        "query": request.as_of.query,
        "may_assign": rules.may_assign(request.user) and request.as_of.is_present,
        "crumbs": [("Kết luận", reverse("sponsors:conclusion-list")), (str(document), "")],
    }
    return render_page(request, "sponsors/conclusion.html", context)


@require_safe
@login_required
def conclusion_file(request: PageRequest, pk: int) -> FileResponse:
    """The file of a conclusion that the reader may see."""
    document = _document(request, pk)
    if not document.file:
        raise Http404("Kết luận này chưa có tệp.")
    try:
        content = document.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("Tệp không còn trên máy chủ.") from error
    extension = (document.file.name or "").rpartition(".")[2]
    name = f"{document.number or 'ket-luan'}.{extension}".replace("/", "-")
    response = FileResponse(content, as_attachment=True, filename=name)
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400"
    return response


def _document(request: PageRequest, pk: int) -> Document:
    found = selectors.visible_conclusions(request.user, request.as_of).filter(pk=pk).first()
    if found is None:
        raise Http404("Không có kết luận này, hoặc kết luận không thuộc phạm vi được xem.")
    return found
