"""Vietnamese text made comparable: one spelling, one search form, one sort key."""

import re
import unicodedata

# What the column holds (core/fields.py). A name too long for it keeps the order of its beginning.
KEY_LENGTH = 600
MAX_SEARCH_WORDS = 12

# What Word, Excel and chat programs leave inside a name: control and invisible characters. Two
# names that differ only in one of these look the same and compare unequal; NUL breaks PostgreSQL.
INVISIBLE = {"Cc", "Cf", "Cs"}


class _Without(dict[int, int | None]):
    """A table for `str.translate` that drops characters of some categories, white space apart. It
    learns each character once: every name and every entry of the trail goes through here."""

    def __init__(self, categories: set[str]):
        super().__init__()
        self.categories = categories

    def __missing__(self, code: int) -> int | None:
        char = chr(code)
        drops = unicodedata.category(char) in self.categories and not char.isspace()
        self[code] = None if drops else code
        return self[code]


VISIBLE, UNMARKED = _Without(INVISIBLE), _Without({"Mn"})


def nfc(text: str) -> str:
    """One line of text in its normal form: NFC, no invisible characters, single spaces."""
    return " ".join(unicodedata.normalize("NFC", text.translate(VISIBLE)).split())


def search_text(text: str) -> str:
    """Lower case without accents, so that "huong khe" finds "Hương Khê" however it is encoded."""
    plain = _without_marks(_without_marks(nfc(text)).lower()).replace("đ", "d")
    return " ".join(plain.split())


def search_words(query: str) -> list[str]:
    """The words a search must all find in `search_text`, each once, at most twelve."""
    return list(dict.fromkeys(search_text(query).split()))[:MAX_SEARCH_WORDS]


def _without_marks(text: str) -> str:
    return unicodedata.normalize("NFD", text).translate(UNMARKED)


# --- sort key -----------------------------------------------------------------------------------
#
# The order of ICU's `vi` collation with numeric ordering, written with [0-9a-z] only, because those
# sort alike in SQLite and in every PostgreSQL collation. Two levels: letters of the whole name
# first (ă, â, đ, ê, ô, ơ, ư are letters of their own), then tones. Case is no level: names that
# differ only in case are tied and `id` decides.
#
#   key     = letters "0" tones
#   letters = a code per character; no code begins another, and none begins with "0", so a name
#             that ends sorts before a name that goes on
#   tones   = "0" per character, followed by a digit per tone mark; trailing "0" add nothing

END = "0"
SPACE = "1"
PUNCTUATION = "2"
NUMBER = "3"
OTHER = "zz"

# Letters that have marked sisters get a second place: a < ă < â.
LETTERS = {letter: letter for letter in "bcfghijklmnpqrstvwxy"} | {
    "a": "a1", "ă": "a2", "â": "a3",
    "d": "d1", "đ": "d2",
    "e": "e1", "ê": "e2",
    "o": "o1", "ô": "o2", "ơ": "o3",
    "u": "u1", "ư": "u2",
    "z": "z1",
}  # fmt: skip
BREVE, CIRCUMFLEX, HORN = "\u0306", "\u0302", "\u031b"
SISTERS = {
    "a" + BREVE: "ă", "a" + CIRCUMFLEX: "â", "e" + CIRCUMFLEX: "ê",
    "o" + CIRCUMFLEX: "ô", "o" + HORN: "ơ", "u" + HORN: "ư",
}  # fmt: skip
# None, huyền, hỏi, ngã, sắc, nặng; any foreign mark comes after them.
TONES = {"\u0300": "1", "\u0309": "2", "\u0303": "3", "\u0301": "4", "\u0323": "5"}
FOREIGN_MARK = "6"
# The order of the Unicode collation table.
MARKS_ORDER = "_-–—,;:!?.'‘’\"“”()[]{}§@*/\\&#%`\u00b4^°+±÷×<=>|~$₫€"
MARKS = {mark: f"{PUNCTUATION}{place:02d}" for place, mark in enumerate(MARKS_ORDER)}

TOKEN = re.compile(r"([0-9]+)|(.)([\u0300-\u036f]*)")


def sort_key(text: str) -> str:
    """An ASCII key that orders as ICU does for Vietnamese, numbers by value."""
    letters, tones = [], []
    lower = nfc(text).lower().replace("…", "...")
    for number, char, marks in TOKEN.findall(unicodedata.normalize("NFD", lower)):
        if number:
            letters.append(_number_code(number))
            tones.append("0")
            continue
        letter = char
        tone = ""
        for mark in marks:
            if char + mark in SISTERS:
                letter = SISTERS[char + mark]
            else:
                tone += TONES.get(mark, FOREIGN_MARK)
        letters.append(_letter_code(letter))
        tones.append("0" + tone)
    key, tone_level = "".join(letters), "".join(tones).rstrip("0")
    return (f"{key}{END}{tone_level}" if tone_level else key)[:KEY_LENGTH]


def _letter_code(char: str) -> str:
    if char == " ":
        return SPACE
    return LETTERS.get(char) or MARKS.get(char) or f"{OTHER}{ord(char):06x}"


def _number_code(digits: str) -> str:
    """The count of digits first, so that 2 sorts before 10."""
    value = digits.lstrip("0") or "0"
    count = len(value)
    size = "0123456789abcdefghijklmnopqrstuvwxy"[count] if count < 35 else f"z{count:03d}"
    return f"{NUMBER}{size}{value}"
