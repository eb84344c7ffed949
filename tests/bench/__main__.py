"""Build the worlds, measure every page and export, print the table, fail when over budget."""

import argparse
import json
import os
import sys
from pathlib import Path
from time import perf_counter


def main(arguments: list[str]) -> int:
    options = parse(arguments)
    if options.database:
        os.environ["DATABASE_URL"] = options.database
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.settings"
    import django

    django.setup()
    # Only now: what follows imports models.
    from django.db import connection

    from tests.bench import report
    from tests.bench.closing import measure_closing
    from tests.bench.database import scratch_database, settle
    from tests.bench.intake import measure_intake
    from tests.bench.measure import measure_start, measure_world
    from tests.bench.pages import pages
    from tests.bench.world import SIZES, build

    if unknown := set(options.only) - set(SIZES):
        raise SystemExit(f"There is no world of {unknown.pop()} communes, only of {[*SIZES]}.")
    sizes = {communes: size for communes, size in SIZES.items() if communes in options.only}
    start = measure_start()
    say(f"{connection.vendor}, Python {sys.version.split()[0]}, Django {django.__version__}")
    say(f"{report.start_row(start)}\n\n{report.head()}")
    figures = []
    for communes, size in (sizes or SIZES).items():
        with scratch_database():
            began = perf_counter()
            world = build(size)
            settle()
            sys.stderr.write(f"{communes} communes: {perf_counter() - began:.0f} s to build\n")
            chosen = [page for page in pages(world) if options.page in page.title]
            figures += measure_world(world, chosen, lambda figure: say(report.row(figure)))
            figures += measure_intake(world, options.page, lambda figure: say(report.row(figure)))
            figures += measure_closing(world, options.page, lambda figure: say(report.row(figure)))
    notes = report.query_notes(figures)
    over = [figure for figure in figures if figure.over]
    say("\n".join(["", *notes, f"{len(over)} of {len(figures)} over budget"]))
    if options.json:
        text = json.dumps(report.as_json(figures, start), ensure_ascii=False, indent=1)
        Path(options.json).write_text(f"{text}\n", encoding="utf-8")
    return 0 if options.no_fail or not (over or start.heavy) else 1


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--only", type=int, action="append", default=[], metavar="N", help="this world (repeat)"
    )
    parser.add_argument("--page", default="", metavar="WORD", help="only pages with this in title")
    parser.add_argument("--database", metavar="URL", help="a PostgreSQL server; else SQLite")
    parser.add_argument("--json", metavar="FILE", help="write the figures there too")
    parser.add_argument("--no-fail", action="store_true", help="exit 0 even when over budget")
    return parser.parse_args(arguments)


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
