"""The rows of a month, the workbook made of them, and the page that shows the same sheets."""

from datetime import date
from io import BytesIO

import pandas
import pytest
from django.core.exceptions import BadRequest
from django.core.management import CommandError, call_command
from django.urls import reverse
from openpyxl import load_workbook

from criteria.choices import Measure, Outcome
from ntm_tracker.core.models import Period
from ntm_tracker.core.numbers import TY
from ntm_tracker.core.permits import WholeProvince
from ntm_tracker.reports.selectors.month import as_of_for, month_rows
from ntm_tracker.reports.services.months import UnknownMonth, find_period, month_file
from tests import factories

SHEETS = [
    "Tổng hợp",
    "Tiến độ tiêu chí",
    "Kết quả theo tiêu chí",
    "Lộ trình tiêu chí",
    "Kinh phí",
    "Đơn vị đỡ đầu",
    "Khu dân cư kiểu mẫu",
    "Việc chậm tiến độ",
    "Việc tháng tới",
    "Khó khăn, kiến nghị",
    "Đối chiếu",
]
OFFICE = WholeProvince()


def make_period(month=date(2022, 4, 1), cut_off_on=date(2022, 4, 30), due_on=date(2022, 5, 5)):
    return Period.objects.create(month=month, cut_off_on=cut_off_on, due_on=due_on)


@pytest.fixture
def april(installation):
    make_period(date(2022, 3, 1), date(2022, 3, 31), date(2022, 4, 5))
    return make_period()


@pytest.fixture
def case(april, commune_a, commune_b):
    """Two communes, money on two days, a village, a sponsor with a late task."""
    criteria = factories.make_set(3).criteria.all()
    for criterion in criteria:
        factories.assess(commune_a, criterion, as_of=date(2022, 3, 20))
    factories.assess(commune_b, criteria[0], as_of=date(2022, 4, 20))
    factories.assess(commune_b, criteria[1], Outcome.NOT_MET, as_of=date(2022, 4, 20))
    roads = factories.make_category(name="Giao thông", position=1)
    schools = factories.make_category(name="Trường học", position=2)
    factories.make_item(
        7_300_000_000, 2_100_000_000, on=date(2022, 3, 5), category=roads, commune=commune_a
    )
    factories.make_item(500_000_001, 0, category=schools, commune=commune_b)
    factories.make_village(commune_a)
    factories.make_task(commune=commune_a, due_on=date(2022, 4, 28), title="=1+1")
    return april


def sheet_frame(content: bytes, sheet: str, heading: str) -> pandas.DataFrame:
    """The table of a sheet that begins with the row in which `heading` stands."""
    raw = pandas.read_excel(BytesIO(content), sheet_name=sheet, header=None, engine="openpyxl")
    start = raw.index[(raw == heading).any(axis=1)][0]
    frame = raw.iloc[start + 1 :]
    return frame.set_axis(raw.iloc[start], axis=1)


def test_the_workbook_has_its_sheets_in_order(case, installation):
    file = month_file(case, installation, by=OFFICE, now=factories.NOW)

    assert load_workbook(BytesIO(file.content)).sheetnames == SHEETS
    assert file.name == "bao-cao-ntm-2022-04.xlsx"


def test_a_program_that_reads_the_file_gets_the_totals_of_the_rows(case, installation):
    rows = month_rows(OFFICE, case, installation)
    content = month_file(case, installation, by=OFFICE, now=factories.NOW).content

    raw = pandas.read_excel(BytesIO(content), sheet_name="Kinh phí", header=None, engine="openpyxl")
    totals = raw[(raw == "Tổng cộng").any(axis=1)]
    numbers = [
        [value for value in line if isinstance(value, int | float) and value == value]
        for line in totals.to_numpy().tolist()
    ]

    money = rows.state.money
    assert (money.need, money.identified, money.missing) == (
        7_800_000_001,
        2_100_000_000,
        5_700_000_001,
    )
    expected = [money.need / TY, money.identified / TY, money.missing / TY]
    assert numbers[0][:3] == pytest.approx(expected, abs=1e-9)  # by category
    assert numbers[1][:3] == pytest.approx(expected, abs=1e-9)  # by commune
    assert numbers[2][0] == pytest.approx(money.identified / TY, abs=1e-9)  # by kind of source
    assert numbers[3][:3] == pytest.approx([1000 * value for value in expected], abs=1e-6)


def test_the_days_differ_as_the_history_says(case, installation):
    april = month_rows(OFFICE, case, installation)
    march = month_rows(OFFICE, find_period("2022-03"), installation)

    assert [row.cells for row in march.state.open] == ["...", "sss"]
    assert [row.cells for row in april.state.open] == ["sS.", "sss"]
    assert (march.state.money.need, april.state.money.need) == (7_300_000_000, 7_800_000_001)
    assert (len(march.late), len(april.late)) == (0, 1)


def test_key_figures_compare_with_the_month_before(case, installation):
    rows = month_rows(OFFICE, case, installation)
    lines = {line.label: (line.before, line.now, line.change) for line in rows.key_lines}

    assert lines["Tổng số tiêu chí đạt của các xã chưa đạt chuẩn"] == (3, 4, 1)
    assert lines["Nhu cầu kinh phí"] == (7_300_000_000, 7_800_000_001, 500_000_001)
    assert lines["Việc chậm tiến độ"] == (0, 1, 1)
    assert [(c.commune_name, c.criterion.number) for c in rows.turned] == [("Hà Linh", 1)]


