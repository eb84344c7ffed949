"""The cast of users that all tests share. Objects come from `tests.factories`."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import settings

from ntm_tracker.core.choices import Role

# Before every commit: a few examples, the same on every run, and none fails for a slow machine.
# On demand and in CI: many, `make test ARGS="--hypothesis-profile=thorough -k history"`.
settings.register_profile("suite", derandomize=True, deadline=None, max_examples=15)
settings.register_profile("thorough", deadline=None, max_examples=60)
# Minutes of broken files: `make test ARGS="--hypothesis-profile=large -k broken"`.
settings.register_profile("large", deadline=None, max_examples=20_000)
settings.load_profile("suite")


@pytest.fixture
def installation(db):
    """The demo's clock: the reporting date is 30/4/2022."""
    from tests import factories

    return factories.make_installation()


@pytest.fixture
def commune_a(db):
    from tests import factories

    return factories.make_commune(name="Hương Bình", code="18523")


@pytest.fixture
def commune_b(db):
    from tests import factories

    return factories.make_commune(name="Hà Linh", code="18502")


@pytest.fixture
def admin(db):
    from tests import factories

    return factories.make_user(Role.ADMIN, username="quantri", is_staff=True, is_superuser=True)


@pytest.fixture
def office(db):
    from tests import factories

    return factories.make_user(Role.OFFICE, username="vanphong")


@pytest.fixture
def department(db):
    from tests import factories

    return factories.make_department_user(username="nganh")


@pytest.fixture
def viewer(db):
    from tests import factories

    return factories.make_user(Role.VIEWER, username="bcd")


@pytest.fixture
def user_a(commune_a):
    """A clerk of commune A."""
    from tests import factories

    user = factories.make_user(Role.COMMUNE, username="xa-a")
    factories.give_access(user, commune_a)
    return user


@pytest.fixture
def user_b(commune_b):
    """A clerk of commune B."""
    from tests import factories

    user = factories.make_user(Role.COMMUNE, username="xa-b")
    factories.give_access(user, commune_b)
    return user


@pytest.fixture
def sponsor_a(commune_a):
    """The account of a sponsor of commune A."""
    from tests import factories

    return factories.make_sponsor_user(factories.make_sponsor(), commune_a, username="donvi-a")


@pytest.fixture
def sponsor_b(commune_b):
    """The account of a sponsor of commune B."""
    from tests import factories

    return factories.make_sponsor_user(factories.make_sponsor(), commune_b, username="donvi-b")


@pytest.fixture(scope="module")
def demo(django_db_setup, django_db_blocker):
    """The Hương Khê case, written once for all tests of a module and rolled back after them."""
    from django.db import transaction

    from ntm_tracker.dashboard.catalogues import load_catalogues
    from ntm_tracker.dashboard.demo import seed

    with django_db_blocker.unblock(), transaction.atomic():
        load_catalogues()
        yield seed(now=datetime(2026, 1, 5, 2, 0, tzinfo=UTC))
        transaction.set_rollback(True)


@pytest.fixture
def case(demo, db):
    """The case; what a test changes in it is undone."""
    return demo


@pytest.fixture
def asked(record_property) -> Iterator[Counter[str]]:
    """How often a test asked whom or what; `make stress` adds it up."""
    asked: Counter[str] = Counter()
    yield asked
    for what, times in asked.items():
        record_property(f"asked {what}", times)
