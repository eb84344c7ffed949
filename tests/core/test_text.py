import unicodedata

import pytest
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from ntm_tracker.core.text import nfc, search_text, search_words, sort_key

# In the order of ICU's `vi` with numeric ordering; test_order_is_that_of_icu asks PostgreSQL.
ORDERED = [
    "An",
    "An Bình",
    "An-Bình",
    "Anh",
    "Ăn",
    "Ân",
    "Ba",
    "Bà",
    "Bả",
    "Bã",
    "Bá",
    "Bạ",
    "ban à",
    "bán a",
    "Bàn Thạch",
    "Bắc Hà",
    "Bằng",
    "Bặng",
    "Can Lộc",
    "Cẩm Xuyên",
    "Cương Gián",
    "Dân",
    "Dũng",
    "Đan",
    "Đông",
    "Đồng",
    "Đức Thọ",
    "Em",
    "Êm",
    "Gia Hanh",
    "Hòa",
    "Hương Khê",
    "Hương Sơn",
    "Hướng Sơn",
    "Kỳ Anh",
    "Lộc Hà",
    "Oanh",
    "Ông",
    "Ơn",
    "Thạch Hà",
    "Thôn (cũ)",
    "Thôn 1",
    "Thôn 2",
    "Thôn 2 A",
    "Thôn 2A",
    "Thôn 10",
    "Thôn 11",
    "Thôn 100",
    "Thôn 1000000",
    "Thôn Bắc",
    "Thới",
    "Tùng Ảnh",
    "Ưng",
    "Vượng Lộc",
    "Xuân",
    "Ý Yên",
    "Yên",
    "Zên",
]


def test_nfc_gives_one_spelling():
    decomposed = unicodedata.normalize("NFD", "  Hương\u00a0 Khê\n")
    assert nfc(decomposed) == "Hương Khê"


def test_nfc_drops_what_cannot_be_seen():
    assert nfc("\ufeffXã\u200b Sơn\x00 Tây\u00ad") == "Xã Sơn Tây"


@pytest.mark.parametrize(
    "text",
    [
        "Hương Khê",
        "huong khe",
        "HƯƠNG KHÊ",
        " Hương  Khê ",
        unicodedata.normalize("NFD", "Hương Khê"),
    ],
)
def test_search_text_ignores_accents_case_and_encoding(text):
    assert search_text(text) == "huong khe"


def test_search_text_writes_d_for_both_letters():
    assert search_text("Xã Đồng Tâm, Đức Thọ") == "xa dong tam, duc tho"


def test_search_words_are_each_wanted_once():
    assert search_words("  Khê Hương khe ") == ["khe", "huong"]


def test_search_words_are_limited():
    assert len(search_words(" ".join(f"x{i}" for i in range(100)))) == 12


def test_sort_key_orders_names_as_a_dictionary():
    backwards = ORDERED[::-1]  # ties would keep this order
    assert sorted(backwards, key=sort_key) == ORDERED


@pytest.mark.django_db
def test_listed_order_is_that_of_icu():
    if connection.vendor != "postgresql":
        pytest.skip("only PostgreSQL carries ICU")
    with connection.cursor() as cursor:
        cursor.execute("CREATE COLLATION vi_num (provider = icu, locale = 'vi-u-kn-true')")
        cursor.execute("SELECT n FROM unnest(%s) AS n ORDER BY n COLLATE vi_num", [ORDERED[::-1]])
        assert [name for (name,) in cursor.fetchall()] == ORDERED


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Thôn 2", "tho2n1312"),
        ("Thôn 10", "tho2n13210"),
        ("Hương Khê", "hu2o3ng1khe2"),
        ("Đức Thọ", "d2u2c1tho10004000005"),
    ],
)
def test_sort_key_is_letters_then_tones(name, key):
    assert sort_key(name) == key


def test_sort_key_puts_foreign_letters_last():
    assert sort_key("Zên") < sort_key("中") < sort_key("日")


def test_sort_key_fits_its_column():
    assert len(sort_key("Ặ" * 500)) == 600


@pytest.mark.parametrize("text", ["", " ", "\u200b"])
def test_nothing_has_an_empty_key(text):
    assert (sort_key(text), search_text(text), search_words(text)) == ("", "", [])


any_text = st.text(max_size=40) | st.text(
    "aăâdđeêoôơuưAĐƠ \u0301\u0323\u0306\u0302\u031b0123.-", max_size=20
)


@given(any_text)
@example("İ\u0323")
def test_normal_forms_are_stable(text):
    assert nfc(nfc(text)) == nfc(text)
    assert search_text(search_text(text)) == search_text(text)


@given(any_text)
def test_encoding_and_case_change_nothing(text):
    decomposed = unicodedata.normalize("NFD", text)
    assert nfc(decomposed) == nfc(text)
    assert search_text(decomposed) == search_text(text)
    assert sort_key(decomposed) == sort_key(text)


@given(any_text)
def test_sort_key_is_plain_ascii(text):
    assert set(sort_key(text)) <= set("0123456789abcdefghijklmnopqrstuvwxyz")


@given(any_text, any_text)
def test_a_beginning_sorts_first(beginning, rest):
    assert sort_key(nfc(beginning)) <= sort_key(f"{nfc(beginning)} {rest}")


@given(st.integers(0, 10**40), st.integers(0, 10**40))
def test_numbers_sort_by_value(a, b):
    assert (sort_key(f"Thôn {a}") < sort_key(f"Thôn {b}")) == (a < b)
