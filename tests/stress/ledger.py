"""What was written, kept outside the application: by those who asked for it and saw the answer."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from itertools import count
from pathlib import Path
from threading import Lock


class Deed(StrEnum):
    """Kinds of writes. The words of each stand in the note of what it writes."""

    REPORT = "report on a task"
    CELL = "cell of a sheet"
    SUBMIT = "criterion sent"
    JUDGE = "criterion judged"
    IMPORT = "file taken in"


class Fate(StrEnum):
    """What became of a write. `UNKNOWN` is a connection that broke before the answer."""

    SENT = "sent"
    WRITTEN = "written"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Entry:
    """One write: `mark` is the note that nobody else writes; `rows` bear it when it is written,
    with this many photos and this much money in all."""

    mark: str
    deed: Deed
    fate: Fate = Fate.SENT
    rows: int = 1
    photos: int = 0
    amount: int = 0


class Ledger:
    """A file of one line per step: what is sent before it is sent, then what the answer said."""

    def __init__(self, path: Path):
        self.path, self.file, self.lock = path, path.open("a", encoding="utf-8"), Lock()
        self.numbers = count(1)

    def begin(self, deed: Deed, *, rows: int = 1, photos: int = 0, amount: int = 0) -> Entry:
        """A write that is about to be sent, with a mark of its own."""
        with self.lock:
            entry = Entry(f"số-{next(self.numbers):06}", deed, Fate.SENT, rows, photos, amount)
            self._keep(entry)
        return entry

    def settle(self, entry: Entry, fate: Fate) -> None:
        """What the answer said."""
        with self.lock:
            self._keep(replace(entry, fate=fate))

    def _keep(self, entry: Entry) -> None:
        self.file.write(f"{json.dumps(asdict(entry), ensure_ascii=False)}\n")
        self.file.flush()

    def close(self) -> None:
        self.file.close()


def read(path: Path) -> list[Entry]:
    """The writes of a ledger, each with its last fate; what has none is as good as unknown."""
    entries = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = json.loads(line)
        fields |= {"deed": Deed(fields["deed"]), "fate": Fate(fields["fate"])}
        entries[fields["mark"]] = Entry(**fields)
    return list(entries.values())


def with_fate(entries: Iterable[Entry], fate: Fate) -> list[Entry]:
    return [entry for entry in entries if entry.fate == fate]
