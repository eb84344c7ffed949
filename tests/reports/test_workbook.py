"""What the committee's workbook adds to the rows: comparisons, charts, names, its own proof."""

# Fixtures are imported by name and asked for by name.
# ruff: noqa: F811

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook

from communes.models import Village
from criteria.choices import Measure, VillageState
from criteria.models import Criterion
from criteria.services.villages import VillageEntry, record_village_statuses
from ntm_tracker.core.sheets import preview, render
from ntm_tracker.reports.selectors.month import month_rows
from ntm_tracker.reports.services.months import month_file, month_sheets
from ntm_tracker.reports.workbook import month_workbook
from ntm_tracker.reports.workbook.control import checks
from sponsors.choices import GiftKind, Giver
from sponsors.models import Task
from sponsors.services import GiftEntry, record_contribution
from tests import factories
from tests.reports.test_month import OFFICE, april, case  # noqa: F401 (fixtures)


def rows_of(period, installation, sheet, table=0):
    """The text of a table's rows, as page and file show them."""
    book = month_sheets(period, installation, by=OFFICE, now=factories.NOW)
    found = next(one for one in book.sheets if one.name == sheet)
    tables = [block for block in preview(found).blocks if block.kind == "table"]
    return [[cell.text for cell in row.cells] for row in tables[table].rows]


def test_annexes_are_numbered_in_their_order(case, installation):
    book = month_sheets(case, installation, by=OFFICE, now=factories.NOW)

    assert [sheet.label for sheet in book.sheets] == [
        "BÁO CÁO", *(f"Phụ lục {number}" for number in (
            "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")),
    ]  # fmt: skip


def test_the_matrix_compares_each_commune_with_the_month_before(case, installation):
    lines = rows_of(case, installation, "Tiến độ tiêu chí")

    assert [line[:6] + line[6:10] for line in lines[:2]] == [
        ["1", "Hà Linh", "Đ", "x", "", "1", "2", "0", "+1", "0"],
        ["2", "Hương Bình", "Đ", "Đ", "Đ", "3", "0", "3", "0", "0"],
    ]


def test_criteria_are_counted_over_the_same_communes(case, installation):
    lines = rows_of(case, installation, "Kết quả theo tiêu chí")

    assert [line[2:] for line in lines] == [
        ["2", "0", "1", "+1"], ["1", "1", "1", "0"], ["1", "1", "1", "0"],
        ["2", "3", "+1"],
    ]  # fmt: skip


def test_the_road_map_says_what_is_late_and_what_is_left(case, installation, commune_b):
    criteria = list(Criterion.objects.order_by("number"))
    factories.plan(commune_b, criteria[1], date(2022, 4, 20))
    factories.plan(commune_b, criteria[2], date(2022, 5, 20))

    lines = rows_of(case, installation, "Lộ trình tiêu chí")

    assert [line[4:] for line in lines] == [["20/04/2022", "10", ""], ["20/05/2022", "", "20"]]
    coming = rows_of(case, installation, "Việc tháng tới")
    assert [line[1:] for line in coming] == [["Hà Linh", str(criteria[2]), "20/05/2022"]]


def test_money_of_a_category_stands_beside_the_month_before(case, installation):
    roads = rows_of(case, installation, "Kinh phí")[0]

    assert roads[1:] == ["Giao thông", "7,3", "2,1", "5,2", "29%", "2,1", "0,0"]


