"""Files in: sending one of a kind, seeing what it would change, writing and undoing it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import HttpResponseClientRefresh

from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.intake import UnreadableFile, background
from ntm_tracker.core.intake.batches import (
    Checked,
    MovedOn,
    apply_batch,
    check_batch,
    keep_file,
    undo_batch,
)
from ntm_tracker.core.intake.forms import bad_rows_file, form_file
from ntm_tracker.core.limits import WORKBOOK, limited
from ntm_tracker.core.models import ImportBatch
from ntm_tracker.core.models.intake import BatchState
from ntm_tracker.core.once import once
from ntm_tracker.core.paging import page_of
from ntm_tracker.core.permits import require
from ntm_tracker.core.sheets import CONTENT_TYPE
from ntm_tracker.dashboard.forms.imports import BatchForm, FileForm
from ntm_tracker.dashboard.importing import (
    IMPORTERS,
    importers_of,
    may_import,
    visible_batches,
)

RECENT = 30
PROGRESS = "import-progress"
MOST_SHOWN = 300
"""Changes and problems that the page of a file lists; the counts are of all."""
MOST_REASONS = 30
"""Reasons that stand above the page: a whole file can be refused row by row."""


@require_safe
@login_required
def import_list(request: PageRequest) -> HttpResponse:
    """What can be imported, and the files that were."""
    require(may_import(request.user))
    context = {
        "importers": importers_of(request.user),
        "batches": list(page_of(visible_batches(request.user), 1, RECENT)),
        "titles": {kind: one.title for kind, one in IMPORTERS.items()},
    }
    return render_page(request, "dashboard/import_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def import_kind(request: PageRequest, kind: str) -> HttpResponse:
    """The form to fill in, and sending it back."""
    importer = IMPORTERS[kind]
    require(importer.may(request.user))
    form = FileForm()
    if request.method == "POST":
        form = FileForm(request.POST, request.FILES)
        if form.is_valid():
            upload = form.cleaned_data["file"]
            try:
                batch = keep_file(
                    importer, upload.read(), upload.name, by=request.user, now=timezone.now()
                )
            except UnreadableFile as error:
                form.add_error("file", str(error))
            else:
                url = reverse("dashboard:import-batch", args=[batch.pk])
                return HttpResponseRedirect(url, status=303)
    context = {
        "importer": importer,
        "form": form,
        "crumbs": [("Nhập từ tệp", reverse("dashboard:import-list")), (importer.title, "")],
    }
    status = 422 if form.errors else 200
    return render_page(request, "dashboard/import_kind.html", context, status=status)


@require_safe
@login_required
@limited(WORKBOOK)
def import_form(request: PageRequest, kind: str) -> HttpResponse:
    """The workbook of a kind, with today's rows or (`?empty=1`) without."""
    importer = IMPORTERS[kind]
    require(importer.may(request.user))
    content = form_file(
        importer,
        request.user,
        request.as_of,
        is_empty=bool(request.GET.get("empty")),
        creator=request.installation.office_name,
        now=timezone.now(),
    )
    return _workbook(content, f"mau-{kind}-{request.as_of.reporting_date:%Y%m%d}.xlsx")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def import_batch(request: PageRequest, pk: int) -> HttpResponse:
    """A file: what it would change, or what it has changed."""
    batch = _batch(request, pk)
    if request.method != "POST":
        return _page(request, batch)
    form = BatchForm(request.POST)
    if not form.is_valid():
        return _page(request, batch, [str(sentence) for sentence in form.errors["action"]], 422)
    action, importer, now = form.cleaned_data["action"], IMPORTERS[batch.kind], timezone.now()
    try:
        if action == BatchForm.UNDO:
            today = request.as_of.reporting_date
            undo_batch(batch, importer, by=request.user, now=now, today=today)
            messages.success(request, "Đã hoàn tác cả tệp; số liệu trở về như trước khi nhập.")
        else:
            _apply(request, batch, mark=form.cleaned_data["mark"], action=action)
    except MovedOn as error:
        return _page(request, batch, [str(error)], 409)
    except ValidationError as error:
        return _page(request, batch, _first(error.messages), 422)
    url = reverse("dashboard:import-batch", args=[pk])
    return HttpResponseRedirect(url, status=303)


