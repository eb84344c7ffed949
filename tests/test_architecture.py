"""The walls of the house: who may import whom, and how long a file may grow."""

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
MAX_LINES = 400

# A package imports only from lines above it; packages of one line do not import each other.
PACKAGES = [
    ["ntm_tracker.core"],
    ["communes"],
    ["criteria"],
    ["sponsors"],
    ["ntm_tracker.dashboard", "ntm_tracker.reports"],
    ["ntm_tracker"],
]
PACKAGE_RANK = {name: rank for rank, names in enumerate(PACKAGES) for name in names}
# Modules of an app; each may import those before it, and those on its own line.
MODULES = [
    ["choices"],
    ["models"],
    ["workflow", "rules"],
    ["selectors"],
    ["services"],
    ["importers"],
    ["forms"],
    ["views"],
    ["urls"],
]
MODULE_RANK = {name: rank for rank, names in enumerate(MODULES) for name in names}
BANNED_NAMES = {"utils", "signals", "managers"}
HEAVY = {"pandas", "openpyxl", "docx"}
SHEETS, LETTERS = "ntm_tracker.core.sheets", "ntm_tracker.core.letters"


def violations(sources: dict[str, str]) -> list[str]:
    """What is wrong with a tree of Python files, given as path → source."""
    modules = {module_name(path): ast.parse(source) for path, source in sources.items()}
    imports = {name: sorted(imported_modules(tree, set(modules))) for name, tree in modules.items()}
    found = []
    for name, tree in modules.items():
        found += [
            f"{name}: the name says nothing, name the subject"
            for part in name.split(".")
            if part in BANNED_NAMES
        ]
        found += [f"{name}: relative import" for _ in relative_imports(tree)]
        found += [
            f"{name}: imports {heavy} at module level"
            for heavy in sorted(HEAVY & top_packages(module_level_imports(tree)))
        ]
        if "openpyxl" in top_packages(imports[name]) and not f"{name}.".startswith(f"{SHEETS}."):
            found.append(f"{name}: only {SHEETS} imports openpyxl")
        if "docx" in top_packages(imports[name]) and not f"{name}.".startswith(f"{LETTERS}."):
            found.append(f"{name}: only {LETTERS} imports docx")
        found += [
            f"{name} imports {other}: against the order of packages"
            for other in imports[name]
            if not may_import_package(package_of(name), package_of(other))
        ]
        found += [
            f"{name} imports {' → '.join(way)}: against the order of modules"
            for way in ways_inside_app(name, imports)
            if MODULE_RANK[role_of(way[-1])] > MODULE_RANK[role_of(name)]
        ]
    return found


