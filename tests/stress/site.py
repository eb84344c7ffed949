"""The product within this process, with every form and link that its pages show to some accounts.

Django's own client, which leaves the server out, so that thousands of tries take minutes. What a
view did not expect is found by its status and by what it writes into the log as an error.
"""

import logging
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth import get_user_model
from django.http import HttpResponse
from django.test import Client

from tests.walk.addresses import NO_WALK
from tests.walk.pages import links, resolve_name
from tests.walk.test_bad_input import UNSENT, VIETNAMESE, complaint

ACCOUNTS = ("quantri", "vanphong", "donvi-07", "xa-ha-linh", "nganh-giao-thong", "bcd", "donvi-12")
# They would end the sessions and accounts that the tries need; each has tests of its own.
NEVER_SENT = {*NO_WALK, "dashboard:user", "dashboard:user-deactivate"}
SAMPLES = 3  # of pages of one name for one account


@dataclass(frozen=True)
class Form:
    """A form as one account was shown it: where it goes, and what may stand in its fields."""

    account: str
    address: str
    fields: tuple[tuple[str, tuple[str, ...]], ...]
    files: tuple[str, ...]


class Forms(HTMLParser):
    """The forms of a page that write: by their address, the values that each field offers."""

    def __init__(self, address: str):
        super().__init__()
        self.address, self.action, self.name = address, "", ""
        self.found: dict[str, dict[str, list[str]]] = {}
        self.files: dict[str, set[str]] = {}

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, kind, value = given.get("name"), given.get("type", tag), given.get("value") or ""
        if tag == "form":
            is_post = given.get("method", "").lower() == "post"
            self.action = urlsplit(given.get("action") or self.address).path if is_post else ""
        if not self.action:
            return
        if tag == "option":
            self.found[self.action].setdefault(self.name, []).append(value)
            return
        fields = self.found.setdefault(self.action, {})
        if not name or tag not in {"input", "select", "textarea", "button"}:
            return
        self.name = name
        if kind == "file":
            self.files.setdefault(self.action, set()).add(name)
        elif tag != "select":
            fields.setdefault(name, []).append(value)

    def handle_endtag(self, tag):
        if tag == "form":
            self.action = ""


@dataclass
class Site:
    """Accounts that are signed in, what they were shown, and what went wrong."""

    clients: dict[str, Client]
    forms: list[Form] = field(default_factory=list)
    pages: list[tuple[str, str]] = field(default_factory=list)  # account, address with its query
    log: list[str] = field(default_factory=list)

    def send(self, account: str, method: str, address: str, **sent: Any) -> HttpResponse:
        """One request; an account that a try has signed out comes in again first."""
        client = self.clients[account]
        if "sessionid" not in client.cookies or not client.cookies["sessionid"].value:
            sign_in(client, account)
        # One for each request: Django's client connects itself to a signal at every one, which is
        # a kilobyte for as long as it lives.
        once = visitor()
        once.cookies, once.handler = client.cookies, client.handler
        return once.generic(method, address, **sent)

    def wrong(self, response: HttpResponse) -> str:
        """What is wrong with an answer, and what the log said of it; "" for nothing."""
        said, self.log[:] = "; ".join(self.log), []
        found = complaint(response)
        if found.endswith("no sentence") and is_fragment(response):
            found = ""
        return f"{found} {said}".strip()


def is_fragment(response: HttpResponse) -> bool:
    """Whether it says something to be put into a page that stands, which has no main part, or
    only what a HEAD asks for."""
    if b"<main" in response.content:
        return False
    return not response.content or VIETNAMESE.search(response.text) is not None


def visitor() -> Client:
    """Asks under the name that a server of the stress tests has; an error comes as its page."""
    return Client(raise_request_exception=False, SERVER_NAME="127.0.0.1")


def sign_in(client: Client, username: str) -> None:
    client.force_login(
        get_user_model().objects.get(username=username),
        "django.contrib.auth.backends.ModelBackend",
    )


class Errors(logging.Handler):
    """Keeps what is written into the log as an error."""

    def __init__(self, kept: list[str]):
        super().__init__(logging.ERROR)
        self.kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        if record.name.startswith("django.security"):
            return  # what was refused with 400, as too many fields are
        error = record.exc_info[1] if record.exc_info else None
        self.kept.append(f"{record.name}: {record.getMessage()[:200]} {error!r}"[:600])


@contextmanager
def site(accounts: int = len(ACCOUNTS), most: int = 250) -> Iterator[Site]:
    """The product with its first so many accounts, each having looked at up to `most` pages."""
    found = Site({name: visitor() for name in ACCOUNTS[:accounts]})
    handler = Errors(found.log)
    loggers = [logging.getLogger(name) for name in ("", "ntm", "ntm.request", "django")]
    for logger in loggers:
        logger.addHandler(handler)
    try:
        for account, client in found.clients.items():
            sign_in(client, account)
            look_around(found, account, most)
        yield found
    finally:
        for logger in loggers:
            logger.removeHandler(handler)


def look_around(found: Site, account: str, most: int) -> None:
    """Follow the links of an account's pages, a few of each name, and note what they ask for."""
    waiting, seen, forms, counts = deque(["/"]), {"/"}, set(), {}
    opened = 0
    while waiting and opened < most:
        address = waiting.popleft()
        response = found.clients[account].get(address)
        opened += 1
        if response.status_code in {301, 302}:
            waiting.append(response["Location"])
        if response.streaming or response.status_code != 200:
            continue
        found.pages.append((account, address))
        if not response.headers.get("Content-Type", "").startswith("text/html"):
            continue
        page = Forms(address)
        page.feed(response.content.decode())
        for action, fields in page.found.items():
            name = resolve_name(action)
            if action in forms or not name or name in NEVER_SENT or name.startswith("admin:"):
                continue
            forms.add(action)
            offered = tuple((one, tuple(fields[one])) for one in fields if one not in UNSENT)
            found.forms.append(
                Form(account, action, offered, tuple(sorted(page.files.get(action, ()))))
            )
        for link in links(response, address):
            parts = urlsplit(link)
            kind = resolve_name(parts.path), bool(parts.query)
            if link in seen or kind[0] in {"", *NO_WALK}:
                continue
            seen.add(link)
            counts[kind] = counts.get(kind, 0) + 1
            if counts[kind] <= SAMPLES:
                waiting.append(link)
