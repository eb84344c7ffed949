"""What every response needs: the chosen day, Vary, messages out of band, and sign-in in place."""

from django.conf import settings
from django.contrib.messages import get_messages
from django.core.exceptions import BadRequest
from django.shortcuts import render, resolve_url
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers

from ntm_tracker.core import audit, clock
from ntm_tracker.core.htmx import is_fragment_request
from ntm_tracker.core.models import Installation


def htmx_responses(get_response):
    """Vary on the HTMX headers always; in fragments, add the messages and keep forms alive.

    An expired session answers 401 with a sentence above the page instead of a sign-in page swapped
    into a table: the form that was being filled stays as it was and can be sent again.
    """
    login_url = resolve_url(settings.LOGIN_URL)

    def middleware(request):
        response = get_response(request)
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        if not is_fragment_request(request):
            return response
        if response.status_code == 302 and response["Location"].startswith(login_url):
            response = render(request, "registration/_session_expired.html", status=401)
            response["HX-Retarget"] = "#messages"
            response["HX-Reswap"] = "innerHTML"
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
