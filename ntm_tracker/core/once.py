"""One form, one row: a second press of the button finds that the first has been written."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any

from django.contrib import messages
from django.db import IntegrityError, transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django_htmx.http import HttpResponseClientRedirect

from ntm_tracker.core.htmx import is_fragment_request
from ntm_tracker.core.models import SentForm

FIELD = "form_key"
KEY = re.compile(r"[0-9a-f]{32}")
KEPT = timedelta(days=1)


def once(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Run a view that writes at most once per form that was drawn (`{% form_key %}` in it).

    The key is stored in the transaction of the write: a second sending of the same form waits for
    the first and is then led to where the first went. An answer of 400 and above keeps no key, so
    that the corrected form can be sent. Stands below `login_required`.
    """

    @wraps(view)
    def wrapper(request, *args: Any, **kwargs: Any) -> HttpResponse:
        key = request.POST.get(FIELD, "") if request.method == "POST" else ""
        if not KEY.fullmatch(key):
            return view(request, *args, **kwargs)
        with transaction.atomic():
            now = timezone.now()
            # Not the one that is sent, which is known for as long as its page stands open, also
            # where the clock of the server was put forward meanwhile.
            old = SentForm.objects.filter(user=request.user, sent_at__lt=now - KEPT)
            old.exclude(key=key).delete()
            try:
                with transaction.atomic():
                    sent = SentForm.objects.create(user=request.user, key=key, sent_at=now)
            except IntegrityError:
                return _already_sent(request, key)
            response = view(request, *args, **kwargs)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            else:
                sent.location = _destination(request, response)
                sent.save(update_fields=["location"])
        return response

    return wrapper


def _destination(request, response: HttpResponse) -> str:
    for header in ("Location", "HX-Redirect", "HX-Push-Url"):
        if header in response:
            return response[header][:500]
    return request.get_full_path()[:500]


def _already_sent(request, key: str) -> HttpResponse:
    location = SentForm.objects.get(user=request.user, key=key).location
    messages.info(request, "Biểu mẫu này đã được ghi; bấm hai lần cũng chỉ ghi một lần.")
    if is_fragment_request(request):
        return HttpResponseClientRedirect(location)
    return HttpResponseRedirect(location, status=303)
