"""Debian's Chromium on a server of the tests, with the demo case behind it.

With BASE_URL it is an installation that runs already, its own server, static files and all; then
DATABASE_URL is that installation's, which has to hold the demo case and nothing else.

Each test gets visitors from `visit`; at its end none of them may have anything to complain about:
no error on the console, no request to another host, no answer that was not expected.
"""

import shutil
from importlib.util import find_spec

import pytest

from tests.browser import database
from tests.browser.place import INSTALLATION

if find_spec("playwright") is None:  # `make test` does without; `make browser` installs it
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture(scope="package")
def case(django_test_environment, django_db_blocker, tmp_path_factory):
    """The demo case in a database of its own, beside that of the other tests, or the
    installation's as it is."""
    with pytest.MonkeyPatch.context() as patch, django_db_blocker.unblock():
        # Playwright's loop runs in this thread, and Django would refuse to ask the database.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        if INSTALLATION:
            with database.borrowed():
                yield
            return
        with database.created(tmp_path_factory.mktemp("database")):
            database.load()
            yield


@pytest.fixture(scope="package")
def server_url(case):
    """The address of a server that answers each request in a thread of its own."""
    if INSTALLATION:
        yield INSTALLATION
        return
    from django.contrib.staticfiles.handlers import StaticFilesHandler
    from django.db import connection
    from django.test.testcases import LiveServerThread

    shared = {}
    if connection.vendor == "sqlite" and connection.is_in_memory_db():
        connection.inc_thread_sharing()
        shared = {connection.alias: connection}
    thread = LiveServerThread("127.0.0.1", StaticFilesHandler, connections_override=shared)
    thread.daemon = True
    thread.start()
    thread.is_ready.wait()
    if thread.error:
        raise thread.error
    yield f"http://{thread.host}:{thread.port}"
    thread.terminate()
    if shared:
        connection.dec_thread_sharing()


@pytest.fixture(scope="package")
def chromium():
    """One browser for all tests; each visitor has a profile of his own in it."""
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    assert path, "Chromium is missing: apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def visit(chromium, server_url):
    """Make visitors: `visit("vanphong", width=390)`; without a name nobody is signed in.

    What they wrote is taken back when the test is over.
    """
    from tests.browser.visitor import Visitor

    visitors = []

    def visit(username: str = "", **kwargs) -> Visitor:
        visitor = Visitor(chromium, server_url, **kwargs)
        visitors.append(visitor)
        return visitor.sign_in(username) if username else visitor

    yield visit
    for visitor in visitors:
        visitor.close()
    database.restore()
    assert [complaint for visitor in visitors for complaint in visitor.complaints] == []
