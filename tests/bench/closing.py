"""What closing a month costs, how long of it everybody waits, and the file afterwards."""

from collections.abc import Callable, Iterator
from time import perf_counter

from django.test import Client
from django.urls import reverse

from ntm_tracker.core.models import Installation, Period
from ntm_tracker.reports.services.closing import keep_closing, prepare_closing
from tests.bench.measure import Figure, counted, measure
from tests.bench.pages import MONTH_BEFORE, NONE, Budget, Page
from tests.bench.world import NOW, World

# Set for a province of 216 communes.
WHOLE, LOCK, FILE = Budget(ms=6000), Budget(ms=1000), Budget(ms=30)
PROVINCE_SIZE = 300


def measure_closing(world: World, word: str, say: Callable[[Figure], None]) -> list[Figure]:
    """Close the month before the last and ask for its file; once, for it stays closed. Only the
    figures whose title has the word; none where the world is a whole country."""
    if world.size.communes > PROVINCE_SIZE or word not in "closing: whole lock file page":
        return []
    figures = list(_figures(world))
    for figure in figures:
        say(figure)
    return figures


def _figures(world: World) -> Iterator[Figure]:
    year, month = map(int, MONTH_BEFORE.split("-"))
    period = Period.objects.get(month__year=year, month__month=month)
    with counted() as captured:
        began = perf_counter()
        prepared = prepare_closing(
            period, Installation.current(), by_label=str(world.office), now=NOW
        )
        locked = perf_counter()
        closed = keep_closing(prepared, by=world.office, now=NOW)
        done = perf_counter()
    size = sum(file.size for file in closed.files)
    url = reverse("reports:desk", args=[MONTH_BEFORE])
    for title, budget, seconds in (
        ("closing: whole", WHOLE, done - began),
        ("closing: lock", LOCK, done - locked),
    ):
        yield Figure(
            communes=world.size.communes,
            page=Page(title, url, budget),
            queries=len(captured),
            ms=seconds * 1000,
            raw=size,
            sent=size,
            runs=1,
        )
    client = Client()
    client.force_login(world.office)
    for title, budget, name in (
        ("closing: file", FILE, "reports:month-file"),
        ("closing: page", NONE, "reports:month"),
    ):
        page = Page(title, reverse(name, args=[MONTH_BEFORE]), budget)
        yield measure(client, page, world, runs=5)
