"""What the tests of self-assessment build on."""

from datetime import date
from decimal import Decimal
from itertools import count

from criteria.choices import IndicatorKind, ThresholdOp
from criteria.models import Criterion, Indicator, Threshold

_serial = count(1)


def make_indicator(criterion: Criterion, *, threshold=None, **overrides) -> Indicator:
    """An indicator; `threshold` is (op, value) of one that is in force for every commune."""
    n = next(_serial)
    fields = {
        "number": f"{criterion.number}.{n}",
        "position": n,
        "text": f"Chỉ tiêu thử {n}",
        "kind": IndicatorKind.PERCENT,
        "unit": "%",
        "is_verified": True,
    } | overrides
    indicator = Indicator.objects.create(criterion=criterion, **fields)
    if threshold:
        make_threshold(indicator, *threshold)
    return indicator


def make_threshold(indicator, op=ThresholdOp.AT_LEAST, value=90, **overrides) -> Threshold:
    fields = {
        "valid_from": date(2021, 1, 1),
        "op": op,
        "value": None if value is None else Decimal(value),
        "text": f"{op}{value}%",
        "is_verified": True,
    } | overrides
    return Threshold.objects.create(indicator=indicator, **fields)
