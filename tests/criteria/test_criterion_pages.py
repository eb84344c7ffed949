"""The list of criteria and the page of one criterion."""

from datetime import date

import pytest
from django.urls import reverse

from criteria.choices import DossierState, Level, Outcome, Stage, VillageState
from criteria.models import Indicator, Threshold, VillageRule
from criteria.selectors.pages import criteria_page, criterion_page, criterion_rows
from criteria.selectors.scope import tracked_communes
from criteria.selectors.sets import set_in_force
from criteria.services.dossiers import record_dossier_step
from criteria.services.villages import VillageEntry, record_village_statuses
from ntm_tracker.core.choices import Role
from tests import factories
from tests.criteria.helpers import past, present
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
LIST = reverse("criteria:criterion-list")
MARCH = date(2022, 3, 31)


@pytest.fixture(autouse=True)
def _settings(installation):
    """The demo's clock."""


@pytest.fixture
def criteria():
    """A set of three criteria in force, the second led by a department."""
    rows = list(factories.make_set(3, code="HT", name="Bộ thử").criteria.order_by("number"))
    rows[1].lead = factories.make_department(short_name="Ngành giao thông", phone="0239 111 222")
    rows[1].save()
    return rows


def recognise(commune, criterion):
    record_dossier_step(
        commune=commune,
        criteria_set=criterion.criteria_set,
        state=DossierState.RECOGNISED,
        effective_on=MARCH,
        by=None,
        now=NOW,
        today=TODAY,
    )


def page_of(user, as_of, installation, criterion, sort="name"):
    in_force = set_in_force(Level.COMMUNE, as_of.date, "42")
    return criterion_page(user, as_of, installation, criterion, in_force, sort)


def get(client, user, url, **headers):
    client.force_login(user)
    return client.get(url, headers={key.replace("_", "-"): value for key, value in headers.items()})


def test_list_counts_the_communes_that_are_not_yet_recognised(
    criteria, commune_a, commune_b, office, installation
):
    third, done = factories.make_commune(), factories.make_commune()
    first, second, _third = criteria
    factories.assess(commune_a, first, stage=Stage.VERIFIED)
    factories.assess(commune_b, first)
    factories.assess(third, first, Outcome.NOT_APPLICABLE)
    factories.assess(commune_a, second, Outcome.NOT_MET)
    factories.plan(commune_a, second, MARCH)
    factories.plan(commune_b, second, MARCH)
    factories.assess(done, second, Outcome.NOT_MET)
    recognise(done, first)

    for as_of in (present(), past()):
        page = criteria_page(office, as_of, installation)
        (_name, counts), *more = page.groups

        assert (more, page.counted, page.recognised) == ([], 3, 1)
        assert [(c.met, c.not_met, c.unreported, c.overdue, c.total) for c in counts] == [
            (3, 0, 0, 0, 3),
            (0, 1, 2, 2, 3),
            (0, 0, 3, 0, 3),
        ]
        assert counts[0].rungs == ((Stage.APPRAISED, 0), (Stage.VERIFIED, 1), (Stage.SELF, 1))


def test_list_follows_the_district_of_the_office_and_the_communes_of_a_clerk(
    criteria, commune_a, user_a, office, installation
):
    elsewhere = factories.make_commune(district=factories.make_district(code="445", name="Khác"))
    factories.give_access(user_a, elsewhere)
    installation.focus_district = "444"

    assert criteria_page(office, present(), installation).counted == 1
    assert criteria_page(user_a, present(), installation).counted == 2


def test_list_page_names_criteria_departments_and_the_other_sets(client, criteria, office):
    factories.make_commune()
    document = factories.make_document(number="318/QĐ-TTg", url="https://example.vn/318")
    factories.make_set(2, code="QG", name="Bộ quốc gia", province=None, document=document)
    factories.make_set(0, code="CU", name="Bộ cũ", valid_from=date(2016, 1, 1), valid_to=MARCH)
    html = get(client, office, LIST).content.decode()

    assert "Ngành giao thông" in html
    assert 'href="tel:0239 111 222"' in html
    for text in ("Bộ quốc gia", "Đang có hiệu lực", "Hết hiệu lực", "2 tiêu chí"):
        assert text in html
    assert f'href="{LIST}?set=QG"' in html
    assert 'href="https://example.vn/318" rel="noreferrer"' in html


