"""The two addresses for machines, as a proxy or a supervisor on the same computer asks them."""

import shutil
from collections import namedtuple

import pytest
from django.contrib.sessions.models import Session
from django.db import OperationalError, connections

from ntm_tracker.core import health
from ntm_tracker.core.models import AuditEntry

ADDRESSES = (health.ALIVE, health.READY)


def test_alive_asks_no_database(client):
    # This test has none: a query would raise.
    answer = client.get(health.ALIVE)
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.parametrize("path", ADDRESSES)
def test_asked_on_this_computer_under_any_name_without_https(client, settings, db, path):
    settings.SECURE_SSL_REDIRECT, settings.ALLOWED_HOSTS = True, ["ntm.example.vn"]
    answer = client.get(path, headers={"Host": "127.0.0.1:8000"})
    assert (answer.status_code, answer.content) == (200, b"ok\n")
    assert answer["Content-Type"].startswith("text/plain")
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.parametrize("path", ADDRESSES)
@pytest.mark.parametrize("account", ["viewer", "user_a", "sponsor_a", "office", "admin"])
def test_the_same_for_every_account_and_leaves_no_trace(client, request, path, account):
    client.force_login(request.getfixturevalue(account))
    sessions, entries = Session.objects.count(), AuditEntry.objects.count()
    answer = client.get(path)
    assert (answer.status_code, answer.content, answer.cookies) == (200, b"ok\n", {})
    assert (Session.objects.count(), AuditEntry.objects.count()) == (sessions, entries)


@pytest.mark.parametrize("path", ADDRESSES)
def test_nothing_can_be_sent_there(client, path):
    answer = client.post(path, {"a": "1"})
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")


def test_not_ready_while_the_database_is_gone_but_alive(client, db, monkeypatch):
    def gone():
        raise OperationalError('connection to server at "10.0.0.9", user "ntm" failed')

    with monkeypatch.context() as patch:
        patch.setattr(connections["default"], "cursor", gone)
        ready, alive = client.get(health.READY), client.get(health.ALIVE)
    assert (ready.status_code, ready.content.decode()) == (503, "Cơ sở dữ liệu không trả lời.\n")
    assert alive.status_code == 200


def test_not_ready_before_the_tables_are_those_of_this_version(client, db, monkeypatch):
    known = health._known_migrations() | {("core", "9999_next")}
    monkeypatch.setattr(health, "_known_migrations", lambda: known)
    answer = client.get(health.READY)
    assert answer.status_code == 503
    assert "còn thiếu 1 bước nâng cấp" in answer.content.decode()


def test_not_ready_where_uploads_cannot_be_kept(client, db, settings, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("", encoding="utf-8")
    settings.MEDIA_ROOT = tmp_path / "file"
    assert client.get(health.READY).content.decode() == "Thư mục tệp tải lên không ghi được.\n"

    settings.MEDIA_ROOT = tmp_path / "not" / "there" / "yet"
    assert client.get(health.READY).status_code == 200

    usage = namedtuple("usage", "total used free")(100, 99, 1024)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    answer = client.get(health.READY)
    assert (answer.status_code, answer.content.decode()) == (
        503,
        "Đĩa của tệp tải lên còn dưới 200 MB.\n",
    )
