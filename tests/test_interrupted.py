"""A closing or import killed half way leaves nothing, and the next succeeds; on both databases."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.interrupted import HALF
from tests.own_database import own_database

ROOT = Path(__file__).resolve().parents[1]
NAME = "ntm_interrupted"


@pytest.fixture
def environment(tmp_path, transactional_db):
    """The variables of a process with a database of its own."""
    with own_database(tmp_path, NAME) as variables:
        yield variables


def command(step: str) -> list[str]:
    return [sys.executable, "-m", "tests.interrupted", step]


def run(step: str, environment) -> str:
    done = subprocess.run(
        command(step), cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def kill_half_way(step: str, environment) -> None:
    with subprocess.Popen(
        command(step), cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout.readline().strip() == HALF
        process.kill()


def test_a_killed_closing_leaves_nothing_and_the_next_one_succeeds(environment):
    run("build", environment)
    kill_half_way("hang", environment)

    assert run("look", environment) == "(False, 0, 0, 0, False)"
    run("close", environment)
    assert run("look", environment) == "(True, 2, 1, 1, True)"


def test_a_killed_import_leaves_nothing_and_the_next_one_succeeds(environment):
    run("build", environment)
    kill_half_way("hang-import", environment)

    assert run("look-import", environment) == "(2, 0, 0, 'checked')"
    run("import", environment)
    assert run("look-import", environment) == "(4, 2, 1, 'applied')"


def test_a_long_import_is_written_by_a_process_of_its_own(environment):
    run("build", environment)

    assert run("hand-over", environment) == "running applied"
    assert run("look-import", environment) == "(4, 2, 1, 'applied')"
