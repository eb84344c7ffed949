"""Error pages: the sentence that was raised, in Vietnamese, with what to do next."""

import sys
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template import loader

from ntm_tracker.core import kept, last_errors, limits, requests, signin
from ntm_tracker.core.failures import failure_of
from ntm_tracker.core.htmx import is_fragment_request


def _page(request: HttpRequest, template: str, status: int, exception: Exception) -> HttpResponse:
    reason = str(exception.args[0]) if exception.args and isinstance(exception.args[0], str) else ""
    if not is_fragment_request(request):
        return render(request, template, {"reason": reason}, status=status)
    # Swapped into a page that stands: only the sentence, above the page, nothing typed is lost.
    response = render(
        request,
        "components/notice.html",
        {
            "level": "error",
            "text": reason or DEFAULT[status],
            "request_id": requests.id_of(request),
        },
        status=status,
    )
    response["HX-Retarget"] = "#messages"
    response["HX-Reswap"] = "innerHTML"
    return response


DEFAULT = {
    400: "Yêu cầu chưa hợp lệ. Hãy kiểm tra địa chỉ hoặc dữ liệu vừa nhập.",
    403: "Tài khoản này không được làm việc đó.",
    404: "Không tìm thấy nội dung này, hoặc tài khoản này không được xem.",
}


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 with the sentence of the BadRequest."""
    return _page(request, "400.html", 400, exception)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403 with the reason of the rule that refused."""
    return _page(request, "403.html", 403, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """404; the reason is shown only where a view wrote one for people."""
    named = exception.args and isinstance(exception.args[0], str) and _is_sentence(exception)
    return _page(request, "404.html", 404, exception if named else Exception())


def _is_sentence(exception: Exception) -> bool:
    """Django's own 404s speak English of patterns and models; ours end with a full stop."""
    text = exception.args[0]
    return text.endswith(".") and not text.startswith("No ")


def too_many(request: HttpRequest, refusal: limits.TooMany) -> HttpResponse:
    """429 with the seconds to wait; what was typed into a form waits behind a button."""
    form_kept = None if is_fragment_request(request) else kept.keep(request)
    response = (
        signin.send_again_page(request, form_kept, status=429, reason=str(refusal))
        if form_kept
        else _page(request, "429.html", 429, refusal)
    )
    response["Retry-After"] = str(refusal.wait)
    return response


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form from an old page: what was typed can be sent again, or is still behind Back."""
    return signin.stale_token(request) or _page(
        request,
        "403.html",
        403,
        Exception(
            "Trang này đã mở quá lâu hoặc bạn vừa đăng nhập lại ở thẻ khác. "
            "Hãy quay lại, tải lại trang rồi gửi lại; nội dung đã nhập vẫn còn khi bấm Quay lại."
        ),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or what `core.failures` knows of what the exception stands for, and a way to try again.

    Looks at neither database, account nor session: any of them may be what failed.
    """
    error = sys.exc_info()[1]
    failure = failure_of(error)
    if error is not None:
        last_errors.keep(request, error, failure.status if failure else 500)
    context: dict[str, Any] = {"failure": failure, "request_id": requests.id_of(request)}
    if failure is None:
        return HttpResponse(loader.render_to_string("500.html", context), status=500)
    if is_fragment_request(request):
        response = HttpResponse(
            loader.render_to_string("components/failure.html", context), status=failure.status
        )
        response["HX-Retarget"] = "#messages"
        response["HX-Reswap"] = "innerHTML"
        response[signin.SEND_AGAIN] = "button"
    else:
        context |= {
            "kept": form if (form := kept.keep(request)) and (form.fields or form.files) else None,
            "path": request.get_full_path() if request.method == "GET" else "",
            "csrf_token": get_token(request),
        }
        response = HttpResponse(loader.render_to_string("503.html", context), status=failure.status)
    response["Retry-After"] = str(failure.wait)
    response["Cache-Control"] = "no-store"
    return response
