"""Adding a work item: first where it lies, then what it is and needs."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied, ValidationError
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from criteria.money_forms import ItemForm, WhereForm
from criteria.money_rules import may_add_item, may_add_items
from criteria.selectors.item_page import ItemPlace, item_place
from criteria.services.work_items import create_item
from ntm_tracker.core.form_fields import refuse
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest
from ntm_tracker.core.once import once
from ntm_tracker.core.periods import late_entries
from ntm_tracker.core.permits import Permit


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def item_add(request: PageRequest) -> HttpResponse:
    """A new work item with its first need, in `?commune=` (empty: inter-commune, the office's)."""
    if not request.as_of.is_present:
        return redirect("criteria:item-add")
    _require(may_add_items(request.user))
    place = _place(request)
    permit = may_add_item(place.commune_id, request.user)
    if request.method != "POST":
        return _answer(request, place, _form(request, place) if permit else None)
    _require(permit)
    form = _form(request, place, request.POST)
    if form.is_valid():
        try:
            item = create_item(
                commune=place.commune,
                need=form.typed(),
                by=request.user,
                now=timezone.now(),
                today=request.as_of.reporting_date,
                **form.item(),
            )
        except ValidationError as error:
            refuse(form, error)
        else:
            messages.success(request, f"Đã thêm công trình “{item.name}”, mã {item.code}.")
            return HttpResponseRedirect(reverse("criteria:work-item", args=[item.code]), status=303)
    return _answer(request, place, form, status=422)


def _form(request: PageRequest, place: ItemPlace, *data) -> ItemForm:
    return ItemForm(
        *data,
        categories=place.categories,
        villages=place.villages,
        criteria=place.criteria,
        initial={"effective_on": f"{request.as_of.reporting_date:%d/%m/%Y}"},
    )


def _answer(
    request: PageRequest, place: ItemPlace, form: ItemForm | None, *, status: int = 200
) -> HttpResponse:
    today, commune_id = request.as_of.reporting_date, place.commune_id
    late = late_entries(commune_id, today=today) if form and commune_id else ()
    return render_page(
        request,
        "criteria/item_add.html",
        {"form": form, "place": place, "late": late},
        partials={"item-add": "criteria/_item_add.html"},
        status=status,
    )


def _place(request: PageRequest) -> ItemPlace:
    """Where the item will lie; who reports for one commune need not choose it."""
    where = WhereForm(request.GET)
    if not where.is_valid():
        raise BadRequest("Mã xã dài quá 20 ký tự; hãy chọn lại.")
    found = item_place(
        request.user, request.as_of.date, request.installation, where.cleaned_data["commune"]
    )
    if found is None:
        raise BadRequest("Không có xã này trong phạm vi bạn theo dõi.")
    return found


def _require(permit: Permit) -> None:
    if not permit:
        raise PermissionDenied(permit.reason)
