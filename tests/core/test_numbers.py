from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntm_tracker.core.numbers import (
    MAX_DONG,
    parse_amount,
    parse_decimal,
    size_words,
    to_trieu,
    to_ty,
    vi_number,
)


@pytest.mark.parametrize(
    ("value", "places", "shown"),
    [
        (0, 0, "0"),
        (999, 0, "999"),
        (1346700, 0, "1.346.700"),
        (Decimal("1346.7"), 1, "1.346,7"),
        (Decimal("2.5"), 0, "3"),
        (Decimal("-2.5"), 0, "-3"),
        (2.675, 2, "2,68"),
        (-1234, 0, "-1.234"),
        (Decimal("-0.04"), 1, "0,0"),
        (Decimal("1E+3"), 0, "1.000"),
    ],
)
def test_vi_number(value, places, shown):
    assert vi_number(value, places) == shown


def test_amounts_are_shown_in_their_unit():
    assert to_ty(1_346_700_000_000) == "1.346,7"
    assert to_ty(204_550_000_000, places=2) == "204,55"
    assert to_trieu(54_000_000) == "54"
    assert to_trieu(1_500_000, places=1) == "1,5"


@pytest.mark.parametrize(
    ("text", "unit", "dong"),
    [
        ("0", "đồng", 0),
        ("-0", "đồng", 0),
        ("1500000", "đồng", 1_500_000),
        ("1.500.000", "đồng", 1_500_000),
        ("1 500 000", "đồng", 1_500_000),
        ("1,500,000", "đồng", 1_500_000),
        ("1500000.0", "đồng", 1_500_000),
        ("1.500.000 đồng", "tỷ", 1_500_000),
        ("1.500.000đ", "tỷ", 1_500_000),
        ("1.500.000 VNĐ", "tỷ", 1_500_000),
        ("200 triệu", "đồng", 200_000_000),
        ("200tr", "đồng", 200_000_000),
        ("500 nghìn đồng", "đồng", 500_000),
        ("1.142,1 tỷ", "đồng", 1_142_100_000_000),
        ("1.142,1 TỈ đồng", "đồng", 1_142_100_000_000),
        ("1,142.1 tỷ", "đồng", 1_142_100_000_000),
        ("1142.1", "tỷ", 1_142_100_000_000),
        ("1142,1", "tỷ", 1_142_100_000_000),
        ("1.142", "tỷ", 1_142_000_000_000),  # a dot and three digits: thousands
        ("1,142", "tỷ", 1_142_000_000),  # a comma: decimals
        ("0.125", "tỷ", 125_000_000),  # no thousands begin with 0
        ("0,5", "triệu", 500_000),
        (1.142, "tỷ", 1_142_000_000),  # a number is no text: taken as it is
        (0.1 + 0.2, "tỷ", 300_000_000),
        (Decimal("54.5"), "triệu", 54_500_000),
        (200, "triệu", 200_000_000),
        (f"{MAX_DONG}", "đồng", MAX_DONG),
    ],
)
def test_amount_is_read(text, unit, dong):
    assert parse_amount(text, unit) == dong


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Hãy nhập số tiền."),
        ("  ", "Hãy nhập số tiền."),
        ("-5", "Số tiền không được âm: “-5”."),
        ("(5.000)", "Số tiền không được âm: “(5.000)”."),
        (-5, "Số tiền không được âm: “-5”."),
        ("10000001 tỷ", "Số tiền quá lớn: “10000001 tỷ”. Hãy kiểm tra lại đơn vị tính."),
        (1e30, "Số tiền quá lớn: “1e+30”. Hãy kiểm tra lại đơn vị tính."),
        (
            "1.142,1",
            "Số tiền “1.142,1” lẻ dưới một đồng. Nếu đơn vị tính là tỷ hoặc triệu, hãy ghi rõ.",
        ),
    ],
)
def test_amount_is_refused_with_a_reason(text, message):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        parse_amount(text)
    assert str(refusal.value) == message


@pytest.mark.parametrize(
    "text",
    [
        "NaN", "inf", "abc", "năm tỷ", "1e9", "=1+1", "12 xu", "5 tỷ 200 triệu", "95%", "١٢",
        "1.2.3", "1.50.000", "1,5,0", "1..5", ".", "1.", "9" * 200,
        float("nan"), float("inf"), Decimal("NaN"),
    ],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(ValueError, match=r"Không đọc được số tiền “.*”\. Hãy viết như 1\.142,1 tỷ"):
        parse_amount(text)


def test_long_text_is_not_repeated_in_full():
    with pytest.raises(ValueError, match=r"“x{40}…”"):
        parse_amount("x" * 5000)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("95,5", "95.5"),
        ("95.5", "95.5"),
        ("95,5 %", "95.5"),
        ("100%", "100"),
        ("1.500", "1500"),
        ("0,125", "0.125"),
        (95.5, "95.5"),
        (3, "3"),
    ],
)
def test_quantity_is_read(text, value):
    assert parse_decimal(text) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "Hãy nhập một số."),
        ("-1", "Số không được âm: “-1”."),
        ("9999999999999", "Số quá lớn: “9999999999999”."),
        ("5 con", "Không đọc được số “5 con”. Hãy viết như 95,5 hoặc 1.500."),
        (float("nan"), "Không đọc được số “nan”. Hãy viết như 95,5 hoặc 1.500."),
    ],
)
def test_quantity_is_refused_with_a_reason(text, message):
    with pytest.raises(ValueError) as refusal:  # noqa: PT011
        parse_decimal(text)
    assert str(refusal.value) == message


@given(st.integers(0, MAX_DONG))
def test_amount_survives_writing_and_reading(dong):
    assert parse_amount(vi_number(dong)) == dong
    assert parse_amount(f"{to_ty(dong, places=9)} tỷ") == dong
    assert parse_amount(f"{to_trieu(dong, places=6)} triệu") == dong


@given(st.text(max_size=45))
def test_any_text_gives_an_amount_or_a_sentence(text):
    try:
        assert 0 <= parse_amount(text) <= MAX_DONG
    except ValueError as refusal:
        assert str(refusal).endswith(".")  # noqa: PT017


@pytest.mark.parametrize(
    ("size", "words"),
    [
        (0, "0 byte"),
        (1023, "1.023 byte"),
        (1024, "1,0 KB"),
        (37_120_000, "35,4 MB"),
        (5 * 1024**4, "5.120,0 GB"),
    ],
)
def test_a_size_is_written_in_the_unit_that_people_use(size, words):
    assert size_words(size) == words
