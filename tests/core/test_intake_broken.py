"""Workbooks broken at random: read or refused with a sentence, and never an error.

As many as one likes: `make test ARGS="--hypothesis-profile=large -k broken"`.
"""

import re
from contextlib import suppress
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

from hypothesis import given
from hypothesis import strategies as st

from ntm_tracker.core.intake import UnreadableFile
from tests.core.test_intake import GOOD, read


@given(at=st.integers(0, len(GOOD) - 1), byte=st.integers(0, 255))
def test_a_workbook_with_a_broken_byte_is_read_or_refused_and_never_an_error(at, byte):
    data = GOOD[:at] + bytes([byte]) + GOOD[at + 1 :]
    with suppress(UnreadableFile):
        read(data)


with ZipFile(BytesIO(GOOD)) as _good:
    PARTS = {name: _good.read(name) for name in _good.namelist()}
NUMBERS = re.compile(rb"[0-9]+")


def without(part: bytes, _at: int, _junk: bytes) -> bytes | None:
    return None


def cut(part: bytes, at: int, _junk: bytes) -> bytes:
    return part[:at]


def overwritten(part: bytes, at: int, junk: bytes) -> bytes:
    return part[:at] + junk + part[at + len(junk) :]


def doubled(part: bytes, at: int, _junk: bytes) -> bytes:
    return part[:at] + part


def renumbered(part: bytes, at: int, junk: bytes) -> bytes:
    """Some number in it is another one: index of a text or format, place, date, amount."""
    found = list(NUMBERS.finditer(part))
    if not found:
        return part
    start, end = found[at % len(found)].span()
    return part[:start] + str(int.from_bytes(junk) - 3).encode() + part[end:]


BREAKS = st.tuples(
    st.sampled_from([without, cut, overwritten, doubled, renumbered]),
    st.sampled_from(sorted(PARTS)),
    st.integers(0, 4000),
    st.binary(min_size=1, max_size=12),
)


@given(breaks=st.lists(BREAKS, min_size=1, max_size=3))
def test_a_workbook_with_broken_parts_is_read_or_refused_and_never_an_error(breaks):
    """What is wrong lies inside the parts, so that it gets past the archive to the reader."""
    parts: dict[str, bytes] = dict(PARTS)
    for change, name, at, junk in breaks:
        if name in parts and (changed := change(parts[name], at, junk)) is not None:
            parts[name] = changed
        else:
            parts.pop(name, None)
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with suppress(UnreadableFile):
        rows, problems = read(stream.getvalue())
        assert all(row.number > 0 for row in rows)
        assert all(problem.message for problem in problems)
