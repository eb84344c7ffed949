"""What the product costs: its start, the memory of its processes."""

from collections.abc import Iterator
from statistics import median

from tests.stress import report
from tests.stress.client import Visitor
from tests.stress.installation import App, installation
from tests.stress.parts import Options
from tests.stress.processes import private_megabytes

PASSWORD = "ntm-demo-2022"
PAGES = ("/board/", "/funding/", "/tasks/", "/sponsors/", "/due/", "/map/", "/audit/", "/review/")


def run(options: Options) -> Iterator[report.Figure]:
    with installation("sqlite") as found, found.app() as app:
        starts = []
        for _ in range(1 if options.is_short else 5):
            app.stop()
            starts.append(app.start())
        yield report.at_most("start until the first answer (median)", median(starts), 2, "s")
        visitor = Visitor(app.port)
        visitor.sign_in("vanphong", PASSWORD)
        for path in PAGES * (2 if options.is_short else 25):
            assert visitor.get(path).status == 200
        yield report.at_most("memory of two processes after pages (PSS)", memory(app), 300, "MB")


def memory(app: App) -> float:
    """What the processes that answer and the one that watches over them hold together."""
    assert app.process
    return sum(private_megabytes(pid) for pid in (app.process.pid, *app.pids))
