"""The sponsors as a picture."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import EmptyPage
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from ntm_tracker.core.http import PageRequest
from sponsors import selectors
from sponsors.forms import SponsorFilterForm
from sponsors.selectors.pictures import sponsor_picture
from sponsors.views.pages import last_page, query_without_page


@require_safe
@login_required
def picture(request: PageRequest) -> HttpResponse:
    """Promised and delivered, last heard of, and which villages have no sponsor."""
    form = SponsorFilterForm(request.GET)
    filters = form.filters()
    communes = selectors.sponsor_communes(request.user, request.as_of)
    if not selectors.commune_exists(request.user, request.as_of, filters.commune, communes):
        raise Http404(f"Không có xã mang mã “{filters.commune}” trong phạm vi được xem.")
    try:
        page = sponsor_picture(request.user, request.as_of, filters, form.cleaned_data["page"] or 1)
    except EmptyPage as error:
        raise last_page(error) from error
    return render(
        request,
        "sponsors/sponsor_picture.html",
        {
            "page": page,
            "query": query_without_page(request),
            "form": form.without_page().offer(communes),
        },
    )
