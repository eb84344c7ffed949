"""Signing in: on its page, and in the middle of a form whose session has ended.

Nothing that was typed is lost: with HTMX a panel above the form that waits signs in and the form is
sent again; without it the fields are kept (`core.kept`) and sent again by a button. Nothing is sent
as somebody else than the page was drawn for, unless he says so.
"""

from urllib.parse import urlsplit

from django.contrib.auth import login
from django.contrib.auth import views as auth
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import rotate_token
from django.shortcuts import redirect, render
from django_htmx.http import trigger_client_event

from ntm_tracker.core import kept, second_factor
from ntm_tracker.core.forms import CodeForm, SignInForm
from ntm_tracker.core.htmx import is_fragment_request
from ntm_tracker.core.http import SiteRequest
from ntm_tracker.core.models import User

OTHER_ACCOUNT = (
    "Trang đó mở bằng tài khoản khác với tài khoản đang đăng nhập. Chưa gửi gì; hãy mở lại trang."
)
SEND_AGAIN = "X-Send-Again"  # tells static/js/session.js that the request waits


class SignIn(auth.LoginView):
    """The page; a fragment for the panel; after either, what was kept is sent again."""

    request: SiteRequest
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def dispatch(self, request, *args, **kwargs):
        # In the panel somebody may have signed in elsewhere meanwhile, also as somebody else.
        self.redirect_authenticated_user = not is_fragment_request(request)
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        sealed = self.request.POST.get(kept.FIELD, "")
        return super().get_context_data(kept=kept.opened(sealed), **kwargs)

    def form_valid(self, form):
        login(self.request, form.get_user())
        if missing := second_factor.missing(self.request):
            return ask_for_second_factor(self.request, missing, next_url=self.get_success_url())
        return go_on(self.request) or super().form_valid(form)

    def form_invalid(self, form):
        if is_fragment_request(self.request):
            return _panel(self.request, form, status=422)
        return super().form_invalid(form)


class SignOut(auth.LogoutView):
    """Signing out; the browser forgets the pages that Back would show to whoever comes next."""

    def post(self, request, *args, **kwargs):
        response = super().post(request, *args, **kwargs)
        rotate_token(request)  # by which static/js/session.js knows
        response["Clear-Site-Data"] = '"cache"'
        return response


def go_on(request: SiteRequest) -> HttpResponse | None:
    """After signing in: what waited is sent again, in the page that stands or by a button."""
    if is_fragment_request(request):
        return _signed_in(request)
    form_kept = kept.opened(request.POST.get(kept.FIELD, ""))
    return send_again_page(request, form_kept) if form_kept else None


def ask_for_second_factor(
    request: HttpRequest, missing: str, *, next_url: str = ""
) -> HttpResponse:
    """The page for the code (or for a phone, where none is bound) instead of what was asked for."""
    if missing == "phone" and not is_fragment_request(request):
        return redirect("second_factor_setup")
    return code_page(request, CodeForm(), status=401, missing=missing, next_url=next_url)


def code_page(
    request: HttpRequest, form: CodeForm, *, status: int, missing: str = "code", next_url: str = ""
) -> HttpResponse:
    """The form for the code: above the page that stands, or a page that keeps what was sent."""
    if is_fragment_request(request):
        form.auto_id = "code_%s"
        context = {"form": form, "missing": missing}
        response = _above_page(
            render(request, "registration/_second_factor.html", context, status=status)
        )
        if status == 401:
            response[SEND_AGAIN] = "signed-in"
        return response
    asked_for = request.get_full_path() if request.method == "GET" else "/"
    context = {
        "form": form,
        "kept": kept.opened(request.POST.get(kept.FIELD, "")) or kept.keep(request),
        "next": next_url or request.POST.get("next", request.GET.get("next", asked_for)),
    }
    return render(request, "registration/second_factor.html", context, status=status)


def sign_in(request: HttpRequest, user: User) -> None:
    """Sign in without a password: who comes by an invitation, and the first administrator."""
    login(request, user, backend="django.contrib.auth.backends.ModelBackend")


