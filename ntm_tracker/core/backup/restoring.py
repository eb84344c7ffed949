"""Put a backup into an empty installation, and compare an installation with a backup."""

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from django.conf import settings
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import DEFAULT_DB_ALIAS, DatabaseError, transaction

from ntm_tracker.core.backup import rows
from ntm_tracker.core.backup.archive import Backup
from ntm_tracker.core.backup.making import migrations

# Written by `migrate` itself, with other keys on every installation: the backup's own replace them.
OF_MIGRATE = [Permission, ContentType]
SHOWN = 5


class CannotRestore(Exception):
    """The installation cannot take this backup; nothing has been written. The sentence says why."""


@dataclass(frozen=True)
class Difference:
    """A row that is not the same on both sides; an empty side has no such row."""

    table: str
    in_backup: str
    here: str


def refuse_unless_ready(backup: Backup) -> None:
    """Raise CannotRestore unless this version can read the rows and nothing is here yet."""
    here, there = set(migrations()), set(backup.manifest.migrations)
    if here != there:
        odd = ", ".join(f"{app}.{name}" for app, name in sorted(here ^ there)[:SHOWN])
        raise CannotRestore(
            f"Bản sao lưu do phiên bản {backup.manifest.program} ghi, có cấu trúc bảng khác với "
            f"phần mềm này (khác ở: {odd}). Hãy phục hồi bằng đúng phiên bản đã sao lưu, rồi mới "
            "nâng cấp."
        )
    if filled := [
        model._meta.label
        for model in rows.tables()
        if model not in OF_MIGRATE and model._base_manager.exists()
    ]:
        raise CannotRestore(
            f"Cơ sở dữ liệu đã có dữ liệu ({', '.join(filled[:SHOWN])}). Chỉ phục hồi vào một "
            "cơ sở dữ liệu trống; hãy tạo cơ sở dữ liệu mới rồi đặt DATABASE_URL tới đó."
        )
    if there_already := [path for path in backup.manifest.files if _target(path).exists()]:
        raise CannotRestore(
            f"Thư mục {settings.MEDIA_ROOT} đã có tệp {there_already[0]}. Hãy đặt MEDIA_ROOT tới "
            "một thư mục trống."
        )


def restore(backup: Backup) -> None:
    """Write files, then all rows in one transaction, and read every row back before committing.

    All or nothing: after any error there is neither a row nor a file. Raises CannotRestore.
    """
    refuse_unless_ready(backup)
    written: list[Path] = []
    try:
        for path in backup.manifest.files:
            target = _target(path)
            target.parent.mkdir(parents=True, exist_ok=True)
            written.append(target)
            with backup.file(path) as source, target.open("xb") as copy:
                shutil.copyfileobj(source, copy)
        with transaction.atomic():
            _write_rows(backup)
    except BaseException as error:
        for target in written:
            target.unlink(missing_ok=True)
        if isinstance(error, OSError | DatabaseError):
            raise CannotRestore(f"Chưa phục hồi được, không có gì thay đổi: {error}") from error
        raise


def differences(backup: Backup) -> Iterator[Difference]:
    """Every row that the database and the backup do not share, table by table."""
    for model in rows.tables():
        table = rows.label(model)
        if _digest(model) == backup.manifest.tables[table].sha256:
            continue
        pairs = zip_longest(backup.lines(table), rows.lines(model, DEFAULT_DB_ALIAS), fillvalue="")
        yield from (Difference(table, *pair) for pair in pairs if pair[0] != pair[1])


def changed_files(backup: Backup) -> Iterator[str]:
    """The uploaded files that are missing here or hold something else."""
    for path, part in backup.manifest.files.items():
        target = _target(path)
        if not target.is_file():
            yield path
            continue
        with target.open("rb") as source:
            if hashlib.file_digest(source, "sha256").hexdigest() != part.sha256:
                yield path


def _write_rows(backup: Backup) -> None:
    for model in OF_MIGRATE:
        model._base_manager.all().delete()
    for model in rows.tables():
        rows.insert(model, backup.lines(rows.label(model)), DEFAULT_DB_ALIAS)
    rows.reset_sequences(rows.tables(), DEFAULT_DB_ALIAS)
    if difference := next(differences(backup), None):
        raise CannotRestore(
            f"Bảng {difference.table} đọc lại không giống bản sao lưu; không có gì thay đổi. "
            f"Trong bản sao lưu: {difference.in_backup[:200]}"
        )


def _digest(model: type) -> str:
    digest = hashlib.sha256()
    for line in rows.lines(model, DEFAULT_DB_ALIAS):
        digest.update(f"{line}\n".encode())
    return digest.hexdigest()


def _target(path: str) -> Path:
    """Where an uploaded file belongs. A path that leads out of MEDIA_ROOT is refused."""
    root = Path(settings.MEDIA_ROOT).resolve()
    target = (root / path).resolve()
    if not target.is_relative_to(root):
        raise CannotRestore(f"Tên tệp “{path}” trong bản sao lưu chỉ ra ngoài thư mục tệp.")
    return target
