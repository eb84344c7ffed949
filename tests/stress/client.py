"""Somebody at a browser, as light as can be: the client shares the computer with the server."""

import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from typing import Any
from urllib.parse import urlencode

CSRF = "csrftoken"
FORM_KEY = re.compile(rb'name="form_key" value="([0-9a-f]{32})"')
LIMIT = 120  # seconds that an answer may take


class NoAnswer(Exception):
    """The server did not answer: whether it has written something is not known."""


@dataclass(frozen=True)
class Answer:
    """What came back, and the seconds until it was all there."""

    status: int
    location: str
    body: bytes
    seconds: float

    @property
    def form_key(self) -> dict[str, str]:
        """The key of the form that was drawn, to be sent with it; nothing where it has none."""
        found = FORM_KEY.search(self.body)
        return {"form_key": found[1].decode()} if found else {}


@dataclass(frozen=True)
class Upload:
    """A file to be sent in the field `name`."""

    name: str
    filename: str
    content: bytes
    content_type: str


class Visitor:
    """Someone with cookies of his own. Follows no redirects and fetches nothing that a page names:
    style and pictures are static files, which a browser keeps."""

    def __init__(self, port: int):
        self.port = port
        self.cookies: dict[str, str] = {}

    def sign_in(self, username: str, password: str) -> None:
        """Through the page that everybody comes in by. Raises AssertionError where it refuses."""
        path = "/accounts/login/"
        self.get(path)
        answer = self.post(path, {"username": username, "password": password})
        assert answer.status == 302, f"{username} could not sign in: {answer.status}"

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, headers=headers)

    def post(
        self,
        path: str,
        fields: Mapping[str, Any],
        files: Sequence[Upload] = (),
        **headers: str,
    ) -> Answer:
        """Send a form as the page would have: with the token against forgery."""
        fields = {"csrfmiddlewaretoken": self.cookies.get(CSRF, ""), **fields}
        content_type = "application/x-www-form-urlencoded"
        body = urlencode(fields, doseq=True).encode()
        if files:
            boundary = secrets.token_hex(16)
            content_type = f"multipart/form-data; boundary={boundary}"
            body = multipart(fields, files, boundary)
        return self.ask("POST", path, body, {"Content-Type": content_type} | headers)

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request. Raises NoAnswer where the connection fails before all has come."""
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Cookie": cookies, "Accept-Encoding": "identity"} | dict(headers or {})
        began = time.perf_counter()
        connection = HTTPConnection("127.0.0.1", self.port, timeout=LIMIT)
        try:
            connection.request(method, path, body, sent)
            response = connection.getresponse()
            content = response.read()
        except (OSError, HTTPException) as error:
            raise NoAnswer(f"{method} {path}: {error!r}") from error
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie", []):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        seconds = time.perf_counter() - began
        return Answer(response.status, response.headers.get("Location", ""), content, seconds)


def multipart(fields: Mapping[str, Any], files: Sequence[Upload], boundary: str) -> bytes:
    """A form with files as a browser sends it."""
    parts = []
    for name, value in fields.items():
        for one in value if isinstance(value, list) else [value]:
            head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'
            parts.append(f"{head}{one}\r\n".encode())
    for file in files:
        head = (
            f'--{boundary}\r\nContent-Disposition: form-data; name="{file.name}"; '
            f'filename="{file.filename}"\r\nContent-Type: {file.content_type}\r\n\r\n'
        )
        parts.append(head.encode() + file.content + b"\r\n")
    return b"".join([*parts, f"--{boundary}--\r\n".encode()])
