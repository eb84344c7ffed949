"""The clock of the server is put back or forward while people work: nothing is lost or doubled, and
the administrator is told."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from axes.models import AccessAttempt
from django.urls import reverse
from django.utils import timezone

from ntm_tracker.core import audit
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import AuditEntry
from ntm_tracker.dashboard.selectors.system import system_page
from sponsors.models import Commitment
from tests import factories

NOW = datetime(2026, 4, 29, 2, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PASSWORD = "mat-khau-thu-2022"
STEPS = pytest.mark.parametrize("step", [-30 * DAY, -DAY, -HOUR, HOUR, 2 * DAY, 30 * DAY])


@pytest.fixture(autouse=True)
def clock(installation):
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def warnings():
    return [fact.warning for fact in system_page(timezone.now()).warnings]


def write(user):
    today = timezone.localdate()
    return audit.record(by=user, action="x", obj=user, now=timezone.now(), effective_on=today)


@STEPS
def test_a_form_pressed_twice_is_written_once(client, office, commune_a, clock, step):
    sponsor = factories.make_sponsor()
    form = {
        "form_key": uuid4().hex,
        "assignment": factories.make_assignment(sponsor, commune_a).pk,
        "kind": "money",
        "amount": "50 triệu",
        "description": "Xây nhà văn hóa",
        "effective_on": "30/04/2022",
    }
    url = reverse("sponsors:commitment-add", args=[sponsor.pk])
    client.force_login(office)
    first = client.post(url, form)
    clock.shift(step)
    client.force_login(office)  # after a long step the session is over, the page still stands
    second = client.post(url, form)
    assert (first.status_code, second.status_code) == (302, 303)
    assert Commitment.objects.count() == 1


@STEPS
def test_a_session_ends_by_the_clock_and_nobody_meets_an_error(client, office, clock, step):
    client.force_login(office)
    clock.shift(step)
    answer = client.get("/board/")
    assert answer.status_code == (302 if step >= HOUR else 200)


def test_the_trail_keeps_every_entry_and_the_administrator_is_told(admin, clock):
    write(admin)
    assert not any("chỉnh lùi" in warning for warning in warnings())
    clock.shift(-HOUR)
    later = write(admin)
    assert AuditEntry.objects.order_by("-pk").first() == later
    clock.shift(HOUR)
    write(admin)
    clock.shift(-HOUR)
    [told] = [warning for warning in warnings() if "chỉnh lùi" in warning]
    assert "09:00 29/04/2026" in told
    clock.shift(HOUR)
    assert not any("chỉnh lùi" in warning for warning in warnings())


def test_a_lock_lasts_until_the_clock_says_so_and_says_that(client, clock, settings):
    settings.AXES_ENABLED = True
    factories.make_user(Role.COMMUNE, username="xa-z", password=PASSWORD)

    def attempt(word):
        return client.post(reverse("login"), {"username": "xa-z", "password": word})

    for _time in range(5):
        locked = attempt("sai")
    assert locked.status_code == 429
    clock.shift(-HOUR)
    assert (attempt(PASSWORD).status_code, attempt(PASSWORD)["Retry-After"]) == (429, "4500")
    clock.shift(2 * HOUR)
    assert attempt(PASSWORD).status_code == 302
    assert not AccessAttempt.objects.exists()
