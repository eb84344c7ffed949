"""One's own safety: the second factor, its recovery codes, and signing out everywhere."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ntm_tracker.core import second_factor, signin
from ntm_tracker.core.forms import CodeForm, PhoneForm
from ntm_tracker.core.http import PageRequest


@require_safe
@login_required
def security(request: PageRequest) -> HttpResponse:
    """What protects the account, and what one can do about it."""
    context = {
        "phone": second_factor.device_of(request.user),
        "is_required": second_factor.is_required(request.user),
        "form": CodeForm(),
    }
    return render(request, "registration/security.html", context)


@sensitive_post_parameters("code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def code(request: PageRequest) -> HttpResponse:
    """Ask for the code after the password; then whatever waited goes on."""
    if second_factor.missing(request) != "code":
        return signin.go_on(request) or redirect(_next(request))
    form = CodeForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            second_factor.check_code(request.user, form.cleaned_data["code"])
        except second_factor.WrongCode as refusal:
            form.refuse(refusal)
        else:
            request.session.cycle_key()
            request.session[second_factor.SESSION_KEY] = second_factor.GIVEN
            return signin.go_on(request) or redirect(_next(request))
    return signin.code_page(request, form, status=422 if form.errors else 200)


@sensitive_post_parameters("password", "code")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def setup(request: PageRequest) -> HttpResponse:
    """Scan the picture, type the first code; the recovery codes are shown this once."""
    offer = second_factor.offer(request.user, request.POST.get("offer", ""))
    form = PhoneForm(request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            codes = second_factor.turn_on(
                user=request.user,
                key=offer.key,
                code=form.cleaned_data["code"],
                now=timezone.now(),
            )
        except second_factor.WrongCode as refusal:
            form.refuse(refusal)
        else:
            _stay_signed_in(request)
            request.session[second_factor.SESSION_KEY] = second_factor.GIVEN
            return render(request, "registration/recovery_codes.html", {"codes": codes})
    context = {
        "form": form,
        "offer": offer,
        "is_required": second_factor.is_required(request.user),
    }
    status = 422 if form.errors else 200
    return render(request, "registration/second_factor_setup.html", context, status=status)


@sensitive_post_parameters("code")
@require_POST
@login_required
def turn_off(request: PageRequest) -> HttpResponse:
    """Without a second factor from now on: asks for a code, and not where the role needs one."""
    if second_factor.is_required(request.user):
        raise PermissionDenied("Vai trò này bắt buộc dùng mã xác thực, không tắt được.")
    form = CodeForm(request.POST)
    if form.is_valid():
        try:
            second_factor.check_code(request.user, form.cleaned_data["code"])
        except second_factor.WrongCode as refusal:
            form.refuse(refusal)
        else:
            second_factor.turn_off(user=request.user, by=request.user, now=timezone.now())
            _stay_signed_in(request)
            request.session.pop(second_factor.SESSION_KEY, None)
            messages.success(request, "Đã tắt mã xác thực.")
            return redirect("security")
    context = {"phone": second_factor.device_of(request.user), "form": form}
    return render(request, "registration/security.html", context, status=422)


@require_POST
@login_required
def sign_out_everywhere(request: PageRequest) -> HttpResponse:
    """End every other session of the account; this one goes on under a new key."""
    second_factor.sign_out_everywhere(user=request.user, now=timezone.now())
    _stay_signed_in(request)
    messages.success(request, "Đã đăng xuất tài khoản này trên mọi máy khác.")
    return redirect("security")


def _stay_signed_in(request: PageRequest) -> None:
    """This session under a new key and the new series: all others have just ended."""
    request.user.refresh_from_db(fields=["session_series"])
    update_session_auth_hash(request, request.user)


def _next(request: PageRequest) -> str:
    """Where somebody wanted to go, if it lies here."""
    url = request.POST.get("next", request.GET.get("next", ""))
    is_ours = url_has_allowed_host_and_scheme(
        url, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return url if is_ours else "/"
