"""The workbook as a program reads it back: values, types, formats, the bytes of the file."""

import os
import re
import subprocess
import sys
import time
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import BytesIO
from zipfile import ZipFile

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ntm_tracker.core.numbers import TRIEU, TY
from ntm_tracker.core.sheets import (
    Column,
    Figure,
    Notes,
    SheetError,
    Table,
    Workbook,
    clean,
    render,
)
from tests.core import sheets_sample as sample
from tests.core.sheets_reopen import NAME, book, reopen


def cells_of(column: Column, *values, total=None):
    """The cells under the heading of a table of one column, heading in row 1."""
    table = Table((column,), [{"v": value} for value in values], numbered=False, total=total)
    return list(reopen(table)["A"])[1:]


@pytest.fixture(scope="module")
def monthly():
    return openpyxl.load_workbook(BytesIO(render(sample.monthly())))


# --- values and formats -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "value", "written", "number_format"),
    [
        ({"kind": "int"}, 1234, 1234, "#,##0"),
        ({"kind": "int", "signed": True}, -3, -3, "+#,##0;-#,##0;#,##0"),
        ({"kind": "money", "scale": TY}, 1_346_700_000_000, 1346.7, "#,##0.0"),
        ({"kind": "money", "scale": TRIEU}, 252_753_000_000, 252_753, "#,##0"),
        ({"kind": "money", "scale": TY}, 1, 1e-9, "#,##0.0"),
        ({"kind": "money"}, 9_007_199_254_740_992, 2**53, "#,##0"),
        ({"kind": "number"}, Decimal("12.75"), 12.75, "#,##0.0"),
        ({"kind": "number", "decimals": 2}, 12.75, 12.75, "#,##0.00"),
        ({"kind": "percent"}, 0.6, 0.6, "0%"),
        ({"kind": "percent", "decimals": 1}, 0.125, 0.125, "0.0%"),
        ({"kind": "date"}, date(2022, 4, 26), datetime(2022, 4, 26), "dd/mm/yyyy"),
        ({"kind": "date"}, datetime(2022, 4, 26, 9), datetime(2022, 4, 26), "dd/mm/yyyy"),
        ({"kind": "text"}, 2022, "2022", "General"),
        ({"kind": "text"}, Figure(5, "percent"), 5, "0%"),
    ],
)
def test_value_is_written_with_its_type_and_format(options, value, written, number_format):
    [cell] = cells_of(Column("Cột", "v", **options), value)
    assert (cell.value, cell.number_format) == (written, number_format)
    assert type(cell.value) is type(written) or isinstance(cell.value, int | float)


@pytest.mark.parametrize("kind", ["text", "int", "money", "number", "percent", "date"])
def test_nothing_is_an_empty_cell_and_zero_is_zero(kind):
    none, empty = cells_of(Column("Cột", "v", kind=kind), None, "")
    assert (none.value, empty.value) == (None, None)
    if kind in {"int", "money", "number", "percent"}:
        assert cells_of(Column("Cột", "v", kind=kind), 0)[0].value == 0


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+84 912", "-5", "@SUM(A1)", "=cmd|'/c calc'!A1", "#N/A", "\t=1", "'0912", "0912"],
)
def test_text_is_never_a_formula_an_error_or_a_number(text):
    table = Table((NAME,), [{"name": text}], numbered=False)
    data = render(book(table, Notes((text,))))
    cell = openpyxl.load_workbook(BytesIO(data)).active["A2"]
    assert (cell.value, cell.data_type) == (text, "s")
    assert cell.quotePrefix == (text[0] in "=+-@\t'")
    xml = ZipFile(BytesIO(data)).read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in xml
    assert 't="e"' not in xml


def test_characters_that_damage_a_file_are_removed():
    [cell] = cells_of(Column("Cột", "v"), "Ho\x00à \x1bHải\r\ndòng hai\ud800\ufffe")
    assert cell.value == "Hoà Hải\ndòng hai"
    assert clean("\x07") == ""


def test_text_that_looks_like_an_escape_stays_as_typed():
    data = render(book(Table((NAME,), [{"name": "a_x0041_b"}], numbered=False)))
    assert pd.read_excel(BytesIO(data), engine="calamine").loc[0, "Tên"] == "a_x0041_b"


@given(st.lists(st.text(max_size=200), min_size=1, max_size=5))
def test_any_text_comes_back(texts):
    values = [cell.value for cell in cells_of(Column("Cột", "v"), *texts)]
    escaped = [re.sub("_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", clean(text)) for text in texts]
    assert values == [text or None for text in escaped]


