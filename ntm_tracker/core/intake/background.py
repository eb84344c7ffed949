"""Files too long for a request: each is written by a process of its own, which says how far it is.

That it runs is told by the lock it holds on a file of its own, which the system lets go however it
ends; how far it is stands in the same file. So any process of the server can tell, and a process
that was killed leaves a file that nobody holds and a database without anything of the import.
"""

import fcntl
import os
import subprocess
import sys
from contextvars import ContextVar
from datetime import datetime
from functools import partial
from pathlib import Path

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from ntm_tracker.core import audit, last_errors
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.intake.batches import MovedOn, apply_batch
from ntm_tracker.core.intake.importer import Importer
from ntm_tracker.core.intake.limits import UnreadableFile
from ntm_tracker.core.models import ImportBatch, User
from ntm_tracker.core.models.intake import BatchState
from ntm_tracker.core.permits import sentences

LONG = 2000
"""Rows from which a file is not written within the request."""
BROKEN = "Lần ghi trước dừng giữa chừng; chưa có gì được ghi. Hãy bấm nhập lại."
FAILED = "Có lỗi của hệ thống khi ghi; chưa có gì được ghi. Hãy báo người quản trị."

# Which batch this process writes, for `tell`; none in a request.
_writes: ContextVar[int | None] = ContextVar("writes", default=None)


def tell(done: int, total: int) -> None:
    """Say how many rows are written; importers of many rows call it between their parts."""
    if (pk := _writes.get()) is not None:
        with _path(pk).open("r+") as file:
            file.write(f"{done} {total}\n")


def how_far(batch: ImportBatch) -> tuple[int, int] | None:
    """(rows written, rows in all), once that is known."""
    try:
        done, total = _path(batch.pk).read_text().split()
    except (OSError, ValueError):
        return None
    return int(done), int(total)


@transaction.atomic
def start(
    batch: ImportBatch, *, mark: str, skips_bad: bool, by: User, as_of: AsOf, now: datetime
) -> None:
    """Have a file written by a process of its own, which begins when the transaction has ended.
    Raises ValidationError where it was written already."""
    batch = ImportBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)
    batch.require(BatchState.CHECKED)
    batch.state, batch.failure = BatchState.RUNNING, ""
    batch.save(update_fields=["state", "failure"])
    audit.record(
        by=by, action="import.start", obj=batch, now=now, effective_on=as_of.reporting_date
    )
    options = [f"--by={by.pk}", f"--mark={mark}", *(["--good"] if skips_bad else [])]
    transaction.on_commit(partial(_spawn, batch.pk, options))


def _spawn(pk: int, options: list[str]) -> None:
    path = _path(pk)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        # Taken here and handed on, so that there is no moment in which nobody holds it.
        fcntl.flock(file, fcntl.LOCK_EX)
        subprocess.Popen(  # noqa: S603 - no shell, and each option is one word of its own
            [sys.executable, "manage.py", "apply_import", str(pk), *options],
            cwd=settings.BASE_DIR,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            pass_fds=[file.fileno()],
            start_new_session=True,
        )


def run(
    batch: ImportBatch,
    importer: Importer,
    *,
    mark: str,
    skips_bad: bool,
    by: User,
    as_of: AsOf,
    now: datetime,
) -> None:
    """Write the file of `start`; where that cannot be, its page says why and it can be tried again.

    Lets through what nobody expected, after saying on the page that it failed."""
    token = _writes.set(batch.pk)
    try:
        apply_batch(
            batch,
            importer,
            mark=mark,
            skips_bad=skips_bad,
            by=by,
            as_of=as_of,
            now=now,
            state=BatchState.RUNNING,
        )
    except (MovedOn, UnreadableFile, PermissionDenied, ValidationError) as error:
        _stop(batch, " ".join(sentences(error)), as_of, now)
    except BaseException as error:
        last_errors.keep_of_work(f"Nhập tệp số {batch.pk}", error, user=by.pk)
        _stop(batch, FAILED, as_of, now)
        raise
    finally:
        _writes.reset(token)
        _path(batch.pk).unlink(missing_ok=True)


def settled_state(batch: ImportBatch, as_of: AsOf, now: datetime) -> ImportBatch:
    """The batch as it is; one whose process is gone without an end is free to be tried again."""
    if batch.state == BatchState.RUNNING and not _is_held(batch.pk):
        _stop(batch, BROKEN, as_of, now)
        batch.refresh_from_db()
    return batch


def forget_ended() -> int:
    """Take away the files of processes that were killed; how many there were."""
    ended = [path for path in _path(0).parent.glob("*") if not _is_held(int(path.name))]
    for path in ended:
        path.unlink(missing_ok=True)
    return len(ended)


@transaction.atomic
def _stop(batch: ImportBatch, sentence: str, as_of: AsOf, now: datetime) -> None:
    running = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.RUNNING)
    if running.update(state=BatchState.CHECKED, failure=sentence):
        audit.record(
            by=None,
            action="import.stop",
            obj=batch,
            now=now,
            effective_on=as_of.reporting_date,
            note=sentence,
        )


def _is_held(pk: int) -> bool:
    try:
        with _path(pk).open() as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _path(pk: int) -> Path:
    return Path(os.fspath(settings.MEDIA_ROOT), "imports", "running", str(pk))
