"""Every service that writes leaves an entry in the audit trail, and nothing takes one away."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.admin import site as admin_site
from django.test import RequestFactory

from ntm_tracker.core.models import AuditEntry
from ntm_tracker.dashboard.origins import ORIGINS
from ntm_tracker.dashboard.selectors.audit import GROUPS
from ntm_tracker.dashboard.selectors.trail import ACTIONS
from tests.role_matrix import WRITERS

ROOT = Path(__file__).resolve().parents[2]
WRITES = {"create", "bulk_create", "bulk_update", "get_or_create", "update"}
RECORDS = {"record", "entry"}
# Functions that write and leave no entry of their own, each with the reason.
EXCEPTIONS = {
    "criteria/services/self_reports.py:_type_again": "a draft counts nowhere",
    "ntm_tracker/reports/services/periods.py:mark_seen": "how far somebody read counts nowhere",
    "sponsors/services/tasks.py:refresh_tasks": "derived from updates that left entries",
}
# Written by no form of their own people: what a page does not change needs no word.
SILENT = {"password_change_done"}


def services() -> Iterator[tuple[str, ast.FunctionDef, dict[str, ast.FunctionDef]]]:
    """Each function of the services, with the others of its file."""
    for path in sorted(ROOT.glob("**/services*/**/*.py")) + sorted(ROOT.glob("**/services.py")):
        name = str(path.relative_to(ROOT))
        if name.startswith((".venv", "tests")):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        for node in found.values():
            yield name, node, found


def calls(node: ast.AST) -> Iterator[tuple[str, str]]:
    """(what it is called on, name) of each call."""
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            if isinstance(one.func, ast.Attribute):
                yield ast.unparse(one.func.value), one.func.attr
            elif isinstance(one.func, ast.Name):
                yield "", one.func.id


def writes(node: ast.AST) -> bool:
    return any(
        name in WRITES
        and (on.endswith(".objects") or name in {"save", "delete"} or ".filter" in on)
        for on, name in calls(node)
    )


def leaves_an_entry(node: ast.AST, others: dict[str, ast.FunctionDef]) -> bool:
    """Whether it records itself, or through a function of its file, in whatever depth."""
    seen: set[str] = set()
    open_ones: list[ast.AST] = [node]
    while open_ones:
        for on, name in calls(open_ones.pop()):
            if name in RECORDS and on.endswith("audit"):
                return True
            if not on and name in others and name not in seen:
                seen.add(name)
                open_ones.append(others[name])
    return False


def silent_writers(found) -> list[str]:
    """The functions that write and leave no entry, unless a caller in their file leaves it."""
    wrong = []
    for file, node, others in found:
        if not writes(node) or leaves_an_entry(node, others):
            continue
        callers = [one for one in others.values() if ("", node.name) in set(calls(one))]
        if callers and all(leaves_an_entry(one, others) for one in callers):
            continue
        wrong.append(f"{file}:{node.name}")
    return wrong


def test_every_service_that_writes_leaves_an_entry():
    found = list(services())

    assert len(found) > 40
    assert set(silent_writers(found)) == set(EXCEPTIONS)


def test_a_silent_writer_is_found():
    tree = ast.parse("def f():\n    Task.objects.create()\ndef g():\n    f()\n    audit.record()")
    found = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
    alone = {"f": found["f"]}

    assert silent_writers([("x.py", found["f"], found)]) == []
    assert silent_writers([("x.py", found["f"], alone)]) == ["x.py:f"]


def test_every_action_has_words():
    actions = set()
    for _file, node, _others in services():
        for one in ast.walk(node):
            if isinstance(one, ast.keyword) and one.arg == "action":
                actions |= {str(c.value) for c in ast.walk(one) if isinstance(c, ast.Constant)}
    named = {action for action in actions if "." in action.strip(".")}

    assert len(named) > 10
    assert named - set(ACTIONS) == set()
    assert {action.partition(".")[0] for action in named} - set(GROUPS) == set()


def test_every_form_that_writes_has_words():
    """A new form: give its address a name in `ntm_tracker.dashboard.origins.ORIGINS`."""
    assert set(WRITERS) - set(ORIGINS) - SILENT == set()


@pytest.mark.django_db
def test_nobody_may_change_or_remove_an_entry(admin):
    request = RequestFactory().get("/")
    request.user = admin
    page = admin_site._registry[AuditEntry]

    assert not page.has_add_permission(request)
    assert not page.has_change_permission(request)
    assert not page.has_delete_permission(request)
    assert "delete_selected" not in page.get_actions(request)


def test_no_code_removes_entries():
    for folder in ("ntm_tracker", "communes", "criteria", "sponsors"):
        for path in (ROOT / folder).rglob("*.py"):
            if "demo" in path.parts:  # dates the entries of its own case, before anybody is there
                continue
            source = path.read_text(encoding="utf-8")
            for line in source.splitlines():
                if "AuditEntry.objects" in line:
                    assert ".delete(" not in line, path
                    assert ".update(" not in line, path
