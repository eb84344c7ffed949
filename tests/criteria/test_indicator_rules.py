"""The pure rules on indicators: what a value says, and what follows for the criterion."""

from decimal import Decimal
from types import SimpleNamespace

import pytest

from criteria.choices import IndicatorKind, Outcome, ThresholdOp
from criteria.rules import criterion_outcome, proposed_outcome, share, typed_value, value_words

PERCENT, BOOLEAN = IndicatorKind.PERCENT, IndicatorKind.BOOLEAN
MET, NOT_MET, NA = Outcome.MET, Outcome.NOT_MET, Outcome.NOT_APPLICABLE


def figure(value=None, numerator=None, denominator=None):
    number = None if value is None else Decimal(value)
    return SimpleNamespace(value=number, numerator=numerator, denominator=denominator)


@pytest.mark.parametrize(
    ("value", "op", "threshold", "expected"),
    [
        ("95.5", ThresholdOp.AT_LEAST, 95, MET),
        ("95", ThresholdOp.AT_LEAST, 95, MET),
        ("94.9999", ThresholdOp.AT_LEAST, 95, NOT_MET),
        ("5", ThresholdOp.AT_MOST, 5, MET),
        ("5.1", ThresholdOp.AT_MOST, 5, NOT_MET),
        ("100", ThresholdOp.IS, 100, MET),
        ("99", ThresholdOp.IS, 100, NOT_MET),
        # Zero is a value like any other.
        ("0", ThresholdOp.AT_LEAST, 95, NOT_MET),
        ("0", ThresholdOp.AT_MOST, 5, MET),
        # An unknown threshold, or none in force, says nothing.
        ("95", ThresholdOp.UNKNOWN, None, None),
        ("95", None, None, None),
        # Nothing measured says nothing: it is not zero.
        (None, ThresholdOp.AT_MOST, 5, None),
    ],
)
def test_threshold_proposes_a_verdict(value, op, threshold, expected):
    limit = None if threshold is None else Decimal(threshold)

    assert proposed_outcome(PERCENT, figure(value).value, op, limit) == expected


def test_what_is_only_met_or_not_is_never_proposed():
    assert proposed_outcome(BOOLEAN, Decimal(1), ThresholdOp.IS, Decimal(1)) is None


@pytest.mark.parametrize(
    ("indicators", "expected"),
    [
        ([MET, MET], MET),
        ([MET, NA], MET),
        ([NA, NA], MET),
        ([MET, NOT_MET], NOT_MET),
        ([NOT_MET, None], NOT_MET),
        ([MET, None], None),
        ([None], None),
        ([], None),
    ],
)
def test_criterion_follows_from_its_indicators(indicators, expected):
    assert criterion_outcome(indicators) == expected


@pytest.mark.parametrize(
    ("given", "box", "words"),
    [
        (figure(), "", ""),
        (figure("0"), "0", "0%"),
        (figure("0.0000"), "0", "0%"),
        (figure("95.5000"), "95,5", "95,5%"),
        (figure("100"), "100", "100%"),
        (figure("95.5", 382, 400), "382/400", "95,5% (382/400)"),
        (figure("0", 0, 400), "0/400", "0% (0/400)"),
    ],
)
def test_value_is_written_as_it_was_typed_and_read_with_its_unit(given, box, words):
    assert (typed_value(given), value_words(given, "%")) == (box, words)


def test_other_units_stand_behind_the_number():
    assert value_words(figure("42.5"), "triệu đồng/người/năm") == "42,5 triệu đồng/người/năm"


def test_share_has_four_places():
    assert share(1, 3) == Decimal("33.3333")
