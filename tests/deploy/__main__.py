"""Follow docs/deploy.md word by word in an empty Debian, then see what it is worth.

    make deploy-check            (as root; half an hour, most of it the browser's)

Needs debootstrap, systemd-container, slirp4netns and a network with Debian's and Python's packages.
`--bare FOLDER` takes (or keeps) an empty Debian there, `--no-browser` leaves out the tests in
Chromium. Nothing stays on this computer; nothing in it is stopped or listened on.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.deploy import machine
from tests.deploy.chromium import browse
from tests.deploy.following import Follower
from tests.deploy.guide import GUIDE, ROOT, blocks
from tests.deploy.probes import WRONG, probe

SITE = "ntm.example.vn"
FIRST, SECOND = "v0.0.1-trial", "v0.0.2-trial"


def source(folder: Path) -> Path:
    """The repository as a server would fetch it, with a version to begin with and a newer one."""
    bare = folder / "ntm-tracker.git"
    git = ["git", "-C", bare, "-c", "user.name=trial", "-c", "user.email=trial@example.vn"]
    subprocess.run(["git", "clone", "--quiet", "--bare", ROOT, bare], check=True)
    subprocess.run([*git, "tag", "--annotate", "-m", FIRST, FIRST, "HEAD"], check=True)
    newer = subprocess.run(
        [*git, "commit-tree", "-p", "HEAD", "-m", "Newer", "HEAD^{tree}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    subprocess.run([*git, "tag", "--annotate", "-m", SECOND, SECOND, newer], check=True)
    return bare


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, prog="python -m tests.deploy")
    parser.add_argument("--bare", type=Path, help="an empty Debian to begin with, made if absent")
    parser.add_argument("--no-browser", action="store_true", help="without the tests in Chromium")
    options = parser.parse_args()
    machine.refuse_unless_possible()
    with tempfile.TemporaryDirectory(prefix="ntm-deploy-") as name:
        folder = Path(name)
        bare = (options.bare or folder / "bare").resolve()
        if not bare.exists():
            machine.bare_system(bare)
        root = folder / "root"
        subprocess.run(["cp", "--archive", bare, root], check=True)
        with machine.network(SITE), machine.booted(root, source=source(folder)) as box:
            return tried(box, browser=not options.no_browser)


def tried(box: machine.Machine, *, browser: bool) -> int:
    """Follow, probe and browse; 1 where something is wrong."""
    values = {"SITE": SITE, "SOURCE": "/srv/ntm-tracker.git", "VERSION": FIRST, "NEW": SECOND}
    try:
        Follower(box, values).follow(blocks(GUIDE.read_text()))
    except machine.Failed as error:
        print(f"The guide leads nowhere here:\n\n{error}")
        return 1
    is_right = True
    for name, seen in probe(box, SITE):
        is_right = is_right and not seen.startswith(WRONG)
        print(f"{name:<10} {seen}", flush=True)
    if browser:
        is_right = browse(box, SITE) and is_right
    return 0 if is_right else 1


sys.exit(main())
