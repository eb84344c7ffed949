"""Times, queries and bytes of a page, with the floor in turn where it is compared with it."""

import gc
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from statistics import median
from time import perf_counter
from urllib.parse import urlencode

from django.db import connection, transaction
from django.test import Client

from ntm_tracker.core.unchanged import KEPT
from tests.bench.floor import check_same, floor_matrix
from tests.bench.pages import Page
from tests.bench.world import REPORTING, World

# A page is repeated until it has this many runs or has taken this long, but never less than FEW.
MANY, SECONDS, FEW = 25, 2.0, 5
HEAVY = ("pandas", "openpyxl")
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Figure:
    """What one page costs in one world. `raw` and `sent` are bytes before and after gzip."""

    communes: int
    page: Page
    queries: int
    ms: float
    raw: int
    sent: int
    runs: int
    floor_ms: float | None = None
    is_second: bool = False

    @property
    def ratio(self) -> float | None:
        return self.ms / self.floor_ms if self.floor_ms else None

    @property
    def over(self) -> list[str]:
        """What is over budget, in words."""
        budget = self.page.budget
        pairs = (
            ("ms", self.ms, budget.ms),
            ("queries", self.queries, budget.queries),
            ("kB", self.raw / 1000, budget.kb),
            ("floor", self.ratio, budget.ratio),
        )
        return [
            name
            for name, value, limit in pairs
            if limit is not None and value is not None and value > limit
        ]


def measure_world(world: World, found: list[Page], say: Callable[[Figure], None]) -> list[Figure]:
    """Measure the pages one after the other as the office, telling each when it is done.

    What took too long is measured once more at the end, when a computer that was busy with
    something else may be so no longer; the better of the two counts.
    """
    client = Client()
    client.force_login(world.office)
    # A server has not built a world: its objects must not be walked through at every collection.
    gc.collect()
    gc.freeze()
    figures = []
    try:
        for page in found:
            figure = measure(client, page, world)
            say(figure)
            figures.append(figure)
        for place, first in enumerate(figures):
            if not {"ms", "floor"} & set(first.over):
                continue
            second = replace(measure(client, first.page, world), is_second=True)
            say(second)
            if second.ms < first.ms:
                figures[place] = second
    finally:
        gc.unfreeze()
    return figures


def measure(client: Client, page: Page, world: World, *, runs: int = MANY) -> Figure:
    """Warm up, count queries, check, then time: page, floor, page, floor."""

    def ask():
        if not page.is_known:
            KEPT.forget()
        if not page.form:
            return client.get(page.url, headers=page.headers)
        with transaction.atomic():
            # As a browser sends a form without files.
            body = urlencode(page.form(), doseq=True)
            answer = client.post(page.url, body, content_type=FORM, headers=page.headers)
            transaction.set_rollback(page.is_undone)
        return answer

    def bottom() -> str:
        return floor_matrix(world.criteria_set, REPORTING)

    ask()
    with counted() as queries:
        answer = ask()
    if answer.status_code not in (200, 303):
        raise AssertionError(f"{page.url} answers {answer.status_code}")
    sent = answer.content
    raw = gzip.decompress(sent) if answer.headers.get("Content-Encoding") == "gzip" else sent
    if page.has_matrix:
        check_same(raw.decode(), bottom(), world.size.communes)
    times, floor_times = [], []
    started = perf_counter()
    while len(times) < runs and (len(times) < FEW or perf_counter() - started < SECONDS):
        times.append(_timed(ask))
        if page.has_floor:
            floor_times.append(_timed(bottom))
    return Figure(
        communes=world.size.communes,
        page=page,
        queries=len(queries),
        ms=median(times),
        raw=len(raw),
        sent=len(sent),
        runs=len(times),
        floor_ms=median(floor_times) if floor_times else None,
    )


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that run inside. Unlike the log of Django it does not write them out with
    their values, which of a file of some megabytes takes longer than storing it."""
    statements: list[str] = []

    def note(execute, sql, params, many, context):
        statements.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield statements


def _timed(call: Callable[[], object]) -> float:
    start = perf_counter()
    call()
    return (perf_counter() - start) * 1000


@dataclass(frozen=True)
class Start:
    """What starting the application costs, in a process of its own."""

    ms: float
    mb: float
    heavy: list[str]


PROGRAM = """
import json, resource, sys, time
started = time.perf_counter()
from ntm_tracker.wsgi import application
from django.urls import get_resolver
get_resolver().url_patterns
taken = (time.perf_counter() - started) * 1000
heavy = [name for name in sys.argv[1:] if name in sys.modules]
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
print(json.dumps([taken, memory, heavy]))
"""


def measure_start(times: int = 5) -> Start:
    """Import the application with all its addresses, and see whether pandas or openpyxl came."""
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
    answers = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", PROGRAM, *HEAVY],
                stdout=subprocess.PIPE,
                check=True,
                env=environment,
            ).stdout
        )
        for _ in range(times)
    ]
    return Start(
        ms=median(answer[0] for answer in answers),
        mb=median(answer[1] for answer in answers),
        heavy=answers[0][2],
    )
