"""The written report: its file, and the words of its sections."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ntm_tracker.core.form_fields import refuse
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.limits import WORKBOOK, limited
from ntm_tracker.core.models import Period
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import require
from ntm_tracker.reports.forms import TextForm
from ntm_tracker.reports.rules import may_write_report
from ntm_tracker.reports.selectors.month import month_rows
from ntm_tracker.reports.selectors.texts import texts_for
from ntm_tracker.reports.services.letters import month_letter_file, write_text
from ntm_tracker.reports.views.months import download, period_or_404, require_reader
from ntm_tracker.reports.word.figures import Figure, figures
from ntm_tracker.reports.word.texts import BY_SLUG, SECTIONS, Section, draft


@require_safe
@login_required
@limited(WORKBOOK)
def month_letter(request: PageRequest, slug: str) -> HttpResponse:
    """The written report of a month, as a download."""
    require_reader(request.user)
    period = period_or_404(slug)
    return download(
        month_letter_file(period, request.installation, by=request.user, now=timezone.now())
    )


@require_safe
@login_required
def texts(request: PageRequest, slug: str) -> HttpResponse:
    """Every section with what it will say this month."""
    require_reader(request.user)
    period = period_or_404(slug)
    written = texts_for(period.month)
    known = _figures(request, period)
    rows = []
    for section in SECTIONS:
        own = written.get(section.slug)
        words = own.text if own and own.text else section.standard
        rows.append((section, own if own and own.text else None, draft(words, known)))
    context = {
        "period": period,
        "rows": rows,
        "permit": may_write_report(request.user, period),
        "crumbs": _crumbs(period, ""),
    }
    return render_page(request, "reports/texts.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def text(request: PageRequest, slug: str, section: str) -> HttpResponse:
    """Write a section: from this month on, until it is written again."""
    require_reader(request.user)
    period = period_or_404(slug)
    if section not in BY_SLUG:
        raise Http404("Báo cáo không có mục này.")
    require(may_write_report(request.user, period))
    chosen = BY_SLUG[section]
    if request.method != "POST":
        own = texts_for(period.month).get(section)
        words = own.text if own and own.text else chosen.standard
        form = TextForm(initial={"text": words, "seen": own.pk if own else 0})
        return _text(request, period, chosen, form)
    data = request.POST.copy()
    if "standard" in data:
        data["text"] = chosen.standard
    form = TextForm(data)
    if not form.is_valid():
        return _text(request, period, chosen, form, status=422)
    try:
        write_text(
            period,
            section=section,
            **form.cleaned_data,
            rows=month_rows(request.user, period, request.installation),
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except ValidationError as error:
        refuse(form, error)
        return _text(request, period, chosen, form, status=422)
    messages.success(request, f"Đã lưu mục “{chosen.name}”, dùng từ {str(period).lower()}.")
    return HttpResponseRedirect(reverse("reports:texts", args=[period.slug]), status=303)


def _text(
    request: PageRequest, period: Period, section: Section, form: TextForm, *, status: int = 200
) -> HttpResponse:
    context = {
        "period": period,
        "section": section,
        "form": form,
        "figures": _figures(request, period),
        "crumbs": _crumbs(period, section.name),
    }
    return render_page(request, "reports/text.html", context, status=status)


def _figures(request: PageRequest, period: Period) -> list[Figure]:
    return figures(month_rows(request.user, period, request.installation))


def _crumbs(period: Period, section: str) -> list[tuple[str, str]]:
    here = reverse("reports:texts", args=[period.slug]) if section else ""
    crumbs = [
        ("Báo cáo", reverse("reports:month-list")),
        (str(period), reverse("reports:month", args=[period.slug])),
        ("Lời văn", here),
    ]
    return [*crumbs, (section, "")] if section else crumbs
