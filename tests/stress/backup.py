"""A backup while people write, restored elsewhere and compared; damaged ones are refused."""

import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from tests.stress import report
from tests.stress.crash import writers
from tests.stress.deeds import Book
from tests.stress.installation import Installation, installation
from tests.stress.ledger import Fate, Ledger, read, with_fate
from tests.stress.load import ledger_figures
from tests.stress.parts import Database, Options

BACKUPS, SHORT_BACKUPS = 5, 2
WRITERS, SHORT_WRITERS = 16, 8
DAMAGES, SHORT_DAMAGES = 12, 1


def run(options: Options) -> Iterator[report.Figure]:
    for database in ("sqlite",) if options.is_short else options.databases:
        with installation(database) as found, TemporaryDirectory(prefix="ntm-moved-") as folder:
            yield from measure(found, database, Path(folder), is_short=options.is_short)


def measure(
    found: Installation, database: Database, folder: Path, *, is_short: bool
) -> Iterator[report.Figure]:
    """Backups among writers; the last is restored on SQLite, beside what was known before it."""
    ledger, book, before = Ledger(found.folder / "ledger"), Book(), folder / "ledger"
    seconds, written = [], []
    with found.app() as app:
        with writers(found, app, ledger, book, SHORT_WRITERS if is_short else WRITERS):
            for _ in range(SHORT_BACKUPS if is_short else BACKUPS):
                time.sleep(1.1)  # their names tell seconds apart
                shutil.copy(ledger.path, before)
                began = time.monotonic()
                found.manage("backup", "--keep", 2)
                seconds.append(time.monotonic() - began)
                meanwhile = len(with_fate(read(ledger.path), Fate.WRITTEN))
                written.append(meanwhile - len(with_fate(read(before), Fate.WRITTEN)))
        complaints = app.complaints
    ledger.close()
    said = f"{len(seconds)}; {max(seconds):.1f} s at most, with {sum(written):,} writes meanwhile"
    yield report.Figure(f"{database}: backups while people write", said)
    yield report.none_of("errors, also “database is locked”", [*complaints, *book.errors])
    yield report.Figure("of them kept (--keep 2)", str(len(backups(found))), "2",
                        len(backups(found)) == 2)  # fmt: skip

    newest = backups(found)[-1]
    moved = Installation(folder, f"sqlite:///{folder}/db.sqlite3")
    moved.manage("restore", newest)
    same = moved.manage("compare_backup", newest)
    is_same = "Giống hệt" in same
    yield report.Figure("restored elsewhere, every row and file", same.strip(), "the same", is_same)
    # What was acknowledged before the backup began is in it, whole.
    yield from ledger_figures(moved, before)

    count = SHORT_DAMAGES if is_short else DAMAGES
    harmless, wrong = damaged(newest, folder, count)
    said = f"{count - harmless} refused, {harmless} whole all the same"
    yield report.Figure("damaged copies sent into an empty installation", said)
    yield report.none_of("damaged copies that were taken", wrong)


def backups(found: Installation) -> list[Path]:
    return sorted(Path(found.environment["BACKUP_DIR"]).glob("ntm-*.zip"))


def damaged(whole: Path, folder: Path, count: int) -> tuple[int, list[str]]:
    """Of so many damaged copies, how many were whole nevertheless, and which were taken although
    they were not, ended in an error that nobody expected, or left something behind."""
    content, random, harmless, wrong = whole.read_bytes(), Random(1), 0, []
    for number in range(count):
        at = random.randrange(len(content))
        bad = content[:at] if number % 3 == 0 else _other(content, at, random)
        path = folder / f"ntm-20220430-0000{number:02}.zip"
        path.write_bytes(bad)
        place = folder / f"empty-{number}"
        place.mkdir()
        empty = Installation(place, f"sqlite:///{place}/db.sqlite3")
        try:
            empty.manage("restore", path)
            # Not all bytes say something, the hour of a part for one; but then nothing is lost.
            empty.manage("compare_backup", whole)
            harmless += 1
        except RuntimeError as refusal:
            said = str(refusal)
            if "Traceback" in said or "Khác bản" in said or any((place / "media").rglob("*.*")):
                wrong.append(f"at byte {at} of {len(content)}: {said[-200:]}")
    return harmless, wrong


def _other(content: bytes, at: int, random: Random) -> bytes:
    """The content with a few other bytes."""
    junk = bytes(byte ^ random.randrange(1, 256) for byte in content[at : at + 4])
    return content[:at] + junk + content[at + len(junk) :]
