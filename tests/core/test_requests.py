"""Every request has an id: in the answer, in the log, on the page of an error. Nothing secret."""

import json
import logging
import os
from io import StringIO

import pytest
from django.contrib.auth.tokens import default_token_generator
from django.test import Client

from ntm_tracker.core.log_lines import JsonLine, TextLine
from ntm_tracker.logs import is_journal

HTMX = {"HX-Request": "true", "HX-Target": "task-list"}
OWN = ("unexpected", 500), ("refused", 403), ("absent", 404), ("nonsense", 400)


@pytest.fixture
def log():
    """What the server writes, as text; `lines` reads it."""
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(JsonLine(json_ensure_ascii=False))
    loggers = [logging.getLogger(name) for name in ("", "ntm", "django", "django.request")]
    for logger in loggers:
        logger.addHandler(handler)
    yield stream
    for logger in loggers:
        logger.removeHandler(handler)


@pytest.fixture
def visitor(settings):
    """A browser on a server some addresses of which fail."""
    settings.ROOT_URLCONF = "tests.core.failing_urls"
    return Client(raise_request_exception=False)


def lines(log):
    return [json.loads(line) for line in log.getvalue().splitlines()]


def test_a_request_is_one_line_with_account_and_time(visitor, office, log):
    visitor.force_login(office)
    answer = visitor.get("/fail-inside/refused/?q=typed-word")
    (line,) = lines(log)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/fail-inside/refused/", 403)
    assert (line["request"], line["user"]) == (answer["X-Request-ID"], office.pk)
    assert (line["level"], line["logger"]) == ("info", "ntm.request")
    assert 0 <= line["ms"] < 60_000
    assert line["time"].endswith("+00:00")
    assert "typed-word" not in log.getvalue()
    assert office.username not in log.getvalue()


@pytest.mark.parametrize(("how", "status"), OWN)
def test_the_page_of_an_error_shows_the_id(visitor, db, how, status):
    answer = visitor.get(f"/fail/{how}/")
    assert answer.status_code == status
    assert f'Mã yêu cầu: <code class="request-id">{answer["X-Request-ID"]}' in answer.text


@pytest.mark.parametrize(("how", "status"), OWN[1:])
def test_a_refusal_above_a_standing_page_shows_it_too(visitor, db, how, status):
    answer = visitor.get(f"/fail/{how}/", headers=HTMX)
    assert (answer.status_code, answer["HX-Retarget"]) == (status, "#messages")
    assert answer["X-Request-ID"] in answer.text


def test_so_do_a_form_without_token_and_an_account_that_waits(visitor, settings, office):
    strict = Client(enforce_csrf_checks=True)
    answer = strict.post("/accounts/password/", {"a": "b"})
    assert (answer.status_code, answer["X-Request-ID"] in answer.text) == (403, True)

    settings.AXES_ENABLED, settings.AXES_FAILURE_LIMIT = True, 1
    answer = visitor.post("/accounts/login/", {"username": office.username, "password": "x"})
    assert (answer.status_code, answer["X-Request-ID"] in answer.text) == (429, True)


def test_an_error_is_logged_by_kind_and_place_without_what_was_typed(visitor, office, log):
    visitor.force_login(office)
    answer = visitor.post("/fail-inside/unexpected/", {"typed": "a-secret"})
    failure, request = lines(log)
    assert failure["error"].startswith("builtins.ZeroDivisionError\n")
    assert "failing_urls.py" in failure["error"]
    assert (failure["request"], failure["user"]) == (answer["X-Request-ID"], office.pk)
    assert (request["status"], request["level"]) == (500, "error")
    assert "a-secret" not in log.getvalue()


def test_signing_in_leaves_neither_name_nor_password(visitor, settings, office, log):
    settings.AXES_ENABLED = True
    for password in ("a-wrong-one", "matkhau-123"):
        visitor.post("/accounts/login/", {"username": "vanphong", "password": password})
    assert [line["status"] for line in lines(log) if "status" in line] == [200, 200]
    for secret in ("vanphong", "a-wrong-one", "matkhau-123"):
        assert secret not in log.getvalue()


def test_an_invitation_cannot_be_read_out_of_the_log(visitor, viewer, log):
    token = default_token_generator.make_token(viewer)
    for end in ("/", "", "/?x=1", "/more"):
        visitor.get(f"/invite/Mg/{token}{end}")
    Client(enforce_csrf_checks=True).post(f"/invite/Mg/{token}/?next={token}")
    assert len(lines(log)) >= 5
    assert token not in log.getvalue()
    record = logging.makeLogRecord({"msg": f"/invite/Mg/{token}/"})
    assert TextLine("%(message)s").format(record) == "/invite/Mg/***/"


def test_no_caller_can_write_a_line_of_his_own(visitor, db, log):
    visitor.get("/fine/a%0A{}%0D%E1%BA%A1/")
    (line,) = lines(log)
    assert line["path"] == "/fine/a%0A%7B%7D%0D%E1%BA%A1/"


def test_static_files_and_questions_of_machines_are_no_lines(visitor, db, log):
    visitor.get("/healthz")
    visitor.get("/static/css/app.css")
    assert lines(log) == []


@pytest.mark.parametrize(
    ("proxies", "given", "is_taken"),
    [
        (1, "0af7651916cd43dd8448eb211c80319c", True),
        (0, "0af7651916cd43dd8448eb211c80319c", False),
        (1, "short", False),
        (1, "x" * 65, False),
        (1, "0af7651916cd43dd8448\t<script>", False),
    ],
)
def test_only_the_own_proxy_names_a_request_and_only_in_letters(
    visitor, db, settings, proxies, given, is_taken
):
    settings.PROXY_COUNT = proxies
    answer = visitor.get("/fine/a/", headers={"X-Request-ID": given})
    assert (answer["X-Request-ID"] == given) is is_taken
    assert len(answer["X-Request-ID"]) == 32


@pytest.mark.parametrize(
    ("level", "priority"), [(40, "<3>"), (50, "<3>"), (30, "<4>"), (20, "<6>"), (10, "<7>")]
)
def test_the_journal_is_told_how_grave_a_line_is(level, priority):
    record = logging.makeLogRecord({"msg": "x", "levelno": level, "levelname": "any"})
    line = JsonLine(for_journal=True).format(record)
    assert line.startswith(priority)
    assert json.loads(line[3:])["event"] == "x"
    assert JsonLine().format(record) == line[3:]


def test_only_where_stderr_is_the_journal(monkeypatch):
    file = os.fstat(2)
    for stream, is_it in ((f"{file.st_dev}:{file.st_ino}", True), ("8:1", False), ("", False)):
        monkeypatch.setenv("JOURNAL_STREAM", stream)
        assert is_journal() is is_it
