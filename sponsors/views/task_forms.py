"""Creating tasks, one or many at once, and changing what was asked for."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from criteria.models import Department
from ntm_tracker.core.choices import DocumentKind
from ntm_tracker.core.form_fields import refuse
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import require
from sponsors import rules, selectors, services
from sponsors.forms import TaskEditForm, TaskForm
from sponsors.models import Task
from sponsors.views.scope import Scope, chosen_scope, scope_context

NO_TASK = "Không có việc này, hoặc việc không thuộc phạm vi được xem."


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def task_add(request: PageRequest) -> HttpResponse:
    """Describe a task, see exactly what would be created, create it."""
    require(rules.may_assign(request.user))
    if not request.as_of.is_present:
        return redirect("sponsors:task-add")
    # A preview writes nothing: only creating is held to once per form.
    return _create(request) if "create" in request.POST else _task_add(request)


def _task_add(request: PageRequest) -> HttpResponse:
    scope = chosen_scope(request)
    form = _task_form(request, scope)
    if request.method != "POST" or not form.is_valid():
        return _add_page(request, scope, form)
    today = request.as_of.reporting_date
    entries = services.tasks_at(form.draft(today), form.spots(), scope.there)
    preview = services.preview_of(entries, today)
    is_seen = form.cleaned_data["seen"] == preview.digest
    if "create" in request.POST and is_seen and not preview.wrong and preview.lines:
        tasks = services.create_tasks(
            preview.entries, by=request.user, now=timezone.now(), today=today
        )
        messages.success(request, f"Đã giao {len(tasks)} việc.")
        return HttpResponseRedirect(_after(form), status=303)
    return _add_page(request, scope, form, preview, is_changed="create" in request.POST)


_create = once(_task_add)


def _after(form: TaskForm) -> str:
    """Where the new tasks stand together."""
    document = form.cleaned_data["document"]
    if document and document.kind == DocumentKind.CONCLUSION:
        return reverse("sponsors:conclusion", args=[document.pk])
    if len(form.places) == 1:
        code = form.places[0].commune.code
        return f"{reverse('sponsors:task-list')}?commune={code}"
    return reverse("sponsors:task-list")


def _task_form(request: PageRequest, scope: Scope) -> TaskForm:
    today = request.as_of.reporting_date
    return TaskForm(
        request.POST if request.method == "POST" else None,
        places=scope.places,
        there=scope.there,
        criteria=selectors.criteria_choices(today, request.installation.province_code),
        departments=Department.objects.order_by("sort_key", "pk"),
        documents=selectors.document_choices(today),
        initial={
            "scope": "commune",
            "owner": "sponsor",
            "pace": "month",
            "starts_on": today,
            "document": request.GET.get("document", ""),
        },
    )


def _add_page(
    request: PageRequest, scope: Scope, form: TaskForm, preview=None, *, is_changed=False
) -> HttpResponse:
    context = scope_context(request, scope, form, preview, is_changed=is_changed) | {
        "here": reverse("sponsors:task-add"),
        "kept": [("document", request.GET.get("document", ""))],
        "crumbs": [("Việc", reverse("sponsors:task-list")), ("Giao việc", "")],
    }
    bad = form.errors or (preview and (preview.wrong or not preview.lines)) or is_changed
    return render_page(
        request,
        "sponsors/task_add.html",
        context,
        partials={"task-places": "sponsors/_task_places.html"},
        status=422 if bad else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def task_edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change title, day or doer of a task, with the reason."""
    task = selectors.visible_task(request.user, request.as_of, pk)
    if task is None:
        raise Http404(NO_TASK)
    require(rules.may_assign(request.user))
    if not request.as_of.is_present:
        return redirect("sponsors:task-edit", pk)
    form = TaskEditForm(
        request.POST if request.method == "POST" else None,
        task=task,
        sponsors=selectors.task_sponsors(request.user, request.as_of, task),
        departments=Department.objects.order_by("sort_key", "pk"),
    )
    if request.method != "POST" or not form.is_valid():
        return _edit_page(request, task, form, 422 if form.errors else 200)
    try:
        services.amend_task(
            task=task,
            amendment=form.amendment(),
            version=form.cleaned_data["version"],
            note=form.cleaned_data["note"],
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except services.StaleVersion as stale:
        form.explain(stale)
        return _edit_page(request, task, form, 409)
    except ValidationError as error:
        refuse(form, error)
        return _edit_page(request, task, form, 422)
    messages.success(request, "Đã ghi thay đổi của việc.")
    return HttpResponseRedirect(reverse("sponsors:task", args=[pk]), status=303)


def _edit_page(request: PageRequest, task: Task, form: TaskEditForm, status: int) -> HttpResponse:
    context = {
        "task": task,
        "form": form,
        "crumbs": [
            ("Việc", reverse("sponsors:task-list")),
            (task.title, reverse("sponsors:task", args=[task.pk])),
            ("Sửa hạn, bên thực hiện", ""),
        ],
    }
    return render_page(request, "sponsors/task_edit.html", context, status=status)
