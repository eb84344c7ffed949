"""Run a command with DATABASE_URL naming a throw-away PostgreSQL of its own.

    python .ci/postgres.py -- .venv/bin/python -m pytest

Works as root (the server then runs as the user postgres, or nobody) and as anyone else. The server
listens on a random port of the loopback address only, does not care for durability, and is gone
with its files when the command ends.
"""

import contextlib
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

FAST = ["fsync=off", "full_page_writes=off", "synchronous_commit=off", "max_connections=50"]
# Tests roll back what they wrote. A vacuum that comes by between two of them notes that tables of
# many pages hold no row, and the plans of the next one would depend on the minute it ran in.
FAST += ["autovacuum=off"]
START_LIMIT = 30  # seconds
PR_SET_PDEATHSIG = 1


def find_binaries() -> Path:
    """The folder of initdb and postgres: the newest one that Debian has, or that of PATH."""
    versions = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    if newest := max(versions, key=lambda path: float(path.parts[-3]), default=None):
        return newest.parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    raise SystemExit("PostgreSQL is missing: apt-get install postgresql")


def other_user() -> dict[str, object]:
    """How to start the server as someone else: PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
    raise SystemExit("Neither a user postgres nor a user nobody to run PostgreSQL as.")


def place_for_data() -> Path:
    """The first temporary folder that the other user can reach; TMPDIR may lie in a private one."""
    for place in (Path(tempfile.gettempdir()).resolve(), Path("/tmp"), Path("/var/tmp")):  # noqa: S108
        if os.geteuid() != 0 or all(p.stat().st_mode & 0o001 for p in (place, *place.parents)):
            return place
    raise SystemExit("No temporary folder that the server's user can reach.")


def die_with_parent() -> None:
    """Ask Linux to stop the server even if this script is killed outright."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """A PostgreSQL in a folder that it may write to, to be started again as often as it ends."""

    def __init__(self, folder: Path, settings: Sequence[str]):
        self.binaries, user = find_binaries(), other_user()
        if user:
            os.chown(folder, user["user"], user["group"])
        self.quiet = {"cwd": folder, "env": {"PATH": os.defpath, "LC_ALL": "C.UTF-8"}, **user}
        self.log_path, self.data, self.port = folder / "log", folder / "data", free_port()
        self.settings = [*settings, "listen_addresses=127.0.0.1", "unix_socket_directories="]
        self.url = f"postgres://postgres@127.0.0.1:{self.port}/postgres"
        made = subprocess.run(
            [self.binaries / "initdb", "--no-sync", "--auth=trust", "--username=postgres",
             "--encoding=UTF8", "--locale=C.UTF-8", "--pgdata", self.data],
            capture_output=True, text=True, check=False, **self.quiet,
        )  # fmt: skip
        if made.returncode:
            raise SystemExit(f"initdb failed:\n{made.stderr}")

    def start(self) -> None:
        """Start it and wait until it answers."""
        options = [part for setting in self.settings for part in ("-c", setting)]
        with self.log_path.open("w") as log:
            self.process = subprocess.Popen(
                [self.binaries / "postgres", "-D", self.data, "-p", str(self.port), *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                # A group of its own: Ctrl+C must reach the tests first, the server last.
                start_new_session=True, preexec_fn=die_with_parent, **self.quiet,
            )  # fmt: skip
        wait_until_ready(self.process, self.log_path)

    def stop(self) -> None:
        self.process.send_signal(signal.SIGINT)  # "fast": drops connections, ends at once
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGQUIT)
            self.process.wait()


@contextlib.contextmanager
def postgres(settings: Sequence[str] = FAST) -> Iterator[Server]:
    """A running server with these settings."""
    with tempfile.TemporaryDirectory(prefix="ntm-postgres-", dir=place_for_data()) as folder:
        server = Server(Path(folder), settings)
        try:
            server.start()
            yield server
        finally:
            server.stop()


def wait_until_ready(server: subprocess.Popen, log_path: Path) -> None:
    deadline = time.monotonic() + START_LIMIT
    while "ready to accept connections" not in log_path.read_text():
        if server.poll() is not None or time.monotonic() > deadline:
            raise SystemExit(f"PostgreSQL did not start:\n{log_path.read_text()}")
        time.sleep(0.02)


def stop(signum: int, frame: object) -> None:
    raise SystemExit(128 + signum)


def main(arguments: list[str]) -> int:
    command = arguments[1:] if arguments[:1] == ["--"] else arguments
    if not command:
        raise SystemExit(__doc__)
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGHUP, stop)
    with postgres() as server:
        tests = subprocess.Popen(command, env=os.environ | {"DATABASE_URL": server.url})
        try:
            return tests.wait()
        finally:
            if tests.poll() is None:
                tests.terminate()
                tests.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
