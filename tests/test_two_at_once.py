"""Two processes set up one database at the same moment: both end well, as if one had waited."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.own_database import own_database

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def environment(tmp_path, transactional_db):
    """The variables of a process with a database of its own."""
    with own_database(tmp_path, "ntm_two_at_once") as variables:
        yield variables


def test_two_set_ups_at_once_both_end_well(environment):
    command = [sys.executable, "manage.py", "setup_database"]
    both = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]

    said = [process.communicate(timeout=300)[1] for process in both]

    assert [process.returncode for process in both] == [0, 0], said
    missing = [sys.executable, "manage.py", "migrate", "--check"]
    assert subprocess.run(missing, cwd=ROOT, env=environment, check=False).returncode == 0
