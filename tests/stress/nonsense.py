"""Nonsense by the number: what may stand in a field, an address or a file, each from its seed."""

import re
from collections.abc import Sequence
from io import BytesIO
from random import Random
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from tests.core.test_intake_broken import cut, doubled, overwritten, renumbered, without
from tests.walk.test_bad_input import NONSENSE

VALUES: tuple[str | bytes, ...] = (
    *NONSENSE.values(),
    "0", "-0", "1e999", "NaN", "Infinity", "0x10", "1_000", "1.000.000.000.000.000.000", "1,5,5",
    "9" * 5000, "²", "١٢٣", "½", "1 000", "1\u00a0000", "+1", "--1", "99999999999999999999",
    "0001-01-01", "9999-12-31", "10000-01-01", "2022-13-01", "2022-02-30", "31/12/9999", "1/1/1",
    "2022-04", "0000-00", "2022-04-30T25:61:61", "today",
    "true", "null", "None", "{}", '{"a": [1]}', "[[[[[[", "a,b;c\td", "a-b-c-d", "1-1", "c1", "i-1",
    "=1+1", "@SUM(A1)", "' OR 1=1 --", "%s %d %(x)s", "{{ 7 }}{% x %}", "../../etc/passwd",
    "//evil.example/", "\r\nSet-Cookie: a=b", "javascript:alert(1)", "\u202e\u2066", "😀" * 300,
    "e\u0301\u0302" * 200, "\ud7ff\uffff", "\ufeff", " ", "\n" * 50, b"\xff\xfe\x80", b"\xc0\xaf",
    b"\xed\xa0\x80", "*", "%", "_", "\\", '"', "&amp;", "zq" * 40_000,
)  # fmt: skip
BREAKS = (without, cut, overwritten, doubled, renumbered)
TEXT = re.compile(rb"<t[^>]*>([^<]*)</t>|<v>([^<]*)</v>")


def value(random: Random) -> str | bytes:
    """What nobody would type, or bytes that are no text at all."""
    if random.random() < 0.1:
        return random.randbytes(random.randrange(1, 40))
    return random.choice(VALUES)


def fields(random: Random, given: Sequence[tuple[str, str]]) -> list[tuple[str, str | bytes]]:
    """The fields of a form, or the parameters of a query, with one to four of them spoilt: another
    value, a neighbour's, none, several, one that nobody asked for."""
    found: list[tuple[str, str | bytes]] = list(given)
    for _ in range(random.choice((1, 1, 1, 2, 4))):
        at = random.randrange(len(found)) if found else 0
        name = found[at][0] if found else "as_of"
        change = random.randrange(10)
        if change < 6 and found:
            found[at] = (name, value(random))
        elif change == 6 and found:
            found[at] = (name, random.choice(found)[1])
        elif change == 7 and found:
            del found[at]
        elif change == 8:
            found += [(name, value(random))] * random.choice((1, 3, 1100))
        else:
            other = random.choice(("as_of", "page", "next", "q", "file", "version", "mark", "sort"))
            found.append((other, value(random)))
    return found


def file(random: Random, content: bytes) -> bytes:
    """A file of which something is broken: parts of a workbook, its cells, or bytes anywhere."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = {name: archive.read(name) for name in archive.namelist()}
    except BadZipFile:
        return broken_text(random, content) if random.random() < 0.7 else spoilt(random, content)
    if random.random() < 0.15:
        return spoilt(random, content)
    for _ in range(random.choice((1, 1, 2, 3))):
        name = random.choice(sorted(parts)) if parts else ""
        if random.random() < 0.6:
            name = next((one for one in parts if "sheet1" in one or "sharedStrings" in one), name)
            parts[name] = other_cells(random, parts.get(name, b""))
            continue
        change = random.choice(BREAKS)
        changed = change(parts.get(name, b""), random.randrange(4000), random.randbytes(6))
        if changed is None:
            parts.pop(name, None)
        else:
            parts[name] = changed
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return out.getvalue()


def other_cells(random: Random, part: bytes) -> bytes:
    """Some cells or texts of a sheet say something else."""
    found = list(TEXT.finditer(part))
    for match in sorted(random.sample(found, min(len(found), 3)), key=lambda one: -one.start()):
        group = 1 if match[1] is not None else 2
        raw = cell(random, match[group])
        if random.random() < 0.8:
            raw = raw.replace(b"&", b"&amp;").replace(b"<", b"&lt;")
        part = part[: match.start(group)] + raw + part[match.end(group) :]
    return part


def cell(random: Random, was: bytes) -> bytes:
    """What stands in a cell now: half of the numbers are another number that may well be true."""
    if was.isdigit() and random.random() < 0.5:
        return str(random.randrange(1, 10 ** min(len(was), 12))).encode()
    said = value(random)
    return said if isinstance(said, bytes) else said[:5000].encode(errors="replace")


def broken_text(random: Random, content: bytes) -> bytes:
    """A file of lines with some cells, lines or separators that are wrong."""
    lines = content.splitlines()
    for _ in range(random.randrange(1, 4)):
        at = random.randrange(len(lines)) if lines else 0
        cells = lines[at].split(b";") if lines else [b""]
        change = random.randrange(6)
        if change < 4:
            place = random.randrange(len(cells))
            cells[place] = cell(random, cells[place])
        elif change == 4:
            cells.append(cell(random, b""))
        else:
            cells = cells[::-1]
        lines[at : at + 1] = [b";".join(cells)] * random.choice((1, 1, 1, 2))
    return b"\n".join(lines)


def spoilt(random: Random, content: bytes) -> bytes:
    """Bytes that are overwritten, cut off or put in, wherever."""
    at = random.randrange(len(content) + 1)
    junk = random.randbytes(random.choice((1, 2, 8, 200)))
    return random.choice((content[:at] + junk + content[at + len(junk) :], content[:at],
                          content[:at] + junk + content[at:], content + content))  # fmt: skip
