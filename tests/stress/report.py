"""The figures: as lines while they come, and as the tables of `docs/reliability.md`."""

import os
import platform
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """Something that was counted or measured. `is_met` is None where nothing was demanded."""

    what: str
    seen: str
    budget: str = ""
    is_met: bool | None = None

    @property
    def verdict(self) -> str:
        return {None: "", True: "met", False: "**NOT MET**"}[self.is_met]


def none_of(what: str, found: Sequence[object]) -> Figure:
    """The figure of something that must not be there; the first of what is there is shown."""
    shown = f"{len(found)}: {'; '.join(map(str, found[:3]))}" if found else "0"
    return Figure(what, shown, "0", not found)


def at_most(what: str, value: float, limit: float, unit: str) -> Figure:
    """The figure of something that may not be more."""
    return Figure(what, f"{value:,.4g} {unit}", f"at most {limit:g} {unit}", value <= limit)


def at_least(what: str, value: float, limit: float, unit: str) -> Figure:
    """The figure of something that may not be less."""
    return Figure(what, f"{value:,.4g} {unit}", f"at least {limit:g} {unit}", value >= limit)


def line(figure: Figure) -> str:
    """A figure as it is printed."""
    budget = f" ({figure.budget})" if figure.budget else ""
    verdict = figure.verdict.strip("*")
    return f"{verdict:<8} {figure.what}: {figure.seen}{budget}"


def table(figures: Sequence[Figure], command: str, seconds: float) -> str:
    """The figures of a part in Markdown, with what gave them, when and on what."""
    rows = [
        f"| {_cell(figure.what)} | {_cell(figure.budget)} | {_cell(figure.seen)} "
        f"| {figure.verdict} |"
        for figure in figures
    ]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    return "\n".join(
        [
            f"`{command}`, {date.today():%d/%m/%Y}, {machine}, {seconds:.0f} s:",
            "",
            "| What | Budget | Seen | |",
            "|---|---|---|---|",
            *rows,
        ]
    )


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def write(path: Path, part: str, text: str) -> None:
    """Put the table of a part between its marks in a file, in place of the last one.

    Raises SystemExit where the file has no such marks: figures belong where they are explained.
    """
    begin, end = f"<!-- figures: {part} -->", f"<!-- end of figures: {part} -->"
    place = re.compile(f"{re.escape(begin)}.*?{re.escape(end)}", re.DOTALL)
    old = path.read_text(encoding="utf-8")
    if not place.search(old):
        raise SystemExit(f"{path} has no place for the figures of {part}: {begin} … {end}")
    new = place.sub(lambda _match: f"{begin}\n{text}\n{end}", old)
    path.write_text(new, encoding="utf-8")
