"""A whole Debian of its own: debootstrap, its own network, systemd as its first process.

Nothing of the computer around it is used but its mirror, its certificates and its processors. What
runs in it sees no port of this computer, and the other way round; `inside_network` starts a program
of this computer in the network of the other one, as a browser beside it would be.
"""

import contextlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TOOLS = {
    "debootstrap": "debootstrap",
    "systemd-nspawn": "systemd-container",
    "slirp4netns": "slirp4netns",
    "ip": "iproute2",
    "nsenter": "util-linux",
}
SUITE = "bookworm"
MIRROR = "http://deb.debian.org/debian"
SOURCES = f"""deb {MIRROR} {SUITE} main
deb {MIRROR} {SUITE}-updates main
deb http://deb.debian.org/debian-security {SUITE}-security main
"""
BUNDLE = Path("/etc/ssl/certs/ca-certificates.crt")
TRUST = Path("/etc/ssl/trial-trust.pem")
NETWORK = "ntm-deploy"
START_LIMIT = 60  # seconds
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "TERM": "dumb",
    "DEBIAN_FRONTEND": "noninteractive",
    "PIP_CERT": str(TRUST),
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_ROOT_USER_ACTION": "ignore",
}


def refuse_unless_possible() -> None:
    """Say what this computer lacks for a whole system inside it."""
    if os.geteuid() != 0:
        raise SystemExit("A whole system inside this one needs root: sudo make deploy-check")
    if missing := sorted(package for tool, package in TOOLS.items() if not shutil.which(tool)):
        raise SystemExit(f"Missing: apt-get install {' '.join(missing)}")


def bare_system(folder: Path) -> None:
    """Debian as its installer leaves it: no web server, no database, no Python."""
    packages = "ca-certificates,dbus,systemd,systemd-sysv"
    command = ["debootstrap", "--variant=minbase", f"--include={packages}", SUITE, folder, MIRROR]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (folder / "etc/apt/sources.list").write_text(SOURCES)
    # What this computer trusts, also where its network looks into TLS; pip brings its own else.
    shutil.copy(BUNDLE, folder / TRUST.relative_to("/"))


class Failed(Exception):
    """A command failed inside; with what was typed and the end of what was said."""


@dataclass(frozen=True)
class Machine:
    """A running system: `root` is its folder, `leader` its first process as seen from here."""

    root: Path
    leader: int

    def run(self, script: str, *, stdin: str = "") -> str:
        """Type `script` into a root shell, which stops at the first command that fails; gives what
        it said. Raises Failed."""
        enter = [
            "nsenter",
            f"--target={self.leader}",
            "--mount",
            "--uts",
            "--ipc",
            "--net",
            "--pid",
        ]
        shell = ["--root", "--wd", "bash", "-e", "-o", "pipefail", "-c", script]
        ran = subprocess.run(
            [*enter, *shell],
            input=stdin,
            text=True,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=ENVIRONMENT,
        )
        if ran.returncode:
            raise Failed(f"{script.strip()}\n\n{ran.stdout[-3000:]}")
        return ran.stdout.strip()


@contextlib.contextmanager
def network(host: str) -> Iterator[None]:
    """A network of its own that reaches the outside without a rule on this computer; `host` is
    known in it as itself, on this side too."""
    subprocess.run(["ip", "netns", "delete", NETWORK], check=False, capture_output=True)
    subprocess.run(["ip", "netns", "add", NETWORK], check=True)
    hosts = Path("/etc/netns", NETWORK, "hosts")
    hosts.parent.mkdir(parents=True, exist_ok=True)
    hosts.write_text(f"127.0.0.1 localhost {host}\n::1 localhost\n")
    inside_network(["ip", "link", "set", "lo", "up"], check=True)
    options = ["--configure", "--mtu=65520", "--netns-type=path"]
    router = subprocess.Popen(
        ["slirp4netns", *options, f"/run/netns/{NETWORK}", "tap0"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield
    finally:
        router.terminate()
        router.wait()
        subprocess.run(["ip", "netns", "delete", NETWORK], check=False)
        shutil.rmtree(hosts.parent)


def inside_network(command: list, **options) -> subprocess.CompletedProcess:
    """Run a program of this computer where the system inside listens."""
    return subprocess.run(["ip", "netns", "exec", NETWORK, *command], **options)


@contextlib.contextmanager
def booted(root: Path, *, source: Path) -> Iterator[Machine]:
    """The system with systemd as its first process; `source` is its `/srv/ntm-tracker.git`."""
    (root / "etc/resolv.conf").unlink(missing_ok=True)
    (root / "etc/resolv.conf").write_text("nameserver 10.0.2.3\n")  # what slirp4netns answers as
    container = subprocess.Popen(
        [
            "systemd-nspawn",
            "--quiet",
            "--boot",
            f"--directory={root}",
            f"--bind-ro={source}:/srv/ntm-tracker.git",
            f"--network-namespace-path=/run/netns/{NETWORK}",
            "--resolv-conf=off",
            "--timezone=off",
            "--register=no",  # this computer may have no systemd of its own
            "--keep-unit",
        ],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield _started(root, container)
    finally:
        container.send_signal(signal.SIGTERM)  # an orderly shutdown
        try:
            container.wait(timeout=90)
        except subprocess.TimeoutExpired:
            container.kill()
            container.wait()


def _started(root: Path, container: subprocess.Popen) -> Machine:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and container.poll() is None:
        children = Path(f"/proc/{container.pid}/task/{container.pid}/children").read_text().split()
        for pid in children:
            machine = Machine(root, int(pid))
            with contextlib.suppress(Failed):
                if machine.run("systemctl is-system-running || true") in {"running", "degraded"}:
                    return machine
        time.sleep(0.3)
    raise SystemExit("The system inside did not start.")
