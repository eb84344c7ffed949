"""Entering a sponsor, correcting it, and finding out whether it is there already."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import require
from sponsors import rules, selectors, services
from sponsors.forms import SimilarForm, SponsorForm, refuse
from sponsors.models import Sponsor


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def sponsor_add(request: PageRequest) -> HttpResponse:
    """Enter a sponsor; a name much like another's is pointed out and confirmed."""
    require(rules.may_edit_sponsors(request.user))
    if request.method != "POST":
        return _page(request, SponsorForm())
    form = SponsorForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    similar = selectors.similar_sponsors(form.cleaned_data["name"])
    if form.ask(similar):
        return _page(request, form, similar, status=422)
    try:
        sponsor = services.create_sponsor(
            entry=form.entry(),
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except ValidationError as error:
        refuse(form, error)
        return _page(request, form, similar, status=422)
    messages.success(request, f"Đã thêm {sponsor}. Bước tiếp theo: phân công nơi đỡ đầu.")
    return HttpResponseRedirect(reverse("sponsors:sponsor", args=[sponsor.pk]), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def sponsor_edit(request: PageRequest, pk: int) -> HttpResponse:
    """Correct what is known of a sponsor, always in the present."""
    sponsor = get_object_or_404(Sponsor.objects.visible_to(request.user), pk=pk)
    require(rules.may_edit_sponsors(request.user))
    if not request.as_of.is_present:
        return redirect("sponsors:sponsor-edit", pk)
    if request.method != "POST":
        return _page(request, SponsorForm(sponsor=sponsor))
    form = SponsorForm(request.POST, sponsor=sponsor)
    if not form.is_valid():
        return _page(request, form, status=422)
    similar = (
        selectors.similar_sponsors(form.cleaned_data["name"], exclude=pk)
        if form.is_new_name
        else []
    )
    if form.ask(similar):
        return _page(request, form, similar, status=422)
    try:
        services.update_sponsor(
            sponsor=sponsor,
            entry=form.entry(),
            version=form.cleaned_data["version"],
            by=request.user,
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
    except services.StaleSponsor as stale:
        form.explain(stale)
        return _page(request, form, similar, status=409)
    except ValidationError as error:
        refuse(form, error)
        return _page(request, form, similar, status=422)
    messages.success(request, "Đã ghi thông tin đơn vị.")
    return HttpResponseRedirect(reverse("sponsors:sponsor", args=[pk]), status=303)


def _page(request: PageRequest, form: SponsorForm, similar=(), *, status=200) -> HttpResponse:
    sponsor = form.sponsor
    crumbs = [("Đơn vị đỡ đầu", reverse("sponsors:sponsor-list"))]
    if sponsor:
        crumbs.append((sponsor.name, reverse("sponsors:sponsor", args=[sponsor.pk])))
    context = {
        "form": form,
        "sponsor": sponsor,
        "similar": similar,
        "crumbs": [*crumbs, ("Sửa thông tin" if sponsor else "Thêm đơn vị", "")],
    }
    return render_page(request, "sponsors/sponsor_form.html", context, status=status)


@require_safe
@login_required
def sponsor_similar(request: PageRequest) -> HttpResponse:
    """The sponsors whose name is much like the one being typed."""
    require(rules.may_edit_sponsors(request.user))
    form = SimilarForm(request.GET)
    data = form.cleaned_data if form.is_valid() else {}
    name = data.get("name", "")
    context = {
        "form": form,
        "name": name,
        "similar": selectors.similar_sponsors(name, exclude=data.get("exclude")),
        "crumbs": [("Đơn vị đỡ đầu", reverse("sponsors:sponsor-list")), ("Kiểm tra trùng tên", "")],
    }
    return render_page(
        request,
        "sponsors/sponsor_similar.html",
        context,
        partials={"similar": "sponsors/_similar.html"},
    )
