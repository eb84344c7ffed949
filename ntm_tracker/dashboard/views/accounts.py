"""Accounts: the office makes, changes and ends them; whoever is invited sets the password."""

from collections.abc import Callable
from datetime import date, timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import EmptyPage
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import force_bytes, force_str
from django.utils.http import urlsafe_base64_decode, urlsafe_base64_encode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from ntm_tracker.core import signin
from ntm_tracker.core.forms import NewPasswordForm
from ntm_tracker.core.htmx import render_page
from ntm_tracker.core.http import PageRequest, SiteRequest, absolute
from ntm_tracker.core.list_file import file_response, wanted_file
from ntm_tracker.core.models import User
from ntm_tracker.core.once import once
from ntm_tracker.core.permits import Permit
from ntm_tracker.dashboard import list_files, rules
from ntm_tracker.dashboard.forms import AccountFilterForm, AccountForm, ReasonForm
from ntm_tracker.dashboard.selectors import accounts as selectors
from ntm_tracker.dashboard.services import accounts as services


def _require(permit: Permit) -> None:
    if not permit:
        raise PermissionDenied(permit.reason)


def _found(request: PageRequest, pk: int) -> User:
    """The account that is to be changed: 404 where there is none, 403 where one may not."""
    _require(rules.may_manage_accounts(request.user))
    account = get_object_or_404(User, pk=pk)
    _require(rules.may_change_account(request.user, account))
    return account


def _written(request: PageRequest) -> dict:
    return {"by": request.user, "now": timezone.now(), "today": request.as_of.reporting_date}


@require_safe
@login_required
def account_list(request: PageRequest) -> HttpResponse:
    """Who has an account, for what, and whether it is used."""
    _require(rules.may_manage_accounts(request.user))
    form = AccountFilterForm(request.GET)
    filters = form.filters()
    kind = wanted_file(request)
    try:
        page = selectors.account_list(filters, None if kind else form.cleaned_data["page"] or 1)
    except EmptyPage as error:
        raise Http404("Danh sách không có trang này. Hãy quay về trang đầu.") from error
    if kind:
        return file_response(request, list_files.accounts_file(list(page)), kind)
    query = request.GET.copy()
    query.pop("page", None)
    context = {"page": page, "form": form, "query": query.urlencode()}
    return render_page(
        request,
        "dashboard/account_list.html",
        context,
        partials={"account-list": "dashboard/_account_list.html"},
    )


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@once
def account_add(request: PageRequest) -> HttpResponse:
    """Make an account; its page then shows the link to send."""
    _require(rules.may_manage_accounts(request.user))
    data = request.POST if request.method == "POST" else None
    form = AccountForm(data, by=request.user, as_of=request.as_of)
    if request.method == "POST" and form.is_valid():
        try:
            account = services.create_account(
                username=form.cleaned_data["username"], entry=form.entry(), **_written(request)
            )
        except ValidationError as error:
            form.add_error(None, error)
        else:
            messages.success(request, f"Đã lập tài khoản {account.username}.")
            return _to(account)
    status = 422 if form.errors else 200
    return render(request, "dashboard/account_add.html", {"form": form}, status=status)


def _to(account: User) -> HttpResponse:
    return HttpResponseRedirect(reverse("dashboard:user", args=[account.pk]), status=303)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
@never_cache
def account(request: PageRequest, pk: int) -> HttpResponse:
    """One account: its link while it has no password, its form, its end."""
    found = _found(request, pk)
    data = request.POST if request.method == "POST" else None
    form = AccountForm(data, by=request.user, as_of=request.as_of, account=found)
    if request.method != "POST":
        return _page(request, found, form)
    if not form.is_valid():
        return _page(request, found, form, status=422)
    try:
        services.change_account(
            user=found, entry=form.entry(), seen=form.cleaned_data["seen"], **_written(request)
        )
    except services.StaleAccount:
        return _stale(request, found)
    except ValidationError as error:
        form.add_error(None, error)
        return _page(request, found, form, status=422)
    messages.success(request, f"Đã sửa tài khoản {found.username}.")
    return _to(found)


