"""The board: which communes stand in its table, in which order, on which day."""

from datetime import date

import pytest

from communes.choices import UnitKind
from criteria.choices import DossierState, Outcome, Stage
from criteria.models import Standing
from tests import factories
from tests.dashboard.build import (
    BOARD,
    TY,
    commune_with,
    fragment,
    matrix_rows,
    page_of,
    set_dossier,
    text_of,
)


def test_matrix_shows_each_commune_with_its_cells(client, office, focus, criteria_set):
    first, second, third = criteria_set.criteria.all()
    ha_linh = factories.make_commune(name="Hà Linh")
    factories.assess(ha_linh, first, Outcome.MET, Stage.VERIFIED)
    factories.assess(ha_linh, second, Outcome.NOT_MET)
    factories.plan(ha_linh, third, date(2022, 3, 31))
    binh = commune_with(criteria_set, 3, name="Hương Bình")
    set_dossier(binh, criteria_set, DossierState.UNDER_APPRAISAL, date(2022, 4, 20))
    client.force_login(office)

    response = client.get(BOARD)

    assert matrix_rows(response) == [("Hà Linh", "m2 x1 nl"), ("Hương Bình", "m1 m1 m1")]
    assert "Chưa báo cáo, quá hạn kế hoạch" in text_of(response)
    assert "Đang trình thẩm định" in text_of(response)


def test_matrix_totals_count_communes_per_criterion(office, focus, criteria_set):
    commune_with(criteria_set, 1)
    commune_with(criteria_set, 2)
    set_dossier(commune_with(criteria_set, 3), criteria_set)

    columns = page_of(office).table.matrix.columns

    assert [(column.met, column.missing) for column in columns] == [(2, 0), (1, 1), (0, 2)]


def test_recognised_communes_and_towns_stand_in_the_district_view_only(
    client, office, focus, criteria_set
):
    commune_with(criteria_set, 1, name="Hà Linh")
    set_dossier(factories.make_commune(name="Gia Phố"), criteria_set)
    factories.make_commune(name="Hương Khê", kind=UnitKind.THI_TRAN)
    client.force_login(office)

    left = matrix_rows(client.get(BOARD))
    district = client.get(BOARD, {"scope": "district"})

    assert left == [("Hà Linh", "m1 x1 x1")]
    assert matrix_rows(district) == [
        ("Hà Linh", "m1 x1 x1"),
        ("Gia Phố", ""),
        ("Thị trấn Hương Khê", ""),
    ]
    assert "Đã công nhận từ 31/12/2021" in text_of(district)
    assert "Ngoài bộ tiêu chí xã" in text_of(district)


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        ("", ["A", "B", "C"]),
        ("name", ["A", "B", "C"]),
        ("met", ["B", "C", "A"]),
        ("missing", ["A", "C", "B"]),
        ("overdue", ["C", "A", "B"]),
    ],
)
def test_sort_orders_the_rows(client, office, focus, criteria_set, sort, names):
    commune_with(criteria_set, 1, name="A")
    commune_with(criteria_set, 3, name="B")
    c = commune_with(criteria_set, 2, name="C")
    factories.plan(c, criteria_set.criteria.last(), date(2022, 3, 1))
    client.force_login(office)

    rows = matrix_rows(client.get(BOARD, {"sort": sort}, headers=fragment("matrix")))

    assert [name for name, _cells in rows] == names


def test_fragment_is_the_table_alone(client, office, focus, criteria_set):
    commune_with(criteria_set, 1)
    client.force_login(office)

    whole = client.get(BOARD).content.decode()
    part = client.get(BOARD, headers=fragment("matrix")).content.decode()

    assert part.startswith('<section class="section" id="matrix"')
    assert part.strip() in whole
    assert "<html" not in part
    assert "<html" in client.get(BOARD, headers=fragment("something-else")).content.decode()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("scope=everything", "Phạm vi xem không có"),
        ("sort=height", "Cách sắp xếp không có"),
        ("district=nowhere", "Không có huyện nào mang mã"),
        ("province=99", "Không có tỉnh nào mang mã"),
        ("as_of=2022-02-31", "không phải là một ngày"),
        ("as_of=2021-01-01", "Không có số liệu cho ngày 01/01/2021"),
    ],
)
def test_unknown_values_are_refused_in_a_sentence(client, office, focus, query, sentence):
    client.force_login(office)

    response = client.get(f"{BOARD}?{query}")

    assert response.status_code == 400
    assert sentence in text_of(response)


def test_names_are_escaped(client, office, focus, criteria_set):
    commune_with(criteria_set, 1, name="<b>Xã</b> & bạn")
    client.force_login(office)

    assert "&lt;b&gt;Xã&lt;/b&gt; &amp; bạn" in client.get(BOARD).content.decode()


def test_board_opens_on_the_focus_district(office, focus, criteria_set):
    here = commune_with(criteria_set, 1)
    other = factories.make_district(code="445", name="Huyện Vũ Quang")
    there = commune_with(criteria_set, 2, district=other)

    assert [row.name for row in page_of(office).table.matrix.rows] == [here.name]
    assert [row.name for row in page_of(office, district="445").table.matrix.rows] == [there.name]


