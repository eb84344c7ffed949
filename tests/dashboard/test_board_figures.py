"""The figures around the table of the board."""

from datetime import date

import pytest

from criteria.choices import DossierState, Measure, Outcome, SourceKind, VillageState
from criteria.services.funding import SourceEntry, record_sources
from criteria.services.villages import VillageEntry, record_village_statuses
from sponsors.choices import Owner, TaskState
from tests import factories
from tests.dashboard.build import (
    BOARD,
    TY,
    commune_with,
    matrix_rows,
    page_of,
    set_dossier,
    stat,
    text_of,
)


def test_key_figures_of_the_area(office, focus, criteria_set):
    low, high = commune_with(criteria_set, 1), commune_with(criteria_set, 3)
    set_dossier(high, criteria_set, DossierState.UNDER_APPRAISAL, date(2022, 4, 1))
    set_dossier(low, criteria_set, DossierState.IN_PROGRESS, date(2022, 1, 1))
    set_dossier(factories.make_commune(), criteria_set)
    met, declared = factories.make_village(low), factories.make_village(low)
    factories.make_village(low)
    record_village_statuses(
        [
            VillageEntry(met, low, VillageState.RECOGNISED, date(2022, 4, 5)),
            VillageEntry(declared, low, VillageState.DECLARED, date(2022, 4, 5)),
        ],
        by=None,
        now=factories.NOW,
        today=factories.TODAY,
    )
    factories.plan(low, criteria_set.criteria.last(), date(2022, 3, 1))
    factories.make_task(commune=low, due_on=date(2022, 4, 29))
    factories.make_task(commune=low, due_on=date(2022, 5, 1))

    page = page_of(office)

    assert [(part.figure, part.words) for part in page.lead] == [
        ("1 xã đạt 3/3", "đang trình thẩm định"),
        ("1 xã đạt 1/3", "đang xây dựng"),
        ("vướng nhiều nhất", "ở Tiêu chí thử 2, Tiêu chí thử 3"),
        ("còn 245 ngày", "đến 31/12/2022"),
    ]
    assert [(stat.label, stat.value) for stat in page.stats] == [
        ("Xã chưa đạt chuẩn", "2"),
        ("Chưa xác định nguồn", "0,0"),
        ("Thôn chưa đạt kiểu mẫu", "2"),
        ("Việc chậm", "1"),
        ("Thay đổi từ 31/03", "0"),
        ("Còn lại", "245"),
    ]
    assert stat(page, "Việc chậm").note == "1 việc đến hạn trong 7 ngày"
    assert stat(page, "Việc chậm").note2 == "1 tiêu chí quá hạn kế hoạch"
    figures = page.figures
    assert [(block.criterion.number, block.missing) for block in figures.blocking] == [
        (2, 1),
        (3, 1),
    ]
    assert (figures.rungs.self_reported, figures.rungs.verified, figures.rungs.appraised) == (
        4,
        0,
        0,
    )


def test_money_adds_items_and_never_subtracts_totals(office, focus, criteria_set):
    commune = commune_with(criteria_set, 1)
    category = factories.make_category(name="Giao thông")
    factories.make_item(10 * TY, 4 * TY, commune=commune, category=category)
    factories.make_item(1 * TY, 3 * TY, commune=commune, category=category, kind=SourceKind.CREDIT)
    factories.make_item(2 * TY, commune=None, category=category)
    elsewhere = factories.make_district(code="445", name="Vũ Quang")
    factories.make_item(
        50 * TY, commune=factories.make_commune(district=elsewhere), category=category
    )

    money = page_of(office).figures.money

    assert (money.sum.need, money.sum.identified, money.sum.missing) == (13 * TY, 7 * TY, 8 * TY)
    assert (money.sum.surplus, money.sum.without_credit) == (2 * TY, 4 * TY)
    assert [(row.name, row.money.missing) for row in money.rows] == [("Giao thông", 8 * TY)]
    # Work not yet allotted belongs to the focus, not to another district.
    assert page_of(office, district="445").figures.money.sum.need == 50 * TY


@pytest.mark.parametrize(
    ("moved", "words", "named"),
    [
        (0, "khớp số công bố", False),
        (100_000, "trong sai số làm tròn", True),
        (200_000_000, "lệch", True),
    ],
)
def test_announced_money_is_compared_down_to_the_row(
    client, office, focus, criteria_set, moved, words, named
):
    commune = commune_with(criteria_set, 1)
    item = factories.make_item(10 * TY, name="Đường trục xã", commune=commune)
    factories.make_control_total(10 * TY, Measure.NEED, wording="10 tỷ đồng")
    factories.make_control_total(10 * TY, Measure.MISSING, wording="10 tỷ đồng")
    item.control_lines.create(announced_on=date(2022, 4, 26), need=10 * TY, identified=0)
    if moved:
        record_sources(
            [SourceEntry(item, moved, date(2022, 4, 28), kind=SourceKind.PROVINCIAL)],
            by=None,
            now=factories.NOW,
            today=factories.TODAY,
        )
    client.force_login(office)

    text = text_of(client.get(BOARD))

    assert words in text
    assert (f"{item.code} Đường trục xã" in text) == named


def test_announced_counts_stand_beside_ours(client, office, focus, criteria_set):
    commune_with(criteria_set, 1)
    factories.make_control_total(1, Measure.COMMUNES_LEFT, precision=0)
    factories.make_control_total(50, Measure.VILLAGES_LEFT, precision=0, wording="50 thôn")
    factories.make_control_total(
        60, Measure.SPONSORS, precision=10, is_approximate=True, wording="hơn 60 đơn vị"
    )
    client.force_login(office)

    page = page_of(office)

    assert stat(page, "Xã chưa đạt chuẩn").note2 == "khớp số công bố"
    assert stat(page, "Thôn chưa đạt kiểu mẫu").note2 == "công bố 50 thôn, lệch −50"
    assert "hơn 60 đơn vị" in text_of(client.get(BOARD))


