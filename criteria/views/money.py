"""Work items and debts: what is written down there, and what the rules say about it at once."""

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import push_url, reswap, retarget

from criteria.models import WorkItem
from criteria.money_forms import FORMS, AmountForm, TakeBackForm
from criteria.money_rules import Entry, may_enter
from criteria.selectors.findings import item_findings
from criteria.selectors.item_page import AmountTable, ItemPage, item_page
from criteria.services.work_items import StaleAmount, enter_amount, take_back
from ntm_tracker.core.findings import Finding, with_explanations
from ntm_tracker.core.form_fields import refuse
from ntm_tracker.core.htmx import render_page, wanted_fragment
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.numbers import dong_words
from ntm_tracker.core.once import once
from ntm_tracker.core.periods import LateEntry, late_entries

FRAGMENTS = {"item-money": "criteria/_item_money.html"}


@dataclass(frozen=True)
class Panel:
    """The rows of one sort with the form below them; `is_open`: the form stands open."""

    table: AmountTable
    form: AmountForm | None
    is_open: bool = False


def _item(request: PageRequest, code: str) -> WorkItem:
    return get_object_or_404(
        WorkItem.objects.visible_to(request.user).select_related(
            "category", "commune", "village", "criterion__criteria_set"
        ),
        code=code,
    )


def _entry(name: str) -> Entry:
    try:
        return Entry(name)
    except ValueError:
        raise Http404(f"Không có loại số liệu “{name[:40]}”.") from None


def _form(item: WorkItem, table: AmountTable, request: PageRequest, *data) -> AmountForm:
    today = f"{request.as_of.reporting_date:%d/%m/%Y}"
    initial = {"seen": table.total, "effective_on": today, "direction": "add"}
    return FORMS[table.entry](*data, item_id=item.pk, initial=initial)


def _panels(request: PageRequest, page: ItemPage, bound: AmountForm | None, opened: str) -> list:
    panels = []
    for table in page.tables:
        form = None
        if table.permit:
            own = bound is not None and bound.entry == table.entry
            form = bound if own else _form(page.item, table, request)
        panels.append(Panel(table, form, table.entry == opened))
    return panels


def _context(
    request: PageRequest, item: WorkItem, bound: AmountForm | None = None, opened: str = ""
) -> dict:
    page = item_page(request.user, item, request.as_of.for_writing)
    found = item_findings(page.lines, page.rows, request.as_of, request.installation)
    panels = _panels(request, page, bound, opened)
    late: tuple[LateEntry, ...] = ()
    if item.commune_id and any(panel.form for panel in panels):
        late = late_entries(item.commune_id, today=request.as_of.reporting_date)
    return {
        "page": page,
        "item": item,
        "panels": panels,
        "late": late,
        "findings": with_explanations(found),
    }


@require_safe
@login_required
def work_item(request: PageRequest, code: str) -> HttpResponse:
    """The rows behind one work item, with the forms of who may add to them."""
    context = _context(request, _item(request, code))
    return render_page(request, "criteria/work_item.html", context, partials=FRAGMENTS)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def item_entry(request: PageRequest, code: str, entry: str) -> HttpResponse:
    """State a need, an identified source or a payment, always at the reporting date."""
    item, kind = _item(request, code), _entry(entry)
    if not request.as_of.is_present:
        return redirect("criteria:item-entry", code, kind)
    if not (permit := may_enter(kind, item.commune_id, request.user)):
        raise PermissionDenied(permit.reason)
    if request.method != "POST":
        return _answer(request, item, opened=kind)
    form = FORMS[kind](request.POST, item_id=item.pk)
    if not form.is_valid():
        return _answer(request, item, form, status=422)
    try:
        row = enter_amount(
            item=item,
            entry=kind,
            typed=form.typed(),
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except StaleAmount as stale:
        return _stale(request, item, form, stale)
    except ValidationError as error:
        refuse(form, error)
        return _answer(request, item, form, status=422)
    words = f"Đã ghi {kind.label.lower()}: {dong_words(row.amount)}." if row else "Số liệu như cũ."
    return _saved(request, item, words)


@require_http_methods(["POST"])
@login_required
@once
def item_take_back(request: PageRequest, code: str, entry: str) -> HttpResponse:
    """Take back one's last entry."""
    item, kind = _item(request, code), _entry(entry)
    if not (permit := may_enter(kind, item.commune_id, request.user)):
        raise PermissionDenied(permit.reason)
    form = TakeBackForm(request.POST)
    if not form.is_valid():
        return _answer(request, item, status=422)
    try:
        row = take_back(
            item=item,
            entry=kind,
            pk=form.cleaned_data["row"],
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
        return _answer(request, item, status=422)
    return _saved(request, item, f"Đã rút lại {dong_words(-row.amount)}.")


def _answer(
    request: PageRequest,
    item: WorkItem,
    form: AmountForm | None = None,
    *,
    opened: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page with a form standing open; for HTMX, only the panel of a form that was refused, so
    that what was typed in the others stays."""
    kind = form.entry if form else opened
    context = _context(request, item, form, kind)
    context["panel"] = next((row for row in context["panels"] if row.table.entry == kind), None)
    partials = {"item-money": "criteria/_amounts.html"} if form else FRAGMENTS
    response = render_page(
        request, "criteria/work_item.html", context, partials=partials, status=status
    )
    return reswap(retarget(response, f"#amounts-{kind}"), "outerHTML") if form else response


def _stale(
    request: PageRequest, item: WorkItem, form: AmountForm, stale: StaleAmount
) -> HttpResponse:
    """Somebody was faster: both values, and the sum that a second sending answers to."""
    data = request.POST.copy()
    data["seen"] = str(stale.now)
    renewed = FORMS[form.entry](data, item_id=item.pk)
    if renewed.is_valid():
        renewed.explain(stale)
    return _answer(request, item, renewed, status=409)


def _saved(request: PageRequest, item: WorkItem, words: str) -> HttpResponse:
    context = _context(request, item)
    say(request, words, context["findings"])
    url = reverse("criteria:work-item", args=[item.code])
    if wanted_fragment(request, FRAGMENTS) is None:
        return HttpResponseRedirect(url, status=303)
    response = render_page(request, "criteria/work_item.html", context, partials=FRAGMENTS)
    return push_url(response, url)


def say(request: PageRequest, words: str, findings: list[Finding]) -> None:
    """It is written; nothing is refused for a warning, but what the rules find is said at once."""
    sentences = [finding.sentence for finding in findings if finding.is_open]
    if sentences:
        messages.warning(request, f"{words} Nhưng: {' '.join(sentences)} Hãy sửa hoặc giải trình.")
    else:
        messages.success(request, words)
