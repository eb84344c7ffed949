"""Run the parts, print their figures, fail when one is not met."""

import argparse
import sys
from pathlib import Path
from time import perf_counter

from tests.stress import report
from tests.stress.parts import PARTS, Options, Part

SHORT = "short"


def main(arguments: list[str]) -> int:
    given = parse(arguments)
    options = Options(
        is_short=SHORT in given.parts,
        seconds=given.seconds,
        rounds=given.rounds,
        databases=(given.database,) if given.database else Options.databases,
    )
    chosen = [PARTS[name] for name in given.parts if name != SHORT] or list(PARTS.values())
    count, unmet = 0, []
    for part in chosen:
        figures = measure(part, options, arguments, given.write)
        count += len(figures)
        unmet += [figure for figure in figures if figure.is_met is False]
    say(f"\n{len(unmet)} of {count} figures not met")
    return 1 if unmet else 0


def measure(
    part: Part, options: Options, arguments: list[str], document: Path | None
) -> list[report.Figure]:
    """Run one part, telling each figure as it comes; written down when all are there."""
    say(f"\n{part.name}: {part.title}")
    began = perf_counter()
    figures = []
    for figure in part.run(options):
        say(report.line(figure))
        figures.append(figure)
    seconds = perf_counter() - began
    say(f"{'':<8} {seconds:.0f} s")
    if document:
        report.write(document, part.name, report.table(figures, command(part, arguments), seconds))
    return figures


def command(part: Part, arguments: list[str]) -> str:
    """What gives the figures of this part alone, as a reader would type it."""
    kept = [word for word in options_of(arguments) if word not in PARTS]
    return f'make stress ARGS="{" ".join([part.name, *kept])}"'


def options_of(arguments: list[str]) -> list[str]:
    """The arguments without `--write FILE`."""
    if "--write" not in arguments:
        return arguments
    place = arguments.index("--write")
    return arguments[:place] + arguments[place + 2 :]


def parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.stress",
        description=__doc__,
        epilog="; ".join(f"{part.name}: {part.title}" for part in PARTS.values()),
    )
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"all when none is named: {', '.join(PARTS)};"
        f" with “{SHORT}” each in its short form",
    )  # fmt: skip
    parser.add_argument("--seconds", type=int, metavar="N", help="how long the load lasts")
    parser.add_argument("--rounds", type=int, metavar="N", help="how many crashes, files, forms")
    parser.add_argument("--database", choices=Options.databases, help="only on this one")
    parser.add_argument("--write", type=Path, metavar="FILE", help="put the tables there too")
    given = parser.parse_args(arguments)
    if unknown := set(given.parts) - {SHORT, *PARTS}:
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return given


def say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
