"""The first screen is kept only while nobody has written anything, and for nobody else."""

import pytest
from django.db import connection, transaction

from communes.models import Commune
from criteria.choices import Outcome
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import Installation
from ntm_tracker.core.unchanged import KEPT, MOST, Kept, snapshot
from tests import factories


@pytest.fixture
def province(transactional_db):
    """A commune with two criteria that the office follows, without what others have kept."""
    KEPT.forget()
    factories.make_installation()
    commune = factories.make_commune(name="Hương Bình")
    first, second = factories.make_set(2).criteria.order_by("number")
    factories.assess(commune, first)
    yield commune, second
    KEPT.forget()


@pytest.fixture
def office(client, province):
    client.force_login(factories.make_user(Role.OFFICE))
    return client


def board(client, **query) -> str:
    response = client.get("/board/", query)
    assert response.status_code == 200
    return response.content.decode().partition("<main")[2]


def test_the_same_screen_again_asks_for_no_figures(office, django_assert_max_num_queries):
    first = board(office)

    with django_assert_max_num_queries(5):
        assert board(office) == first
    assert "csrfmiddlewaretoken" not in "".join(KEPT.parts.values())


def test_what_anybody_writes_is_there_at_once(office, province):
    commune, criterion = province
    before = board(office)

    factories.assess(commune, criterion, Outcome.MET)
    after = board(office)

    assert after != before
    assert after == board(office)


def test_a_change_of_the_settings_is_there_at_once(office):
    before = board(office)

    Installation.objects.update(target_date="2023-06-30")

    assert board(office) != before


def test_what_was_written_while_figures_were_gathered_is_not_missed(office, province, monkeypatch):
    from ntm_tracker.dashboard.selectors import board as boards

    commune, criterion = province
    gather = boards.board

    def slow(scope, installation):
        gathered = gather(scope, installation)
        factories.assess(commune, criterion, Outcome.MET)
        return gathered

    monkeypatch.setattr(boards, "board", slow)
    before = board(office)
    monkeypatch.setattr(boards, "board", gather)

    assert board(office) != before


def test_each_reader_day_and_query_has_a_screen_of_its_own(office, client, province):
    seen = board(office)
    assert board(office, as_of="2022-04-01") != seen
    assert board(office, scope="all") != seen

    client.force_login(factories.make_user(Role.COMMUNE))
    assert "Hương Bình" in seen
    assert "Hương Bình" not in board(client)


def test_a_transaction_sees_its_own_rows_and_keeps_nothing(province):
    assert snapshot() is not None
    with transaction.atomic():
        assert snapshot() is None


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL tells exactly")
def test_what_left_no_entry_shows_within_the_minute(office, province, monkeypatch):
    commune, _criterion = province
    before = board(office)
    monkeypatch.setattr("ntm_tracker.core.unchanged.time", lambda: 0.0)
    board(office)
    Commune.objects.filter(pk=commune.pk).update(name="Hà Linh")
    assert "Hà Linh" not in board(office)

    monkeypatch.setattr("ntm_tracker.core.unchanged.time", lambda: 60.0)
    assert board(office) != before


def test_the_part_not_asked_for_longest_goes_first():
    kept = Kept()
    for number in range(MOST):
        kept.get((number,), lambda: "part")
    kept.get((0,), pytest.fail)
    kept.get((MOST,), lambda: "one more")

    assert (0,) in kept.parts
    assert (1,) not in kept.parts
    assert len(kept.parts) == MOST


def test_without_a_key_a_part_is_made_each_time():
    kept, made = Kept(), iter("ab")

    assert [kept.get(None, lambda: next(made)) for _ in range(2)] == ["a", "b"]
    assert not kept.parts