def test_list_page_without_any_set_in_force_says_so(client, office):
    factories.make_set(1, valid_from=date(2022, 5, 1))
    html = get(client, office, LIST).content.decode()
    assert "Chưa có bộ tiêu chí cấp xã nào có hiệu lực vào ngày này" in html


def test_list_page_of_who_sees_no_commune_shows_names_without_counts(client, criteria, commune_a):
    factories.assess(commune_a, criteria[0])
    sponsor = factories.make_user(Role.SPONSOR)
    factories.give_access(sponsor, commune_a, village=factories.make_village(commune_a))
    html = get(client, sponsor, LIST).content.decode()

    assert "Tiêu chí thử 2" in html
    assert "Tài khoản này không theo dõi kết quả của xã nào" in html
    assert "1/1" not in html


def test_reading_a_set_marks_what_nobody_could_verify(client, criteria, office):
    sure = Indicator.objects.create(
        criterion=criteria[0],
        number="1.1",
        position=1,
        text="Chắc",
        kind="boolean",
        is_verified=True,
    )
    open_ = Indicator.objects.create(
        criterion=criteria[0], number="1.2", position=2, text="Chưa chắc", kind="percent", unit="%"
    )
    for indicator, group, text, verified in (
        (sure, "", "Đạt", True),
        (open_, "", "≥80%", True),
        (open_, "bac_trung_bo", "≥70%", False),
    ):
        Threshold.objects.create(
            indicator=indicator,
            group=group,
            valid_from=MARCH,
            op=">=",
            text=text,
            is_verified=verified,
        )
    response = get(client, office, f"{LIST}?set=HT")
    html = response.content.decode()

    assert response.context["contents"].unverified == 1
    assert "Bắc Trung Bộ: ≥70%" in html
    assert html.count('data-state="unreported">chưa xác minh') == 2  # the text, one threshold
    assert "Chỉ để tham khảo" in html
    assert "Chưa có chỉ tiêu trong danh mục" in html


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("/criteria/?set=XX", 400, "Không có bộ tiêu chí nào mang mã “XX”"),
        ("/criteria/?set=" + "x" * 30, 400, "Giá trị lọc dài quá 20 ký tự"),
        ("/criteria/2/?sort=phone", 400, "Không có cách sắp xếp “phone”"),
        ("/criteria/99/", 404, ""),
        ("/criteria/2/?set=XX", 404, ""),
        ("/criteria/2/?as_of=2022-13-01", 400, "không phải là một ngày"),
    ],
)
def test_addresses_that_say_nothing_sensible(client, criteria, office, path, status, sentence):
    response = get(client, office, path)
    assert response.status_code == status
    assert sentence in response.content.decode()


def test_criterion_before_any_set_was_in_force_is_not_found(client, office):
    factories.make_set(3, valid_from=date(2022, 5, 1))
    response = get(client, office, "/criteria/2/")
    assert response.status_code == 404
    assert "chưa có bộ tiêu chí cấp xã nào có hiệu lực" in response.content.decode()


def test_rows_say_who_stated_what_and_what_is_newer(criteria, commune_a, commune_b, office):
    criterion = criteria[1]
    checked = factories.assess(
        commune_a, criterion, Outcome.NOT_MET, Stage.VERIFIED, as_of=MARCH, by=office, note="thiếu"
    )
    report = factories.assess(commune_a, criterion)
    factories.plan(commune_a, criterion, date(2022, 4, 20))
    recognise(commune_b, criterion)

    for as_of in (present(), past()):
        rows, recognised = criterion_rows(tracked_communes(office, TODAY), criterion, as_of)
        (row,) = rows
        assert recognised == 1
        assert (row.name, row.cell, row.row, row.newer) == ("Hương Bình", "y", checked, report)
        assert (row.planned_on, row.days_overdue) == (date(2022, 4, 20), 10)


