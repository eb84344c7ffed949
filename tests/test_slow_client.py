"""Slow lines: many who send a form byte by byte keep nobody waiting where nginx stands in front, by
the very file that the guide installs."""

import re
import shutil
import socket
import subprocess
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from tests.stress.client import Visitor
from tests.stress.installation import ROOT, installation, load_postgres

NGINX = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
SLOW, THREADS = 40, 4  # ten times the threads of the product
PROMPT = 2.0  # seconds
PAGE = "/accounts/login/"

pytestmark = pytest.mark.skipif(NGINX is None, reason="needs nginx")


def configuration(folder: Path, port: int, app_port: int) -> str:
    """The guide's site without what needs root or a certificate; what it says of waiting stays."""
    text = (ROOT / "docs/deploy/nginx.conf").read_text(encoding="utf-8")
    site = text[text.rindex("\nserver {") :]
    upstream = text[: text.index("# Whoever asks for another name")]
    kept = "\n".join(
        line
        for line in (upstream + site).splitlines()
        if not re.match(r"\s*(ssl_|listen|server_name|access_log)", line)
    )
    kept = kept.replace("unix:/run/ntm-tracker.sock", f"127.0.0.1:{app_port}")
    kept = kept.replace("\nserver {", f"\nserver {{\n listen 127.0.0.1:{port};", 1)
    places = "".join(
        f"{name}_temp_path {folder}/{name};\n"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    return (
        f"daemon off;\npid {folder}/pid;\nerror_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\naccess_log off;\n{places}{kept}\n}}\n"
    )


@contextmanager
def nginx(folder: Path, app_port: int):
    """nginx in front of the app; gives its port."""
    port = load_postgres().free_port()
    folder.mkdir()
    file = folder / "nginx.conf"
    file.write_text(configuration(folder, port, app_port), encoding="utf-8")
    server = subprocess.Popen([NGINX, "-c", file, "-p", folder], stderr=subprocess.DEVNULL)
    try:
        for _try in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.02)
        else:
            raise AssertionError((folder / "error.log").read_text())
        yield port
    finally:
        server.terminate()
        server.wait()


@contextmanager
def slow_clients(port: int):
    """People who have begun a form and go on by a byte now and then."""
    done, lines = Event(), []
    head = (
        f"POST {PAGE} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 5000\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    for _number in range(SLOW):
        line = socket.create_connection(("127.0.0.1", port), timeout=5)
        line.sendall(head.encode())
        lines.append(line)

    def drip():
        while not done.wait(0.3):
            for line in lines:
                line.sendall(b"a")

    sender = Thread(target=drip)
    sender.start()
    try:
        time.sleep(0.5)
        yield lines
    finally:
        done.set()
        sender.join()
        for line in lines:
            line.close()


def test_slow_clients_keep_nobody_waiting(tmp_path):
    with installation("sqlite", has_demo=False) as found, found.app() as app:
        with nginx(tmp_path / "nginx", app.port) as port, slow_clients(port):
            visitor = Visitor(port)
            answers = [visitor.get(PAGE) for _turn in range(2 * THREADS)]
        assert {answer.status for answer in answers} == {200}
        assert max(answer.seconds for answer in answers) < PROMPT
        assert app.complaints == []
