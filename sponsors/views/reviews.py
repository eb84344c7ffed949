"""Pages of the office's own assessment of sponsors."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.list_file import file_response, wanted_file
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import require
from sponsors import list_files, rules, selectors, services
from sponsors.forms import OnPlanForm, ReviewForm, month_from, refuse
from sponsors.models import Sponsor


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def review_list(request: PageRequest) -> HttpResponse:
    """All sponsors of a month with the office's verdict; several can be marked on plan at once."""
    require(rules.may_read_reviews(request.user))
    month = month_from(request.GET.get("month", ""))
    form = None
    if request.method == "POST":
        require(rules.may_review(request.user))
        if not request.as_of.is_present:
            return redirect("sponsors:review-list")
        form = OnPlanForm(request.POST, months=selectors.review_months(request.as_of))
        if form.is_valid():
            rows = services.record_reviews(
                form.entries(),
                by=request.user,
                now=timezone.now(),
                today=request.as_of.reporting_date,
            )
            messages.success(request, f"Đã ghi “Đúng kế hoạch” cho {len(rows)} đơn vị.")
            url = f"{reverse('sponsors:review-list')}?month={form.cleaned_data['month']:%Y-%m}"
            return HttpResponseRedirect(url, status=303)
    page = selectors.review_page_then(request.user, request.as_of.for_writing, month)
    if kind := wanted_file(request):
        return file_response(request, list_files.reviews_file(page.rows), kind)
    context = {
        "page": page,
        "form": form,
        "may_review": rules.may_review(request.user),
    }
    return render_page(
        request, "sponsors/review_list.html", context, status=422 if form is not None else 200
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def review_add(request: PageRequest, pk: int) -> HttpResponse:
    """Assess one sponsor in one month; what was written before stays in the history."""
    found = get_object_or_404(Sponsor.objects.visible_to(request.user), pk=pk)
    require(rules.may_review(request.user))
    if not request.as_of.is_present:
        return redirect("sponsors:review-add", pk)
    months = selectors.review_months(request.as_of)
    month = month_from(request.GET.get("month", "")) or months[0]
    form = ReviewForm(
        request.POST if request.method == "POST" else None,
        sponsor=found,
        months=months,
        communes=selectors.communes_of(found, request.as_of),
        initial={"month": f"{month:%Y-%m-%d}"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = services.record_reviews(
                [form.entry()],
                by=request.user,
                now=timezone.now(),
                today=request.as_of.reporting_date,
            )[0]
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, f"Đã ghi đánh giá: {row.get_verdict_display()}.")
            url = f"{reverse('sponsors:review-list')}?month={row.month:%Y-%m}"
            return HttpResponseRedirect(url, status=303)
    context = {
        "sponsor": found,
        "form": form,
        "history": selectors.review_history(request.user, request.as_of, found),
        "crumbs": [
            ("Đánh giá", reverse("sponsors:review-list")),
            (found.name, reverse("sponsors:sponsor", args=[pk])),
            ("Ghi đánh giá", ""),
        ],
    }
    return render_page(request, "sponsors/review.html", context, status=422 if form.errors else 200)
