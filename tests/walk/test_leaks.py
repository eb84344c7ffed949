"""What belongs to another commune or sponsor is on no page, in no total, search, file or export.

The office opens everything that there is to open, and whatever the pages lead to; each account
that may not see a side opens the same addresses, and nothing that marks that side may come back.
"""

import re
from io import BytesIO
from zipfile import ZipFile, is_zipfile

import pytest
from django.db import transaction

from tests.walk.addresses import urls
from tests.walk.conftest import signed_in
from tests.walk.pages import Walk, walk
from tests.walk.world import World, add_b, make_world

# Account → the sides of which it may learn nothing.
FORBIDDEN = {
    "user_a": ("B", "D"),
    "sponsor_a": ("B", "C", "V"),
    "of_village": ("A", "B", "C", "D"),
}
pytestmark = pytest.mark.walk

# What is new in every answer: tokens, and the minute in which a file is made.
TOKEN = re.compile(
    r"(csrfmiddlewaretoken|form_key)\" value=\"\w+|X-CSRFToken\": \"\w+"
    r"|nhat-ky-\d{8}-\d{4}|<dcterms:(created|modified)[^/]*"
    r"|Content-Length: \d+"  # of a workbook: the minute may pack into another number of bytes
)


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """The world before B comes, what A's people then see of it, and the world with B."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_world()
        answers = walk(signed_in(made.users["user_a"]), made.pools).answers
        before = {address: content(answer) for address, answer in answers.items()}
        add_b(made)
        yield made, before
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def everything(world, django_db_blocker) -> Walk:
    made: World = world[0]
    return walk(signed_in(made.users["admin"]), made.pools)


def content(response) -> str:
    """All that an answer says, also inside a workbook, and in its headers."""
    body = b"".join(response.streaming_content) if response.streaming else response.content
    if is_zipfile(BytesIO(body)):
        with ZipFile(BytesIO(body)) as archive:
            body = b"\n".join(archive.read(name) for name in archive.namelist())
    headers = "\n".join(f"{name}: {value}" for name, value in response.items())
    return TOKEN.sub("", f"{headers}\n{body.decode(errors='replace')}")


def test_every_address_was_opened(everything, db):
    assert sorted({url.name for url in urls()} - everything.exercised) == []


def test_every_side_is_there_to_be_seen(world, everything, db):
    """What is looked for below is on the pages of those who may see it."""
    made, _before = world
    pages = "".join(content(answer) for answer in everything.answers.values())

    missing = [secret for secret in made.secrets_of(*made.sides) if secret not in pages]
    assert missing == []


@pytest.mark.parametrize("name", FORBIDDEN)
def test_nothing_of_another_side_comes_back(name, world, everything, db):
    made, _before = world
    client = signed_in(made.users[name])
    secrets = made.secrets_of(*FORBIDDEN[name])
    found = []
    for address in everything.answers:
        said = content(client.get(address))
        for part in re.split(r"[/?=&]", address):  # what was asked may be said back
            said = said.replace(part, "") if part in secrets or "-" in part else said
        found += [
            f"{address} {letter}: …{said[max(0, said.index(secret) - 60) :][:120]}…"
            for secret, letter in secrets.items()
            if secret in said
        ]
    assert found == []


def test_pages_are_the_same_whether_the_other_side_exists_or_not(world, db):
    made, before = world
    client = signed_in(made.users["user_a"])
    changed = []
    for address, said in before.items():
        if said != content(client.get(address)):
            changed.append(address)
    assert changed == []
