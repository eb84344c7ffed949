#!/usr/bin/env python3
"""Asks for known vulnerabilities of what is installed. Ends with 0: none, 1: some, 3: not known.

pip-audit asks pypi.org. Where that does not answer, it skips package after package and ends as if
all were well; here that is said, and is no success.
"""

import json
import subprocess
import sys

NONE, SOME, NOT_KNOWN = 0, 1, 3


def verdict(report: dict | None) -> tuple[int, list[str]]:
    """How to end and what to say. `report` is pip-audit's JSON, None where it made none."""
    packages = report["dependencies"] if report else []
    if vulnerable := [package for package in packages if package.get("vulns")]:
        return SOME, [
            f"{package['name']} {package['version']}: {one['id']}, "
            f"repaired in {', '.join(one['fix_versions']) or 'no version yet'}"
            for package in vulnerable
            for one in package["vulns"]
        ]
    asked = [package for package in packages if "skip_reason" not in package]
    skipped = [package["name"] for package in packages if "skip_reason" in package]
    if not asked:
        return NOT_KNOWN, [
            "NOT KNOWN: pypi.org did not answer, so nothing was looked up. Run `make audit` again "
            "where it can be reached."
        ]
    if skipped:
        return NOT_KNOWN, [
            f"NOT KNOWN for {len(skipped)} of {len(packages)} packages: {', '.join(skipped)}."
        ]
    return NONE, [f"No known vulnerability in {len(asked)} packages."]


def main() -> int:
    command = [sys.executable, "-m", "pip_audit", "--skip-editable", "--progress-spinner=off"]
    made = subprocess.run(
        [*command, "--timeout=10", "--format=json"], check=False, capture_output=True, text=True
    )
    try:
        report = json.loads(made.stdout)
    except ValueError:
        report = None
    # Our own project is no package of an index.
    if report:
        report["dependencies"] = [
            package
            for package in report["dependencies"]
            if "editable" not in package.get("skip_reason", "")
        ]
    status, lines = verdict(report)
    print("\n".join(lines))
    return status


if __name__ == "__main__":
    sys.exit(main())