def module_name(path: str) -> str:
    parts = list(Path(path).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(tree: ast.AST, known: set[str]) -> Iterator[str]:
    """Every module that is imported anywhere, also inside functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                submodule = f"{node.module}.{alias.name}"
                yield submodule if submodule in known else node.module


def relative_imports(tree: ast.AST) -> list[ast.ImportFrom]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level]


def module_level_imports(node: ast.AST) -> Iterator[str]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import):
            yield from (alias.name for alias in child.names)
        elif isinstance(child, ast.ImportFrom):
            yield child.module or ""
        elif not isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from module_level_imports(child)


def top_packages(names) -> set[str]:
    return {name.partition(".")[0] for name in names}


def package_of(module: str) -> str | None:
    """The package of ours that a module belongs to; None for Django and the like."""
    inside = [p for p in PACKAGE_RANK if module == p or module.startswith(f"{p}.")]
    return max(inside, key=len, default=None)


def may_import_package(importer: str | None, imported: str | None) -> bool:
    if importer is None or imported is None or importer == imported:
        return True
    return PACKAGE_RANK[imported] < PACKAGE_RANK[importer]


def role_of(module: str) -> str | None:
    """The place of a module in its app: `criteria.models.funding` is `models`."""
    package = package_of(module)
    if package is None or package == "ntm_tracker" or module == package:
        return None
    role = module.removeprefix(f"{package}.").partition(".")[0]
    return role if role in MODULE_RANK else None


def ways_inside_app(name: str, imports: dict[str, list[str]]) -> Iterator[list[str]]:
    """From a module with a place to the next such ones of its app, through those without."""
    if role_of(name) is None:
        return
    seen, open_ways = {name}, [[other] for other in imports[name]]
    while open_ways:
        way = open_ways.pop()
        last = way[-1]
        if last in seen or package_of(last) != package_of(name):
            continue
        seen.add(last)
        if role_of(last) is not None:
            yield way
        else:
            open_ways += [[*way, other] for other in imports.get(last, [])]


def product_files(*suffixes: str) -> Iterator[Path]:
    folders = ["ntm_tracker", "communes", "criteria", "sponsors"]
    if suffixes != (".py",):
        folders += ["templates", "static", "tests", ".ci"]
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and "migrations" not in path.parts:
                yield path


def test_imports_follow_the_architecture():
    sources = {
        str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
        for path in product_files(".py")
    }
    assert sources
    assert violations(sources) == []


def test_files_are_short_enough_to_read():
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text(encoding="utf-8").splitlines())
        for path in product_files(".py", ".html", ".css", ".js")
    }
    assert {path: lines for path, lines in lengths.items() if lines > MAX_LINES} == {}


def test_urls_import_neither_pandas_nor_openpyxl():
    program = (
        "import django, sys; django.setup(); import ntm_tracker.urls; "
        "print(sorted({'pandas', 'openpyxl', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.stdout.strip(), done.stderr) == ("[]", "")


@pytest.mark.parametrize(
    ("path", "source", "expected"),
    [
        ("communes/models.py", "from sponsors.models import Task", "order of packages"),
        ("criteria/services.py", "def f():\n    import sponsors.models", "order of packages"),
        ("ntm_tracker/reports/views.py", "from ntm_tracker.dashboard import x", "of packages"),
        ("ntm_tracker/core/clock.py", "from ntm_tracker.settings import DEBUG", "of packages"),
        ("criteria/models/sets.py", "from criteria.selectors import x", "order of modules"),
        ("criteria/selectors/board.py", "from criteria import services", "order of modules"),
        ("sponsors/rules.py", "import sponsors.views", "order of modules"),
        ("sponsors/models.py", "from sponsors import naming", "naming → sponsors.views"),
        ("sponsors/views.py", "from .models import Task", "relative import"),
        ("sponsors/importers.py", "import pandas as pd", "pandas at module level"),
        ("sponsors/importers.py", "if True:\n    from pandas import NA", "pandas at module level"),
        ("sponsors/importers.py", "def f():\n    import openpyxl", "only ntm_tracker.core.sheets"),
        ("ntm_tracker/core/sheets.py", "import openpyxl", "openpyxl at module level"),
        ("sponsors/utils.py", "", "name the subject"),
        ("sponsors/models/managers.py", "", "name the subject"),
    ],
)
def test_violation_is_found(path, source, expected):
    tree = {
        "criteria/services.py": "",
        "sponsors/naming.py": "import sponsors.views",
        "sponsors/views.py": "",
        path: source,
    }
    found = violations(tree)
    assert len(found) == 1
    assert expected in found[0]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("sponsors/services.py", "from criteria.selectors import x\nfrom sponsors import models"),
        ("sponsors/rules.py", "from sponsors.workflow import check"),
        ("criteria/selectors/board.py", "from criteria.selectors.money import x"),
        ("ntm_tracker/urls.py", "import ntm_tracker.reports.urls"),
        ("ntm_tracker/core/sheets.py", "def f():\n    import openpyxl"),
        ("ntm_tracker/core/sheets/layout.py", "def f():\n    import openpyxl"),
        ("sponsors/importers.py", "def f():\n    import pandas"),
        (
            "ntm_tracker/dashboard/management/commands/seed_demo.py",
            "from sponsors.services import x\nfrom ntm_tracker.dashboard import views",
        ),
    ],
)
def test_permitted_import_is_no_violation(path, source):
    assert violations({path: source}) == []