def test_a_sponsor_and_a_village_stand_beside_the_month_before(case, installation, commune_a):
    village, task = Village.objects.get(), Task.objects.get()
    for day, money, gardens in (
        (date(2022, 3, 10), 4_000_000, 2),
        (date(2022, 4, 10), 3_000_000, 5),
    ):
        record_contribution(
            commune=commune_a,
            giver=Giver.SPONSOR,
            sponsor=task.sponsor,
            entry=GiftEntry(GiftKind.MONEY, "Tiền làm đường", amount=money),
            effective_on=day,
            by=None,
            now=factories.NOW,
            today=factories.TODAY,
        )
        entry = VillageEntry(
            village, commune_a, VillageState.NOT_YET, day, plan_percent=10 * gardens,
            gardens_planned=9, gardens_met=gardens, is_plan_approved=True,
        )  # fmt: skip
        record_village_statuses([entry], by=None, now=factories.NOW, today=factories.TODAY)

    sponsor, total = rows_of(case, installation, "Đơn vị đỡ đầu")
    of_village = rows_of(case, installation, "Khu dân cư kiểu mẫu")

    assert [sponsor[9], *sponsor[12:14]] == ["7", "4", "+3"]
    assert {"7", "4", "+3"} <= set(total)
    assert of_village[1][5:12] == ["50%", "9", "5", "Chưa đạt", "20%", "2", "+3"]
    found = list(checks(month_rows(OFFICE, case, installation)))
    assert [check.what for check in found if check.difference] == []
    assert "Vườn đạt chuẩn vườn mẫu, tháng trước" in {check.what for check in found}


def test_difficulties_stand_until_they_are_closed(case, installation):
    task = factories.make_task()
    factories.make_difficulty(task, text="Thiếu xi măng")

    lines = rows_of(case, installation, "Khó khăn, kiến nghị")

    assert [line[2] for line in lines] == ["Thiếu xi măng"]


def test_all_checks_between_the_sheets_agree(case, installation):
    rows = month_rows(OFFICE, case, installation)

    found = list(checks(rows))

    assert len(found) >= 15
    assert [check.what for check in found if check.difference] == []


def test_a_wrong_total_is_named_with_its_amount(case, installation):
    rows = month_rows(OFFICE, case, installation)
    broken = replace(rows, funding=rows.funding[1:])

    wrong = {check.second_place: check.conclusion for check in checks(broken) if check.difference}

    assert wrong["Kinh phí, theo lĩnh vực"] == "Lệch 5.200.000.000 đồng"


def test_announced_counts_are_held_against_ours(case, installation):
    factories.make_control_total(3, measure=Measure.COMMUNES_LEFT, wording="3 xã", precision=0)

    lines = rows_of(case, installation, "Đối chiếu", 1)

    assert [line[3:] for line in lines] == [["Số công bố", "3", "Tổng hợp", "2", "-1", "Lệch 1 xã"]]


def test_leaders_find_charts_filters_and_names(case, installation):
    content = month_file(case, installation, by=OFFICE, now=factories.NOW).content
    book = load_workbook(BytesIO(content))

    charts = [sheet.title for sheet in book if sheet._charts]
    assert charts == ["Tiến độ tiêu chí", "Kết quả theo tiêu chí", "Kinh phí"]
    filtered = [sheet.title for sheet in book if sheet.auto_filter.ref]
    assert filtered == [
        "Tiến độ tiêu chí", "Lộ trình tiêu chí", "Đơn vị đỡ đầu", "Khu dân cư kiểu mẫu",
        "Việc chậm tiến độ", "Khó khăn, kiến nghị",
    ]  # fmt: skip
    ((title, at),) = book.defined_names["TONG_NHU_CAU"].destinations
    assert book[title][at].value == pytest.approx(7.800000001)


def test_no_cell_is_a_formula(case, installation):
    """Phones show a file without calculating it: what is no number there is seen by nobody."""
    content = month_file(case, installation, by=OFFICE, now=factories.NOW).content

    kinds = {cell.data_type for sheet in load_workbook(BytesIO(content)) for row in sheet
             for cell in row}  # fmt: skip
    assert "f" not in kinds


def test_the_first_month_has_a_workbook_though_nothing_stands_before_it(case, installation):
    """The columns of comparison are left out, and with them their sums."""
    rows = month_rows(OFFICE, case, installation)
    alone = replace(rows, before=None, sponsors_before=())

    book = month_workbook(alone, installation, now=factories.NOW)

    keys = {
        column.key
        for sheet in book.sheets
        for block in sheet.blocks
        for column in getattr(block, "columns", ())
    }
    assert not keys & {"value_before", "value_change", "gardens_before", "gardens_change"}
    assert render(book)[:2] == b"PK"
