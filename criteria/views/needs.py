"""The table of needs: typed into or pasted over, kept row by row, undone at once."""

from collections.abc import Iterable
from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from criteria.forms import NeedFilterForm, cleaned
from criteria.money_rules import Entry, may_add_items
from criteria.need_forms import NeedForm, NeedPasteForm
from criteria.selectors.funding_page import FundingFilter
from criteria.selectors.item_page import last_needs
from criteria.selectors.need_sheet import NeedProblem, NeedSheet, key_of, need_sheet
from criteria.services.work_items import StaleNeeds, adjust_needs, take_back_many
from ntm_tracker.core.clock import parse_day
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.numbers import dong_words
from ntm_tracker.core.permits import require, sentences

UNDO = "need-sheet"
"""Key of the session: work item id → the need that was written last by this table."""


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def need_table(request: PageRequest) -> HttpResponse:
    """Needs of the chosen commune and category. Good rows are kept, bad ones come back marked where
    they lie; a block is laid over the table first. `?day=` is a day of a closed month that a
    commune may still enter into; without it needs are written for the reporting date."""
    require(may_add_items(request.user))
    if not request.as_of.is_present:
        return redirect("criteria:need-table")
    asked = cleaned(NeedFilterForm(request.GET))
    day = _day(request, asked.pop("day"))
    sheet = _sheet(request, FundingFilter(**asked), day)
    if request.method != "POST":
        return _answer(request, sheet)
    if "undo" in request.POST:
        return _undo(request, sheet)
    data: QueryDict = request.POST
    if "paste" in request.POST:
        paste = NeedPasteForm(request.POST, sheet=sheet)
        if not paste.is_valid():
            return _answer(request, sheet, paste=paste, status=422)
        data = paste.laid_over(request.POST)
    return _keep(request, sheet, data)


def _day(request: PageRequest, asked: str) -> date:
    """The day for which needs are written."""
    today = request.as_of.reporting_date
    day = parse_day(asked) if asked else today
    if day > today:
        raise BadRequest(
            f"Ngày {day:%d/%m/%Y} ở sau ngày báo cáo {today:%d/%m/%Y}; hãy chọn ngày khác."
        )
    return day


def _sheet(request: PageRequest, filters: FundingFilter, day: date) -> NeedSheet:
    return need_sheet(request.user, request.as_of, request.installation, filters, day)


def _keep(request: PageRequest, sheet: NeedSheet, data: QueryDict) -> HttpResponse:
    """Keep what can be kept and note how to undo it; what cannot stands where it was typed."""
    forms = [NeedForm(data, line.pk) for line in sheet.lines if f"{key_of(line.pk)}-seen" in data]
    if not forms:
        errors = ["Chưa có dòng nào; hãy sửa nhu cầu trong bảng rồi lưu."]
        return _answer(request, sheet, errors=errors, status=422)
    problems = {
        form.item_id: NeedProblem(form.typed, form.sentences, _seen(sheet, form.item_id))
        for form in forms
        if not form.is_valid()
    }
    good = [form for form in forms if form.item_id not in problems]
    try:
        kept = _write(request, sheet.day, good, problems)
    except ValidationError as error:
        problems |= {form.item_id: _typed(form) for form in good if form.change()}
        return _answer(request, sheet, problems, errors=error.messages, status=422)
    if kept:
        request.session[UNDO] = {str(item): pk for item, pk in kept.items()}
        on = "" if sheet.day == request.as_of.reporting_date else f" cho ngày {sheet.day:%d/%m/%Y}"
        messages.success(request, f"Đã ghi nhu cầu của {len(kept)} công trình{on}.")
    if problems:
        # The sums of the good rows are new.
        sheet = _sheet(request, sheet.filters, sheet.day)
        errors = [f"Còn {len(problems)} công trình chưa ghi được; lý do ghi ở ô Nhu cầu."]
        return _answer(request, sheet, problems, errors=errors, status=422)
    if not kept:
        messages.info(request, "Các nhu cầu giống hệt số đang có; không có gì thay đổi.")
    return _back(request)


def _write(
    request: PageRequest,
    day: date,
    forms: Iterable[NeedForm],
    problems: dict[int, NeedProblem],
) -> dict[int, int]:
    """Work item id → the need that was written for the day; rows in which somebody else was faster
    become problems."""
    left = {form.item_id: form for form in forms if form.change()}
    while True:
        changes = [change for form in left.values() if (change := form.change())]
        try:
            written = adjust_needs(
                changes,
                effective_on=day,
                by=request.user,
                now=timezone.now(),
                today=request.as_of.reporting_date,
            )
        except StaleNeeds as stale:
            for item_id, (row, now) in stale.rows.items():
                form = left.pop(item_id)
                sentence = (
                    f"Trong lúc nhập, {row.by_label if row else 'người khác'} đã ghi nhu cầu này "
                    f"thành {dong_words(now)}. Chưa ghi đè gì: lưu lại nếu muốn giữ số của bạn."
                )
                problems[item_id] = NeedProblem(form.typed, (sentence,), now)
        else:
            return {item_id: row.pk for item_id, row in written.items()}


def _typed(form: NeedForm) -> NeedProblem:
    return NeedProblem(form.typed, (), form.cleaned_data["seen"])


def _seen(sheet: NeedSheet, item_id: int) -> int:
    return next(line.money.need for line in sheet.lines if line.pk == item_id)


def _undo(request: PageRequest, sheet: NeedSheet) -> HttpResponse:
    """Take back what the table wrote last."""
    rows = _last(request)
    if not rows:
        errors = ["Không còn lần ghi nào để hoàn tác: có công trình đã được ghi tiếp."]
        return _answer(request, sheet, errors=errors, status=422)
    try:
        taken = take_back_many(
            Entry.NEED,
            list(rows.items()),
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except (ValidationError, PermissionDenied) as error:
        said = sentences(error)
        return _answer(request, sheet, errors=said, status=422)
    del request.session[UNDO]
    messages.success(request, f"Đã hoàn tác nhu cầu của {len(taken)} công trình.")
    return _back(request)


def _last(request: PageRequest) -> dict[int, int]:
    """What the table wrote last, as long as nothing was written upon it."""
    rows = {int(item): pk for item, pk in request.session.get(UNDO, {}).items()}
    return rows if rows and last_needs(rows) == rows else {}


def _back(request: PageRequest) -> HttpResponse:
    query = request.GET.urlencode()
    url = reverse("criteria:need-table")
    return HttpResponseRedirect(f"{url}?{query}" if query else url, status=303)


def _answer(
    request: PageRequest,
    sheet: NeedSheet,
    problems: dict[int, NeedProblem] | None = None,
    *,
    errors: list[str] | None = None,
    paste: NeedPasteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    form = NeedFilterForm(request.GET)
    days = sheet.days(request.as_of.reporting_date)
    form.offer(category=sheet.categories, commune=sheet.communes)
    form.offer_days(days)
    if sheet.refusal and not errors:
        errors = [sheet.refusal]
    context = {
        "sheet": sheet,
        "rows": sheet.rows(problems or {}),
        "form": form,
        "errors": errors or [],
        "paste": paste or NeedPasteForm(sheet=sheet),
        "undo": len(_last(request)),
        "crumbs": [("Kinh phí", reverse("criteria:funding")), ("Nhập nhu cầu theo bảng", "")],
    }
    return render_page(request, "criteria/need_table.html", context, status=status)
