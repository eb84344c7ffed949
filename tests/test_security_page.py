"""The security page names what exists: a renamed test or file turns it red."""

import ast
import re

import pytest
from django.conf import settings

PAGE = settings.BASE_DIR / "docs" / "security.md"
NAMED = re.compile(r"`((?:tests|docs|ntm_tracker|\.ci)/[\w/.-]+\.\w+)(?:::(\w+))?`")
ROW = re.compile(r"^\| (?!Requirement|---)(.+?) \| (.+?) \| (.+) \|$", re.MULTILINE)
STATES = {"yes", "server", "partly", "no", "–"}


def page() -> str:
    return PAGE.read_text(encoding="utf-8")


def is_there(path: str, test: str) -> bool:
    file = settings.BASE_DIR / path
    if not file.is_file():
        return False
    if not test:
        return True
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return test in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_what_is_named_exists():
    named = NAMED.findall(page())
    assert len(named) > 80
    assert [f"{path}::{test}" for path, test in named if not is_there(path, test)] == []


@pytest.mark.parametrize(
    ("path", "test"),
    [("tests/test_gone.py", ""), ("tests/test_security_page.py", "test_gone")],
)
def test_what_is_gone_is_noticed(path, test):
    assert not is_there(path, test)


def test_each_row_says_whether_it_is_met():
    rows = ROW.findall(page())
    assert len(rows) > 90
    assert [name for name, state, where in rows if state not in STATES or not where.strip()] == []


def test_every_chapter_of_the_standard_stands_there():
    assert re.findall(r"^## V(\d+) ", page(), re.MULTILINE) == [str(n) for n in range(1, 15)]
