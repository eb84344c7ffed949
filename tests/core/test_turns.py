"""Who has waited longest for a SQLite file writes first."""

import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITER = """
import django, sys
django.setup()
from django.db import connection, transaction
connection.ensure_connection()
print("here", flush=True)
sys.stdin.readline()
with transaction.atomic(), connection.cursor() as cursor:
    cursor.execute("INSERT INTO seen VALUES (%s)", [sys.argv[1]])
"""


@pytest.fixture
def path(tmp_path) -> Path:
    path = tmp_path / "db.sqlite3"
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("CREATE TABLE seen (who TEXT)")
    return path


def writer(path: Path, name: str) -> subprocess.Popen:
    """A process that is ready to write and waits to be told."""
    environment = os.environ | {
        "DATABASE_URL": f"sqlite:///{path}", "DJANGO_SETTINGS_MODULE": "tests.settings",
    }  # fmt: skip
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, name], cwd=ROOT, env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout.readline() == "here\n"
    return process


def wait_until_in_line(pid: int) -> None:
    """Until the system lists the process at the lock of the line, as first or behind others."""
    for _ in range(500):
        locks = Path("/proc/locks").read_text().splitlines()
        if any("FLOCK" in lock and f" {pid} " in lock for lock in locks):
            return
        time.sleep(0.02)
    pytest.fail("The writer does not stand in line.")


@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="only Linux lists who waits")
def test_the_first_to_wait_is_the_first_to_write(path):
    names = [f"writer {number}" for number in range(4)]
    writers = [writer(path, name) for name in names]
    with sqlite3.connect(path, isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        for process in writers:
            process.stdin.write("go\n")
            process.stdin.flush()
            wait_until_in_line(process.pid)
        holder.execute("COMMIT")
    for process in writers:
        process.communicate()
        assert process.returncode == 0

    with sqlite3.connect(path) as database:
        assert [who for (who,) in database.execute("SELECT who FROM seen ORDER BY rowid")] == names
