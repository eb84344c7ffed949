"""Pages of sponsors and tasks."""

from dataclasses import replace

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.paginator import EmptyPage
from django.http import FileResponse, Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import push_url, reswap, retarget, trigger_client_event

from ntm_tracker.core.choices import Role
from ntm_tracker.core.findings import with_explanations
from ntm_tracker.core.form_fields import refuse
from ntm_tracker.core.htmx import render_page, wanted_fragment
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.list_file import file_response, wanted_file
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import require
from sponsors import list_files, rules, selectors, services, workflow
from sponsors.choices import TaskTransition
from sponsors.forms import (
    CommitmentForm,
    SponsorFilterForm,
    TaskFilterForm,
    TaskUpdateForm,
    task_tabs,
)
from sponsors.models import Assignment, Sponsor
from sponsors.selectors.findings import findings_at

NO_TASK = "Không có việc này, hoặc việc không thuộc phạm vi được xem."


def last_page(error: EmptyPage) -> Http404:
    """What to say of a page past the last one."""
    return Http404("Danh sách không có trang này. Hãy quay về trang đầu.")


@require_safe
@login_required
def task_list(request: PageRequest) -> HttpResponse:
    """The tasks the reader may see; home of a sponsor."""
    form = TaskFilterForm(request.GET)
    filters = form.filters()
    choices = selectors.task_choices_then(request.user, request.as_of)
    if missing := selectors.missing_filter(request.user, request.as_of, filters, choices):
        raise Http404(missing)
    kind = wanted_file(request)
    number = None if kind else form.cleaned_data["page"] or 1
    try:
        found = selectors.task_list_then(request.user, request.as_of, filters, number)
    except EmptyPage as error:
        raise last_page(error) from error
    if kind:
        return file_response(request, list_files.tasks_file(found.rows), kind)
    bare = replace(filters, state="", late=False, due=None)
    context = {
        "list": found,
        "is_filtered": filters != selectors.TaskFilters(),
        "is_narrowed": bare != selectors.TaskFilters(),
        "tabs": task_tabs(found.counts, filters, request.GET),
        "query": query_without_page(request),
        "form": form.without_page().offer(choices),
        "as_cards": request.user.role == Role.SPONSOR,
        "may_assign": rules.may_assign(request.user),
        "receive": workflow.BY_NAME[TaskTransition.RECEIVE],
    }
    return render_page(
        request,
        "sponsors/task_list.html",
        context,
        partials={"task-list": "sponsors/_task_list.html"},
    )


