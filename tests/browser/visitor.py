"""Somebody at a browser, with everything noted that must never happen on any page."""

import re
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client

from ntm_tracker.core.models import User
from tests.browser.addresses import PASSWORD
from tests.browser.place import INSTALLATION

DESKTOP, TABLET, ZOOMED, PHONE, NARROW = 1440, 768, 640, 390, 320  # 640: 1280 at 200 %
HEIGHTS = {DESKTOP: 900, TABLET: 1024, ZOOMED: 360, PHONE: 844, NARROW: 568}


class Visitor:
    """A browser context with one page. What goes wrong on it is collected in `complaints`."""

    def __init__(
        self, browser, base_url: str, *, width: int = DESKTOP, js: bool = True, touch=False
    ):
        self.base_url = base_url
        self.complaints: list[str] = []
        self.expected: int | None = None
        self.answers: set[int] = set()
        self.is_offline = False
        self.context = browser.new_context(
            base_url=base_url,
            viewport={"width": width, "height": HEIGHTS[width]},
            java_script_enabled=js,
            has_touch=touch,
            is_mobile=touch,
            locale="vi-VN",
            timezone_id="Asia/Ho_Chi_Minh",
            ignore_https_errors=bool(INSTALLATION),  # on trial it has made its certificate itself
        )
        self.context.set_default_timeout(10_000)
        self.context.on("console", self._on_console)
        self.context.on("weberror", lambda error: self._complain(f"page error: {error.error}"))
        self.context.on("request", self._on_request)
        self.context.on("response", self._on_response)
        self.context.on("requestfailed", self._on_failure)
        self.page = self.context.new_page()

    def sign_in(self, username: str) -> "Visitor":
        """Be signed in without the page for it: a session whose cookie the browser gets. Another
        installation takes only sessions that it has begun."""
        if INSTALLATION:
            page = self.context.new_page()
            page.goto("/accounts/login/")
            self.sign_in_by_form(username, PASSWORD, page=page)
            page.wait_for_url(lambda address: "/login/" not in address)
            page.close()
            return self
        client = Client()
        client.force_login(User.objects.get(username=username))
        name = settings.SESSION_COOKIE_NAME
        self.context.add_cookies(
            [{"name": name, "value": client.cookies[name].value, "url": self.base_url}]
        )
        return self

    def sign_in_by_form(self, username: str, password: str, *, page=None) -> None:
        """As people do it, from the page that is open."""
        page = page or self.page
        page.get_by_label("Tên đăng nhập").fill(username)
        page.get_by_label("Mật khẩu").fill(password)
        page.get_by_role("button", name="Đăng nhập").click()

    def lose_session(self) -> None:
        """As when it has expired; behind HTTPS the name of its cookie has a prefix."""
        self.context.clear_cookies(name=re.compile(r"(__Host-)?sessionid"))

    def open(self, address: str, status: int = 200):
        """Go to an address of the product and hold the answer to its status."""
        with self.expecting(status):
            response = self.page.goto(address)
            assert response.status == status, f"{address}: {response.status}, not {status}"
        return self.page

    def resize(self, width: int) -> None:
        self.page.set_viewport_size({"width": width, "height": HEIGHTS[width]})

    @contextmanager
    def expecting(self, status: int):
        """Within this block an answer of `status` is no complaint, and there must be one."""
        self.expected, self.answers = status, set()
        try:
            yield
            assert status in self.answers, f"no answer had the status {status}: {self.answers}"
        finally:
            self.expected = None

    @contextmanager
    def offline(self):
        """Within this block the server is out of reach."""
        self.is_offline = True
        self.context.set_offline(True)
        try:
            yield
        finally:
            self.context.set_offline(False)
            self.is_offline = False

    def path(self) -> str:
        """The address that the browser shows, without the host."""
        parts = urlsplit(self.page.url)
        return f"{parts.path}?{parts.query}" if parts.query else parts.path

    def close(self) -> None:
        self.context.close()

    def _complain(self, what: str) -> None:
        self.complaints.append(f"{what} (on {self.page.url})")

    def _on_console(self, message) -> None:
        # A refused answer also says so on the console; `_on_response` judges its status.
        if self.is_offline:
            return
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            self._complain(f"console {message.type}: {message.text}")

    def _on_request(self, request) -> None:
        if not request.url.startswith((self.base_url, "data:", "blob:", "about:")):
            self._complain(f"request to another host: {request.url}")

    def _on_response(self, response) -> None:
        self.answers.add(response.status)
        if response.status >= 400 and response.status != self.expected:
            self._complain(f"{response.status} for {response.request.method} {response.url}")

    def _on_failure(self, request) -> None:
        # What the browser gives up because it goes elsewhere, or saves as a file, did not fail.
        if request.failure != "net::ERR_ABORTED" and not self.is_offline:
            self._complain(f"{request.failure} for {request.url}")
