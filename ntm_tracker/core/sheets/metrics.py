"""How wide text is, how it wraps, where pages break. Excel measures nothing for us.

Rows of a file written by a program keep the height they are given, so a height guessed too low
cuts text on paper. Widths of letters are those of Times New Roman, in thousandths of the size.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

UNIT = 6.0
"""Points per unit of column width, with 12 pt Times New Roman as the workbook's normal font."""
PADDING = 5.0
"""Points lost to the left and right of the text in a cell."""
INDENT = 9.0
"""Points of one step of indentation."""
LINE_HEIGHT = {9: 12.0, 10: 13.0, 11: 15.0, 12: 15.75, 13: 16.75, 14: 18.75}
"""Points from line to line, by font size."""
SHORT = 100
"""Letters of a text of which it is remembered how it wraps."""
_SAFETY = 1.05  # printers and screens round letter widths differently

_REGULAR = {
    200: "|'", 250: " ,.", 278: "/:;\\ijlt", 333: "!()-I[]`fr‘’·", 389: "Js", 400: "°•", 408: '"',
    444: "acez“”?", 480: "{}^", 500: "#$*_bdghknopquvxyđ0123456789–₫", 529: "ơ~", 542: "ư",
    549: "≥≤±", 556: "FPS", 564: "+<=>×", 611: "ELTZ", 667: "BCR", 722: "ADGHKNOQUVXYwĐƠ",
    776: "Ưm&", 833: "%", 889: "M", 921: "@", 944: "W", 1000: "—…",
}  # fmt: skip
_BOLD = {
    220: "|", 250: " ,.", 278: "'/\\il", 333: "!()-:;[]`fjt‘’·", 389: "Is", 400: "{}°•",
    444: "cerz", 500: "#$*J?_agovxy0123456789–“”", 520: "~₫", 556: "Sbdhknpquđơ≥≤±\"",
    581: "+<=>×^", 600: "ư", 611: "FP", 667: "BELTZ", 722: "ACDNRUVXYwĐ", 778: "GHKOQƠ",
    796: "Ư", 833: "m&", 930: "@", 944: "M", 1000: "%W—…",
}  # fmt: skip


class _Widths(dict[str, int]):
    """Accents add no width: ế is as wide as e. Unknown letters count as wide ones."""

    def __init__(self, by_width: dict[int, str]) -> None:
        super().__init__({letter: w for w, letters in by_width.items() for letter in letters})

    def __missing__(self, letter: str) -> int:
        if unicodedata.combining(letter):
            width = 0
        else:
            # One step at a time: ờ is ơ and a tone, and ơ is in the table, wider than o.
            base = unicodedata.decomposition(letter).partition(" ")[0]
            known = base and not base.startswith("<")
            width = self[chr(int(base, 16))] if known else 1000
        self[letter] = width
        return width


_WIDTHS = {False: _Widths(_REGULAR), True: _Widths(_BOLD)}


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Width of one line in points, a little generous."""
    return sum(map(_WIDTHS[bold].__getitem__, text)) * size * _SAFETY / 1000


def wrap(text: str, width: float, size: float, bold: bool = False) -> tuple[str, ...]:
    """The lines of the text when wrapped at spaces in a cell `width` points wide."""
    # Names and states stand in a sheet many times. Long texts do not, and would fill the memory.
    return (_wrapped_before if len(text) <= SHORT else _wrapped)(text, width, size, bold)


def _wrapped(text: str, width: float, size: float, bold: bool) -> tuple[str, ...]:
    room = max(width - PADDING, size)
    lines: list[str] = []
    for paragraph in text.split("\n"):
        if text_width(paragraph, size, bold) <= room:
            lines.append(paragraph)
            continue
        line = ""
        for word in paragraph.split(" "):
            longer = f"{line} {word}" if line else word
            if text_width(longer, size, bold) <= room:
                line = longer
                continue
            if line:
                lines.append(line)
            length = text_width(word, size, bold)
            if length > room:  # a word that no line can hold goes on in the next
                cut = max(1, int(len(word) * room / length))
                pieces = [word[at : at + cut] for at in range(0, len(word), cut)]
                lines += pieces[:-1]
                word = pieces[-1]
            line = word
        lines.append(line)
    return tuple(lines)


_wrapped_before = lru_cache(maxsize=4096)(_wrapped)


def longest_word(text: str, size: float, bold: bool = False) -> float:
    """Width in points of the widest word, the least a column needs."""
    return max((text_width(word, size, bold) for word in text.split()), default=0.0)


def page_breaks(
    heights: Sequence[float],
    together: Sequence[tuple[int, int]],
    page: float,
    repeated: tuple[int, int] | None,
) -> list[int]:
    """Rows (from 1) after which a page must end so that rows that belong together stay together.

    Heights in points; `together` are (first, last) rows, ignored where higher than a page;
    `repeated` are the rows printed again on each later page. Natural page ends are left to the
    program that prints.
    """
    again = sum(heights[repeated[0] - 1 : repeated[1]]) if repeated else 0.0
    kept = [(a, b) for a, b in together if sum(heights[a - 1 : b]) <= page - again]
    breaks = []
    row = start = 1
    used = 0.0
    while row <= len(heights):
        used += heights[row - 1]
        if used <= page or row == start:
            row += 1
            continue
        moved = min((a for a, b in kept if start < a < row <= b), default=row)
        if moved < row:
            breaks.append(moved - 1)
        row = start = moved
        used = again if repeated and moved > repeated[1] else 0.0
    return breaks
