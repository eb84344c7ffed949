"""Who gets what by which method: every address of the configuration, as the tests ask for it."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from xml.etree import ElementTree

from tests.stress import report
from tests.stress.parts import Options

ROOT = Path(__file__).parents[2]
TESTS = ("tests/test_permissions.py", "tests/walk/test_objects.py")
OF_OTHERS = {
    "other_sides": "commune, sponsor and village sponsor at what others own, every method",
    "signed_out": "nobody signed in at every object, every method",
}


def run(options: Options) -> Iterator[report.Figure]:
    if options.is_short:
        return  # `.ci/run` has them among the tests and on the walk
    asked, failures = ask()
    assert asked, "No test has said what it asked."
    for what, times in asked.items():
        words = OF_OTHERS.get(what, f"{what}: every address, every method, A's object and none")
        yield report.Figure(words, f"{times:,} answers")
    yield report.none_of("addresses and methods that answer otherwise than they should", failures)


def ask() -> tuple[Counter[str], list[str]]:
    """How often each was asked, and the tests that saw an answer they should not."""
    with TemporaryDirectory(prefix="ntm-stress-") as folder:
        told = Path(folder) / "tests.xml"
        command = [sys.executable, "-m", "pytest", "-q", "-m", "walk or not walk", *TESTS]
        subprocess.run(
            [*command, f"--junitxml={told}"], cwd=ROOT, check=False, stdout=subprocess.DEVNULL
        )
        cases = list(ElementTree.parse(told).iter("testcase"))  # noqa: S314 (our own)
    asked: Counter[str] = Counter()
    for case in cases:
        for one in case.iter("property"):
            asked[one.attrib["name"].removeprefix("asked ")] += int(one.attrib["value"])
    wrong = [
        case.attrib["name"]
        for case in cases
        if case.find("failure") is not None or case.find("error") is not None
    ]
    return asked, wrong
