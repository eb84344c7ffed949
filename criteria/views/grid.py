"""The self-assessment of a commune: the grid, its cells, sending, taking back, evidence."""

from collections.abc import Mapping

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods, require_safe

from communes.models import Commune
from criteria.desks import desk_of
from criteria.grid_forms import (
    CellForm,
    CriterionChoice,
    DayForm,
    EvidenceForm,
    MonthForm,
    cell_forms,
)
from criteria.paste_forms import PasteForm, undo_fields
from criteria.selectors.cell_panel import cell_panel, visible_evidence
from criteria.selectors.grid import Problem, grid_cell, grid_page, may_fill, open_sheet
from criteria.selectors.sheet import Sheet
from criteria.selectors.sheet_rows import own_commune_code, reporting_commune
from criteria.services.drafts import ClosedCells, StaleCells, change_evidence, save_cells
from criteria.services.self_reports import submit_criteria, take_back_report
from ntm_tracker.core.htmx import is_fragment_request, render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import ALLOWED

NO_COMMUNE = "Không có xã này trong phạm vi được xem, hoặc không xét theo bộ tiêu chí xã."
NO_CELL = "Không có chỉ tiêu, tiêu chí này trong bộ tiêu chí đang áp dụng."


def find(request: PageRequest, code: str) -> Commune:
    """The commune whose sheet is asked for; 404 where there is none for this reader."""
    commune = reporting_commune(request.user, code, request.as_of)
    if commune is None:
        raise Http404(NO_COMMUNE)
    return commune


def back(code: str, key: str = "") -> HttpResponseRedirect:
    """To the grid again, at the row that was touched."""
    url = reverse("criteria:grid", args=[code])
    return HttpResponseRedirect(f"{url}#row-{key}" if key else url, status=303)


@require_safe
@login_required
def own_report(request: PageRequest) -> HttpResponse:
    """To the sheet of the commune that the account works for; to the month's table for others."""
    code = own_commune_code(request.user, request.as_of)
    url = reverse("criteria:grid", args=[code]) if code else reverse("criteria:declarations")
    return redirect(f"{url}?{request.as_of.query}" if request.as_of.query else url)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@cache_control(private=True, no_store=True)
def grid(request: PageRequest, code: str) -> HttpResponse:
    """The sheet of a commune; a POST keeps everything that was typed into it.

    Each cell is kept as it is left, so Back asks for the sheet again: a browser's copy of it would
    show what stood there before.
    """
    commune = find(request, code)
    if request.method != "POST":
        return show_page(request, commune)
    if not request.as_of.is_present:
        return redirect("criteria:grid", code)
    refusal = _keep(request, commune)
    if refusal is None:
        messages.success(request, "Đã lưu mọi ô đã nhập. Số liệu được tính khi gửi báo cáo.")
        return back(code)
    return refusal


