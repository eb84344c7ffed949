"""Where pages lead by GET, and a walk over all that there is to open."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from django.http import HttpResponse
from django.test import Client
from django.urls import Resolver404, resolve

from tests.walk.addresses import NO_WALK, urls

DAYS = ("2022-05-31",)
SAMPLES = 2  # of addresses that differ only in the values of their query


class Links(HTMLParser):
    """Where a page leads by GET: links, and its forms with each of their choices."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.names: set[str] = set()
        self.action: str | None = None
        self.name = ""

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        for attribute in ("href", "src", "hx-get"):
            if given.get(attribute):
                self.found.append(given[attribute])
        if tag == "form":
            self.found.append(given.get("action") or "")
            is_get = given.get("method", "get").lower() == "get"
            self.action = given.get("action") or "" if is_get else None
        name = given.get("name")
        if self.action is None:
            return
        if tag == "option" and given.get("value"):
            self.offer(self.name, given["value"])
        elif tag in {"input", "select", "textarea"} and name:
            self.name = name
            if tag == "input" and given.get("type") in {"checkbox", "radio", "hidden"}:
                self.offer(name, given.get("value") or "1")
            elif tag != "select":
                self.names.add(name)
                self.offer(name, "zq")

    def handle_endtag(self, tag):
        if tag == "form":
            self.action = None

    def offer(self, name: str, value: str) -> None:
        self.found.append(f"{self.action}?{urlencode({name: value})}")


def links(response: HttpResponse, address: str) -> Iterator[str]:
    """The addresses of ours that a page leads to."""
    if not response.headers.get("Content-Type", "").startswith("text/html"):
        return
    page = Links()
    page.feed(response.content.decode())
    for link in page.found:
        parts = urlsplit(urljoin(f"http://testserver{address}", link))
        if parts.netloc == "testserver" and not parts.path.startswith(("/static/", "/admin/")):
            yield f"{parts.path}?{parts.query}" if parts.query else parts.path


@dataclass
class Walk:
    """What one account reached: address → answer; and which names were exercised."""

    answers: dict[str, HttpResponse]
    exercised: set[str]


def walk(client: Client, pools: Iterable[tuple[list[int], list[str]]]) -> Walk:
    """Open every address, and what the pages ask for in their queries, each kind a few times."""
    found = Walk({}, set())
    samples: dict[tuple, list[str]] = {}
    for url in urls():
        addresses = (one for numbers, texts in pools for one in url.addresses(numbers, texts))
        for address in dict.fromkeys(addresses):
            response = client.get(address)
            if response.status_code == 404:
                continue
            found.exercised.add(url.name)
            found.answers[address] = response
            days = [f"{address}?as_of={day}" for day in DAYS]
            for link in (*days, *links(response, address)):
                parts = urlsplit(link)
                name = resolve_name(parts.path)
                if name and name not in NO_WALK:
                    kind = (name, tuple(sorted(name for name, _ in parse_qsl(parts.query))))
                    samples.setdefault(kind, []).append(link)
    for (name, asked), offered in samples.items():
        # Words that only the pages know, like the field of a cell, come in their links.
        few = SAMPLES if asked or name not in found.exercised else 0
        for address in spread(list(dict.fromkeys(offered)), few):
            if address not in found.answers:
                found.answers[address] = client.get(address)
                found.exercised.add(name)
    return found


def resolve_name(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""


def spread(offered: list[str], most: int) -> list[str]:
    """A few of them, from all over the list."""
    step = max(1, len(offered) // max(1, most))
    return offered[::step][:most]
