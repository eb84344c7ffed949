"""PostgreSQL that hangs is given up: while it is reached, in a statement, and by itself."""

import socket
from contextlib import contextmanager
from functools import partial
from time import monotonic

import pytest
from django.db import OperationalError, connection

from ntm_tracker.core import patience
from ntm_tracker.core.failures import BUSY, GONE, failure_of

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite waits as its settings say"
)


@pytest.fixture
def other(transactional_db):
    """A connection of its own, to be broken, in a process that waits a short time only."""
    from psycopg2.extensions import set_wait_callback

    found = connection.copy()
    set_wait_callback(partial(patience.wait, connect_seconds=0.3, seconds=0.6))
    yield found
    set_wait_callback(None)
    found.close()


@contextmanager
def given_up(failure):
    """The block fails in time, and as this failure."""
    began = monotonic()
    with pytest.raises(OperationalError) as caught:
        yield
    assert failure_of(caught.value) is failure
    assert monotonic() - began < 2.5


def test_a_server_that_says_nothing_is_given_up(other):
    with socket.create_server(("127.0.0.1", 0)) as mute:
        other.settings_dict = other.settings_dict | {"PORT": mute.getsockname()[1]}
        with given_up(GONE):
            other.ensure_connection()


def test_a_statement_without_end_is_given_up_and_the_next_goes_through(other):
    with given_up(GONE), other.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(3)")
    other.close_if_unusable_or_obsolete()
    with other.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


def test_the_server_ends_a_long_statement_by_itself(other, monkeypatch):
    monkeypatch.setattr(patience, "STATEMENT_SECONDS", 0.2)
    other.ensure_connection()
    patience._limit_statements(None, other)
    with given_up(BUSY), other.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")