def _stale(request: PageRequest, found: User) -> HttpResponse:
    """Somebody was faster: what stands now beside what was typed, which a second press saves."""
    data = request.POST.copy()
    data["seen"] = services.account_words(found)
    form = AccountForm(data, by=request.user, as_of=request.as_of, account=found)
    last = next(iter(selectors.account_history(found)), None)
    context = {"stale": data["seen"], "stale_by": last.by_label if last else ""}
    return _page(request, found, form, status=409, **context)


def _page(
    request: PageRequest, found: User, form: AccountForm, *, status: int = 200, **more
) -> HttpResponse:
    (row,) = selectors.account_rows(User.objects.filter(pk=found.pk))
    context = {
        "account": row,
        "form": form,
        "reason": ReasonForm(auto_id="reason_%s"),
        "history": selectors.account_history(found),
        "may_deactivate": rules.may_deactivate(request.user, found),
    } | more
    if row.state == selectors.INVITED:
        until = timezone.localdate() + timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
        context |= _invitation(request, found, until)
    return render(request, "dashboard/account.html", context, status=status)


def _invitation(request: PageRequest, found: User, until: date) -> dict:
    uid = urlsafe_base64_encode(force_bytes(found.pk))
    token = default_token_generator.make_token(found)
    link = absolute(request, reverse("dashboard:invite", args=[uid, token]))
    text = selectors.invitation_text(found, link, until, request.installation)
    return {"link": link, "text": text, "until": until}


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account_invite(request: PageRequest, pk: int) -> HttpResponse:
    """A new link for who has lost the password or the link."""
    found = _found(request, pk)
    if request.method != "POST":
        return redirect("dashboard:user", pk)
    try:
        services.renew_invitation(user=found, **_written(request))
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(
            request, "Đã cấp liên kết mới; liên kết và mật khẩu cũ không còn dùng được."
        )
    return _to(found)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account_deactivate(request: PageRequest, pk: int) -> HttpResponse:
    """End an account, with the reason."""
    found = _found(request, pk)
    if request.method != "POST":
        return redirect("dashboard:user", pk)
    _require(rules.may_deactivate(request.user, found))
    return _with_reason(request, found, services.deactivate_account, "Đã ngừng tài khoản.")


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def account_reactivate(request: PageRequest, pk: int) -> HttpResponse:
    """Take an account up again, with the reason."""
    found = _found(request, pk)
    if request.method != "POST":
        return redirect("dashboard:user", pk)
    return _with_reason(request, found, services.reactivate_account, "Tài khoản dùng lại được.")


def _with_reason(
    request: PageRequest, found: User, write: Callable[..., User], said: str
) -> HttpResponse:
    reason = ReasonForm(request.POST, auto_id="reason_%s")
    if reason.is_valid():
        try:
            write(user=found, reason=reason.reason_words(), **_written(request))
        except ValidationError as error:
            reason.add_error(None, error)
        else:
            messages.success(request, said)
            return _to(found)
    form = AccountForm(by=request.user, as_of=request.as_of, account=found)
    return _page(request, found, form, status=422, reason=reason)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def invite(request: SiteRequest, uidb64: str, token: str) -> HttpResponse:
    """Set the password by the link that the office sent, and come in."""
    found = _invited(uidb64)
    if found is None or not default_token_generator.check_token(found, token):
        return render(request, "dashboard/invite_gone.html", status=410)
    form = NewPasswordForm(found, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            user = services.accept_invitation(
                user=found,
                token=token,
                password=form.cleaned_data["new_password1"],
                now=timezone.now(),
                today=request.as_of.reporting_date,
            )
        except ValidationError:
            return render(request, "dashboard/invite_gone.html", status=410)
        signin.sign_in(request, user)
        messages.success(request, "Đã đặt mật khẩu. Từ nay đăng nhập bằng tên và mật khẩu này.")
        return HttpResponseRedirect(reverse("dashboard:home"), status=303)
    context = {"form": form, "account": found}
    return render(request, "dashboard/invite.html", context, status=422 if form.errors else 200)


def _invited(uidb64: str) -> User | None:
    try:
        pk = int(force_str(urlsafe_base64_decode(uidb64)))
    except (ValueError, UnicodeDecodeError):
        return None
    return User.objects.filter(pk=pk, is_active=True).first() if pk < 2**63 else None
