"""What a letter says, without a word about Word. Blocks and heads are those of `core.sheets`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ntm_tracker.core.sheets import Heading, Letterhead, Notes, Paragraph, Signature, Table

Block = Heading | Paragraph | Notes | Table


@dataclass(frozen=True, kw_only=True)
class Annex:
    """Tables after the signature, on pages of their own; wide ones lie across."""

    label: str
    title: str
    blocks: Sequence[Block]
    landscape: bool = False


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A letter from its head to its annexes; `created` is an argument: same input, same bytes."""

    letterhead: Letterhead
    kind: str
    subject: str
    blocks: Sequence[Block]
    signature: Signature
    creator: str
    created: datetime
    notice: str = ""
    annexes: Sequence[Annex] = ()
