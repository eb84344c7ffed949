"""The world is made once for each module of walks, and rolled back after it."""

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client, override_settings

from tests.walk.world import add_b, make_world


def signed_in(user) -> Client:
    """A client for thousands of pages: without the middleware that counts their queries."""
    client = Client(raise_request_exception=False)
    with override_settings(MIDDLEWARE=[name for name in settings.MIDDLEWARE if "zeal" not in name]):
        client.handler.load_middleware()
    client.force_login(user)
    return client


@pytest.fixture(scope="module")
def whole_world(django_db_setup, django_db_blocker):
    """All sides, for a module of tests that undo what they write."""
    with django_db_blocker.unblock(), transaction.atomic():
        made = make_world()
        add_b(made)
        yield made
        transaction.set_rollback(True)
