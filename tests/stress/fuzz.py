"""Ten thousand broken files and ten thousand spoilt forms and addresses, by several accounts."""

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.stress import report
from tests.stress.installation import installation
from tests.stress.parts import Options

SEED = 20220430
ROUNDS, SHORT_ROUNDS = 10_000, 200
GROWTH = 40  # MB between a quarter of the tries and their end
WORDS = {"files": "broken workbooks and files", "forms": "spoilt forms and addresses"}


def run(options: Options) -> Iterator[report.Figure]:
    # A process each, without a server: what is asked is what the views make of it, not how fast.
    count = options.rounds or (SHORT_ROUNDS if options.is_short else ROUNDS)
    with installation("sqlite"):
        pass  # filled once, before two ask for it at the same time
    with ThreadPoolExecutor(len(WORDS)) as both:
        kinds = {kind: both.submit(tries, kind, count) for kind in WORDS}
    for kind, words in WORDS.items():
        seen = kinds[kind].result()
        statuses = ", ".join(f"{status} {n:,}" for status, n in sorted(seen["statuses"].items()))
        said = f"{count:,} (seed {SEED}) at {seen['addresses']:,} addresses: {statuses}"
        yield report.Figure(words, said)
        yield report.none_of(f"{words}: answers of 500 and above, errors", seen["failures"])
        warm, *_between, end = memory = seen["memory"]
        said = " / ".join(f"{megabytes:.0f}" for megabytes in memory)
        yield report.Figure(f"{words}: memory after each quarter of the tries", f"{said} MB")
        what = f"{words}: memory that the last three quarters added"
        yield report.at_most(what, end - warm, GROWTH, "MB")
        what = f"{words}: places where the present is not the history"
        yield report.none_of(what, seen["differences"])


def tries(kind: str, count: int) -> dict[str, Any]:
    """What an installation of its own made of them."""
    with installation("sqlite") as found:
        found.environment |= dict.fromkeys(
            ("LIMIT_WORKBOOKS", "LIMIT_LISTS", "LIMIT_UPLOADS", "LIMIT_SEARCHES"), "0"
        )
        return json.loads(found.step("tries", kind, count, SEED))
