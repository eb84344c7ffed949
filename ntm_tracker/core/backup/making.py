"""Make a backup while people work, keep the newest ones, say what would be done."""

import os
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zipfile import ZipFile

from django.core.files.storage import default_storage
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from ntm_tracker.core.backup import rows
from ntm_tracker.core.backup.archive import Manifest, Writer, opened
from ntm_tracker.core.backup.snapshot import snapshot
from ntm_tracker.core.version import program_version

NAME = "ntm-%Y%m%d-%H%M%S.zip"
PATTERN = "ntm-[0-9]*-[0-9]*.zip"


@dataclass(frozen=True)
class Extent:
    """How much there is to back up: rows, and files with their size in bytes."""

    rows: int
    files: int
    size: int


def make_backup(folder: Path, *, now: datetime) -> tuple[Path, Manifest]:
    """Write `ntm-20220430-021500.zip` (local time) into `folder`; complete or not at all.

    The rows are those of one moment. Uploaded files are written before the row that names them, so
    every file of that moment is there. Only its owner may read the file. It gets its name when it
    has been read back and every part is the one that was written. Raises OSError, DamagedBackup.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / timezone.localtime(now).strftime(NAME)
    partial = folder / f".{path.name}.{os.getpid()}.part"
    try:
        private = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(private, "wb") as target:
            with snapshot(folder) as alias, ZipFile(target, "w") as archive:
                manifest = _write(Writer(archive), alias, now)
            target.flush()
            os.fsync(target.fileno())
        with opened(partial):
            pass
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
    return path, manifest


def extent() -> Extent:
    """What a backup would take now, without writing anything."""
    models = rows.tables()
    paths = _paths(DEFAULT_DB_ALIAS)
    sizes = [default_storage.size(path) for path in paths if default_storage.exists(path)]
    count = sum(model._base_manager.count() for model in models)
    return Extent(rows=count, files=len(sizes), size=sum(sizes))


def backups(folder: Path) -> list[Path]:
    """The backups of a folder, newest first. Their names sort as their times do."""
    return sorted(folder.glob(PATTERN), reverse=True)


def outdated(folder: Path, *, keep: int) -> list[Path]:
    """The backups beyond the newest `keep`; other files of the folder are never named."""
    return backups(folder)[keep:]


def migrations(alias: str = DEFAULT_DB_ALIAS) -> tuple[tuple[str, str], ...]:
    """The migrations that the database has had, as (app, name)."""
    return tuple(sorted(MigrationRecorder(connections[alias]).applied_migrations()))


def _write(writer: Writer, alias: str, now: datetime) -> Manifest:
    for model in rows.tables():
        writer.add_table(rows.label(model), rows.lines(model, alias), rows.columns(model))
    missing = []
    for path in _paths(alias):
        try:
            source = default_storage.open(path)
        except FileNotFoundError:
            missing.append(path)
            continue
        with source:
            writer.add_file(path, source)
    manifest = Manifest(
        made_at=now.isoformat(),
        program=program_version(),
        database=connections[alias].vendor,
        migrations=migrations(alias),
        parts=tuple(writer.parts),
        missing=tuple(missing),
    )
    writer.finish(manifest)
    return manifest


def _paths(alias: str) -> list[str]:
    """The uploaded files that rows name, each once."""
    return sorted({path for model in rows.tables() for path in rows.file_names(model, alias)})
