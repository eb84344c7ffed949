"""What is kept until somebody writes. The tests run outside of transactions, as requests do."""

from datetime import UTC, date, datetime
from threading import Thread

import pytest
from django.db import connection, transaction

from ntm_tracker.core import audit, memory
from ntm_tracker.core.memory import remembered
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
NOW = datetime(2022, 4, 30, 2, 0, tzinfo=UTC)


@pytest.fixture
def made():
    """Calls of `make`, counted; the memory is empty before and after."""
    memory.forget()
    yield []
    memory.forget()


def write(user):
    audit.record(by=user, action="x", obj=user, now=NOW, effective_on=date(2022, 4, 30))


def ask(made, key="a"):
    def make():
        made.append(key)
        return len(made)

    return remembered(key, make)


def test_what_is_known_is_not_made_again_until_somebody_writes(made):
    user = make_user()
    write(user)
    assert [ask(made), ask(made), ask(made, "b"), ask(made)] == [1, 1, 2, 1]
    write(user)
    assert [ask(made), ask(made)] == [3, 3]


def test_before_the_first_write_nothing_is_kept(made):
    assert [ask(made), ask(made)] == [1, 2]


def test_what_a_transaction_sees_is_its_own(made):
    user = make_user()
    write(user)
    with transaction.atomic():
        write(user)
        assert ask(made) == 1
        transaction.set_rollback(True)
    assert [ask(made), ask(made)] == [2, 2]


def test_a_write_while_it_is_made_is_noticed(made):
    user = make_user()
    write(user)

    def make():
        write(user)
        return "before"

    assert remembered("a", make) == "before"
    assert ask(made) == 1


def test_after_a_minute_it_is_made_anew(made, monkeypatch):
    write(make_user())
    clock = memory._kept.timer()
    monkeypatch.setattr(memory, "_kept", memory.TTLCache(2, 60, timer=lambda: clock))
    assert [ask(made), ask(made)] == [1, 1]
    clock += 61
    assert ask(made) == 2


@pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite has one writer: entries end in their order"
)
def test_nothing_is_kept_while_an_older_entry_may_still_appear(made):
    user = make_user()
    write(user)
    inside, done = [], []

    def other():
        with transaction.atomic():
            write(user)
            inside.append(True)
            while not done:
                connection.cursor().execute("SELECT pg_sleep(0.01)")
        connection.close()

    writer = Thread(target=other)
    writer.start()
    while not inside:
        pass
    write(user)  # a later entry, ended earlier
    assert [ask(made), ask(made)] == [1, 2]
    done.append(True)
    writer.join()
    assert [ask(made), ask(made)] == [3, 3]
