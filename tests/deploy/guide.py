"""The commands of docs/deploy.md, as somebody who follows it word by word would type them.

A block fenced with exactly ```sh is typed; the other ones (```text) are for another case than the
one that is tried, or only say what could be done.
"""

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
GUIDE = ROOT / "docs" / "deploy.md"
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{2,3} (.+)$", re.MULTILINE)
VALUES = re.compile(r"\A(?:[A-Z]+=\S+\n)+\Z")


@dataclass(frozen=True)
class Block:
    """What is typed at once: the heading it stands under and its lines."""

    heading: str
    script: str

    @property
    def is_values(self) -> bool:
        """Whether it only sets what differs from one office to the next."""
        return bool(VALUES.match(self.script))


def blocks(text: str) -> list[Block]:
    """Every block to be typed, in the order of the page."""
    headings = [(found.start(), found[1]) for found in HEADING.finditer(text)]
    return [
        Block(
            heading=[name for start, name in headings if start < found.start()][-1],
            script=found[2],
        )
        for found in FENCE.finditer(text)
        if found[1] == "sh"
    ]
