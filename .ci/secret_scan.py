#!/usr/bin/env python3
"""Looks for keys and passwords in every file that git knows; asks nobody. Ends with 1 for a find.

detect-secrets knows the shapes of keys and measures how random a text is. What is meant to stand
here is named below with its reason. Passwords by their variable's name are ruff's (S105-S107).
"""

import subprocess
import sys
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings

ROOT = Path(__file__).resolve().parent.parent
# (file, kind) → why it is no secret.
KNOWN = {
    ("README.md", "Basic Auth Credentials"): "the form of DATABASE_URL, in words",
    ("README.md", "Hex High Entropy String"): "the request id of an example line of the log",
    ("docs/deploy.md", "Basic Auth Credentials"): "the form of DATABASE_URL, in words",
    ("ntm_tracker/env.py", "Basic Auth Credentials"): "the form of DATABASE_URL, in words",
    ("ntm_tracker/core/second_factor.py", "Base64 High Entropy String"): "letters of codes",
    ("tests/settings.py", "Base64 High Entropy String"): "the key of tests, good nowhere else",
    ("tests/bench/settings.py", "Base64 High Entropy String"): "the key of the benchmark",
    ("tests/core/test_requests.py", "Hex High Entropy String"): "the request id of an example",
    ("tests/test_start.py", "Base64 High Entropy String"): "a key that a start has to accept",
}


def found_in(files: list[str]) -> set[tuple[str, str, int]]:
    """(file, kind, line) of everything that looks like a secret."""
    secrets = SecretsCollection(root=str(ROOT))
    with default_settings() as settings:
        settings.disable_plugins("KeywordDetector")
        secrets.scan_files(*files)
    return {(name, secret.type, secret.line_number) for name, secret in secrets}


def main(files: list[str]) -> int:
    """Report what is not explained, and explanations of what is not there any more."""
    everything = not files
    if everything:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
        )
        files = [name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]
    found = found_in(files)
    wrong = [f"{name}:{line}: {kind}" for name, kind, line in found if (name, kind) not in KNOWN]
    if everything:
        here = {(name, kind) for name, kind, _line in found}
        wrong += [
            f"{name}: {kind} is explained, but not there" for name, kind in KNOWN.keys() - here
        ]
    for line in sorted(wrong):
        print(line)
    print(f"{len(files)} files looked through for secrets, {len(wrong)} to explain.")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
