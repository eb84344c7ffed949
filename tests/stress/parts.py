"""The parts of `make stress`, and what all of them can be told."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Literal

from tests.stress.report import Figure

Database = Literal["postgresql", "sqlite"]


@dataclass(frozen=True)
class Options:
    """How long and how often; None where each part knows best. `is_short` is for `.ci/run`, where
    all parts together have a minute."""

    is_short: bool = False
    seconds: int | None = None
    rounds: int | None = None
    databases: tuple[Database, ...] = ("postgresql", "sqlite")


@dataclass(frozen=True)
class Part:
    """One part: a module here with `run(options)`, which gives figures as it gets them."""

    name: str
    title: str

    @property
    def run(self) -> Callable[[Options], Iterator[Figure]]:
        # Only now: a part may import what the others do without.
        return import_module(f"tests.stress.{self.name}").run


PARTS = {
    part.name: part
    for part in (
        Part("load", "two hundred people at once, and every write found again"),
        Part("crash", "kill -9 of the app processes and of PostgreSQL while people write"),
        Part("backup", "backups while people write, restored elsewhere; damaged ones refused"),
        Part("rights", "every address by every method as every role, on own and others' objects"),
        Part("fuzz", "ten thousand broken files, ten thousand spoilt forms and addresses"),
        Part("cost", "start, memory and answers a second"),
    )
}
