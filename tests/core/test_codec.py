"""What a closed month is kept in: JSON that says which kind of value it was."""

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntm_tracker.core.codec import Codec, UnknownKind
from ntm_tracker.core.models import Document


class Colour(Enum):
    RED = "red"


@dataclass(frozen=True)
class Leaf:
    name: str
    on: date | None = None


@dataclass(frozen=True)
class Tree:
    leaves: tuple
    amount: Decimal = Decimal(0)


CODEC = Codec({"colour": Colour, "leaf": Leaf, "tree": Tree, "document": Document})
PLAIN = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.dates()
    | st.datetimes(timezones=st.just(UTC))
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.sampled_from(Colour)
)
LEAVES = st.builds(Leaf, st.text(), st.none() | st.dates())
TREES = st.builds(
    Tree,
    st.lists(PLAIN | LEAVES).map(tuple),
    st.decimals(allow_nan=False, allow_infinity=False),
)
VALUES = st.recursive(PLAIN | LEAVES | TREES, lambda inner: st.lists(inner).map(tuple))


def through_json(value):
    return CODEC.decode(json.loads(json.dumps(CODEC.encode(value))))


@given(VALUES)
def test_what_is_decoded_equals_what_was_encoded(value):
    assert through_json(value) == value


def test_a_model_comes_back_with_its_columns_and_nobody_has_saved_it():
    document = Document(pk=7, number="834/QĐ-UBND", issued_on=date(2022, 4, 22), kind="decision")

    copy = through_json(document)

    assert copy == document
    assert (str(copy), copy.kind, copy.pk) == ("834/QĐ-UBND ngày 22/04/2022", "decision", 7)
    assert copy._state.adding


def test_a_class_without_a_name_is_refused():
    class Stranger:
        pass

    with pytest.raises(UnknownKind, match="Stranger"):
        CODEC.encode((1, Stranger()))


def test_a_class_may_be_renamed_and_gain_and_lose_fields():
    @dataclass(frozen=True)
    class Renamed:
        name: str
        is_new: bool = True

    data = CODEC.encode(Leaf("Thôn 3", date(2022, 4, 30)))

    assert Codec({"leaf": Renamed}).decode(data) == Renamed("Thôn 3")


def test_instants_keep_their_zone():
    now = datetime(2022, 5, 5, 1, 0, tzinfo=UTC)

    assert through_json(now).utcoffset() == now.utcoffset()
