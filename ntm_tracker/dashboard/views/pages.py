"""Pages that join communes, criteria and sponsorship: board, commune, village, search, set-up."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.functional import SimpleLazyObject
from django.views.decorators.http import require_http_methods, require_safe

from communes.models import Village
from ntm_tracker.core import office, signin
from ntm_tracker.core.choices import Role
from ntm_tracker.core.htmx import render_page, wanted_fragment
from ntm_tracker.core.http import PageRequest, SiteRequest
from ntm_tracker.core.limits import SEARCH, limited
from ntm_tracker.core.models import User
from ntm_tracker.core.unchanged import page_key
from ntm_tracker.dashboard.forms import FirstAdminForm
from ntm_tracker.dashboard.selectors import board as boards
from ntm_tracker.dashboard.selectors import commune as communes
from ntm_tracker.dashboard.selectors import search as searches
from ntm_tracker.dashboard.selectors import summary as summaries
from ntm_tracker.dashboard.selectors import village as villages
from ntm_tracker.dashboard.selectors.home import home_address
from ntm_tracker.dashboard.selectors.scope import board_scope
from ntm_tracker.dashboard.selectors.setup import checklist
from ntm_tracker.dashboard.selectors.table import board_table, ground
from ntm_tracker.dashboard.services.setup import create_first_admin
from ntm_tracker.dashboard.summary_file import summary_pdf

NO_PDF = "Máy chủ chưa tạo được PDF. Hãy bấm “In một trang A4” và chọn lưu thành PDF."
BOARD_FRAGMENTS = {"matrix": "dashboard/_matrix.html"}
COMMUNE_FRAGMENTS = {
    "tieu-chi": "dashboard/_commune_criteria.html",
    "kinh-phi": "dashboard/_commune_money.html",
    "thon": "dashboard/_commune_villages.html",
    "do-dau": "dashboard/_commune_sponsors.html",
    "viec": "dashboard/_commune_tasks.html",
    "ho-so": "dashboard/_commune_dossier.html",
    "thay-doi": "dashboard/_commune_changes.html",
}

SEARCH_FRAGMENTS = {
    "search-results": "dashboard/_search_results.html",
    "search-found": "dashboard/_search_found.html",
}


@require_safe
def home(request: SiteRequest) -> HttpResponse:
    """Send each role to its own first page, and the very first visitor to the set-up."""
    if request.user.is_authenticated:
        return redirect(home_address(request.user, request.as_of, request.installation))
    if not User.objects.exists():
        return redirect("dashboard:setup")
    return redirect_to_login(request.get_full_path())


@require_safe
@login_required
def board(request: PageRequest) -> HttpResponse:
    """The first screen; for HTMX, the table alone without the figures around it."""
    key = None if (template := wanted_fragment(request, BOARD_FRAGMENTS)) else page_key(request)
    scope = board_scope(request.user, request.installation, request.as_of, request.GET)
    if template:
        return render(request, template, {"table": board_table(ground(scope))})
    # Gathered only where the page is not kept: its figures cost many times what showing them does.
    page = SimpleLazyObject(lambda: boards.board(scope, request.installation))
    table = SimpleLazyObject(lambda: page.table)
    context = {"board": page, "table": table, "unchanged_key": key}
    return render(request, "dashboard/board.html", context)


@require_safe
@login_required
def summary(request: PageRequest) -> HttpResponse:
    """What a leader takes along: the situation on one sheet of A4, also as PDF (`file=pdf`)."""
    scope = board_scope(request.user, request.installation, request.as_of, request.GET)
    page = summaries.summary(scope, request.installation)
    if request.GET.get("file") == "pdf" and page.figures:
        try:
            content = summary_pdf(page, request.installation, timezone.now())
        except office.OfficeFailed:
            messages.error(request, NO_PDF)
        else:
            name = f"tom-tat-{scope.as_of.date:%Y-%m-%d}.pdf"
            disposition = {"Content-Disposition": f'attachment; filename="{name}"'}
            return HttpResponse(content, content_type=office.PDF, headers=disposition)
    context = {"summary": page, "has_pdf": office.program() is not None}
    return render(request, "dashboard/summary.html", context)


@require_safe
@login_required
def commune(request: PageRequest, code: str) -> HttpResponse:
    """One commune on a day; for HTMX, one section of its page."""
    found = communes.find_commune(request.user, code, request.as_of)
    if found is None:
        raise Http404
    page = communes.commune_page(request.user, found, request.as_of, request.installation)
    return render_page(
        request, "dashboard/commune.html", {"page": page}, partials=COMMUNE_FRAGMENTS
    )


@require_safe
@login_required
def village(request: PageRequest, pk: int) -> HttpResponse:
    """One village, also for those who see nothing else of its commune."""
    found = get_object_or_404(Village.objects.visible_to(request.user), pk=pk)
    page = villages.village_page(
        request.user, found, request.as_of, request.installation.province_code
    )
    if page is None:
        raise Http404(f"Thôn này chưa có trong danh mục vào ngày {request.as_of.date:%d/%m/%Y}.")
    return render(request, "dashboard/village.html", {"page": page})


@require_safe
@login_required
@limited(SEARCH)
def search(request: PageRequest) -> HttpResponse:
    """Everything the reader may see that bears the words; for the box of the header, the first."""
    template = wanted_fragment(request, SEARCH_FRAGMENTS) or "dashboard/search.html"
    results = searches.search(
        request.user,
        request.GET.get("q", ""),
        request.as_of,
        request.installation.province_code,
        searches.SUGGESTED if template == SEARCH_FRAGMENTS["search-found"] else searches.SHOWN,
    )
    return render(request, template, {"results": results})


@require_safe
@login_required
def keys(request: PageRequest) -> HttpResponse:
    """The keys that do something; `?` opens them in a dialog of any page."""
    return render_page(
        request, "dashboard/keys.html", {}, partials={"shown": "dashboard/_keys.html"}
    )


@require_http_methods(["GET", "HEAD", "POST"])
def setup(request: SiteRequest) -> HttpResponse:
    """First the form for the first administrator, later the checklist for administrators."""
    if not User.objects.exists():
        return _first_admin(request)
    if not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path())
    if request.user.role != Role.ADMIN:
        raise PermissionDenied("Chỉ tài khoản quản trị làm việc chuẩn bị hệ thống.")
    if request.method == "POST":
        return HttpResponseNotAllowed(["GET", "HEAD"])
    steps = checklist(request.installation, request.as_of.date)
    return render(request, "dashboard/setup.html", {"checklist": steps})


def _first_admin(request: SiteRequest) -> HttpResponse:
    form = FirstAdminForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        user = create_first_admin(
            username=form.cleaned_data["username"],
            password=form.cleaned_data["password1"],
            now=timezone.now(),
            today=request.as_of.reporting_date,
        )
        signin.sign_in(request, user)
        return redirect("dashboard:setup")
    status = 422 if form.is_bound else 200
    return render(request, "dashboard/first_admin.html", {"form": form}, status=status)
