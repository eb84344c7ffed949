"""The commune page: what it says, for whom, on which day, at what cost."""

import re
from datetime import date

import pytest

from communes.choices import UnitKind
from communes.models import UnitSuccession
from criteria.choices import DossierState, Outcome, Stage, VillageState
from criteria.services.villages import VillageEntry, record_village_statuses
from ntm_tracker.core.choices import Provenance
from ntm_tracker.core.clock import as_of_on
from ntm_tracker.core.models import Installation
from ntm_tracker.dashboard.selectors.commune import commune_page, find_commune
from sponsors.choices import Giver
from tests import factories
from tests.dashboard.build import (
    TY,
    commune_url,
    commune_with,
    fragment,
    make_contribution,
    set_dossier,
    text_of,
)

SECTIONS = ["tieu-chi", "kinh-phi", "thon", "do-dau", "viec", "ho-so", "thay-doi"]


def page_of(user, commune, day=None):
    """The context of the page as the view makes it."""
    installation = Installation.current()
    as_of = as_of_on(day, installation)
    return commune_page(user, find_commune(user, commune.code, as_of), as_of, installation)


# --- criteria -------------------------------------------------------------------------------------


def test_each_criterion_says_state_day_and_who(client, office, focus, criteria_set, commune_a):
    first = criteria_set.criteria.first()
    first.lead = factories.make_department(short_name="Ngành giao thông")
    first.save()
    factories.assess(
        commune_a, first, Outcome.NOT_MET, as_of=date(2022, 3, 31), note="Còn 3 km đường đất"
    )
    factories.assess(commune_a, first, Outcome.MET, Stage.VERIFIED, as_of=date(2022, 4, 10))
    client.force_login(office)

    text = text_of(client.get(commune_url(commune_a)))

    assert "Tiêu chí thử 1 Ngành giao thông Đạt, đã kiểm tra 10/04/2022 Lệnh hệ thống" in text
    assert "Lịch sử (2)" in text
    verified, reported = (
        "Đã kiểm tra 10/04/2022: đạt Lệnh hệ thống",
        "Tự đánh giá 31/03/2022: chưa đạt, Còn 3 km đường đất Lệnh hệ thống",
    )
    assert f"{verified} {reported}" in text


def test_what_people_write_is_escaped(client, office, focus, criteria_set, commune_a):
    factories.assess(
        commune_a,
        criteria_set.criteria.first(),
        note="<b>ghi chú</b>",
        source="<i>nguồn</i>",
        document=factories.make_document(number="1/<u>QĐ</u>"),
    )
    client.force_login(office)

    html = client.get(commune_url(commune_a)).content.decode()

    assert [tag for tag in ("<b>", "<i>", "<u>") if tag in html] == []
    assert html.count("&lt;b&gt;ghi chú") == 3  # state, history, recent changes
    assert "&lt;i&gt;nguồn" in html
    assert "1/&lt;u&gt;QĐ" in html


def test_a_newer_report_stands_beside_a_verified_figure(
    client, office, focus, criteria_set, commune_a
):
    first = criteria_set.criteria.first()
    factories.assess(commune_a, first, Outcome.MET, Stage.VERIFIED, as_of=date(2022, 4, 1))
    factories.assess(commune_a, first, Outcome.NOT_MET, Stage.SELF, as_of=date(2022, 4, 20))
    client.force_login(office)

    text = text_of(client.get(commune_url(commune_a)))

    assert "Đạt, đã kiểm tra Xã báo cáo mới hơn, 20/04/2022: chưa đạt" in text


def test_overdue_criteria_say_by_how_much(office, focus, criteria_set, commune_a):
    first, second, third = criteria_set.criteria.all()
    factories.plan(commune_a, first, date(2022, 4, 20))
    factories.plan(commune_a, second, date(2022, 4, 20))
    factories.plan(commune_a, third, date(2022, 12, 20))
    factories.assess(commune_a, second, Outcome.MET)

    criteria = page_of(office, commune_a).criteria

    assert [row.days_overdue for row in criteria.rows] == [10, 0, 0]
    assert (criteria.met, criteria.total, criteria.percent, criteria.overdue) == (1, 3, "33%", 1)