def test_the_first_month_has_nothing_before_it(installation, commune_a):
    factories.make_set(2)
    first = make_period(date(2022, 1, 1), date(2022, 1, 31), date(2022, 2, 5))

    rows = month_rows(OFFICE, first, installation)

    assert {line.change for line in rows.key_lines} == {None}
    assert rows.changes == ()


def test_a_difference_to_the_announced_figure_is_named_in_the_file(case, installation):
    roads = factories.make_category(name="Cầu", position=3)
    factories.make_control_total(7_600_000_000, measure=Measure.NEED)
    factories.make_item(900_000_000, category=roads, name="Cầu tràn", commune=None)

    content = month_file(case, installation, by=OFFICE, now=factories.NOW).content
    table = sheet_frame(content, "Tổng hợp", "Kết luận")
    line = table[table["Chỉ tiêu"] == "Tổng cộng – nhu cầu"].iloc[0]

    assert line["Chênh lệch (đồng)"] == 1_100_000_001
    assert line["Kết luận"] == "Lệch"
    assert "Cầu tràn (liên xã)" in line["Hạng mục làm lệch"]


def test_typed_text_never_becomes_a_formula(case, installation):
    content = month_file(case, installation, by=OFFICE, now=factories.NOW).content

    cells = [cell for row in load_workbook(BytesIO(content))["Việc chậm tiến độ"] for cell in row]
    titles = [cell for cell in cells if cell.value == "=1+1"]
    assert [cell.data_type for cell in titles] == ["s"]


def test_the_same_rows_and_instant_give_the_same_bytes(case, installation):
    one = month_file(case, installation, by=OFFICE, now=factories.NOW)
    two = month_file(case, installation, by=OFFICE, now=factories.NOW)

    assert one.content == two.content


def test_the_page_shows_every_sheet_as_the_file_has_it(case, client, office):
    client.force_login(office)
    address = reverse("reports:month", args=["2022-04"])

    page = client.get(address, {"sheet": "kinh-phi"}).content.decode()

    assert "KINH PHÍ THỰC HIỆN CÁC TIÊU CHÍ" in page
    assert "7,8" in page
    for slug in ("tong-hop", "tien-do-tieu-chi", "don-vi-do-dau", "viec-cham-tien-do"):
        assert client.get(address, {"sheet": slug}).status_code == 200
    assert client.get(address, {"sheet": "khac"}).status_code == 400


def test_a_fragment_is_the_sheet_alone(case, client, office):
    client.force_login(office)
    address = reverse("reports:month", args=["2022-04"])

    fragment = client.get(address, headers={"HX-Request": "true", "HX-Target": "month-sheet"})

    assert "<html" not in fragment.content.decode()
    assert 'class="sheet"' in fragment.content.decode()


@pytest.mark.parametrize(
    ("slug", "sentence"),
    [("2022-13", "không phải là một tháng"), ("abc", "không phải là một tháng"),
     ("2031-01", "Không có kỳ báo cáo tháng 01/2031")],
)  # fmt: skip
def test_an_unknown_month_is_a_sentence(april, slug, sentence):
    with pytest.raises(UnknownMonth, match=sentence):
        find_period(slug)


def test_an_unknown_month_is_not_found_on_the_page(april, client, office):
    client.force_login(office)

    answer = client.get(reverse("reports:month-file", args=["2031-01"]))

    assert answer.status_code == 404
    assert "Không có kỳ báo cáo tháng 01/2031" in answer.content.decode()


def test_a_month_that_has_not_begun_is_refused(installation):
    december = make_period(date(2022, 12, 1), date(2022, 12, 31), date(2023, 1, 5))

    with pytest.raises(BadRequest, match="chưa bắt đầu"):
        as_of_for(december, installation)


def test_a_running_month_is_reported_up_to_the_last_day_there_is(installation):
    installation.last_date = date(2022, 4, 30)
    installation.save()
    may = make_period(date(2022, 4, 1), date(2022, 5, 2), date(2022, 5, 5))

    assert as_of_for(may, installation).date == date(2022, 4, 30)


@pytest.mark.parametrize("n", [1, 3])
def test_the_number_of_queries_does_not_grow(april, installation, n, django_assert_num_queries):
    criteria = factories.make_set(2).criteria.all()
    for _ in range(n):
        commune = factories.make_commune()
        factories.assess(commune, criteria[0])
        factories.make_item(1_000_000, 500_000, commune=commune)
        factories.make_village(commune)
        sponsor = factories.make_sponsor()
        factories.make_assignment(sponsor, commune)
        factories.make_task(commune=commune, sponsor=sponsor, due_on=date(2022, 4, 28))

    with django_assert_num_queries(47):
        month_rows(OFFICE, april, installation)


def test_the_command_writes_the_same_file(case, tmp_path, monkeypatch, capsys):
    target = tmp_path / "thang-4.xlsx"
    call_command("export_month", "2022-04", output=target)
    assert load_workbook(target).sheetnames == SHEETS

    monkeypatch.chdir(tmp_path)
    call_command("export_month", "2022-04")
    assert (tmp_path / "bao-cao-ntm-2022-04.xlsx").is_file()
    assert "Đã ghi" in capsys.readouterr().out


def test_the_command_refuses_with_a_sentence_and_leaves_nothing(april, tmp_path):
    with pytest.raises(CommandError, match="Không có kỳ báo cáo"):
        call_command("export_month", "2031-01", output=tmp_path / "x.xlsx")
    with pytest.raises(CommandError, match="Không ghi được"):
        call_command("export_month", "2022-04", output=tmp_path / "khong-co" / "x.xlsx")

    assert list(tmp_path.iterdir()) == []