def test_longest_text_is_kept_and_a_longer_one_refused():
    [cell, *rest] = cells_of(Column("Cột", "v", width=119), "ă" * 32_767)
    assert cell.value == "ă" * 32_767
    assert {below.value for below in rest} == {None}  # cut into rows of a printable height, merged
    with pytest.raises(SheetError, match="32768 characters"):
        cells_of(Column("Cột", "v"), "ă" * 32_768)
    with pytest.raises(SheetError, match="16384 characters"):
        cells_of(Column("Cột", "v"), "\U0001f600" * 16_384)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("int", 1.5), ("int", True), ("int", "12"), ("int", 2**53 + 1), ("text", False),
        ("money", 1.0), ("money", "1"), ("money", Decimal(5)), ("money", 10**16 + 1),
        ("number", float("nan")), ("number", float("inf")), ("percent", "60%"),
        ("date", "26/4/2022"), ("date", date(1900, 2, 28)), ("date", sample.CREATED),
    ],
)  # fmt: skip
def test_wrong_value_is_refused_with_its_place(kind, value):
    table = Table((Column("Số tiền", "v", kind=kind),), [{"v": None}, {"v": value}], title="Bảng 1")
    with pytest.raises(SheetError) as caught:
        render(book(table))
    assert str(caught.value).startswith("sheet 'Trang': table 'Bảng 1', row 2, 'Số tiền': ")


def test_misspelt_keys_are_errors_not_blanks():
    with pytest.raises(KeyError):
        reopen(Table((NAME,), [{"nam": "x"}]))
    with pytest.raises(SheetError, match=r"total: no column \['needs'\]"):
        reopen(Table((NAME, Column("Cần", "need")), [], total={"needs": 1}))
    with pytest.raises(SheetError, match="neither key nor get"):
        reopen(Table((Column("Tên"),), [{}]))
    with pytest.raises(SheetError, match="without sheets"):
        render(Workbook(sheets=(), title="", creator="", created=sample.CREATED))


def test_program_that_reads_with_pandas_gets_exact_sums(monthly):
    data = BytesIO(render(sample.monthly()))
    frame = pd.read_excel(data, "Kinh phí", header=None, engine="openpyxl")
    [start] = frame.index[frame[1] == "Giao thông"]
    rows, total = frame.loc[start : start + 4, 2:4], frame.loc[start + 5, 2:4]
    assert list(total) == [1346.7, 329.3, 1017.4]
    assert all(abs(rows[c].sum() - total[c]) < 1e-9 for c in (2, 3, 4))
    [first] = frame.index[frame[1] == "Hương Bình"]
    communes = frame.loc[[*range(first, first + 4), *range(first + 5, first + 9)], 3]
    [last] = frame.index[frame[0] == "Tổng cộng"][1:]
    assert abs(communes.sum() - frame.loc[last, 3]) < 1e-9 * TY / TRIEU


# --- the file -----------------------------------------------------------------------------------


def test_same_input_gives_the_same_bytes_in_another_process():
    program = (
        "import sys; from ntm_tracker.core.sheets import render; "
        "from tests.core.sheets_sample import monthly; sys.stdout.buffer.write(render(monthly()))"
    )
    made = {render(sample.monthly())}
    for seed, zone in (("1", "UTC"), ("2", "Asia/Ho_Chi_Minh")):
        environ = os.environ | {"PYTHONHASHSEED": seed, "TZ": zone}
        command = [sys.executable, "-c", program]
        made.add(subprocess.run(command, env=environ, capture_output=True, check=True).stdout)
    assert len(made) == 1
    entries = ZipFile(BytesIO(made.pop())).infolist()
    assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}


def test_properties_name_the_issuer_and_the_given_time(monthly):
    properties = monthly.properties
    assert (properties.title, properties.creator) == (
        "Báo cáo tháng 4 năm 2022", "Văn phòng Điều phối nông thôn mới"
    )  # fmt: skip
    assert {properties.created, properties.modified} == {datetime(2022, 5, 4, 2, 30)}
    later = sample.CREATED + timedelta(seconds=1)
    assert render(sample.monthly(created=later)) != render(sample.monthly())


def test_description_alone_does_not_import_openpyxl():
    program = (
        "import sys, tests.core.sheets_sample as s; s.monthly(); print('openpyxl' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert done.stdout.split() == [b"False"]


def test_month_of_300_tasks_is_written_within_half_a_second():
    workbook = sample.monthly(tasks=300)
    took = []
    for _ in range(3):
        start = time.process_time()
        render(workbook)
        took.append(time.process_time() - start)
    assert min(took) < 0.5
