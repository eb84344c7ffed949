"""The database goes away for ten seconds and hangs for some: pages say so, and go on afterwards."""

import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection

from tests.stress.client import Visitor
from tests.stress.installation import Installation, load_postgres
from tests.stress.processes import children
from tests.walk.addresses import urls

pytestmark = pytest.mark.skipif(connection.vendor == "sqlite", reason="a file does not go away")

GONE_FOR, HANGS_FOR = 10, 7  # seconds
PASSWORD = "a-word-of-this-test"
ACCOUNT = f"""
import django; django.setup()
from datetime import date
from ntm_tracker.core.models import Installation, User
User.objects.create_user("quantri", password="{PASSWORD}", role="admin")
Installation.objects.update_or_create(pk=1, defaults={{"reporting_date": date(2022, 4, 30)}})
"""
# Every page that needs nothing more than its address.
PAGES = sorted({next(url.addresses([], []), "") for url in urls() if not url.arguments})


@pytest.fixture
def found(tmp_path):
    """An installation on a server of its own, with one account."""
    with load_postgres().postgres() as server:
        made = Installation(tmp_path, server.url, server)
        made.manage("setup_database")
        made.manage("collectstatic", "--noinput", "--verbosity", "0")
        made.run("-c", ACCOUNT)
        yield made


def send(pid, what):
    for each in (pid, *children(pid)):
        os.kill(each, what)


hang, wake = partial(send, what=signal.SIGSTOP), partial(send, what=signal.SIGCONT)


def test_pages_say_that_the_database_is_gone_and_go_on_when_it_is_back(found):
    with found.app() as app:
        visitor = Visitor(app.port)
        visitor.sign_in("quantri", PASSWORD)
        before = {path: visitor.get(path).status for path in PAGES}
        assert max(before.values()) < 500

        began = time.monotonic()
        found.server.stop()
        answers = {path: visitor.get(path) for path in PAGES}
        assert {answer.status for path, answer in answers.items() if before[path] != 405} == {503}
        assert max(answer.seconds for answer in answers.values()) < 5
        sent = visitor.post("/accounts/login/", {"username": "a", "password": "b"})
        assert sent.status == 503
        assert "Cơ sở dữ liệu đang không trả lời" in sent.body.decode()
        assert visitor.get("/healthz").status == 200
        assert visitor.get("/readyz").status == 503
        time.sleep(max(0, began + GONE_FOR - time.monotonic()))
        found.server.start()
        assert {path: visitor.get(path).status for path in PAGES} == before

        hang(found.server.process.pid)
        try:
            with ThreadPoolExecutor(6) as people:
                asked = [people.submit(visitor.get, "/board/") for _ in range(6)]
                time.sleep(HANGS_FOR)
                wake(found.server.process.pid)
            waited = [one.result() for one in asked]
        finally:
            wake(found.server.process.pid)
        # Connections that stood wait and are answered, new ones are given up after five seconds.
        assert {answer.status for answer in waited} <= {200, 503}
        assert max(answer.seconds for answer in waited) < HANGS_FOR + 10
        assert {path: visitor.get(path).status for path in PAGES} == before