def test_rows_sort_by_name_or_by_what_needs_work(criteria, office, installation):
    criterion = criteria[0]
    names = {
        "An": Outcome.MET,
        "Bình": Outcome.NOT_MET,
        "Cẩm": None,
        "Đức": Outcome.NOT_MET,
        "Giang": Outcome.RETURNED,
    }
    for name, outcome in names.items():
        commune = factories.make_commune(name=name)
        if outcome:
            stage = Stage.VERIFIED if outcome == Outcome.RETURNED else Stage.SELF
            factories.assess(commune, criterion, outcome, stage)
        if name == "Đức":
            factories.plan(commune, criterion, MARCH)

    def order(sort):
        page = page_of(office, present(), installation, criterion, sort)
        return [row.name for row in page.rows]

    assert order("name") == ["An", "Bình", "Cẩm", "Đức", "Giang"]
    assert order("state") == ["Đức", "Bình", "Giang", "Cẩm", "An"]


def test_page_of_a_criterion(client, criteria, commune_a, commune_b, office):
    factories.assess(
        commune_a, criteria[1], Outcome.NOT_MET, note="Còn 3 km đường", provenance="illustrative"
    )
    factories.plan(commune_a, criteria[1], MARCH)
    html = get(client, office, "/criteria/2/").content.decode()

    assert "<h1>2. Tiêu chí thử 2</h1>" in html
    assert "<strong>0/2 xã</strong> đạt" in html
    assert '<span class="sign l1">Chưa đạt, quá hạn kế hoạch, tự đánh giá</span>' in html
    assert "Còn 3 km đường" in html
    assert 'data-state="illustrative">minh họa' in html
    assert "quá 30 ngày" in html
    assert '<span class="sign no">Chưa báo cáo</span>' in html
    assert f'href="{reverse("sponsors:task-list")}?criterion=2"' in html
    assert f'href="{reverse("dashboard:commune", args=["18523"])}"' in html


def test_links_keep_the_day_that_is_looked_at(client, criteria, commune_a, office):
    html = get(client, office, "/criteria/2/?as_of=2022-03-31").content.decode()
    commune = reverse("dashboard:commune", args=["18523"])
    assert f'href="{commune}?as_of=2022-03-31"' in html
    html = get(client, office, "/criteria/?as_of=2022-03-31").content.decode()
    assert 'href="/criteria/2/?as_of=2022-03-31"' in html


def test_a_criterion_of_another_set_shows_what_it_asks_but_no_commune(
    client, criteria, commune_a, office
):
    other = factories.make_set(2, code="QG", province=None)
    factories.assess(commune_a, other.criteria.get(number=2))
    html = get(client, office, "/criteria/2/?set=QG").content.decode()

    assert "không dùng để đánh giá xã vào ngày đang xem" in html
    assert "Hương Bình" not in html


def test_fragment_page_and_history_restore(client, criteria, commune_a, office):
    url = "/criteria/2/?sort=state"
    fragment = get(client, office, url, HX_Request="true", HX_Target="criterion-communes")
    whole = get(client, office, url)
    restored = get(
        client, office, url, HX_Request="true", HX_Target="criterion-communes",
        HX_History_Restore_Request="true",
    )  # fmt: skip

    assert fragment.content.decode().strip().startswith("<section")
    assert b"<html" not in fragment.content
    assert b'id="criterion-communes"' in fragment.content
    for response in (whole, restored):
        assert b"<html" in response.content
        assert b'id="criterion-communes"' in response.content
    assert "HX-Target" in whole["Vary"]


def test_nobody_reads_about_communes_that_are_not_his(
    client, criteria, commune_a, commune_b, user_a, sponsor_b
):
    for commune in (commune_a, commune_b):
        factories.assess(commune, criteria[1], Outcome.NOT_MET, note=f"Ghi ở {commune.name}")
        factories.make_village(commune, name=f"Thôn của {commune.name}")
    VillageRule.objects.create(criterion=criteria[1])
    village_only = factories.make_user(Role.SPONSOR)
    mine = factories.make_village(commune_a, name="Thôn được giao")
    factories.give_access(village_only, commune_a, village=mine)

    def seen(user):
        html = get(client, user, "/criteria/2/").content.decode()
        return {name for name in ("Hương Bình", "Hà Linh") if name in html}

    assert seen(user_a) == {"Hương Bình"}
    assert seen(sponsor_b) == {"Hà Linh"}
    assert seen(village_only) == set()


