"""Whatever is sent to whichever address: a sentence in Vietnamese, never a broken page.

The fields are those of the forms that the pages show, and the parameters those of their filters;
each takes each kind of nonsense, as the office and as a sponsor.
"""

import re
from html import unescape
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from tests.role_matrix import WRITERS
from tests.walk.addresses import urls
from tests.walk.conftest import signed_in
from tests.walk.pages import links, resolve_name

SCRIPT = "<img src=x onerror=alert(1)>"
NONSENSE = {
    "nul": "a\0b",
    "number": "1" + "0" * 30,
    "negative": "-1",
    "long": "x" * 20_000,
    "script": SCRIPT,
    "date": "31/02/2022",
    "list": "[]",
    "id": "999999999",
    "nothing": "",
}
UNSENT = {"csrfmiddlewaretoken", "form_key", "kept"}
ACCOUNTS = ("admin", "sponsor_a", "user_a")
WRITTEN_OUT = {
    "login",
    "logout",
    "password_change",
    "password_change_done",
    "sign_out_all",
    "second_factor",
    "second_factor_setup",
    "second_factor_off",
}
# Forms that nobody is shown in this world (their tests are those of their own pages).
NOT_SHOWN = {
    "criteria:dossier-step",
    "criteria:grid-cell",
    "criteria:grid-evidence",
    "criteria:grid-paste",
    "criteria:grid-submit",
    "criteria:item-take-back",
    "criteria:village-move",
    "criteria:village-take-back",
    "dashboard:invite",
    "dashboard:setup",
    "dashboard:user-deactivate",
    "dashboard:user-reactivate",
    "dashboard:warning-explain",
    "reports:text",
}
ENGLISH = re.compile(
    r"This (field|value)|Enter a|Select a valid|Null characters|Ensure (this|that)"
)
VIETNAMESE = re.compile("[ăâđêôơưàảãáạằắặầấậèẻẽéẹềếệìỉĩíịòỏõóọồốộờớợùủũúụừứựỳýỵ]", re.IGNORECASE)

pytestmark = [pytest.mark.walk, pytest.mark.usefixtures("db")]


class Fields(HTMLParser):
    """The names of the fields that a page sends, by the address of their form."""

    def __init__(self, address: str):
        super().__init__()
        self.address = self.action = address
        self.found: dict[str, dict[str, str]] = {}
        self.is_post = False

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag == "form":
            self.is_post = given.get("method", "").lower() == "post"
            self.action = urlsplit(given.get("action") or self.address).path
        name = given.get("name")
        if self.is_post and name and tag in {"input", "select", "textarea", "button"}:
            kind = given.get("type", tag)
            value = given.get("value") or ""
            self.found.setdefault(self.action, {}).setdefault(
                name, "file" if kind == "file" else value
            )


def complaint(response) -> str:
    """What is wrong with an answer; "" for nothing."""
    if response.status_code >= 500:
        return f"{response.status_code}: {getattr(response, 'exc_info', [None, None])[1]!r}"
    if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
        return ""
    html = response.content.decode()
    if SCRIPT in html:
        return f"{response.status_code}: the script is not escaped"
    if english := ENGLISH.search(html):
        return f"{response.status_code}: {english.group()}"
    if response.status_code in {400, 404, 409, 413, 422} and not VIETNAMESE.search(
        html.partition("<main")[2]
    ):
        return f"{response.status_code}: no sentence"
    return ""


@pytest.fixture(scope="module")
def forms(whole_world):
    """Address → fields of every form that takes a POST, with which account it was seen."""
    found: dict[str, tuple[str, dict[str, str]]] = {}
    for account in ACCOUNTS:
        client = signed_in(whole_world.users[account])
        for url in urls():
            for address in url.addresses(sorted({1, whole_world.sides["A"].base}),
                                         sorted(whole_world.sides["A"].codes)):  # fmt: skip
                response = client.get(address)
                if response.status_code == 200 and not response.streaming:
                    page = Fields(address)
                    page.feed(response.content.decode(errors="replace"))
                    for action, names in page.found.items():
                        if resolve_name(action) not in WRITTEN_OUT:
                            found.setdefault(action, (account, names))
    return found


def test_every_form_meets_nonsense_with_a_sentence(forms, whole_world):
    clients = {account: signed_in(whole_world.users[account]) for account in ACCOUNTS}
    found, met = [], set()
    for address, (account, names) in forms.items():
        fields = {name: value for name, value in names.items() if name not in UNSENT}
        tries = [dict.fromkeys(fields, bad) for bad in NONSENSE.values()]
        tries += [{**fields, name: NONSENSE["nul"]} for name in fields]
        tries += [{**fields, name: [SCRIPT, "1"]} for name in fields]
        met.add(resolve_name(address))
        for data in tries:
            data = {
                name: SimpleUploadedFile("a.jpg", b"MZ\x90\0") if fields[name] == "file" else value
                for name, value in data.items()
            }
            with transaction.atomic():
                wrong = complaint(clients[account].post(address, data))
                transaction.set_rollback(True)
            if wrong:
                found.append((address, str(data)[:150], wrong))
    assert found == []
    assert len(met) >= 2


@pytest.mark.parametrize("account", ["admin", "sponsor_a"])
def test_every_parameter_meets_nonsense_with_a_sentence(account, whole_world):
    client = signed_in(whole_world.users[account])
    side = whole_world.sides["A"]
    found = []
    for url in urls():
        address = next(url.addresses([side.base], [side.objects["communes.commune"].code]))
        response = client.get(address)
        if response.status_code != 200:
            continue
        asked = {
            name
            for link in links(response, address)
            if urlsplit(link).path == address
            for name, _value in parse_qsl(urlsplit(link).query)
        }
        for name in sorted({*asked, "as_of", "page"}):
            for bad in NONSENSE.values():
                if wrong := complaint(client.get(address, {name: bad[:3000]})):
                    found.append((address, name, bad[:30], wrong))
    assert found == []


def test_every_address_meets_strange_objects_with_a_sentence(whole_world):
    client = signed_in(whole_world.users["admin"])
    found = []
    for url in urls():
        for strange in ("a\0b", "x" * 3000, SCRIPT, "..", "%00"):
            for address in url.addresses([10**30, 2**63], [strange]):
                if wrong := complaint(client.get(address)):
                    found.append((address[:80], wrong))
    assert found == []


def test_what_is_written_is_shown_escaped(whole_world):
    """A note with markup, sent by the form, comes back as text."""
    client = signed_in(whole_world.users["admin"])
    task = whole_world.sides["A"].objects["sponsors.task"]
    with transaction.atomic():
        sent = client.post(
            f"/tasks/{task.pk}/report/",
            {"version": "1", "transition": "progress", "progress": "40", "note": SCRIPT},
        )
        page = client.get(f"/tasks/{task.pk}/").content.decode()
        transaction.set_rollback(True)
    assert sent.status_code == 303
    assert SCRIPT in unescape(page)
    assert SCRIPT not in page


def test_every_writer_with_a_form_is_tried(forms):
    """A new form is met here by itself, or is named above, so that none is forgotten."""
    tried = {resolve_name(address) for address in forms}
    assert set(WRITERS) - tried - WRITTEN_OUT == NOT_SHOWN
