"""How a workbook is laid out: letterhead, headings, groups, widths, heights, paper and screen."""

from datetime import date, datetime
from io import BytesIO
from itertools import combinations

import openpyxl
import pandas as pd
import pytest

from ntm_tracker.core.numbers import TY
from ntm_tracker.core.sheets import (
    Column,
    Figure,
    GroupRow,
    Heading,
    KeyFigure,
    KeyFigures,
    Letterhead,
    Notes,
    SheetError,
    Signature,
    Table,
    date_line,
    metrics,
    render,
    sheet_names,
)
from tests.core import sheets_sample as sample
from tests.core.sheets_reopen import NAME, book, find, merges, reopen


@pytest.fixture(scope="module")
def monthly():
    return openpyxl.load_workbook(BytesIO(render(sample.monthly())))


@pytest.mark.parametrize(
    ("day", "text"),
    [
        (date(2026, 2, 5), "Hà Tĩnh, ngày 05 tháng 02 năm 2026"),
        (date(2026, 3, 10), "Hà Tĩnh, ngày 10 tháng 3 năm 2026"),
        (date(2026, 12, 31), "Hà Tĩnh, ngày 31 tháng 12 năm 2026"),
        (None, "Hà Tĩnh, ngày ... tháng ... năm ..."),
    ],
)
def test_date_line_follows_the_decree(day, text):
    assert date_line("Hà Tĩnh", day) == text