def test_a_returned_report_is_named(client, office, focus, criteria_set, commune_a):
    first = criteria_set.criteria.first()
    factories.plan(commune_a, first, date(2022, 4, 1))
    factories.assess(commune_a, first, Outcome.MET, as_of=date(2022, 3, 31))
    factories.assess(
        commune_a,
        first,
        Outcome.RETURNED,
        Stage.VERIFIED,
        as_of=date(2022, 4, 2),
        note="Thiếu biên bản",
    )
    client.force_login(office)

    text = text_of(client.get(commune_url(commune_a)))

    assert "Đã trả lại, chờ báo cáo lại, quá hạn kế hoạch 02/04/2022" in text
    assert "Thiếu biên bản" in text


def test_the_page_of_an_earlier_day(client, office, focus, criteria_set, commune_a):
    first = criteria_set.criteria.first()
    factories.assess(commune_a, first, Outcome.NOT_MET, as_of=date(2022, 2, 1))
    factories.assess(commune_a, first, Outcome.MET, as_of=date(2022, 4, 1))
    factories.make_item(5 * TY, on=date(2022, 4, 5), commune=commune_a)
    set_dossier(commune_a, criteria_set, DossierState.IN_PROGRESS, date(2022, 1, 31))
    set_dossier(commune_a, criteria_set, DossierState.UNDER_APPRAISAL, date(2022, 4, 20))

    april = page_of(office, commune_a)
    march = page_of(office, commune_a, date(2022, 3, 31))

    assert [row.detail.cell for row in april.criteria.rows] == ["s", ".", "."]
    assert [row.detail.cell for row in march.criteria.rows] == ["S", ".", "."]
    assert (april.money.need, march.money.need) == (5 * TY, 0)
    assert (april.dossier.state, march.dossier.state) == ("under_appraisal", "in_progress")
    client.force_login(office)
    html = client.get(commune_url(commune_a), {"as_of": "2022-03-31"}).content.decode()
    assert 'href="/criteria/1/?as_of=2022-03-31"' in html


# --- the other sections ---------------------------------------------------------------------------


def test_money_by_category_and_work_item(office, focus, criteria_set, commune_a, commune_b):
    roads, water = factories.make_category(name="Giao thông"), factories.make_category(name="Nước")
    factories.make_item(10 * TY, 4 * TY, name="Đường A", commune=commune_a, category=roads)
    factories.make_item(1 * TY, 3 * TY, name="Đường B", commune=commune_a, category=roads)
    factories.make_item(2 * TY, name="Bể", commune=commune_a, category=water)
    factories.make_item(70 * TY, name="Đường của xã khác", commune=commune_b, category=roads)

    page = page_of(office, commune_a)

    assert [
        (group.name, group.money.missing, [item.name for item in group.items])
        for group in page.money_groups
    ] == [("Giao thông", 6 * TY, ["Đường A", "Đường B"]), ("Nước", 2 * TY, ["Bể"])]
    assert (page.money.need, page.money.identified, page.money.missing) == (
        13 * TY,
        7 * TY,
        8 * TY,
    )


def test_villages_with_their_state(office, focus, criteria_set, commune_a):
    two, ten = (factories.make_village(commune_a, name=f"Thôn {n}") for n in (2, 10))
    record_village_statuses(
        [
            VillageEntry(
                ten,
                commune_a,
                VillageState.RECOGNISED,
                date(2022, 4, 1),
                plan_percent=100,
                gardens_planned=4,
                gardens_met=3,
            )
        ],
        by=None,
        now=factories.NOW,
        today=factories.TODAY,
    )

    page = page_of(office, commune_a)

    assert [(row.pk, row.state, row.plan_percent) for row in page.villages] == [
        (two.pk, "not_yet", 0),
        (ten.pk, "recognised", 100),
    ]
    assert (page.village_sum.left, page.village_sum.gardens_met) == (1, 3)


def test_tasks_late_ones_first_and_contributions_by_giver(
    client, office, focus, criteria_set, commune_a
):
    sponsor = factories.make_sponsor(name="Sở thử 07")
    factories.make_assignment(sponsor, commune_a)
    factories.make_task(title="Sau", commune=commune_a, sponsor=sponsor, due_on=date(2022, 6, 1))
    factories.make_task(title="Chậm", commune=commune_a, sponsor=sponsor, due_on=date(2022, 4, 27))
    make_contribution(commune_a, 54_000_000)
    make_contribution(commune_a, 20_000_000, Giver.SPONSOR, sponsor=sponsor)

    work = page_of(office, commune_a).work

    assert [task.title for task in work.tasks] == ["Chậm", "Sau"]
    assert (work.late, work.sponsor_count) == (1, 1)
    assert (work.totals.people.money, work.totals.sponsors.money) == (54_000_000, 20_000_000)
    client.force_login(office)
    text = text_of(client.get(commune_url(commune_a)))
    assert "Sở thử 07" in text
    assert "Chậm 3 ngày" in text


