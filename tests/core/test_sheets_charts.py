"""Charts and named totals: described without a word about Excel, found by Excel and its kin."""

from io import BytesIO

import openpyxl
import pytest

from ntm_tracker.core.numbers import TY
from ntm_tracker.core.sheets import Chart, Column, GroupRow, Sheet, SheetError, Table, render
from tests.core import sheets_sample as sample

COLUMNS = (
    Column("TT", kind="index"),
    Column("Lĩnh vực", "name", 30),
    Column("Đã xác định", "have", kind="money", scale=TY),
    Column("Chưa xác định", "lack", kind="money", scale=TY),
)
CHART = Chart("Kinh phí (tỷ đồng)", "name", ("have", "lack"))


def money(n):
    return [{"name": f"Việc {at}", "have": at * TY, "lack": 2 * at * TY} for at in range(1, n + 1)]


def reopen(table, name="Kinh phí"):
    sheets = (Sheet(name=name, blocks=(table,), title="KINH PHÍ"),)
    content = render(sample.monthly().__class__(
        title="Thử", creator="Thử", created=sample.CREATED, sheets=sheets))  # fmt: skip
    return openpyxl.load_workbook(BytesIO(content))


def test_a_chart_reads_the_cells_of_its_table():
    sheet = reopen(Table(COLUMNS, money(3), chart=CHART))["Kinh phí"]

    (chart,) = sheet._charts
    first = next(cell.row for row in sheet for cell in row if cell.value == "Việc 1")
    values = [series.val.numRef.f for series in chart.series]
    assert values == [f"'Kinh phí'!$C${first}:$C${first + 2}",
                      f"'Kinh phí'!$D${first}:$D${first + 2}"]  # fmt: skip
    assert chart.series[0].cat.numRef.f == f"'Kinh phí'!$B${first}:$B${first + 2}"
    assert [series.tx.v for series in chart.series] == ["Đã xác định", "Chưa xác định"]


def test_a_chart_lies_under_its_table_and_over_no_cell():
    sheet = reopen(Table(COLUMNS, money(3), total={"have": 6 * TY}, chart=CHART))["Kinh phí"]

    last = max(cell.row for row in sheet for cell in row if cell.value is not None)
    assert sheet._charts[0].anchor._from.row >= last
    assert sheet.print_area.endswith(str(sheet.max_row)) or sheet.max_row == last


def test_more_bars_than_an_eye_can_follow_are_not_drawn():
    assert reopen(Table(COLUMNS, money(41), chart=CHART))["Kinh phí"]._charts == []
    assert reopen(Table(COLUMNS, [], chart=CHART))["Kinh phí"]._charts == []


def test_a_chart_under_groups_is_refused():
    with pytest.raises(SheetError, match="has groups"):
        reopen(Table(COLUMNS, [GroupRow("Nhóm"), *money(2)], chart=CHART))


def test_a_named_total_is_found_by_its_name():
    book = reopen(
        Table(COLUMNS, money(3), total={"have": 6 * TY, "lack": 12 * TY},
              names={"have": "DA_XAC_DINH", "lack": "CHUA_XAC_DINH"})
    )  # fmt: skip

    found = {}
    for name, defined in book.defined_names.items():
        ((title, at),) = defined.destinations
        found[name] = book[title][at].value
    assert found == {"DA_XAC_DINH": 6, "CHUA_XAC_DINH": 12}
