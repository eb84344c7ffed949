"""Ten thousand broken files and ten thousand spoilt forms and addresses, by several accounts."""

import json
from collections.abc import Iterator

from tests.stress import report
from tests.stress.installation import installation
from tests.stress.parts import Options

SEED = 20220430
ROUNDS, SHORT_ROUNDS = 10_000, 200
GROWTH = 40  # MB between a quarter of the tries and their end
WORDS = {"files": "broken workbooks and files", "forms": "spoilt forms and addresses"}


def run(options: Options) -> Iterator[report.Figure]:
    # One process without a server: what is asked is what the views make of it, not how fast.
    count = options.rounds or (SHORT_ROUNDS if options.is_short else ROUNDS)
    for kind, words in WORDS.items():
        with installation("sqlite") as found:
            found.environment |= dict.fromkeys(
                ("LIMIT_WORKBOOKS", "LIMIT_LISTS", "LIMIT_UPLOADS", "LIMIT_SEARCHES"), "0"
            )
            seen = json.loads(found.step("tries", kind, count, SEED))
        statuses = ", ".join(f"{status} {n:,}" for status, n in sorted(seen["statuses"].items()))
        said = f"{count:,} (seed {SEED}) at {seen['addresses']:,} addresses: {statuses}"
        yield report.Figure(words, said)
        yield report.none_of(f"{words}: answers of 500 and above, errors", seen["failures"])
        before, after = seen["memory"]
        what = f"{words}: memory that the last three quarters added"
        yield report.at_most(what, after - before, GROWTH, "MB")
        what = f"{words}: places where the present is not the history"
        yield report.none_of(what, seen["differences"])
