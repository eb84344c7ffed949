"""A session: new at every sign-in, gone at signing out, over after a day's work."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings as product
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from zeal import zeal_ignore

from ntm_tracker.core import idle
from tests import factories

PASSWORD = "mat-khau-thu-2022"
NOW = datetime(2022, 5, 4, 8, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("installation")


@pytest.fixture
def account(db):
    return factories.make_user(username="xa-a", password=PASSWORD)


def sign_in(client, **more):
    with zeal_ignore():  # a new session is given: Django looks for a free key
        return client.post(reverse("login"), {"username": "xa-a", "password": PASSWORD} | more)


def key_of(client) -> str:
    return client.cookies[product.SESSION_COOKIE_NAME].value


def is_in(client) -> bool:
    with zeal_ignore():  # asking twice is this test's doing, not a page's
        return client.get(reverse("security")).status_code == 200


def test_a_session_planted_before_signing_in_is_worth_nothing(client, account):
    planted = Client()
    planted.get(reverse("login"))
    session = planted.session
    session["planted"] = True
    session.save()
    client.cookies[product.SESSION_COOKIE_NAME] = session.session_key

    sign_in(client)

    assert is_in(client)
    assert key_of(client) != session.session_key
    thief = Client()
    thief.cookies[product.SESSION_COOKIE_NAME] = session.session_key
    assert not is_in(thief)


def test_a_made_up_key_is_not_taken_over(client, account):
    client.cookies[product.SESSION_COOKIE_NAME] = "a" * 32

    sign_in(client)

    assert key_of(client) != "a" * 32


def test_signing_in_as_somebody_else_takes_nothing_along(client, account, office):
    client.force_login(office)
    session = client.session
    session["of_office"] = True
    session.save()
    before = session.session_key

    sign_in(client, HTTP_HX_REQUEST="true")
    client.post(reverse("logout"))
    sign_in(client)

    assert key_of(client) != before
    assert "of_office" not in client.session


def test_signing_out_deletes_the_session(client, account):
    sign_in(client)
    key = key_of(client)

    answer = client.post(reverse("logout"))

    assert not Session.objects.filter(session_key=key).exists()
    assert answer["Clear-Site-Data"] == '"cache"'
    client.cookies[product.SESSION_COOKIE_NAME] = key
    assert not is_in(client)


def test_nobody_is_signed_out_by_a_link(client, account):
    sign_in(client)

    assert client.get(reverse("logout")).status_code == 405
    assert is_in(client)


def test_a_new_password_ends_the_other_sessions(client, account):
    other = Client()
    sign_in(other)
    sign_in(client)
    before = key_of(client)
    words = {"old_password": PASSWORD} | dict.fromkeys(
        ("new_password1", "new_password2"), "duong-thon-2022"
    )

    with zeal_ignore():
        client.post(reverse("password_change"), words)

    assert (is_in(client), is_in(other)) == (True, False)
    assert key_of(client) != before


def test_an_account_that_is_deactivated_is_out_at_once(client, account):
    sign_in(client)
    account.is_active = False
    account.save(update_fields=["is_active"])

    assert not is_in(client)


@pytest.mark.parametrize(("minutes", "stays"), [(59, True), (60, False)])
def test_a_session_that_nobody_uses_ends_after_an_hour(client, account, minutes, stays):
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client)
        clock.shift(timedelta(minutes=minutes))

        assert is_in(client) is stays


def test_a_session_ends_after_twelve_hours_however_busy(client, account):
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client)
        for _ in range(23):
            clock.shift(timedelta(minutes=30))
            assert is_in(client)
        clock.shift(timedelta(minutes=29))
        assert is_in(client)
        clock.shift(timedelta(minutes=1))
        assert not is_in(client)

    assert not Session.objects.exists()


def test_that_somebody_is_there_is_written_down_every_five_minutes(client, account):
    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client)
        for minutes, written in ((4, 0), (1, 1), (4, 0), (1, 1)):
            clock.shift(timedelta(minutes=minutes))
            with CaptureQueriesContext(connection) as queries:
                client.get(reverse("security"))
            updates = [q for q in queries if q["sql"].startswith("UPDATE")]
            assert len(updates) == written


def test_a_page_comes_also_where_a_session_cannot_be_written(client, account, monkeypatch):
    def full(*args, **kwargs):
        raise OperationalError("database or disk is full")

    with time_machine.travel(NOW, tick=False) as clock:
        sign_in(client)
        clock.shift(timedelta(minutes=30))
        monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.save", full)

        assert is_in(client)


def test_a_session_from_before_the_times_were_kept_begins_now(client, account):
    sign_in(client)
    session = client.session
    for key in (idle.BEGAN, idle.SEEN):
        del session[key]
    session.save()

    assert is_in(client)
    assert time.time() - client.session[idle.BEGAN] < 60


def test_cookies_can_be_read_by_no_script_and_sent_by_no_other_site(client, account):
    client.get(reverse("login"))
    sign_in(client)

    session = client.cookies[product.SESSION_COOKIE_NAME]
    token = client.cookies[product.CSRF_COOKIE_NAME]
    assert (session["httponly"], session["samesite"], session["path"]) == (True, "Lax", "/")
    # The token is no secret from our own pages: session.js puts a new one into forms that wait.
    assert (token["samesite"], token["path"]) == ("Lax", "/")
    assert not session["domain"]
    assert not token["domain"]


SHOW = """
import json
from django.conf import settings as s
print(json.dumps({name: getattr(s, name) for name in (
    "SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE",
    "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_DOMAIN", "SECURE_SSL_REDIRECT",
    "SECURE_HSTS_SECONDS", "USE_X_FORWARDED_HOST")}))
"""


@pytest.mark.parametrize("https", [True, False])
def test_over_https_cookies_belong_to_this_host_alone(https):
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "ntm_tracker.settings",
        "HTTPS": str(int(https)),
    }
    shown = subprocess.run(
        [sys.executable, "-c", SHOW],
        env=environment,
        cwd=product.BASE_DIR,
        capture_output=True,
        check=True,
    )

    assert json.loads(shown.stdout) == {
        "SESSION_COOKIE_NAME": "__Host-sessionid" if https else "sessionid",
        "CSRF_COOKIE_NAME": "__Host-csrftoken" if https else "csrftoken",
        "SESSION_COOKIE_SECURE": https,
        "CSRF_COOKIE_SECURE": https,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_DOMAIN": None,
        "SECURE_SSL_REDIRECT": https,
        "SECURE_HSTS_SECONDS": 31_536_000 if https else 0,
        "USE_X_FORWARDED_HOST": False,
    }
