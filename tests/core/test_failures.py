"""What the product stands on fails: a page says so, nothing typed is lost, the error is kept."""

import errno
import json
import re
import sqlite3
from datetime import timedelta
from html import unescape

import psycopg2
import pytest
from django.db import OperationalError
from django.db.utils import ConnectionHandler
from django.test import Client
from django.utils import timezone

from ntm_tracker.core import last_errors
from ntm_tracker.core.failures import BUSY, FULL, GONE, failure_of
from ntm_tracker.core.models import Installation
from tests.core.failing_urls import of_driver

HTMX = {"HX-Request": "true", "HX-Target": "task-list"}
TEXT = "Đường trục xã “còn vướng” <giải phóng mặt bằng>"


@pytest.fixture
def visitor(settings, tmp_path):
    """A browser on a server some addresses of which fail."""
    settings.ROOT_URLCONF, settings.MEDIA_ROOT = "tests.core.failing_urls", tmp_path
    return Client(raise_request_exception=False)


def sqlite(path, **options):
    return ConnectionHandler(
        {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": path, "OPTIONS": options}}
    )["default"]


def failure_in(act):
    with pytest.raises((OperationalError, OSError)) as caught:
        act()
    return failure_of(caught.value)


def test_a_server_that_refuses_is_gone(django_db_blocker):
    nobody = {"ENGINE": "django.db.backends.postgresql", "NAME": "n", "HOST": "127.0.0.1"}
    with django_db_blocker.unblock():
        connection = ConnectionHandler({"default": nobody | {"PORT": "1"}})["default"]
        assert failure_in(connection.cursor) is GONE


def test_sqlite_gone_locked_and_full_are_told_apart(tmp_path, django_db_blocker):
    with django_db_blocker.unblock():
        assert failure_in(sqlite(tmp_path / "no" / "db").cursor) is GONE

        writer = sqlite3.connect(tmp_path / "db", isolation_level=None)
        writer.execute("CREATE TABLE t (x)")
        other = sqlite(tmp_path / "db", timeout=0)
        cursor = other.cursor()
        writer.execute("BEGIN IMMEDIATE")
        assert failure_in(lambda: cursor.execute("INSERT INTO t VALUES (1)")) is BUSY
        writer.execute("ROLLBACK")

        cursor.execute("PRAGMA max_page_count = 2")
        assert failure_in(lambda: cursor.execute("INSERT INTO t VALUES (zeroblob(99999))")) is FULL
        assert failure_in(lambda: cursor.execute("SELECT * FROM absent")) is None
        other.close()
        writer.close()


def test_a_full_disk_is_known_however_it_is_passed_on():
    def store():
        try:
            raise OSError(errno.ENOSPC, "No space left on device")
        except OSError as error:
            raise OperationalError("photo not kept") from error

    assert failure_in(store) is FULL
    assert failure_of(OSError(errno.EACCES, "Permission denied")) is None
    assert failure_of(None) is None


@pytest.mark.parametrize(
    ("how", "status", "wait", "sentence"),
    [
        ("connection", 503, "10", "Cơ sở dữ liệu đang không trả lời"),
        ("disk", 507, "600", "Đĩa của máy chủ đã đầy"),
    ],
)
def test_a_form_comes_back_filled_in_to_be_sent_again(visitor, db, how, status, wait, sentence):
    address = f"/fail/{how}/?as_of=2022-03-31"
    form = {"typed": TEXT, "amount": "1.500", "page_account": "x"}
    answer = visitor.post(address, form)
    assert (answer.status_code, answer["Retry-After"]) == (status, wait)
    assert sentence in answer.text
    assert "Những gì bạn đã gõ vẫn còn" in answer.text
    assert f'action="{address}"' in answer.text
    hidden = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', answer.text)
    kept = {name: unescape(value) for name, value in hidden}
    assert kept.pop("csrfmiddlewaretoken")
    assert kept == {"typed": TEXT, "amount": "1.500"}
    assert answer["X-Request-ID"] in answer.text


def test_a_password_is_not_kept(visitor, db):
    answer = visitor.post("/fail/connection/", {"password": "a-secret"})
    assert (answer.status_code, "a-secret" in answer.text) == (503, False)
    assert "khi bấm Quay lại" in answer.text


def test_a_page_offers_to_try_again(visitor, db):
    answer = visitor.get("/fail/connection/?q=a")
    assert (answer.status_code, "Những gì bạn đã gõ" in answer.text) == (503, False)
    assert 'href="/fail/connection/?q=a">Thử lại' in answer.text


def test_above_a_standing_page_the_request_waits_for_a_button(visitor, db):
    answer = visitor.post("/fail/connection/", {"typed": TEXT}, headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (503, "#messages")
    assert answer["X-Send-Again"] == "button"
    assert "data-send-again" in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_the_page_needs_nothing_of_the_database(visitor, office, monkeypatch, headers):
    visitor.force_login(office)

    def gone(*args):
        raise of_driver(psycopg2.OperationalError("server closed the connection"))

    monkeypatch.setattr(Installation, "current", gone)
    monkeypatch.setattr("django.contrib.sessions.backends.db.SessionStore.load", gone)
    answer = visitor.get("/board/", headers=headers)
    assert (answer.status_code, "đang không trả lời" in answer.text) == (503, True)


def test_an_unexpected_error_is_kept_without_what_was_typed(visitor, office, tmp_path):
    visitor.force_login(office)
    answer = visitor.post("/fail-inside/unexpected/?q=asked", {"typed": "a-secret"})
    (error,) = last_errors.last(9)
    assert (error.status, error.kind, error.user) == (500, "ZeroDivisionError", office.pk)
    assert (error.method, error.path) == ("POST", "/fail-inside/unexpected/")
    assert error.request == answer["X-Request-ID"]
    assert error.where.startswith("tests/core/failing_urls.py:")
    assert timezone.now() - error.at < timedelta(minutes=1)
    kept = (tmp_path / "system" / "errors.jsonl").read_text(encoding="utf-8")
    assert not any(word in kept for word in ("a-secret", "asked", office.username))


def test_of_an_outage_one_a_minute_is_kept(visitor, db):
    for _ in range(5):
        visitor.get("/fail/connection/")
    visitor.get("/fail/unexpected/")
    visitor.get("/fail/unexpected/")
    assert [error.status for error in last_errors.last(9)] == [500, 500, 503]


def test_only_the_last_are_kept_and_a_broken_line_harms_nothing(visitor, db, tmp_path):
    visitor.get("/fail/unexpected/")
    path = tmp_path / "system" / "errors.jsonl"
    line = path.read_text(encoding="utf-8")
    path.write_text(line * (2 * last_errors.KEPT - 1) + '{"at": "2022-04', encoding="utf-8")
    visitor.get("/fail/disk/")
    assert len(path.read_text(encoding="utf-8").splitlines()) == last_errors.KEPT + 1
    newest = last_errors.last(2)
    assert [error.status for error in newest] == [507, 500]
    assert json.loads(path.read_text(encoding="utf-8").splitlines()[-1])["kind"] == "OSError"


def test_where_no_error_can_be_kept_the_page_comes_nevertheless(visitor, db, settings):
    settings.MEDIA_ROOT = "/dev/null"
    assert visitor.get("/fail/unexpected/").status_code == 500
    assert last_errors.last(9) == []
