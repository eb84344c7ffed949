"""kill -9 while people write: the app processes and PostgreSQL in turn, again and again."""

import json
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from statistics import median
from threading import Event

from tests.stress import report
from tests.stress.deeds import WRITES, Book, Person
from tests.stress.installation import App, Installation, installation
from tests.stress.ledger import Fate, Ledger, read, with_fate
from tests.stress.load import ledger_figures
from tests.stress.parts import Options
from tests.stress.people import PASSWORD
from tests.stress.processes import kill_tree

ROUNDS, SHORT_ROUNDS = 50, 4
WRITERS, SHORT_WRITERS = 24, 8
# How long people write before the next kill, in seconds.
BETWEEN = (0.3, 1.5)


def run(options: Options) -> Iterator[report.Figure]:
    rounds = options.rounds or (SHORT_ROUNDS if options.is_short else ROUNDS)
    with installation("postgresql") as found, found.app() as app:
        ledger, book = Ledger(found.folder / "ledger"), Book()
        count = SHORT_WRITERS if options.is_short else WRITERS
        with writers(found, app, ledger, book, count):
            back = crash(found, app, rounds)
        ledger.close()
        kills = ", ".join(f"{len(seconds)} of {what}" for what, seconds in back.items())
        yield report.Figure("kill -9 while people write", kills)
        for what, seconds in back.items():
            seen = f"{median(seconds):.1f} s, at most {max(seconds):.1f} s"
            yield report.Figure(f"until pages come again after that of {what} (median)", seen)
        unanswered = with_fate(read(ledger.path), Fate.UNKNOWN)
        yield report.Figure("writes cut off by a kill", f"{len(unanswered):,}")
        yield from ledger_figures(found, ledger.path)


@contextmanager
def writers(
    found: Installation, app: App, ledger: Ledger, book: Book, count: int
) -> Iterator[None]:
    """People who write without a pause for thought, whatever happens to the server."""
    accounts = [one for one in json.loads(found.step("people", count)) if WRITES[one["role"]]]
    is_over = Event()
    people = [
        Person(
            account, app.port, ledger, book,
            think=0.02, writes=0.9, is_over=is_over.is_set, seed=number,
        )
        for number, account in enumerate(accounts)
    ]  # fmt: skip
    for one in people:
        one.visitor.sign_in(one.account["username"], PASSWORD)
    with ThreadPoolExecutor(len(people)) as pool:
        works = [pool.submit(one.work) for one in people]
        try:
            yield
        finally:
            is_over.set()
    for work in works:
        work.result()  # What went wrong in a writer must not pass as no writes.


def crash(found: Installation, app: App, rounds: int) -> dict[str, list[float]]:
    """Kill, start again, wait for pages; the seconds from the kill until they came."""
    random = Random(rounds)
    back: dict[str, list[float]] = {"PostgreSQL": [], "the app processes": []}
    for number in range(rounds):
        time.sleep(random.uniform(*BETWEEN))
        began = time.monotonic()
        if number % 2:
            kill_tree(found.server.process.pid)
            found.server.process.wait()
            found.server.start()
            while not app.answers():
                time.sleep(0.02)
            back["PostgreSQL"].append(time.monotonic() - began)
        else:
            app.kill()
            app.start()
            back["the app processes"].append(time.monotonic() - began)
    return back