@pytest.mark.parametrize(
    ("rule", "met", "lacks"),
    [
        ({}, False, ""),
        ({"min_villages": 2}, False, "thiếu 1 thôn"),
        ({"min_villages": 2}, True, ""),
        ({"min_village_percent": 100, "min_gardens": 4}, False, "thiếu 2 thôn, thiếu 1 vườn mẫu"),
    ],
)
def test_villages_are_left_and_block_only_by_a_rule_with_numbers(
    client, criteria, commune_a, office, installation, rule, met, lacks
):
    criterion = criteria[2]
    VillageRule.objects.create(criterion=criterion, **rule)
    factories.assess(commune_a, criterion, Outcome.MET if met else Outcome.NOT_MET)
    villages = [factories.make_village(commune_a, name=f"Thôn {n}") for n in (1, 2, 3)]
    record_village_statuses(
        [VillageEntry(villages[0], commune_a, VillageState.RECOGNISED, TODAY, gardens_met=3)],
        by=None,
        now=NOW,
        today=TODAY,
    )
    page = page_of(office, present(), installation, criterion)
    html = get(client, office, "/criteria/3/").content.decode()

    (commune,) = page.villages
    assert [village.name for village in commune.left] == ["Thôn 2", "Thôn 3"]
    assert (commune.total, commune.lacks, page.villages_left) == (3, lacks, 2)
    assert "2/3" in html
    assert (">Đang cản</th>" in html) == bool(rule)


def test_a_recognised_commune_has_no_villages_left_on_this_page(
    criteria, commune_a, office, installation
):
    VillageRule.objects.create(criterion=criteria[2])
    factories.make_village(commune_a)
    recognise(commune_a, criteria[2])

    page = page_of(office, present(), installation, criteria[2])
    assert (page.rows, page.recognised, page.villages) == ((), 1, ())


@pytest.mark.parametrize("n", [1, 3])
def test_questions_of_the_pages_do_not_grow(
    n, criteria, office, installation, django_assert_num_queries
):
    VillageRule.objects.create(criterion=criteria[1], min_villages=1)
    for _ in range(n):
        commune = factories.make_commune()
        factories.make_village(commune)
        factories.assess(commune, criteria[1], Outcome.NOT_MET, Stage.VERIFIED, as_of=MARCH)
        factories.assess(commune, criteria[1])
        factories.plan(commune, criteria[1], MARCH)
        Indicator.objects.create(
            criterion=criteria[1], number=commune.code, position=1, text="x", kind="boolean"
        )
    with django_assert_num_queries(5):
        criteria_page(office, present(), installation)
    with django_assert_num_queries(6):
        criteria_page(office, past(), installation)
    with django_assert_num_queries(9):
        page_of(office, present(), installation, criteria[1])
    with django_assert_num_queries(11):
        page_of(office, past(), installation, criteria[1])


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(
    ("path", "queries"), [("/criteria/", 8), ("/criteria/?set=HT", 7), ("/criteria/2/", 11)]
)
def test_queries_of_the_addresses(
    client, n, path, queries, criteria, office, django_assert_num_queries
):
    for criterion in criteria[:n]:
        commune = factories.make_commune()
        factories.assess(commune, criterion, Outcome.NOT_MET, document=factories.make_document())
        factories.assess(commune, criteria[1])
        Indicator.objects.create(
            criterion=criteria[1], number=commune.code, position=1, text="x", kind="boolean"
        )
    client.force_login(office)
    with django_assert_num_queries(queries):
        assert client.get(path).status_code == 200


def test_level_of_the_set_decides_what_is_counted(office, installation):
    factories.make_set(2, level=Level.VILLAGE)
    assert criteria_page(office, present(), installation).in_force is None
