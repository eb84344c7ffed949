"""Two hundred people at once, fifty on SQLite: they click, save, upload; a ledger is kept."""

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from tests.stress import report
from tests.stress.deeds import Book, Person
from tests.stress.installation import App, Installation, installation
from tests.stress.ledger import Fate, Ledger, read, with_fate
from tests.stress.parts import Database, Options
from tests.stress.people import PASSWORD

PEOPLE: dict[Database, int] = {"postgresql": 200, "sqlite": 50}
THINK = 5.0
SECONDS = 300
SHORT = {"people": 10, "think": 0.5, "seconds": 6}
SIGNING_IN = 8  # at once: checking a password is slow on purpose


def run(options: Options) -> Iterator[report.Figure]:
    # In its short form on the database that needs no server of its own.
    for database in ("sqlite",) if options.is_short else options.databases:
        with installation(database) as found:
            yield from measure(found, database, options)


def measure(found: Installation, database: Database, options: Options) -> Iterator[report.Figure]:
    count = SHORT["people"] if options.is_short else PEOPLE[database]
    think = SHORT["think"] if options.is_short else THINK
    seconds = options.seconds or (SHORT["seconds"] if options.is_short else SECONDS)
    accounts = json.loads(found.step("people", int(count)))
    ledger = Ledger(found.folder / "ledger")
    with found.app() as app:
        book, client, served = crowd(app, accounts, ledger, think=think, seconds=seconds)
        complaints = app.complaints
    ledger.close()
    yield from figures(book, f"{database}, {len(accounts)} people", seconds, client)
    answers = sum(map(len, book.seconds.values()))
    yield report.Figure(
        "of a core that the app processes took for an answer",
        f"{1000 * served / answers:.0f} ms",
    )
    yield report.none_of("errors that the app processes wrote down", complaints)
    yield from ledger_figures(found, ledger.path)


def crowd(
    app: App, accounts: Sequence[dict[str, Any]], ledger: Ledger, *, think: float, seconds: float
) -> tuple[Book, float, float]:
    """Everybody signs in; then the clock starts. What was seen, the share of one core that the
    client took, and the seconds of one that the app processes took."""
    book, end = Book(), [0.0]
    people = [
        Person(
            account, app.port, ledger, book,
            think=think, is_over=lambda: time.monotonic() > end[0], seed=number,
        )
        for number, account in enumerate(accounts)
    ]  # fmt: skip
    with ThreadPoolExecutor(SIGNING_IN) as pool:
        list(pool.map(lambda one: one.visitor.sign_in(one.account["username"], PASSWORD), people))
    end[0] = time.monotonic() + seconds
    spent, served = time.process_time(), app.cpu_seconds
    with ThreadPoolExecutor(len(people)) as pool:
        list(pool.map(Person.work, people))
    client = (time.process_time() - spent) / seconds
    return book, client, app.cpu_seconds - served


def figures(book: Book, who: str, seconds: float, client: float) -> Iterator[report.Figure]:
    """What the people saw."""
    answers = sum(map(len, book.seconds.values()))
    rate = f"{answers:,}, {answers / seconds:.0f} a second; the client took {client:.0%} of a core"
    yield report.Figure(f"{who}: answers in {seconds:g} s", rate)
    yield report.none_of("answers of 500 and above, none, or out of place", book.errors)
    refused = "; ".join(f"{name} ({n})" for name, n in sorted(book.refused.items()))
    yield report.Figure("refused, as somebody else was faster", refused or "0")
    everything = [value for values in book.seconds.values() for value in values]
    for kind, values in [("all", everything), *sorted(book.seconds.items())]:
        seen = " / ".join(f"{1000 * percentile(values, share):.0f}" for share in (50, 95, 99))
        yield report.Figure(f"{kind}: p50 / p95 / p99", f"{seen} ms ({len(values):,})")


def percentile(values: Sequence[float], share: int) -> float:
    """The value that this share of a hundred does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, len(ordered) * share // 100)] if ordered else 0.0


def ledger_figures(found: Installation, path: Path) -> Iterator[report.Figure]:
    """What the ledger says, and what the database makes of it."""
    entries = read(path)
    written = with_fate(entries, Fate.WRITTEN)
    deeds = {entry.deed: sum(one.deed == entry.deed for one in written) for entry in written}
    said = ", ".join(f"{deed} {count:,}" for deed, count in sorted(deeds.items()))
    yield report.Figure("acknowledged writes", f"{len(written):,} ({said})")
    unknown = len(entries) - len(written) - len(with_fate(entries, Fate.REFUSED))
    yield report.Figure("writes without an answer", str(unknown))
    for kind, faults in json.loads(found.step("findings", path)).items():
        yield report.none_of(WORDS[kind], faults)


WORDS = {
    "lost": "acknowledged writes that are missing",
    "doubled": "writes that are there twice",
    "unasked": "refused writes that are there",
    "halved": "writes and files of which only a part is there",
    "present differs from history": "places where the present is not what the history says",
    "totals differ": "totals that are not the sum of their rows",
}
