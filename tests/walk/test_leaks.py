"""What belongs to another commune or sponsor is on no page, in no total, search, file or export.

The office opens everything that there is to open, and whatever the pages lead to; each account
that may not see a side opens the same addresses, and nothing that marks that side may come back.
"""

import pytest
from django.db import transaction

from tests.walk.addresses import urls
from tests.walk.conftest import signed_in
from tests.walk.leaks import content, leaks
from tests.walk.pages import Walk, walk
from tests.walk.world import World, add_b, make_world

# Account → the sides of which it may learn nothing.
FORBIDDEN = {
    "user_a": ("B", "D"),
    "sponsor_a": ("B", "C", "V"),
    "of_village": ("A", "B", "C", "D"),
}
pytestmark = pytest.mark.walk


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
    secrets = made.secrets_of(*FORBIDDEN[name])
    assert leaks(signed_in(made.users[name]), everything.answers, secrets) == []


def test_pages_are_the_same_whether_the_other_side_exists_or_not(world, db):
    made, before = world
    client = signed_in(made.users["user_a"])
    changed = []
    for address, said in before.items():
        if said != content(client.get(address)):
            changed.append(address)
    assert changed == []