def query_without_page(request: PageRequest) -> str:
    """The filters of the address, for the links between pages."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


@require_safe
@login_required
def task(request: PageRequest, pk: int) -> HttpResponse:
    """One task with its history, and the form for who may report."""
    card = _card(request, pk)
    form = _form(card) if card.permit else None
    return render_page(
        request,
        "sponsors/task.html",
        {
            "card": card,
            "form": form,
            "crumbs": _task_crumbs(request, card),
            "may_amend": request.as_of.is_present
            and workflow.amend_permit(card.task, request.user),
            "trail": f"sponsors.task:{pk}",
        },
        partials={"task-card": "sponsors/_task_card.html"},
    )


def _card(request: PageRequest, pk: int) -> selectors.TaskCard:
    card = selectors.task_card_then(request.user, pk, request.as_of.for_writing)
    if card is None:
        raise Http404(NO_TASK)
    return card


def dated(request: PageRequest, name: str, *args) -> str:
    """The address of a page of sponsors, with the chosen day kept."""
    url = reverse(f"sponsors:{name}", args=args)
    return f"{url}?{request.as_of.query}" if request.as_of.query else url


def _task_crumbs(request: PageRequest, card: selectors.TaskCard, *, is_report=False) -> list:
    crumbs = [("Việc", dated(request, "task-list"))]
    if is_report:
        return [*crumbs, (card.row.title, dated(request, "task", card.row.pk)), ("Báo cáo", "")]
    return [*crumbs, (card.row.title, "")]


def _form(card: selectors.TaskCard, *data, **kwargs) -> TaskUpdateForm:
    return TaskUpdateForm(*data, task=card.task, version=card.version, moves=card.moves, **kwargs)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def task_update(request: PageRequest, pk: int) -> HttpResponse:
    """Report on a task or decide about it, always for the reporting date."""
    if not request.as_of.is_present:
        return redirect("sponsors:task-update", pk)
    if request.method != "POST":
        card = _card(request, pk)
        require(card.permit)
        return _report_page(request, card, _form(card))
    found = selectors.visible_task(request.user, request.as_of, pk)
    if found is None:
        raise Http404(NO_TASK)
    require(rules.may_update(found, request.user))
    form = TaskUpdateForm(
        request.POST,
        request.FILES,
        task=found,
        version=found.version,
        moves=workflow.allowed(found, request.user),
    )
    if not form.is_valid():
        return _report_page(request, _card(request, pk), form, status=422)
    try:
        services.record_task_update(
            task=found,
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
            **form.report(),
        )
    except services.StaleVersion as stale:
        return _stale(request, form, stale)
    except ValidationError as error:
        refuse(form, error)
        return _report_page(request, _card(request, pk), form, status=422)
    if found.sponsor_id and form.brings_money:
        _warn(request, found.sponsor_id, found.commune_id)
    return _saved(request, pk)


def _warn(request: PageRequest, sponsor_id: int, commune_id: int) -> None:
    """It is written; what does not fit is said at once and can be explained."""
    given = findings_at(request.user, request.as_of, sponsor_id=sponsor_id, commune_id=commune_id)
    for finding in with_explanations(given):
        if finding.is_open:
            messages.warning(
                request,
                f"{finding.sentence} Hãy sửa, hoặc giải trình ở trang Kinh phí, mục Cảnh báo.",
            )


def _report_page(request: PageRequest, card, form, *, status=200) -> HttpResponse:
    """The form on a page of its own; for HTMX the form alone, which takes the place of itself."""
    response = render_page(
        request,
        "sponsors/task_report.html",
        {
            "card": card,
            "form": form,
            "crumbs": _task_crumbs(request, card, is_report=True),
            "photos_lost": status != 200 and bool(request.FILES),
        },
        partials={"task-card": "sponsors/_task_form.html"},
        status=status,
    )
    return reswap(retarget(response, "#task-form"), "outerHTML")


def _stale(
    request: PageRequest, form: TaskUpdateForm, stale: services.StaleVersion
) -> HttpResponse:
    """Somebody was faster: both values, what was typed, and the version to answer to."""
    card = _card(request, stale.task.pk)
    data = request.POST.copy()
    data["version"] = str(card.version)
    # With the ids of the form that was sent, so that HTMX keeps the chosen photos.
    renewed = _form(card, data, request.FILES, auto_id=form.auto_id)
    if renewed.is_valid():
        renewed.explain(stale)
    return _report_page(request, card, renewed, status=409)


def _saved(request: PageRequest, pk: int) -> HttpResponse:
    card = _card(request, pk)
    url = reverse("sponsors:task", args=[pk])
    if request.POST.get("back") == "list":
        url = f"{reverse('sponsors:task-list')}#task-{pk}"
    messages.success(request, f"Đã ghi: {card.row.state_label}, {card.row.progress}%.")
    template = {"task-card": "sponsors/_task_card.html"}
    if wanted_fragment(request, template) is None:
        return HttpResponseRedirect(url, status=303)
    form = _form(card) if card.permit else None
    context = {"card": card, "form": form, "saved": True}
    response = render_page(request, "sponsors/task.html", context, partials=template)
    return trigger_client_event(push_url(response, url), "task-changed", {"task": pk})


@require_safe
@login_required
def attachment(request: PageRequest, pk: int) -> FileResponse:
    """A photo of a task that the reader may see."""
    found = selectors.visible_attachment(request.user, pk)
    if found is None:
        raise Http404("Không có ảnh này, hoặc ảnh không thuộc phạm vi được xem.")
    try:
        content = found.file.open("rb")
    except FileNotFoundError as error:
        raise Http404("Tệp ảnh không còn trên máy chủ.") from error
    response = FileResponse(
        content,
        filename=found.original_name,
        content_type=found.content_type,
        as_attachment=not found.is_photo,
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=86400"
    return response


@require_safe
@login_required
def sponsor_list(request: PageRequest) -> HttpResponse:
    """The sponsors the reader may see, with promises, deliveries and tasks."""
    form = SponsorFilterForm(request.GET)
    filters = form.filters()
    communes = selectors.sponsor_communes(request.user, request.as_of)
    if not selectors.commune_exists(request.user, request.as_of, filters.commune, communes):
        raise Http404(f"Không có xã mang mã “{filters.commune}” trong phạm vi được xem.")
    kind = wanted_file(request)
    number = None if kind else form.cleaned_data["page"] or 1
    try:
        found = selectors.sponsors_then(request.user, request.as_of, filters, number)
    except EmptyPage as error:
        raise last_page(error) from error
    if kind:
        return file_response(request, list_files.sponsors_file(found.rows), kind)
    context = {
        "list": found,
        "is_filtered": filters != selectors.SponsorFilters(),
        "query": query_without_page(request),
        "form": form.without_page().offer(communes),
        "may_edit": rules.may_edit_sponsors(request.user),
    }
    return render_page(
        request,
        "sponsors/sponsor_list.html",
        context,
        partials={"sponsor-list": "sponsors/_sponsor_list.html"},
    )


@require_safe
@login_required
def sponsor(request: PageRequest, pk: int) -> HttpResponse:
    """One sponsor: assigned, promised, delivered, tasks."""
    found = get_object_or_404(Sponsor.objects.visible_to(request.user), pk=pk)
    context = {
        "page": selectors.sponsor_then(request.user, found, request.as_of),
        "may_record": rules.may_record_commitment(request.user),
        "may_edit": rules.may_edit_sponsors(request.user),
        "crumbs": [("Đơn vị đỡ đầu", dated(request, "sponsor-list")), (found.name, "")],
    }
    return render_page(request, "sponsors/sponsor.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def commitment_add(request: PageRequest, pk: int) -> HttpResponse:
    """Write down what a sponsor promised: raises what is promised, never what is identified."""
    found = get_object_or_404(Sponsor.objects.visible_to(request.user), pk=pk)
    require(rules.may_record_commitment(request.user))
    today = request.as_of.reporting_date
    assignments = (
        Assignment.objects.active_on(today)
        .filter(sponsor=found)
        .select_related("commune", "village")
    )
    form = CommitmentForm(
        request.POST if request.method == "POST" else None,
        assignments=assignments,
        initial={"kind": "money", "effective_on": today},
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = services.record_commitment(
                assignment=form.cleaned_data["assignment"],
                entry=form.entry(),
                effective_on=form.cleaned_data["effective_on"],
                by=request.user,
                now=timezone.now(),
                today=today,
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, f"Đã ghi cam kết: {row.words}.")
            return redirect("sponsors:sponsor", pk)
    return render_page(
        request,
        "sponsors/commitment.html",
        {
            "sponsor": found,
            "form": form,
            "has_assignments": assignments.exists(),
            "crumbs": [
                ("Đơn vị đỡ đầu", reverse("sponsors:sponsor-list")),
                (found.name, reverse("sponsors:sponsor", args=[pk])),
                ("Ghi cam kết", ""),
            ],
        },
        status=422 if form.errors else 200,
    )