def sign_in_panel(request: HttpRequest) -> HttpResponse:
    """401 above the page: sign in here, and what waits is sent again."""
    account = kept.account_of(request)
    form = SignInForm(request, initial={"username": account})
    response = _panel(request, form, status=401)
    response[SEND_AGAIN] = "signed-in"
    return response


def refused_for_now(request: HttpRequest, minutes: int) -> HttpResponse:
    """429 after too many failures; what waits behind the page or the panel goes on waiting."""
    form = SignInForm(request, initial={"username": request.POST.get("username", "")[:150]})
    if is_fragment_request(request):
        return _panel(request, form, status=429, minutes=minutes)
    form_kept = kept.opened(request.POST.get(kept.FIELD, ""))
    context = {
        "form": form,
        "kept": form_kept,
        "locked_minutes": minutes,
        "next": request.POST.get("next", ""),
    }
    return render(request, "registration/login.html", context, status=429)


def _panel(
    request: HttpRequest, form: SignInForm, *, status: int, minutes: int = 0
) -> HttpResponse:
    form.auto_id = "sign_in_%s"
    known = form["username"].value()
    for name, is_next in {"username": not known, "password": bool(known)}.items():
        form.fields[name].widget.attrs["autofocus"] = is_next
    context = {"form": form, "account": kept.account_of(request), "locked_minutes": minutes}
    return _above_page(
        render(request, "registration/_session_expired.html", context, status=status)
    )


def _signed_in(request: SiteRequest) -> HttpResponse:
    account = kept.account_of(request)
    if account and account != request.user.get_username():
        return other_account(request)
    response = _above_page(render(request, "registration/_signed_in.html"))
    return trigger_client_event(response, "signed-in", after="settle")


def ask_to_sign_in(request: HttpRequest) -> HttpResponse | None:
    """The sign-in page that keeps what was sent; None where no form was, or one with a password.

    Where nothing was filled in but a button pressed, signing in leads back to the page with the
    button: its own address may take no GET.
    """
    form_kept = kept.keep(request)
    if form_kept is None:
        return None
    if not (form_kept.fields or form_kept.files):
        page = urlsplit(request.headers.get("Referer", ""))
        is_ours = page.netloc == request.get_host()
        return redirect_to_login(f"{page.path}?{page.query}".rstrip("?") if is_ours else "/")
    context = {"form": SignInForm(request), "kept": form_kept}
    return render(request, "registration/login.html", context, status=401)


def send_again_page(
    request: HttpRequest, form_kept: kept.KeptForm, *, status: int = 200, reason: str = ""
) -> HttpResponse:
    """The kept form with the button that sends it, under whose name, and why it was not taken."""
    context = {
        "kept": form_kept,
        "reason": reason,
        "is_other": form_kept.account not in {"", request.user.get_username()},
    }
    return render(request, "registration/send_again.html", context, status=status)


def other_account(request: SiteRequest) -> HttpResponse:
    """409: the page was drawn for one account, and another one is signed in."""
    if is_fragment_request(request):
        context = {"account": kept.account_of(request), "url": request.htmx.current_url_abs_path}
        return _above_page(render(request, "registration/_other_account.html", context, status=409))
    if form_kept := kept.keep(request):
        return send_again_page(request, form_kept, status=409)
    raise PermissionDenied(OTHER_ACCOUNT)


def stale_token(request: HttpRequest) -> HttpResponse | None:
    """A form whose token is no longer good, although it comes from a page of ours.

    None for the rest: a form from elsewhere, or one that holds a password.
    """
    if is_fragment_request(request):
        if not request.user.is_authenticated:
            return sign_in_panel(request)
        response = _above_page(render(request, "registration/_stale_token.html", status=403))
        response[SEND_AGAIN] = "button"
        return response
    # A browser names the origin of every form it sends; another site's words are not kept.
    if request.headers.get("Origin") != f"{request.scheme}://{request.get_host()}":
        return None
    if not request.user.is_authenticated:
        return ask_to_sign_in(request)
    form_kept = kept.keep(request)
    return send_again_page(request, form_kept, status=403) if form_kept else None


def _above_page(response: HttpResponse) -> HttpResponse:
    response["HX-Retarget"] = "#messages"
    response["HX-Reswap"] = "innerHTML"
    return response