def test_figures_of_the_whole_province_are_not_held_against_the_district(
    office, focus, criteria_set
):
    commune_with(criteria_set, 1)
    factories.make_commune(district=factories.make_district(code="445", name="Vũ Quang"))
    factories.make_control_total(1, Measure.COMMUNES_LEFT, precision=0)
    factories.make_control_total(7 * TY)

    district, province = page_of(office), page_of(office, scope="all")

    assert stat(district, "Xã chưa đạt chuẩn").note2 == "khớp số công bố"
    left = stat(province, "Xã chưa đạt chuẩn")
    assert (left.value, left.note, left.note2) == (
        "1",
        "trong 2 xã; 0 xã đã công nhận; 1 xã chưa có số liệu",
        "",
    )
    assert (len(district.figures.money.control), province.figures.money.control) == (1, ())
    # Communes that never reported do not drown what blocks the others.
    assert [(block.missing, block.communes) for block in province.figures.blocking] == [
        (1, 1),
        (1, 1),
    ]
    assert [
        (stage.span, [score for _code, _name, score in stage.named])
        for stage in province.figures.stages
    ] == [("1/3", ["1/3", ""])]


def test_changes_since_last_month(office, focus, criteria_set):
    first, second, _third = criteria_set.criteria.all()
    commune = commune_with(criteria_set, 1, name="Hà Linh")
    factories.assess(commune, second, Outcome.MET, as_of=date(2022, 4, 10))
    factories.assess(commune, first, Outcome.NOT_MET, as_of=date(2022, 4, 11))
    factories.make_item(5 * TY, 2 * TY, on=date(2022, 4, 2), commune=commune)
    factories.make_item(5 * TY, 1 * TY, on=date(2022, 3, 2), commune=commune)
    task = factories.make_task(commune=commune, assigned_on=date(2022, 3, 1))
    for transition, state, on in (
        ("progress", TaskState.IN_PROGRESS, date(2022, 3, 31)),
        ("progress", TaskState.IN_PROGRESS, date(2022, 4, 5)),
        ("propose_done", TaskState.REPORTED, date(2022, 4, 11)),
        ("accept", TaskState.ACCEPTED, date(2022, 4, 12)),
    ):
        task.updates.create(
            transition=transition,
            state=state,
            progress=100,
            effective_on=on,
            recorded_at=factories.NOW,
        )

    changes = page_of(office).figures.changes

    assert changes.since == date(2022, 3, 31)
    assert [
        (each.name, [c.number for c in each.gained], [c.number for c in each.lost])
        for each in changes.communes
    ] == [("Hà Linh", [2], [1])]
    assert (changes.identified, changes.need) == (2 * TY, 5 * TY)
    assert (changes.reports, changes.tasks_done) == (2, 1)
    assert page_of(office, date(2022, 1, 31)).figures.changes is None


def test_late_and_due_tasks_name_who_owes_them(client, office, focus, criteria_set):
    commune = commune_with(criteria_set, 1, name="Hà Linh")
    sponsor = factories.make_sponsor(name="Sở thử 07")
    factories.make_task(
        title="Bê tông hóa", commune=commune, sponsor=sponsor, due_on=date(2022, 4, 28)
    )
    factories.make_task(
        title="Trồng cây", commune=commune, owner=Owner.COMMUNE, due_on=date(2022, 5, 2)
    )
    factories.make_task(title="Còn lâu", commune=commune, due_on=date(2022, 9, 2))
    client.force_login(office)

    text = text_of(client.get(BOARD))

    assert "Bê tông hóa Hà Linh · Sở thử 07 Chậm 2 ngày" in text
    assert "Trồng cây Hà Linh · Xã Hà Linh Còn 2 ngày" in text
    assert "Còn lâu" not in text


def test_papers_of_sponsors_late_or_soon(client, office, focus, criteria_set):
    commune = commune_with(criteria_set, 1)
    sponsor = factories.make_sponsor(name="Sở thử 07")
    factories.make_assignment(sponsor, commune, agreement_due_on=date(2022, 4, 25))
    client.force_login(office)

    work = page_of(office).figures.work

    assert (work.sponsors, work.assignments) == (1, 1)
    assert (work.papers_late, work.papers_due) == (1, 1)
    assert "Sở thử 07" in text_of(client.get(BOARD))


def test_state_of_an_earlier_day(client, office, focus, criteria_set):
    first = criteria_set.criteria.first()
    commune = factories.make_commune(name="Hà Linh")
    factories.assess(commune, first, Outcome.NOT_MET, as_of=date(2022, 2, 10))
    factories.assess(commune, first, Outcome.MET, as_of=date(2022, 4, 10))
    factories.make_item(5 * TY, 1 * TY, on=date(2022, 4, 2), commune=commune)
    client.force_login(office)

    april, march = client.get(BOARD), client.get(BOARD, {"as_of": "2022-03-31"})

    assert matrix_rows(april) == [("Hà Linh", "m1 no no")]
    assert matrix_rows(march) == [("Hà Linh", "x1 no no")]
    assert stat(page_of(office), "Chưa xác định nguồn").value == "4,0"
    assert stat(page_of(office, date(2022, 3, 31)), "Chưa xác định nguồn").value == "0,0"
    # Links of the table keep the day.
    assert f'href="/communes/{commune.code}/?as_of=2022-03-31"' in march.content.decode()
    assert 'href="/criteria/1/?as_of=2022-03-31"' in march.content.decode()
    assert 'href="/board/?scope=district&amp;as_of=2022-03-31"' in march.content.decode()