def test_illustrative_rows_are_marked(client, office, focus, criteria_set, commune_a):
    factories.assess(
        commune_a,
        criteria_set.criteria.first(),
        provenance=Provenance.ILLUSTRATIVE,
        note="Đủ hồ sơ",
    )
    client.force_login(office)

    assert "Đủ hồ sơ minh họa" in text_of(client.get(commune_url(commune_a)))


@pytest.mark.parametrize("section", SECTIONS)
def test_each_section_is_a_part_of_the_page(
    client, office, focus, criteria_set, commune_a, section
):
    commune = commune_with(criteria_set, 1)
    factories.make_village(commune)
    client.force_login(office)

    whole = client.get(commune_url(commune)).content.decode()
    part = client.get(commune_url(commune), headers=fragment(section)).content.decode()

    assert re.match(f'<section class="section[^"]*" id="{section}"', part)
    assert part.strip() in whole
    assert f'href="#{section}"' in whole


# --- kinds of units -------------------------------------------------------------------------------


def test_a_recognised_commune_shows_its_dossier_and_no_cells(
    client, office, focus, criteria_set, commune_a
):
    factories.assess(commune_a, criteria_set.criteria.first(), note="Không được hiện")
    set_dossier(commune_a, criteria_set, DossierState.RECOGNISED, date(2021, 12, 1))
    client.force_login(office)

    page, text = page_of(office, commune_a), text_of(client.get(commune_url(commune_a)))

    assert (page.criteria, page.stats, page.is_measured) == (None, (), True)
    assert "Đã công nhận từ 01/12/2021" in text
    assert "tiêu chí đạt" not in text


def test_a_town_says_that_it_is_outside_the_sets(client, office, focus, criteria_set):
    town = factories.make_commune(name="Hương Khê", kind=UnitKind.THI_TRAN)
    client.force_login(office)

    text = text_of(client.get(commune_url(town)))

    assert "Thị trấn Hương Khê" in text
    assert "Ngoài bộ tiêu chí xã" in text
    assert "Chưa có hồ sơ" not in text


def test_a_code_names_the_unit_of_the_day(client, office, criteria_set):
    factories.make_installation(last_date=date(2025, 12, 31), reporting_date=date(2025, 7, 31))
    old = factories.make_commune(code="18523", name="Hương Bình", valid_to=date(2025, 6, 30))
    gone = factories.make_commune(code="18526", name="Hương Long", valid_to=date(2025, 6, 30))
    new = factories.make_commune(
        code="18523", name="Hương Bình mới", valid_from=date(2025, 7, 1), district=None
    )
    for each in (old, gone):
        UnitSuccession.objects.create(
            old=each, new=new, on=date(2025, 7, 1), part="whole", legal_basis="Nghị quyết 1665"
        )
    client.force_login(office)

    after = client.get("/communes/18523/")
    before = client.get("/communes/18523/", {"as_of": "2025-06-30"})

    assert "Xã Hương Bình mới" in text_of(after)
    assert "Từ 01/07/2025, gồm toàn bộ Xã Hương Bình (Nghị quyết 1665)" in text_of(after)
    assert 'href="/communes/18526/?as_of=2025-06-30"' in after.content.decode()
    assert "Từ 01/07/2025, toàn bộ nhập vào Xã Hương Bình mới" in text_of(before)
    assert client.get("/communes/18526/").status_code == 404


def test_a_change_of_units_yet_to_come_is_not_told(client, office, focus, criteria_set, commune_a):
    later = factories.make_commune(valid_from=date(2025, 7, 1), name="Xã mai sau")
    UnitSuccession.objects.create(
        old=commune_a, new=later, on=date(2025, 7, 1), part="whole", legal_basis=""
    )
    client.force_login(office)

    assert "mai sau" not in text_of(client.get(commune_url(commune_a)))
