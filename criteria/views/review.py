"""Verifying and appraising: the queue, and one criterion of one commune."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from communes.choices import UnitKind
from communes.models import Commune
from criteria import workflow
from criteria.choices import Level
from criteria.forms import cleaned
from criteria.models import Criterion
from criteria.review_forms import JudgeForm, ReviewFilterForm
from criteria.selectors import reported
from criteria.selectors.judgement import judgement_page
from criteria.selectors.review import ReviewFilter, review_page
from criteria.selectors.sets import SetInForce
from criteria.services.judging import StaleJudgement, judge
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.form_fields import refuse
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.once import once

DONE = {
    workflow.Move.VERIFY: "Đã xác nhận {} tiêu chí.",
    workflow.Move.RETURN: "Đã trả lại {} tiêu chí; chỉ các tiêu chí này được mở lại.",
    workflow.Move.APPRAISE: "Đã ghi thẩm định {} tiêu chí.",
}
TAKEN_BACK = "Đã rút lại; kết quả trước đó có hiệu lực trở lại."


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def review(request: PageRequest) -> HttpResponse:
    """What waits for the reader to verify or appraise; one or many at once."""
    if not (answer := workflow.may_judge(request.user)):
        raise PermissionDenied(answer.reason)
    if not request.as_of.is_present:
        return redirect("criteria:review")
    filter_form = ReviewFilterForm(request.GET)
    filters = ReviewFilter(**cleaned(filter_form))
    form = JudgeForm(request.POST if request.method == "POST" else None)
    status = _judged(request, form) if form.is_bound else 200
    if status == 303:
        return HttpResponseRedirect(request.get_full_path(), status=303)
    page = review_page(
        request.user, request.as_of, request.installation, filters, request.GET.get("page")
    )
    filter_form.offer(commune=page.communes, criterion=page.criteria)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "page": page,
        "filters": filters,
        "filter_form": filter_form,
        "form": form,
        "query": query.urlencode(),
    }
    return render_page(
        request,
        "criteria/review.html",
        context,
        partials={"review-rows": "criteria/_review_rows.html"},
        status=status,
    )


def _judged(request: PageRequest, form: JudgeForm) -> int:
    """Write what the form says; the status of the answer, with what went wrong in the form."""
    if not form.is_valid():
        return 422
    try:
        rows = judge(
            **form.judgement(),
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except StaleJudgement as stale:
        form.explain(stale.conflicts)
        return 409
    except ValidationError as error:
        refuse(form, error)
        return 422
    sentence = DONE.get(form.cleaned_data["move"], TAKEN_BACK)
    messages.success(request, sentence.format(len(rows)))
    return 303


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def judgement(request: PageRequest, code: str, number: int) -> HttpResponse:
    """One criterion of one commune: what is known of it, and what the reader may do now."""
    as_of = request.as_of.for_writing
    communes = reported.units(request.user, as_of).select_related("province")
    commune = reported.name_then(get_object_or_404(communes, code=code), as_of)
    in_force, criterion = _criterion(as_of, commune, number)
    here = reverse("criteria:judgement", args=[code, number])
    form = JudgeForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        if not (answer := workflow.may_judge(request.user)):
            raise PermissionDenied(answer.reason)
        if not request.as_of.is_present:
            return redirect(here)
        status = _judged(request, form)
        if status == 303:
            return HttpResponseRedirect(here, status=303)
    page = judgement_page(request.user, commune, in_force, criterion, as_of)
    return render_page(
        request, "criteria/judgement.html", {"page": page, "form": form}, status=status
    )


def _criterion(as_of: AsOf, commune: Commune, number: int) -> tuple[SetInForce, Criterion]:
    in_force = reported.set_for(Level.COMMUNE, as_of, commune.province.code)
    asked = in_force.criteria if in_force else ()
    found = next((one for one in asked if one.number == number), None)
    if in_force is None or found is None or commune.kind != UnitKind.XA:
        raise Http404(f"Không có tiêu chí số {number} của {commune} vào ngày đang xem.")
    return in_force, found
