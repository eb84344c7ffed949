"""The addresses of the product and some that fail in the ways that a server meets."""

import errno

import psycopg2
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import OperationalError
from django.http import Http404, HttpResponse
from django.urls import path

from ntm_tracker import urls


def fail(request, how):
    """Raise what `how` names; a typed word stands in the exception, as it does in real ones."""
    typed = request.POST.get("typed", "typed-word")
    raise {
        "unexpected": ZeroDivisionError(typed),
        "refused": PermissionDenied("Không được làm việc này."),
        "absent": Http404("Không có trang này."),
        "nonsense": BadRequest("Không đọc được."),
        "connection": of_driver(psycopg2.OperationalError(f"connection refused, {typed}")),
        "disk": OSError(errno.ENOSPC, "No space left on device", typed),
    }[how]


def of_driver(error):
    """As Django hands on what the driver says."""
    wrapped = OperationalError(*error.args)
    wrapped.__cause__ = error
    return wrapped


urlpatterns = [
    path("fail/<str:how>/", fail),
    path("fail-inside/<str:how>/", login_required(fail)),
    path("fine/<str:word>/", lambda request, word: HttpResponse("fine")),
    *urls.urlpatterns,
]
handler400, handler403 = urls.handler400, urls.handler403
handler404, handler500 = urls.handler404, urls.handler500
