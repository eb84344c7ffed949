"""What an answer says, and which secrets of which side are in it."""

import re
from collections.abc import Iterable, Mapping
from io import BytesIO
from zipfile import ZipFile, is_zipfile

from django.test import Client

# What is new in every answer: tokens, and the minute in which a file is made.
TOKEN = re.compile(
    r"(csrfmiddlewaretoken|form_key)\" value=\"\w+|X-CSRFToken\": \"\w+"
    r"|nhat-ky-\d{8}-\d{4}|<dcterms:(created|modified)[^/]*"
    r"|\d\d:\d\d ng(à|&#224;)y \d\d/\d\d/\d{4}|\d{4}-\d\d-\d\dT[\d:.+]+"
    r"|\b[0-9a-f]{32}\b"  # the id of the request
    r"|Content-Length: \d+"  # of a workbook: the minute may pack into another number of bytes
)


def content(response) -> str:
    """All that an answer says, also inside a workbook, and in its headers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if is_zipfile(BytesIO(body)):
        with ZipFile(BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return TOKEN.sub("", f"{headers}\n{body.decode(errors='replace')}")


def leaks(client: Client, addresses: Iterable[str], secrets: Mapping[str, str]) -> list[str]:
    """Where one of the secrets (word or amount → letter of its side) comes back to this account."""
    found = []
    for address in addresses:
        said = content(client.get(address))
        for part in re.split(r"[/?=&]", address):  # what was asked may be said back
            said = said.replace(part, "") if part in secrets or "-" in part else said
        found += [
            f"{address} {letter}: …{said[max(0, said.index(secret) - 60) :][:120]}…"
            for secret, letter in secrets.items()
            if secret in said
        ]
    return found
