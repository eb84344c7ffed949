"""Type the blocks of the guide, one shell session as the guide says, with values of our own."""

import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.deploy.guide import Block
from tests.deploy.machine import Machine

PASSWORD = "trial-cua-dem-trang-sang"
"""What the first administrator types; lives as long as the machine."""
RESTORE = "When it has to come back"
BACK = "Going back"


@dataclass
class Follower:
    """Somebody who follows the guide; `values` replace those of the blocks that only set some."""

    box: Machine
    values: dict[str, str]
    known: str = field(default="", init=False)

    def follow(self, blocks: Sequence[Block]) -> None:
        for block in blocks:
            self.type_in(block)
            if block.heading == BACK:
                # The section sends the reader to another one, and goes on behind it.
                for other in blocks:
                    if other.heading == RESTORE:
                        self.type_in(other)

    def type_in(self, block: Block) -> None:
        """Run a block, with the values of those before it, as in one session. Raises Failed."""
        if block.is_values:
            self.known += re.sub(
                r"^([A-Z]+)=.*$",
                lambda found: f"{found[1]}={self.values[found[1]]}",
                block.script,
                flags=re.MULTILINE,
            )
            return
        began = time.monotonic()
        self.box.run(self.known + block.script, stdin=f"{PASSWORD}\n")
        print(f"{time.monotonic() - began:5.0f} s  {block.heading}", flush=True)
