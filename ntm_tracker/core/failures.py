"""What failed, where it is known: a database that does not answer or is busy, a disk that is full.

None of them is a fault of the program, each has its page, and none loses what somebody has typed.
"""

import errno
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import InterfaceError, OperationalError


@dataclass(frozen=True)
class Failure:
    """A failure of what the product stands on: `name` for the log, `title` and `reason` for people,
    `wait` in seconds until another try makes sense."""

    name: str
    status: int
    title: str
    reason: str
    wait: int


GONE = Failure(
    "database gone",
    503,
    "Cơ sở dữ liệu đang không trả lời",
    "Lúc này hệ thống chưa đọc, chưa ghi được gì.",
    10,
)
BUSY = Failure(
    "database busy",
    503,
    "Hệ thống đang bận",
    "Cơ sở dữ liệu đang bận ghi việc khác.",
    5,
)
FULL = Failure(
    "disk full",
    507,
    "Đĩa của máy chủ đã đầy",
    "Người quản trị máy chủ cần dọn bớt chỗ thì mới ghi tiếp được.",
    600,
)

# SQLSTATE of PostgreSQL by its beginning. Without one it is the connection itself that broke.
STATES = {
    "08": GONE,  # connection failed
    "57P": GONE,  # shut down, crashed, not yet up
    "53300": BUSY,  # too many connections
    "53100": FULL,
    "40": BUSY,  # deadlock, serialisation
    "55P03": BUSY,  # lock not to be had in time
    "57014": BUSY,  # cancelled by a time limit
}
# Names of SQLite's codes by their beginning.
SQLITE = {
    "SQLITE_BUSY": BUSY,
    "SQLITE_LOCKED": BUSY,
    "SQLITE_FULL": FULL,
    "SQLITE_CANTOPEN": GONE,
    "SQLITE_IOERR": GONE,
    "SQLITE_READONLY": GONE,
}


def failure_of(error: BaseException | None) -> Failure | None:
    """The failure behind an exception, however it was passed on; None for what nobody expected."""
    for one in _causes(error):
        if isinstance(one, OSError) and one.errno in {errno.ENOSPC, errno.EDQUOT}:
            return FULL
        if isinstance(one, InterfaceError):
            return GONE
        if isinstance(one, OperationalError) and (found := _of_database(one.__cause__)):
            return found
    return None


def _of_database(driver: BaseException | None) -> Failure | None:
    if name := getattr(driver, "sqlite_errorname", ""):
        return next((found for code, found in SQLITE.items() if name.startswith(code)), None)
    if state := getattr(driver, "pgcode", None):
        return next((found for code, found in STATES.items() if state.startswith(code)), None)
    # libpq gives no code where the server could not be reached, or went away in the middle.
    return GONE if driver is not None and hasattr(driver, "pgcode") else None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__
