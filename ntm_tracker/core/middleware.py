"""What every response needs: the chosen day, Vary, messages out of band, and sign-in in place."""

from time import time

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.exceptions import BadRequest
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from ntm_tracker.core import audit, clock, errors, kept, limits, second_factor, signin
from ntm_tracker.core.htmx import is_fragment_request
from ntm_tracker.core.models import Installation


def own_readers_only(get_response):
    """What is answered is for this reader, and asked for again; no other site may embed it.

    Not `no-store`: with it Back would show an empty form where somebody had typed. Pages with a
    secret say so themselves; at signing out the browser is told to forget the rest. Static files,
    which WhiteNoise answers further in, come with a Cache-Control of their own.
    """

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    return middleware


def htmx_responses(get_response):
    """Vary on the HTMX headers always; in fragments, add the messages; keep forms alive.

    An expired session answers 401: a fragment with a panel to sign in above the page, where the
    form stays as it was, a whole form with a sign-in page that keeps what was sent.
    """
    login_url = resolve_url(settings.LOGIN_URL)

    def middleware(request):
        response = get_response(request)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        is_fragment = is_fragment_request(request)
        if response.status_code == 302 and response["Location"].startswith(f"{login_url}?"):
            response = (
                signin.sign_in_panel(request)
                if is_fragment
                else signin.ask_to_sign_in(request) or response
            )
        elif not is_fragment or response.status_code >= 500:
            return response  # messages lie in the session: a database that is gone has none
        elif response.headers.get("Content-Type", "").startswith("text/html") and (
            messages := list(get_messages(request))
        ):
            response.content += render_to_string(
                "components/_messages_oob.html", {"messages": messages}, request
            ).encode()
        return response

    return middleware


def chosen_date(get_response):
    """Set `request.installation` and `request.as_of`; a date that cannot be answers 400."""

    def middleware(request):
        request.installation = Installation.current()
        raw = request.GET.get(clock.PARAMETER, "")
        try:
            day = clock.parse_day(raw) if raw else None
            request.as_of = clock.as_of_on(day, request.installation)
        except BadRequest as refusal:
            request.as_of = clock.as_of_on(None, request.installation)
            return render(request, "400.html", {"reason": str(refusal)}, status=400)
        return get_response(request)

    return middleware


class NulCharacters:
    """No NUL gets further: PostgreSQL keeps none, and nobody can type one.

    An address with one answers 400; from a form, where it came out of some clipboard, it is left
    out, so that nothing else that was typed is lost.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        if "\0" in request.path_info or "%00" in request.META.get("QUERY_STRING", ""):
            return render(request, "400.html", status=400)
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if any("\0" in value for values in request.POST.lists() for value in values[1]):
            clean = request.POST.copy()
            for name, values in request.POST.lists():
                clean.setlist(name, [value.replace("\0", "") for value in values])
            request.POST = clean


class AuditOrigin:
    """Name the address that a write comes from, for the audit entries of its services."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        token = audit.origin.set("")
        try:
            return self.get_response(request)
        finally:
            audit.origin.reset(token)

    def process_view(self, request, view_func, view_args, view_kwargs):
        audit.origin.set(request.resolver_match.view_name or "")


class SecondFactor:
    """Nothing is shown nor written before the second factor, where one is due or required."""

    OPEN = {
        "code": frozenset({"login", "logout", "second_factor"}),
        "phone": frozenset({"login", "logout", "second_factor_setup", "password_change"}),
    }

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if not request.user.is_authenticated or not (missing := second_factor.missing(request)):
            return None
        if request.resolver_match.view_name in self.OPEN[missing]:
            return None
        return signin.ask_for_second_factor(request, missing)


class PageAccount:
    """Take no form from a page that was drawn for another account than is signed in now."""

    OPEN_TO_ALL = frozenset({"login", "logout"})

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        if request.method in {"GET", "HEAD", "OPTIONS"} or not request.user.is_authenticated:
            return None
        if request.resolver_match.view_name in self.OPEN_TO_ALL:
            return None
        if kept.account_of(request) in {"", request.user.get_username()}:
            return None
        return signin.other_account(request)


class RateLimits:
    """Per account, so many a minute of what costs much (`core.limits`); more answers 429."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_view(self, request, view_func, view_args, view_kwargs):
        kind = limits.kind_of(request, view_func)
        if not kind or not request.user.is_authenticated:
            return None
        try:
            limits.take(request.user.pk, kind, time())
        except limits.TooMany as refusal:
            return errors.too_many(request, refusal)
        return None