def test_letterhead_stands_in_two_level_halves(monthly):
    ws = monthly["Tổng hợp"]
    state, motto = find(ws, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"), find(ws, sample.LETTERHEAD.motto)
    issuer, superior = find(ws, sample.LETTERHEAD.issuer), ws["A1"]
    assert superior.value == "BAN CHỈ ĐẠO CÁC CHƯƠNG TRÌNH"
    assert (superior.row, state.row, motto.row, issuer.row) == (1, 1, 2, 3)
    assert (superior.font.b, issuer.font.b, state.font.b, motto.font.b) == (False, True, True, True)
    assert (state.font.sz, motto.font.sz, motto.font.u) == (12, 13, "single")
    assert set(ws.cell(4, 1).value) == {"—"}
    number, day = ws["A5"], ws.cell(5, state.column)
    assert (number.value, number.font.sz) == ("Số: .../BC-VPĐP", 13)
    assert (day.value, day.font.i) == ("Hà Tĩnh, ngày 04 tháng 5 năm 2022", True)
    widths = [ws.column_dimensions[letter].width for letter in "ABCDEFG"]
    assert 0.36 <= sum(widths[: state.column - 1]) / sum(widths) <= 0.52
    assert {cell.alignment.horizontal for cell in (superior, issuer, state, motto, day)} == {
        "center"
    }


def test_titles_signature_and_recipients(monthly):
    ws = monthly["Tổng hợp"]
    title = find(ws, sample.key_figures().title)
    period, unit = find(ws, sample.PERIOD), find(monthly["Kinh phí"], "(ĐVT: tỷ đồng)")
    assert (title.font.b, title.font.sz, title.alignment.horizontal) == (True, 14, "center")
    assert f"A{title.row}:G{title.row}" in merges(ws)
    assert (period.font.i, period.alignment.horizontal) == (True, "center")
    assert (unit.font.i, unit.alignment.horizontal) == (True, "right")
    last = ws[ws.max_row]
    assert last[0].value.split("\n") == ["Nơi nhận:", *sample.SIGNATURE.recipients]
    [signer] = [cell for cell in last[1:] if cell.value]
    assert (signer.value.split("\n")[0], signer.font.b) == ("CHÁNH VĂN PHÒNG", True)
    rich = openpyxl.load_workbook(BytesIO(render(sample.monthly())), rich_text=True)["Tổng hợp"]
    head, names = rich.cell(ws.max_row, 1).value
    assert (head.font.b, head.font.i, head.font.sz, names.font.sz) == (True, True, 12, 11)


def test_headings_in_two_levels_numbers_and_total():
    money = {"kind": "money", "scale": TY}
    columns = (
        Column("TT", kind="index", width=5),
        Column("Lĩnh vực", "name", 40),
        Column("Cần", "need", 20, **money),
        Column("Đã có", "have", 20, group="Trong đó", **money),
        Column("Còn thiếu", "lack", 20, group="Trong đó", number_label="5=3-4", **money),
    )
    rows = [{"name": "Giao thông", "need": 5 * TY, "have": 2 * TY, "lack": 3 * TY}]
    ws = reopen(Table(columns, rows, total={"need": 5 * TY, "have": 2 * TY, "lack": 3 * TY}))
    values = [[cell.value for cell in row] for row in ws.iter_rows()]
    assert values == [
        ["TT", "Lĩnh vực", "Cần", "Trong đó", None],
        [None, None, None, "Đã có", "Còn thiếu"],
        [1, 2, 3, 4, "5=3-4"],
        [1, "Giao thông", 5, 2, 3],
        ["Tổng cộng", None, 5, 2, 3],
    ]
    assert merges(ws) == {"A1:A2", "B1:B2", "C1:C2", "D1:E1", "A5:B5"}
    assert [ws.cell(5, at).font.b for at in (1, 3, 4, 5)] == [True] * 4
    assert {cell.font.b for cell in ws[4]} == {False}
    for cell in ws[4]:
        sides = (cell.border.left, cell.border.right, cell.border.top, cell.border.bottom)
        assert [side.style for side in sides] == ["thin"] * 4
    assert {cell.alignment.vertical for cell in ws[4]} == {"center"}


def test_groups_are_numbered_in_roman_and_rows_start_again():
    columns = (Column("TT", kind="index", width=5), NAME, Column("Số", "n", kind="int"))
    rows = [
        GroupRow("Nhóm một", {"n": 7}), {"name": "a", "n": 3}, {"name": "b", "n": 4},
        GroupRow("Nhóm hai"), {"name": "c", "n": 1},
    ]  # fmt: skip
    ws = reopen(Table(columns, rows, total={"n": 8}, numbered=False))
    assert [[cell.value for cell in row] for row in ws.iter_rows(min_row=2)] == [
        ["I", "Nhóm một", 7], [1, "a", 3], [2, "b", 4], ["II", "Nhóm hai", None], [1, "c", 1],
        ["Tổng cộng", None, 8],
    ]  # fmt: skip
    assert merges(ws) == {"B5:C5", "A7:B7"}


def test_key_figures_empty_table_and_notes():
    figures = KeyFigures(
        (
            KeyFigure("Nhu cầu", Figure(1_346_700_000_000, "money", TY), "tỷ đồng"),
            KeyFigure("Ngày đích", date(2022, 12, 31)),
            KeyFigure("Đơn vị", "hơn 60", note="minh họa"),
        )
    )
    ws = reopen(figures, Table((NAME,), [], empty="Không có"), Notes(("một", "hai")))
    shown = [[cell.value for cell in row if cell.value is not None] for row in ws.iter_rows()]
    assert [row for row in shown if row] == [
        ["Nhu cầu", 1346.7, "tỷ đồng"], ["Ngày đích", datetime(2022, 12, 31)],
        ["Đơn vị", "hơn 60", "minh họa"], ["Tên"], [1], ["Không có"], ["Ghi chú:"], ["một"],
        ["hai"],
    ]  # fmt: skip


def test_bare_table_is_a_plain_list():
    table = Table((NAME, Column("Số", "n", kind="int")), [{"name": "a", "n": 1}], numbered=False,
                  filterable=True)  # fmt: skip
    data = render(book(table))
    frame = pd.read_excel(BytesIO(data), engine="calamine")
    assert frame.to_dict("records") == [{"Tên": "a", "Số": 1}]
    ws = openpyxl.load_workbook(BytesIO(data)).active
    assert (ws.auto_filter.ref, ws.freeze_panes, merges(ws)) == ("A1:B2", "A2", set())


def test_number_columns_grow_until_the_number_fits():
    columns = (Column("a", "v", 3, kind="money"), Column("Nội dung", "t", 200))
    small = reopen(Table(columns, [{"v": 5, "t": "x"}])).column_dimensions["A"].width
    assert small == 3
    wide = reopen(Table(columns, [{"v": 5, "t": ""}, {"v": -123_456_789_012_345, "t": ""}]))
    # Nineteen signs of half the size each, 11 pt, in units of 6 pt.
    assert wide.column_dimensions["A"].width > len("-123,456,789,012,345") * 4.5 / 6


def test_every_sheet_is_sound(monthly):
    assert monthly.sheetnames == [sheet.name for sheet in sample.monthly().sheets]
    for ws in monthly:
        areas = list(ws.merged_cells.ranges)
        assert all(one.isdisjoint(other) for one, other in combinations(areas, 2))
        assert max(ws.row_dimensions[row].height for row in range(1, ws.max_row + 1)) <= 409
        fonts = {cell.font.name for row in ws.iter_rows() for cell in row}
        assert fonts == {"Times New Roman"}
        colors = {c.font.color.rgb for row in ws.iter_rows() for c in row if c.font.color}
        assert colors <= {"FF000000"}


def test_rows_are_high_enough_for_their_text():
    lines = "Hỗ trợ xi măng làm đường trục thôn, xây nhà văn hóa và chỉnh trang vườn hộ. " * 4
    columns = (Column("TT", kind="index", width=5), Column("Nội dung", "t", 30), NAME)
    ws = reopen(
        Table(columns, [{"t": lines, "name": ""}, {"t": "ngắn", "name": ""}], numbered=False)
    )
    width = ws.column_dimensions["B"].width
    assert ws.row_dimensions[2].height >= 15 * len(lines) / (width * 1.3)
    assert ws.row_dimensions[3].height == 18


def test_very_high_row_becomes_merged_rows():
    columns = (Column("TT", kind="index", width=5), Column("t", "t", 20), Column("u", "u", 90))
    ws = reopen(Table(columns, [{"t": "chữ " * 800, "u": "x"}], numbered=False))
    assert ws.max_row > 4
    assert merges(ws) == {f"{letter}2:{letter}{ws.max_row}" for letter in "ABC"}


@pytest.mark.parametrize("columns", [1, 2, 3, 4, 9])
def test_letterhead_finds_its_halves_over_any_table(columns):
    table = Table([Column(f"c{at}", "v", 5 if at else 80) for at in range(columns)], [{"v": "x"}])
    ws = reopen(table, letterhead=sample.LETTERHEAD, signature=Signature(title="KÝ"))
    state = find(ws, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    widths = [dim.width for _, dim in sorted(ws.column_dimensions.items())]
    assert 0.35 <= sum(widths[: state.column - 1]) / sum(widths) <= 0.53
    assert all(a.isdisjoint(b) for a, b in combinations(ws.merged_cells.ranges, 2))


def test_list_and_table_of_other_shape_both_get_their_widths():
    figures = KeyFigures([KeyFigure("Số ngày còn lại đến ngày đích", 245, "ngày", "chú thích")])
    columns = [Column("TT", kind="index", width=5), NAME, NAME, NAME]
    ws = reopen(figures, Table(columns, [{"name": "x"}]))
    label, heading = find(ws, figures.items[0].label), find(ws, "TT")
    areas = {area.min_row: area for area in ws.merged_cells.ranges if area.min_col == 1}
    widths = [dim.width for _, dim in sorted(ws.column_dimensions.items())]
    assert sum(widths[: areas[label.row].max_col]) > 40  # not squeezed into the column TT
    assert heading.row not in areas
    assert widths[0] == 5


def test_normal_font_is_the_measure_of_widths(monthly):
    assert monthly._named_styles["Normal"].font.name == "Times New Roman"
    assert (monthly._fonts[0].name, monthly._fonts[0].sz) == ("Times New Roman", 12)


def test_rotated_headings_and_groups_hold_their_words():
    columns = [
        Column("Cơ sở hạ tầng thương mại nông thôn", "v", 4, rotated=True, group="Nghiêng ngả")
    ]
    ws = reopen(Table([NAME, *columns], [], numbered=False))
    heading = find(ws, columns[0].title)
    assert heading.alignment.textRotation == 90
    assert ws.row_dimensions[heading.row].height > 45
    assert ws.column_dimensions["B"].width * 6 > len("Nghiêng") * 5


@pytest.mark.parametrize(
    ("together", "breaks"),
    [
        ([], []),  # where pages end by themselves nothing is written
        ([(5, 6)], []),  # already on one page
        ([(4, 5)], [3]),
        ([(3, 4), (4, 5)], [3]),
        ([(6, 7), (8, 9)], [5]),  # the rows moved along already
        ([(1, 9)], []),  # higher than a page: cannot be kept
    ],
)
def test_page_ends_before_what_belongs_together(together, breaks):
    # Rows of 10 points, pages of 42, the two rows of the heading repeated: 1-4, 5-6, 7-8, 9-10.
    assert metrics.page_breaks([10.0] * 10, together, 42, (1, 2)) == breaks


# --- paper and screen ---------------------------------------------------------------------------


def test_prints_on_a4_landscape_one_page_wide(monthly):
    for ws in monthly:
        setup, margins = ws.page_setup, ws.page_margins
        assert (setup.paperSize, setup.orientation) == (9, "landscape")
        assert ws.sheet_properties.pageSetUpPr.fitToPage
        assert (setup.fitToWidth, setup.fitToHeight) == (1, 0)
        assert (setup.firstPageNumber, setup.useFirstPageNumber) == (1, True)
        sides = (margins.left, margins.right, margins.top, margins.bottom)
        assert [round(side * 25.4) for side in sides] == [30, 15, 20, 20]
        assert ws.HeaderFooter.differentFirst
        assert ws.HeaderFooter.oddHeader.center.text.strip() == "&P"
        assert not ws.HeaderFooter.firstHeader.center.text
        last = openpyxl.utils.get_column_letter(ws.max_column)
        assert ws.print_area == f"'{ws.title}'!$A$1:${last}${ws.max_row}"
    assert reopen(Table((NAME,), []), landscape=False).page_setup.orientation == "portrait"


def test_heading_of_the_last_table_is_repeated_and_frozen(monthly):
    ws = monthly["Kinh phí"]
    second = find(ws, "2. Theo xã").row + 2
    assert ws.print_title_rows == f"${second}:${second + 1}"
    assert ws.freeze_panes is None  # it stands too deep: nothing would be left to scroll
    ws = monthly["Đơn vị đỡ đầu"]
    body = find(ws, "Sở minh họa 01").row
    assert ws.print_title_rows == f"${find(ws, 'TT').row}:${body - 1}"
    assert ws.freeze_panes == f"C{body}"
    assert ws.auto_filter.ref == f"A{body - 1}:M{body + 59}"


def test_only_the_widest_table_can_be_filtered():
    narrow = Table((NAME,), [], filterable=True)
    with pytest.raises(SheetError, match="most columns"):
        reopen(Table((NAME, NAME, NAME), []), narrow)


def test_notice_is_on_every_page_with_ampersands_kept():
    ws = reopen(Table((NAME,), []), notice="BẢN TẠM & chưa ký")
    assert ws["A1"].value == "BẢN TẠM & chưa ký"
    for footer in (ws.HeaderFooter.oddFooter, ws.HeaderFooter.firstFooter):
        assert footer.right.text.strip() == "BẢN TẠM && chưa ký"


def test_sheet_names_are_made_acceptable():
    names = ["A/B: [c]?*", "'x'", "", "Trùng", "trùng", "dài " * 20, "dài " * 20, "\x00"]
    made = sheet_names(names)
    assert made[:5] == ["A B c", "x", "Trang 3", "Trùng", "trùng (2)"]
    assert all(0 < len(name) <= 31 for name in made)
    assert len({name.casefold() for name in made}) == len(names)


def test_heading_and_letterhead_without_table():
    head = Letterhead(issuer="VĂN PHÒNG", place="Hà Tĩnh")
    ws = reopen(Heading("I. Mục"), letterhead=head, title="Tên")
    assert [c.value for row in ws.iter_rows() for c in row if c.value][:2] == [
        "VĂN PHÒNG", "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM"
    ]  # fmt: skip
