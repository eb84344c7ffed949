"""An installation of a part's own: database, folders, settings and app processes."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from tests.stress.parts import Database
from tests.stress.processes import children, cpu_seconds, kill_tree

ROOT = Path(__file__).resolve().parents[2]
# PostgreSQL as a server of an office has it: what it says is written stays written.
DURABLE = ["fsync=on", "synchronous_commit=on", "full_page_writes=on", "max_connections=60"]
START_LIMIT = 30  # seconds
STEP_LIMIT = 3600  # seconds; ten thousand files take most of an hour beside other work


def load_postgres() -> Any:
    """The module that starts a PostgreSQL of its own for the tests; its folder is no package."""
    spec = spec_from_file_location("ci_postgres", ROOT / ".ci" / "postgres.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class App:
    """The app processes on a port of the loopback address, as `make run` starts them."""

    def __init__(self, environment: dict[str, str], log_path: Path, *, workers: int = 2):
        self.environment, self.log_path, self.workers = environment, log_path, workers
        self.port = load_postgres().free_port()
        self.process: subprocess.Popen | None = None

    def start(self) -> float:
        """Start them and wait until they answer; the seconds that took."""
        began = time.perf_counter()
        with self.log_path.open("a") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", "ntm_tracker.wsgi",
                 "--bind", f"127.0.0.1:{self.port}", "--workers", str(self.workers),
                 "--threads", "2", "--worker-class", "gthread", "--timeout", "60",
                 "--no-control-socket", "--log-level", "warning"],
                cwd=ROOT, env=self.environment, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip
        while not self.answers():
            if self.process.poll() is not None or time.perf_counter() - began > START_LIMIT:
                raise SystemExit(f"The app did not start:\n{self.log_path.read_text()[-3000:]}")
            time.sleep(0.02)
        return time.perf_counter() - began

    def answers(self) -> bool:
        """Whether the sign-in page comes."""
        try:
            with urlopen(f"http://127.0.0.1:{self.port}/accounts/login/", timeout=5):
                return True
        except (URLError, OSError):
            return False

    @property
    def pids(self) -> list[int]:
        """The processes that answer, without the one that started them."""
        assert self.process
        return children(self.process.pid)

    @property
    def cpu_seconds(self) -> float:
        """What they have used of one core since they were started."""
        return sum(map(cpu_seconds, self.pids))

    def kill(self) -> None:
        """kill -9 for all of them at once."""
        assert self.process
        kill_tree(self.process.pid)
        self.process.wait()

    def stop(self) -> None:
        """End them as Ctrl+C does."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(timeout=30)

    @property
    def complaints(self) -> list[str]:
        """Errors that the processes wrote down."""
        lines = self.log_path.read_text().splitlines() if self.log_path.exists() else []
        words = ("Traceback", "Internal Server Error", "[ERROR]", "[CRITICAL]")
        return [line for line in lines if any(word in line for word in words)]


class Installation:
    """A database, folders and settings that nobody else uses. `server` is its PostgreSQL, which can
    be killed and started again; None on SQLite."""

    def __init__(self, folder: Path, url: str, server: Any = None):
        self.folder, self.url, self.server = folder, url, server
        self.environment = os.environ | {
            "SECRET_KEY": secrets.token_urlsafe(50),
            "DEBUG": "0",
            "HTTPS": "0",
            "ALLOWED_HOSTS": "127.0.0.1",
            "CSRF_TRUSTED_ORIGINS": "",
            "DATABASE_URL": url,
            "MEDIA_ROOT": str(folder / "media"),
            "BACKUP_DIR": str(folder / "backups"),
            "DJANGO_SETTINGS_MODULE": "ntm_tracker.settings",
        }

    def run(self, *arguments: object) -> str:
        """What a Python process of this installation prints. Raises RuntimeError where it fails."""
        done = subprocess.run(
            [sys.executable, *map(str, arguments)],
            cwd=ROOT, env=self.environment, capture_output=True, text=True, timeout=STEP_LIMIT,
            check=False,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(f"{arguments}: {done.stderr[-3000:]}")
        return done.stdout

    def manage(self, *arguments: object) -> str:
        """A command of `manage.py`."""
        return self.run("manage.py", *arguments)

    def step(self, module: str, *arguments: object) -> str:
        """A module of this package, in a process that sees the database of this installation."""
        return self.run("-m", f"tests.stress.{module}", *arguments)

    @contextmanager
    def app(self, *, workers: int = 2) -> Iterator[App]:
        """Running app processes."""
        app = App(self.environment, self.folder / "app.log", workers=workers)
        try:
            app.start()
            yield app
        finally:
            app.stop()


@contextmanager
def installation(database: Database, *, has_demo: bool = True) -> Iterator[Installation]:
    """An installation with tables and, if wanted, the demo case; gone afterwards."""
    with TemporaryDirectory(prefix="ntm-stress-") as name:
        folder = Path(name)
        if database == "sqlite":
            shutil.copytree(_filled_sqlite(has_demo).name, folder, dirs_exist_ok=True)
            yield Installation(folder, _sqlite_url(folder))
            return
        with load_postgres().postgres(DURABLE) as server:
            found = Installation(folder, server.url, server)
            _fill(found, has_demo)
            yield found


@cache
def _filled_sqlite(has_demo: bool) -> TemporaryDirectory:
    """A folder with an installation that each part gets a copy of: it takes a while to fill."""
    filled = TemporaryDirectory(prefix="ntm-stress-")
    folder = Path(filled.name)
    _fill(Installation(folder, _sqlite_url(folder)), has_demo)
    return filled


def _sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder}/db.sqlite3"


def _fill(found: Installation, has_demo: bool) -> None:
    found.manage("setup_database")
    if has_demo:
        found.manage("load_catalogues")
        found.manage("seed_demo")
    found.manage("collectstatic", "--noinput", "--verbosity", "0")
