"""Sponsors that may be the one whose name is being typed: pointed out, never decided."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.conf import settings
from django.db.models import QuerySet

from ntm_tracker.core.text import nfc, search_text
from sponsors.models import Sponsor

# Measured on the pairs of tests/sponsors/test_similar.py: the least alike pair that is one body
# stands at 85 (letters exchanged in a short name), the most alike of two bodies at 75.
ALIKE = 80
MOST = 5
SHORTENED = {"cty": "cong ty", "cp": "co phan", "dn": "doanh nghiep", "bv": "benh vien"}
# Said of every body of the province, so they tell none from another.
SAID_OF_ALL = re.compile(r"\b(?:chi nhanh|tinh ha tinh|ha tinh|viet nam|tinh|va|cua)\b")
# What kind of body it is: two of one kind are not alike for that.
KINDS = frozenset({
    "so", "ban", "cuc", "chi", "hoi", "huyen", "xa", "phuong", "thi", "cong", "ty", "ngan", "hang",
    "tnhh", "co", "phan", "trach", "nhiem", "huu", "han", "mtv", "doanh", "nghiep", "don", "vi",
    "to", "chuc", "doan", "the", "benh", "vien", "truong", "nhan", "dan", "minh", "hoa", "uy",
})  # fmt: skip
NUMBER = re.compile(r"\d+")
MARKS = re.compile(r"[^a-z0-9 ]+")
RENAMES = settings.BASE_DIR / "fixtures" / "sponsor_renames.csv"


@dataclass(frozen=True)
class Rename:
    """One body under two names in time; `source` says how sure that is."""

    old_name: str
    new_name: str
    on: str
    what: str
    source: str


@dataclass(frozen=True)
class SimilarSponsor:
    """A sponsor that is there already, and why it may be the same."""

    pk: int
    name: str
    short_name: str
    why: str
    score: float


@lru_cache(maxsize=1)
def renames() -> tuple[Rename, ...]:
    """The renamed bodies of fixtures/sponsor_renames.csv."""
    with RENAMES.open(encoding="utf-8", newline="") as lines:
        return tuple(Rename(**row) for row in csv.DictReader(lines))


def similar_sponsors(name: str, *, exclude: int | None = None) -> list[SimilarSponsor]:
    """Sponsors whose name or short name is much like `name`, the most alike first; one query.

    Accents, abbreviations, word order and slips do not tell names apart; former and later names of
    a body count as its own. `exclude` is the sponsor that is being edited.
    """
    if len(search_text(name)) < 3:
        return []
    also = list(_other_names(name))
    found = []
    for pk, full, short in _others(exclude).values_list("pk", "name", "short_name"):
        known = [text for text in (full, short) if text]
        score = max(likeness(name, text) for text in known)
        why = "tên gần giống"
        for rename, other in also:
            through = max(likeness(other, text) for text in known)
            if through > score:
                score = through
                why = f"{rename.what}: {rename.old_name} → {rename.new_name} ({rename.source})"
        if score >= ALIKE:
            found.append(SimilarSponsor(pk, full, short, why, score))
    return sorted(found, key=lambda row: (-row.score, row.name))[:MOST]


def _others(exclude: int | None) -> QuerySet[Sponsor]:
    return Sponsor.objects.all() if exclude is None else Sponsor.objects.exclude(pk=exclude)


def _other_names(name: str) -> Iterator[tuple[Rename, str]]:
    for rename in renames():
        if likeness(name, rename.old_name) >= ALIKE:
            yield rename, rename.new_name
        elif likeness(name, rename.new_name) >= ALIKE:
            yield rename, rename.old_name


def likeness(one: str, other: str) -> float:
    """How alike two names of bodies are, 0 to 100; 0 where their numbers differ."""
    first, second = _words(one), _words(other)
    if _numbers(first) != _numbers(second):
        return 0.0
    first, second = _spelled_out(first, second), _spelled_out(second, first)
    cores = [[word for word in words if word not in KINDS] for words in (first, second)]
    if not all(cores):
        return 100.0 if sorted(first) == sorted(second) else 0.0
    return min(_closeness(first, second), _closeness(*cores))


def _closeness(first: list[str], second: list[str]) -> float:
    """0 to 100 in whatever order the words stand; two letters exchanged are one slip, not two."""
    from rapidfuzz.distance import OSA, Indel

    texts = " ".join(sorted(first)), " ".join(sorted(second))
    return 100 * max(Indel.normalized_similarity(*texts), OSA.normalized_similarity(*texts))


def _words(name: str) -> list[str]:
    """The words that tell a body apart: no accents, no marks, nothing all have in common."""
    plain = search_text(nfc(name)).replace("&", "")
    plain = SAID_OF_ALL.sub(" ", MARKS.sub(" ", plain))
    return " ".join(SHORTENED.get(word, word) for word in plain.split()).split()


def _numbers(words: Iterable[str]) -> list[int]:
    return sorted(int(number) for word in words for number in NUMBER.findall(word))


def _spelled_out(words: list[str], other: list[str]) -> list[str]:
    """`words` with each abbreviation replaced by the words of `other` that it stands for:
    "tnmt" beside "tai nguyen moi truong"."""
    initials = "".join(word[0] for word in other)
    result = []
    for word in words:
        at = initials.find(word) if len(word) > 1 and word not in other else -1
        result += other[at : at + len(word)] if at >= 0 else [word]
    return result
