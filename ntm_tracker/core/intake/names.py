"""Finding a thing by the name that a cell gives: exactly, or not at all but with the nearest."""

from collections.abc import Callable, Iterable, Sequence
from typing import Generic, TypeVar

from ntm_tracker.core.intake.fields import Near
from ntm_tracker.core.text import nfc

Thing = TypeVar("Thing")


def same_key(text: str) -> str:
    """A name by which it is compared: letters and accents count, case and spaces do not."""
    return nfc(text).casefold()


def says(given: str, name: str) -> bool:
    """Whether a text is a name in other letters or without its first words: "hương bình" for "Xã
    Hương Bình"."""
    return f" {same_key(name)}".endswith(f" {same_key(given)}")


class Names(Generic[Thing]):
    """Things by the names they go by, the first of which is offered as the nearest.

    A name is never guessed: "Hương Thuỷ" is not taken for "Hương Thủy" but answered with it.
    """

    def __init__(
        self,
        word: str,
        things: Iterable[Thing],
        names: Callable[[Thing], Sequence[str]],
        tell: Callable[[Thing], str] = str,
    ):
        """`word` says what they are ("xã"); `tell` how one is told from its namesakes."""
        self.word, self.tell = word, tell
        self.found: dict[str, list[Thing]] = {}
        offered: list[str] = []
        for thing in things:
            known = [name for name in names(thing) if name]
            offered.append(known[0])
            for key in dict.fromkeys(map(same_key, known)):
                self.found.setdefault(key, []).append(thing)
        self.near = Near(offered)

    def all(self, text: str) -> list[Thing]:
        """Everything of that name."""
        return self.found.get(same_key(text), [])

    def one(self, text: str) -> Thing:
        """The thing of that name. Raises ValueError with a sentence: there is none, or several."""
        found = self.all(text)
        if len(found) == 1:
            return found[0]
        if found:
            told = "; ".join(map(self.tell, found))
            raise ValueError(f"Có {len(found)} {self.word} tên “{nfc(text)}”: {told}. Hãy ghi mã.")
        raise ValueError(f"Không có {self.word} “{nfc(text)}”.{self.hint(text)}")

    def hint(self, text: str) -> str:
        """The sentence that offers the nearest name; nothing where none is near."""
        near = self.near.to(text)
        return f" Có phải “{near}”?" if near else ""
