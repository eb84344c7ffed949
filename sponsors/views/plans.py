"""Plans by weeks or months: templates, and laying one over places."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ntm_tracker.core.form_fields import refuse
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import require
from sponsors import rules, selectors, services
from sponsors.forms import LayForm, TemplateForm, step_forms
from sponsors.models import PlanTemplate
from sponsors.views.scope import Scope, chosen_scope, scope_context


@require_safe
@login_required
def plan_list(request: PageRequest) -> HttpResponse:
    """The templates of plans, with their steps."""
    context = {
        "templates": selectors.plan_templates(),
        "may_assign": rules.may_assign(request.user),
        "query": request.GET.urlencode(),
    }
    return render_page(request, "sponsors/plan_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def plan_add(request: PageRequest) -> HttpResponse:
    """Enter a template of a plan."""
    return _plan_form(request, None)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_edit(request: PageRequest, pk: int) -> HttpResponse:
    """Write a template anew; tasks made from it stay as they are."""
    return _plan_form(request, get_object_or_404(PlanTemplate, pk=pk))


def _plan_form(request: PageRequest, template: PlanTemplate | None) -> HttpResponse:
    require(rules.may_assign(request.user))
    data = request.POST if request.method == "POST" else None
    form, steps = TemplateForm(data, template=template), step_forms(data, template)
    if data is None or not (form.is_valid() & steps.is_valid()):
        return _plan_page(request, form, steps, 200 if data is None else 422)
    try:
        saved = services.save_template(
            template=template,
            name=form.cleaned_data["name"],
            note=form.cleaned_data["note"],
            steps=steps.entries(),
            version=form.cleaned_data["version"],
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except services.StalePlan as stale:
        form.explain(stale)
        return _plan_page(request, form, steps, 409)
    except ValidationError as error:
        refuse(form, error)
        return _plan_page(request, form, steps, 422)
    messages.success(request, f"Đã ghi mẫu kế hoạch “{saved}”.")
    return HttpResponseRedirect(reverse("sponsors:plan-list"), status=303)


def _plan_page(request: PageRequest, form, steps, status: int) -> HttpResponse:
    template = form.template
    context = {
        "form": form,
        "steps": steps,
        "template": template,
        "crumbs": [
            ("Mẫu kế hoạch", reverse("sponsors:plan-list")),
            (f"Sửa {template}" if template else "Thêm mẫu", ""),
        ],
    }
    return render_page(request, "sponsors/plan_form.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def plan_lay(request: PageRequest, pk: int) -> HttpResponse:
    """Lay a plan over places: see the dated tasks, then create them."""
    template = get_object_or_404(PlanTemplate, pk=pk)
    require(rules.may_assign(request.user))
    if not request.as_of.is_present:
        return redirect("sponsors:plan-lay", pk)
    lay = _create if "create" in request.POST else _lay
    return lay(request, template)


def _lay(request: PageRequest, template: PlanTemplate) -> HttpResponse:
    scope, today = chosen_scope(request), request.as_of.reporting_date
    form = LayForm(
        request.POST if request.method == "POST" else None,
        places=scope.places,
        there=scope.there,
        documents=selectors.document_choices(today),
        initial={"scope": "commune", "starts_on": today, "sponsor": request.GET.get("sponsor", "")},
    )
    if request.method != "POST" or not form.is_valid():
        return _lay_page(request, template, scope, form)
    province = request.installation.province_code
    entries = services.tasks_of_plan(
        template.steps.order_by("position"),
        form.cleaned_data["starts_on"],
        form.draft(today),
        {row.number: row for row in selectors.criteria_choices(today, province)},
        form.spots(),
        scope.there,
    )
    preview = services.preview_of(entries, today)
    is_seen = form.cleaned_data["seen"] == preview.digest
    if "create" in request.POST and is_seen and not preview.wrong and preview.lines:
        tasks = services.create_tasks(
            preview.entries, by=request.user, now=timezone.now(), today=today
        )
        messages.success(request, f"Đã giao {len(tasks)} việc theo mẫu “{template}”.")
        return HttpResponseRedirect(reverse("sponsors:task-list"), status=303)
    return _lay_page(request, template, scope, form, preview, is_changed="create" in request.POST)


_create = once(_lay)


def _lay_page(
    request: PageRequest,
    template: PlanTemplate,
    scope: Scope,
    form: LayForm,
    preview=None,
    *,
    is_changed=False,
) -> HttpResponse:
    context = scope_context(request, scope, form, preview, is_changed=is_changed) | {
        "template": template,
        "here": reverse("sponsors:plan-lay", args=[template.pk]),
        "kept": [("sponsor", request.GET.get("sponsor", ""))],
        "crumbs": [("Mẫu kế hoạch", reverse("sponsors:plan-list")), (template.name, "")],
    }
    bad = form.errors or (preview and (preview.wrong or not preview.lines)) or is_changed
    return render_page(
        request,
        "sponsors/plan_lay.html",
        context,
        partials={"task-places": "sponsors/_task_places.html"},
        status=422 if bad else 200,
    )