def show_page(
    request: PageRequest,
    commune: Commune,
    *,
    problems: Mapping[str, Problem] | None = None,
    errors: list[str] | None = None,
    paste: PasteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    month = MonthForm(request.GET)
    page = grid_page(
        commune,
        request.user,
        request.as_of,
        month=month.cleaned_data["month"] if month.is_valid() else None,
        problems=problems,
    )
    context = {
        "page": page,
        "totals": page.sheet.totals,
        "errors": errors or [],
        "paste": paste or PasteForm(found=page.sheet),
        "undo": undo_fields(request.session, page.sheet) if page.may else {},
    }
    return render(request, "criteria/grid.html", context, status=status)


def _keep(request: PageRequest, commune: Commune) -> HttpResponse | None:
    """Keep the cells that were touched; the page with everything that was typed where that cannot
    be, None where all is kept."""
    sent = cell_forms(request.POST)
    typed = {form.prefix or "": form.typed for form in sent}
    wrong = {form.prefix or "": sentences(form) for form in sent if not form.is_valid()}
    if not wrong:
        mine = [form.entry() for form in sent if form.cleaned_data["choice"] != "theirs"]
        try:
            save_cells(
                commune=commune,
                entries=mine,
                by=request.user,
                now=timezone.now(),
                today=request.as_of.reporting_date,
            )
        except StaleCells as stale:
            keys = {entry.key for entry in stale.entries}
            problems = {key: Problem(typed[key], is_stale=True) for key in keys}
            return show_page(request, commune, problems=problems, status=409)
        except ClosedCells as closed:
            return _closed(request, commune, typed, closed)
        except ValidationError as error:
            wrong = error.message_dict
        else:
            return None
    problems = {key: Problem(texts, tuple(wrong.get(key, ()))) for key, texts in typed.items()}
    return show_page(request, commune, problems=problems, status=422)


def _closed(
    request: PageRequest,
    commune: Commune,
    typed: Mapping[str, tuple[str, str, str]],
    closed: ClosedCells,
) -> HttpResponse:
    """Some cells take nothing any more: what was typed there stands above the table, to be copied;
    what was typed elsewhere stands where it was typed."""
    found, _may = open_sheet(commune, request.user, request.as_of)
    errors = [
        f"Chưa lưu {at.label if (at := found.cell(entry.key)) else entry.key}: "
        f"{closed.reasons[entry.key]} Nội dung vừa nhập: {entry.words}."
        for entry in closed.entries
    ]
    others = {key: Problem(texts) for key, texts in typed.items() if key not in closed.reasons}
    return show_page(request, commune, problems=others, errors=errors, status=409)


def sentences(form: CellForm) -> list[str]:
    return [str(sentence) for sentences in form.errors.values() for sentence in sentences]


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def cell(request: PageRequest, code: str, key: str) -> HttpResponse:
    """Files and history of one cell; a POST keeps the cell and answers with its state and the
    totals."""
    commune = find(request, code)
    if request.method != "POST":
        return _panel(request, commune, key)
    if not request.as_of.is_present:
        return redirect("criteria:grid", code)
    form = CellForm(request.POST, prefix=key)
    if not form.is_valid():
        return _refused(request, commune, key, Problem(form.typed, tuple(sentences(form))))
    if form.cleaned_data["choice"] == "theirs":
        found, _may = open_sheet(commune, request.user, request.as_of)
        return _state(request, found, key, takes=True)
    try:
        found = save_cells(
            commune=commune,
            entries=[form.entry()],
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except StaleCells as stale:
        problem = Problem(form.typed, is_stale=True)
        return _state(request, stale.sheet, key, problem=problem, status=409)
    except ValidationError as error:
        problem = Problem(form.typed, tuple(error.messages))
        return _refused(request, commune, key, problem)
    return _state(request, found, key)


def _refused(request: PageRequest, commune: Commune, key: str, problem: Problem) -> HttpResponse:
    found, may = open_sheet(commune, request.user, request.as_of)
    if not may:
        raise PermissionDenied(may.reason)
    return _state(request, found, key, problem=problem, status=422)


def _state(
    request: PageRequest,
    found: Sheet,
    key: str,
    *,
    problem: Problem | None = None,
    takes: bool = False,
    status: int = 200,
) -> HttpResponse:
    """The state of one cell with the verdict of its criterion and the totals out of band; without
    HTMX the grid again."""
    shown = grid_cell(found, key, ALLOWED, problem)
    if shown is None:
        raise Http404(NO_CELL)
    if not is_fragment_request(request):
        if problem is None:
            return back(found.commune.code, key)
        return show_page(request, found.commune, problems={key: problem}, status=status)
    head = grid_cell(found, shown.row.cell.key, ALLOWED)
    context = {
        "row": shown,
        "head": None if shown.cell.indicator is None else head,
        "totals": found.totals,
        "code": found.commune.code,
        "takes": takes,
    }
    return render(request, "criteria/_grid_answer.html", context, status=status)


def _panel(request: PageRequest, commune: Commune, key: str, form=None, status=200) -> HttpResponse:
    found, may = open_sheet(commune, request.user, request.as_of)
    panel = cell_panel(found, key, may)
    if panel is None:
        raise Http404(NO_CELL)
    context = {
        "panel": panel,
        "row": panel.cell,
        "form": form or EvidenceForm(),
        "commune": commune,
        "code": commune.code,
        "totals": found.totals,
        "is_changed": request.method == "POST",
    }
    fragment = {f"panel-{panel.cell.key}": "criteria/_grid_panel.html"}
    return render_page(
        request, "criteria/grid_cell.html", context, partials=fragment, status=status
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def evidence_add(request: PageRequest, code: str, key: str) -> HttpResponse:
    """Put files beside a cell, or take some away."""
    commune = find(request, code)
    if request.method != "POST" or not request.as_of.is_present:
        return redirect("criteria:grid-cell", code, key)
    form = EvidenceForm(request.POST, request.FILES)
    if not form.is_valid():
        _require_reporter(request, commune)
        return _panel(request, commune, key, form, 422)
    try:
        change_evidence(
            commune=commune,
            key=key,
            files=form.cleaned_data["added"],
            removed=form.cleaned_data["remove"],
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except ValidationError as error:
        raise Http404(error.messages[0]) from error
    if not is_fragment_request(request):
        return HttpResponseRedirect(reverse("criteria:grid-cell", args=[code, key]), status=303)
    return _panel(request, commune, key)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def submit(request: PageRequest, code: str) -> HttpResponse:
    """Keep what was typed, then send the chosen criteria, or all that were changed."""
    commune = find(request, code)
    if request.method != "POST" or not request.as_of.is_present:
        return redirect("criteria:grid", code)
    if refusal := _keep(request, commune):
        return refusal
    chosen = _chosen(request, commune)
    day = DayForm(request.POST)
    if not day.is_valid():
        return show_page(request, commune, errors=[*day.errors["effective_on"]], status=422)
    today = request.as_of.reporting_date
    try:
        rows = submit_criteria(
            commune=commune,
            criteria=chosen,
            effective_on=day.cleaned_data["effective_on"],
            by=request.user,
            now=timezone.now(),
            today=today,
        )
    except ValidationError as error:
        return show_page(request, commune, errors=error.messages, status=422)
    count = sum(row.criterion_id is not None for row in rows)
    on = f" tính cho ngày {rows[0].as_of:%d/%m/%Y}" if rows[0].as_of != today else ""
    messages.success(request, f"Đã gửi {count} tiêu chí{on}, chờ Văn phòng Điều phối kiểm tra.")
    return back(code)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def take_back(request: PageRequest, code: str) -> HttpResponse:
    """Take the last report of one criterion back, to correct it."""
    commune = find(request, code)
    if request.method != "POST" or not request.as_of.is_present:
        return redirect("criteria:grid", code)
    chosen = _chosen(request, commune)
    if len(chosen) != 1:
        errors = ["Hãy chọn một tiêu chí để rút lại."]
        return show_page(request, commune, errors=errors, status=422)
    try:
        take_back_report(
            commune=commune,
            criterion=chosen[0],
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except ValidationError as error:
        return show_page(request, commune, errors=error.messages, status=422)
    messages.success(request, "Đã rút lại; số liệu đã gửi nằm lại trong bảng để sửa rồi gửi lại.")
    return back(code, f"c{chosen[0]}")


def _require_reporter(request: PageRequest, commune: Commune) -> None:
    if not (may := may_fill(commune, request.user, request.as_of)):
        raise PermissionDenied(may.reason)


def _chosen(request: PageRequest, commune: Commune) -> list[int]:
    """The criteria that a form names; PermissionDenied for who does not report."""
    _require_reporter(request, commune)
    form = CriterionChoice(request.POST)
    if not form.is_valid():
        raise BadRequest(form.errors["criterion"][0])
    return form.cleaned_data["criterion"]


@require_safe
@login_required
def evidence(request: PageRequest, pk: int) -> FileResponse:
    """A file beside a report that the reader may see. Pictures are shown, the rest is saved."""
    found = visible_evidence(request.user, pk, desk_of(request.user).commune_ids)
    if found is None:
        raise Http404("Không có tệp này, hoặc tệp không thuộc phạm vi được xem.")
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("Tệp không còn trên máy chủ.") from error
    response = FileResponse(
        content,
        filename=found.original_name,
        content_type=found.content_type,
        as_attachment=not found.is_photo,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400"
    return response
