"""Processes that a part has started: their children, their memory, their end."""

import os
import signal
import time
from contextlib import suppress
from pathlib import Path


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(word) for path in listed for word in path.read_text().split()]


def private_megabytes(pid: int) -> float:
    """The memory of a process, what it shares with others counted in its share (PSS)."""
    return _megabytes(pid, "Pss")


def filled_megabytes(pid: int) -> float:
    """What a process has filled itself. Its share of programs and files is left out: that doubles
    as soon as one of two processes ends."""
    return _megabytes(pid, "Pss_Anon")


def _megabytes(pid: int, what: str) -> float:
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    (line,) = (line for line in rollup.splitlines() if line.startswith(f"{what}:"))
    return int(line.split()[1]) / 1024


def cpu_seconds(pid: int) -> float:
    """What a process has used of one core so far; its name may hold spaces, hence the bracket."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def kill_tree(pid: int, patience: float = 30) -> None:
    """kill -9 for a process and its children, and wait until all have come to their end.

    The process is halted first, so that it can neither notice, nor replace them, nor make one that
    is not on the list. PostgreSQL does not start again while a child still holds its memory.
    Raises TimeoutError after `patience` seconds.
    """
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
    doomed = (pid, *children(pid))
    for each in doomed:
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
    given_up = time.monotonic() + patience
    while any(map(is_running, doomed)):
        if time.monotonic() > given_up:
            raise TimeoutError(f"still there after kill -9: {doomed}")
        time.sleep(0.01)


def is_running(pid: int) -> bool:
    """Whether there is such a process that has not ended; one that nobody has waited for has."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return fields[0] not in "ZX"
