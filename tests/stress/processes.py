"""Processes that a part has started: their children, their memory, their end."""

import os
import signal
from contextlib import suppress
from pathlib import Path


def children(pid: int) -> list[int]:
    """The processes that a process has started and that still run."""
    listed = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(word) for path in listed for word in path.read_text().split()]


def private_megabytes(pid: int) -> float:
    """The memory of a process, what it shares with others counted in its share (PSS)."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    (line,) = (line for line in rollup.splitlines() if line.startswith("Pss:"))
    return int(line.split()[1]) / 1024


def cpu_seconds(pid: int) -> float:
    """What a process has used of one core so far; its name may hold spaces, hence the bracket."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def kill_tree(pid: int) -> None:
    """kill -9: the process first, so that it can neither notice nor replace the others."""
    below = children(pid)
    for each in (pid, *below):
        with suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)
