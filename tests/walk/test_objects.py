"""Every URL × every method, on one's own object and on somebody else's.

The statuses of GET and of an empty POST for each role stand in `tests.role_matrix`. Here no
method does more than those, and whoever may not see an object cannot tell it from one that is not.
"""

from collections.abc import Iterator

import pytest
from django.db import transaction

from criteria import village_workflow
from criteria.models import Criterion
from criteria.money_rules import Entry
from tests.role_matrix import WRITERS
from tests.walk.addresses import Url, with_objects
from tests.walk.conftest import signed_in
from tests.walk.world import World

OTHERS = {"user_a": "BD", "sponsor_a": "BC", "of_village": "BCD"}
SAFE, UNSAFE = ("GET", "HEAD", "OPTIONS"), ("POST", "PUT", "PATCH", "DELETE")
# What the office alone has: accounts, plans to choose from, warnings; and a file that was sent in,
# which is its sender's: `tests/dashboard/test_imports.py`.
OF_NO_SIDE = {
    "dashboard:user", "dashboard:user-invite", "dashboard:user-deactivate",
    "dashboard:user-reactivate", "dashboard:warning-explain", "dashboard:import-batch",
    "sponsors:plan-edit", "sponsors:plan-lay",
}  # fmt: skip

pytestmark = [pytest.mark.walk, pytest.mark.usefixtures("db")]


def addresses_of(world: World, letters: str) -> Iterator[tuple[Url, str]]:
    """The addresses of the objects of these sides."""
    # What stands behind the object in some addresses: a form of a work item, a step of a village,
    # a cell of a sheet.
    parts = [*Entry, *village_workflow.BY_NAME, f"c{Criterion.objects.earliest('pk').pk}"]
    for letter in letters:
        side = world.sides[letter]
        texts = [code for code in side.codes if side.word in code]
        if not side.only_sponsorship:  # the commune of these is A's
            texts.append(side.objects["communes.commune"].code)
        for url in with_objects():
            numbers = [side.base, 1] if len(url.arguments) > 1 else [side.base]
            for address in url.addresses(numbers, texts, parts):
                yield url, address


@pytest.fixture(scope="module")
def existing(whole_world):
    """The addresses that exist at all, with what they answer the administrator by GET and POST."""
    client = signed_in(whole_world.users["admin"])
    found = {}
    for letter in "ABCDV":
        for url, address in addresses_of(whole_world, letter):
            with transaction.atomic():
                statuses = client.get(address).status_code, client.post(address).status_code
                transaction.set_rollback(True)
            if statuses != (404, 404):
                found.setdefault(address, (url, *statuses))
    return found


def test_every_address_of_an_object_is_reached(existing):
    """Otherwise the tests below would say nothing of it."""
    reached = {url.name for url, *_statuses in existing.values()}
    assert {url.name for url in with_objects()} - reached == OF_NO_SIDE


@pytest.mark.parametrize("name", OTHERS)
def test_what_others_own_answers_as_what_does_not_exist(name, whole_world, existing, asked):
    client = signed_in(whole_world.users[name])
    absent, wrong = {}, []
    for url, address in addresses_of(whole_world, OTHERS[name]):
        if address not in existing:
            continue
        for method in SAFE + UNSAFE:
            if (url, method) not in absent:
                nowhere = url.absent()
                absent[url, method] = client.generic(method, nowhere).status_code
            asked["other_sides"] += 1
            status = client.generic(method, address).status_code
            if status != absent[url, method] or status < 400:
                wrong.append((method, address, status, absent[url, method]))
    assert wrong == []


def test_nobody_signed_out_learns_anything(client, existing, asked):
    asked["signed_out"] += len(existing) * len(SAFE + UNSAFE)
    found = {
        (url.name, method, client.generic(method, address).status_code)
        for address, (url, *_statuses) in existing.items()
        for method in SAFE + UNSAFE
    }
    assert [one for one in found if one[2] not in {302, 405}] == []


def test_only_writers_take_a_post_and_nothing_takes_more(existing, whole_world):
    client = signed_in(whole_world.users["admin"])
    wrong = []
    for address, (url, _get, post) in existing.items():
        if url.name not in WRITERS and post != 405:
            wrong.append(("POST", url.name, post))
        for method in ("PUT", "PATCH", "DELETE", "TRACE"):
            with transaction.atomic():
                status = client.generic(method, address).status_code
                transaction.set_rollback(True)
            if status != 405:
                wrong.append((method, url.name, status))
    assert wrong == []
