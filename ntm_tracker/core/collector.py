"""Python's collector of cycles, out of the way of work that makes many objects at once."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def paused() -> Iterator[None]:
    """Do without the collector, also as a decorator. Reading a table or drawing a workbook makes a
    million objects that hold no cycle; looking through them for one, again and again, took a
    quarter of the time. Where two threads overlap, the one that began first turns it on again."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