def _apply(request: PageRequest, batch: ImportBatch, *, mark: str, action: str) -> None:
    """Write a file now, or, where that takes long, have it written meanwhile."""
    skips_bad, now = action == BatchForm.GOOD, timezone.now()
    wanted: dict[str, Any] = {"mark": mark, "skips_bad": skips_bad, "by": request.user}
    wanted |= {"as_of": request.as_of, "now": now}
    if batch.row_count > background.LONG:
        background.start(batch, **wanted)
    else:
        apply_batch(batch, IMPORTERS[batch.kind], **wanted)
        messages.success(request, "Đã ghi các thay đổi của tệp.")


@require_safe
@login_required
@limited(WORKBOOK)
def import_bad(request: PageRequest, pk: int) -> HttpResponse:
    """The rows that were not taken, with their reasons, as a form to be sent again."""
    batch = _batch(request, pk)
    checked = _checked(request, batch)
    content = bad_rows_file(
        IMPORTERS[batch.kind],
        checked.given,
        checked.problems,
        creator=request.installation.office_name,
        now=timezone.now(),
    )
    return _workbook(content, f"dong-sai-{batch.pk}.xlsx")


@require_safe
@login_required
def import_file(request: PageRequest, pk: int) -> FileResponse:
    """The file as it came."""
    batch = _batch(request, pk)
    try:
        content = batch.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("Tệp không còn trên máy chủ.") from error
    return FileResponse(content, as_attachment=True, filename=batch.name)


def _batch(request: PageRequest, pk: int) -> ImportBatch:
    batch = get_object_or_404(visible_batches(request.user), pk=pk)
    require(IMPORTERS[batch.kind].may(request.user))
    return background.settled_state(batch, request.as_of, timezone.now())


def _checked(request: PageRequest, batch: ImportBatch) -> Checked:
    try:
        return check_batch(batch, IMPORTERS[batch.kind], request.user, request.as_of)
    except (FileNotFoundError, UnreadableFile) as error:
        raise Http404("Tệp không còn trên máy chủ, hoặc không đọc được nữa.") from error


def _first(sentences: list[str]) -> list[str]:
    """The first reasons, and how many more there are."""
    left = len(sentences) - MOST_REASONS
    more = [f"Và {left} dòng khác nữa."] if left > 0 else []
    return sentences[:MOST_REASONS] + more


def _page(
    request: PageRequest, batch: ImportBatch, errors: list[str] | None = None, status: int = 200
) -> HttpResponse:
    if batch.state == BatchState.RUNNING:
        return _progress(request, batch, status)
    if request.htmx.target == PROGRESS:
        return HttpResponseClientRefresh()  # It has ended while somebody watched.
    is_open = batch.state == BatchState.CHECKED
    checked = _checked(request, batch) if is_open else None
    context = {
        "batch": batch,
        "importer": IMPORTERS[batch.kind],
        "checked": checked,
        "changes": checked.changes[:MOST_SHOWN] if checked else (),
        "problems": checked.problems[:MOST_SHOWN] if checked else (),
        "done": [] if is_open else list(batch.changes.all()[:MOST_SHOWN]),
        "done_count": 0 if is_open else batch.changes.count(),
        "most": MOST_SHOWN,
        "errors": errors or ([batch.failure] if is_open and batch.failure else []),
        "crumbs": _crumbs(batch),
    }
    return render_page(request, "dashboard/import_batch.html", context, status=status)


def _progress(request: PageRequest, batch: ImportBatch, status: int) -> HttpResponse:
    done, total = background.how_far(batch) or (0, 0)
    context = {
        "batch": batch,
        "importer": IMPORTERS[batch.kind],
        "done": done,
        "total": total,
        "crumbs": _crumbs(batch),
    }
    partials = {PROGRESS: "dashboard/_import_progress.html"}
    page = "dashboard/import_running.html"
    return render_page(request, page, context, partials=partials, status=status)


def _crumbs(batch: ImportBatch) -> list[tuple[str, str]]:
    return [
        ("Nhập từ tệp", reverse("dashboard:import-list")),
        (IMPORTERS[batch.kind].title, reverse("dashboard:import-kind", args=[batch.kind])),
        (batch.name, ""),
    ]


def _workbook(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=CONTENT_TYPE)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