def test_without_a_focus_the_board_opens_on_the_province(office, installation, criteria_set):
    one = commune_with(criteria_set, 1)
    other = factories.make_district(code="445", name="Huyện Vũ Quang")
    two = commune_with(criteria_set, 2, district=other)
    elsewhere = factories.make_province(code="40", name="Nghệ An")
    factories.make_commune(district=None, province=elsewhere)

    rows = page_of(office).table.matrix.rows

    assert [row.name for row in rows] == [one.name, two.name]


def test_after_the_end_of_districts_the_board_opens_on_the_province(office, focus, criteria_set):
    district = factories.make_district()
    district.valid_to = date(2022, 3, 31)
    district.save()
    other = factories.make_district(code="445", name="Huyện Vũ Quang")
    commune_with(criteria_set, 1, name="A")
    commune_with(criteria_set, 1, name="B", district=other)

    assert [row.name for row in page_of(office).table.matrix.rows] == ["A", "B"]
    assert [row.name for row in page_of(office, date(2022, 3, 31)).table.matrix.rows] == ["A"]


def test_all_rolls_up_by_district(client, office, focus, criteria_set):
    left = commune_with(criteria_set, 2)
    factories.make_item(3 * TY, 1 * TY, commune=left)
    set_dossier(factories.make_commune(), criteria_set)
    other = factories.make_district(code="445", name="Huyện Vũ Quang")
    appraised = commune_with(criteria_set, 3, district=other)
    set_dossier(appraised, criteria_set, DossierState.UNDER_APPRAISAL, date(2022, 4, 1))
    factories.make_commune(district=other)
    town = factories.make_commune(district=other, kind=UnitKind.THI_TRAN)
    factories.make_item(4 * TY, commune=town)
    factories.make_item(5 * TY, commune=None)

    table = page_of(office, scope="all").table

    assert table.matrix is None
    assert [
        (
            row.name,
            row.tally.communes,
            row.tally.recognised,
            row.tally.appraisal,
            row.tally.progress,
            row.tally.silent,
            row.average,
            row.missing,
        )
        for row in (*table.rollup.rows, table.rollup.sum)
    ] == [
        ("Huyện Hương Khê", 2, 1, 0, 1, 0, 2.0, 2 * TY),
        ("Huyện Vũ Quang", 2, 0, 1, 0, 1, 3.0, 4 * TY),
        ("Liên xã, chưa phân bổ", 0, 0, 0, 0, 0, None, 5 * TY),
        ("Cộng", 4, 1, 1, 1, 1, 2.5, 11 * TY),
    ]
    client.force_login(office)
    assert (
        'href="/board/?scope=district&amp;district=445"'
        in client.get(BOARD, {"scope": "all"}).content.decode()
    )


@pytest.mark.parametrize("day", [None, date(2022, 4, 29)])
def test_several_provinces_are_rolled_up_each_by_its_own_set(office, focus, criteria_set, day):
    here = commune_with(criteria_set, 2)
    factories.plan(here, criteria_set.criteria.last(), date(2022, 3, 1))
    factories.make_item(3 * TY, 1 * TY, commune=here)
    factories.make_item(1 * TY, 2 * TY, commune=here)
    national = factories.make_set(size=2, province=None)
    nghe_an = factories.make_province(code="40", name="Nghệ An")
    there = factories.make_commune(district=None, province=nghe_an)
    factories.assess(there, national.criteria.first(), as_of=date(2022, 3, 1))
    set_dossier(factories.make_commune(district=None, province=nghe_an), national)
    factories.make_item(5 * TY, commune=None)

    page = page_of(office, day, scope="all")

    assert page.figures is None
    assert [
        (row.name, row.tally.communes, row.tally.recognised, row.average, row.total, row.missing)
        for row in (*page.table.rollup.rows, page.table.rollup.sum)
    ] == [
        ("Hà Tĩnh", 1, 0, 2.0, 3, 2 * TY),
        ("Nghệ An", 2, 1, 1.0, 2, 0),
        ("Liên xã, chưa phân bổ", 0, 0, None, 0, 5 * TY),
        ("Cộng", 3, 1, None, 0, 7 * TY),  # results of two sets are never averaged together
    ]
    assert [row.tally.overdue for row in page.table.rollup.rows] == [1, 0, 0]


def test_a_province_leads_on_to_its_districts(client, office, focus, criteria_set):
    commune_with(criteria_set, 1)
    commune_with(criteria_set, 1, district=factories.make_district(code="445", name="Vũ Quang"))
    client.force_login(office)

    response = client.get(BOARD, {"scope": "all", "province": "42"})

    assert "Huyện Vũ Quang" in text_of(response) or "Vũ Quang" in text_of(response)
    assert '<table class="matrix">' not in response.content.decode()


def test_more_communes_than_a_browser_draws_are_rolled_up(
    client, office, installation, criteria_set, monkeypatch
):
    monkeypatch.setattr("ntm_tracker.dashboard.selectors.table.MAX_ROWS", 1)
    commune_with(criteria_set, 1)
    commune_with(criteria_set, 1, district=factories.make_district(code="445", name="Vũ Quang"))

    assert page_of(office).table.rollup is not None


def test_the_present_needs_no_history(office, focus, criteria_set):
    """The board of the reporting date reads the table of the present."""
    commune = commune_with(criteria_set, 1, name="Hà Linh")
    Standing.objects.filter(commune=commune).update(cell="a")

    assert page_of(office).table.matrix.rows[0].cells.count("m3") == 3
