"""A backup taken while others write holds one moment, and restores on the other database."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from ntm_tracker.core.backup.archive import opened
from tests.own_database import own_database

ROOT = Path(__file__).resolve().parents[1]
NAME = "ntm_backup"


@pytest.fixture
def environment(tmp_path, transactional_db):
    """The variables of a process with a database and folders of its own."""
    with own_database(tmp_path, NAME) as variables:
        yield variables


def manage(environment, *arguments) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *map(str, arguments)],
        cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def numbers(path: Path) -> list[int]:
    with opened(path) as backup:
        place = backup.manifest.tables["core.explanation"].columns.index("object_id")
        return [json.loads(line)[place] for line in backup.lines("core.explanation")]


def test_backup_among_writers_is_one_moment_and_moves_to_the_other_database(environment, tmp_path):
    manage(environment, "setup_database")
    writer = subprocess.Popen(
        [sys.executable, "-m", "tests.pairs"],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        before = int(writer.stdout.readline())
        manage(environment, "backup", "--to", tmp_path / "first")
        manage(environment, "backup", "--to", tmp_path / "second")
    finally:
        writer.kill()
        acknowledged = [int(line) for line in writer.stdout.read().split()]
        writer.wait()
    (first,), (second,) = ((tmp_path / name).glob("*.zip") for name in ("first", "second"))

    for path in (first, second):
        found = numbers(path)
        # Whole pairs, without a gap: all that was committed by one moment, and nothing after it.
        assert found == [number for number in range(1, found[-1] + 1) for _side in "lr"]
    assert before <= numbers(first)[-1] < numbers(second)[-1] <= acknowledged[-1] + 1

    # From either database into SQLite, and from there back: the same rows.
    moved = environment | {"DATABASE_URL": f"sqlite:///{tmp_path / 'moved.sqlite3'}"}
    manage(moved, "restore", second)
    assert "Giống hệt" in manage(moved, "compare_backup", second)
    manage(moved, "backup", "--to", tmp_path / "third")
    with opened(second) as one, opened(next((tmp_path / "third").glob("*.zip"))) as other:
        assert one.manifest.parts == other.manifest.parts
        assert {one.manifest.database, other.manifest.database} == {connection.vendor, "sqlite"}


@pytest.mark.skipif(connection.vendor == "sqlite", reason="the test above has moved to SQLite")
def test_what_sqlite_wrote_restores_into_postgresql(environment, tmp_path):
    source = environment | {"DATABASE_URL": f"sqlite:///{tmp_path / 'old.sqlite3'}"}
    for step in (["setup_database"], ["load_catalogues"], ["backup", "--to", tmp_path]):
        manage(source, *step)
    (file,) = tmp_path.glob("*.zip")

    manage(environment, "restore", file)

    assert "Giống hệt" in manage(environment, "compare_backup", file)
