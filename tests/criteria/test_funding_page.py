"""The funding page and the page of a work item."""

from datetime import date

import pytest
from django.core.exceptions import BadRequest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from communes.choices import UnitKind
from criteria.choices import Measure, SourceKind
from criteria.selectors import funding_page as pages
from criteria.selectors.control import Verdict
from criteria.selectors.funding import Money, funding_tree, item_lines
from criteria.selectors.funding_page import FundingFilter, funding_page, tree_rows
from criteria.services.funding import SourceEntry, adjust_need, reconcile, record_sources
from ntm_tracker.core.choices import Role
from tests import factories
from tests.criteria.helpers import present, rolled_back
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
URL = reverse("criteria:funding")
TRIEU, TY = 10**6, 10**9
ON = date(2022, 4, 26)


@pytest.fixture(autouse=True)
def _settings(installation):
    """The demo's clock."""


@pytest.fixture
def roads():
    return factories.make_category(code="giao-thong", name="Giao thông", position=1)


@pytest.fixture
def items(roads, commune_a, commune_b):
    """Roads in two communes and one not allotted; schools in one commune."""
    schools = factories.make_category(code="truong", name="Trường học", position=2)
    rows = [
        (roads, commune_a, 900, 400, "Cầu tràn", SourceKind.CENTRAL),
        (roads, commune_b, 300, 0, "Đường thôn", SourceKind.CENTRAL),
        (roads, None, 200, 50, "Đường liên xã", SourceKind.CREDIT),
        (schools, commune_b, 100, 30, "Lớp học", SourceKind.PEOPLE),
    ]
    made = [
        factories.make_item(
            need=need * TRIEU * 100,
            identified=have * TRIEU * 100,
            category=category,
            commune=commune,
            name=name,
            code=f"HM-{n}",
            kind=kind,
        )
        for n, (category, commune, need, have, name, kind) in enumerate(rows, 1)
    ]
    for measure, amount in ((Measure.NEED, 150), (Measure.IDENTIFIED, 48), (Measure.MISSING, 102)):
        factories.make_control_total(amount * TY, measure, wording=f"{amount} tỷ đồng")
    factories.make_control_total(140 * TY, Measure.NEED, roads, wording="140 tỷ đồng")
    reconcile(announced_on=ON, by=None, now=factories.NOW)
    return made


def page(user, installation, **filters):
    return funding_page(user, present(), installation, FundingFilter(**filters))


def shown(found):
    """(level, label, need in tỷ, open) of the rows that can be seen."""
    return [(row.level, row.label, row.money.need / TY, row.is_open) for row in found.rows]


def test_first_the_categories_alone(items, office, installation):
    found = page(office, installation)

    assert shown(found) == [(1, "Giao thông", 140.0, False), (1, "Trường học", 10.0, False)]
    assert found.money == Money(150 * TY, 48 * TY, 102 * TY, 0, 5 * TY)
    assert [(row.name, row.money.need // TY) for row in found.communes] == [
        ("Xã Hà Linh", 40),
        ("Xã Hương Bình", 90),
        ("Liên xã, chưa phân bổ", 20),
    ]
    assert {line.kind: line.amount // TY for line in found.kinds if line.amount} == {
        SourceKind.CENTRAL: 40,
        SourceKind.CREDIT: 5,
        SourceKind.PEOPLE: 3,
    }


def test_rows_open_as_far_as_the_address_says(items, office, installation):
    found = page(office, installation, open="giao-thong,giao-thong/18523,nothing")

    assert shown(found) == [
        (1, "Giao thông", 140.0, True),
        (2, "Xã Hà Linh", 30.0, False),
        (2, "Xã Hương Bình", 90.0, True),
        (3, "Cầu tràn", 90.0, False),
        (2, "Liên xã, chưa phân bổ", 20.0, False),
        (1, "Trường học", 10.0, False),
    ]
    toggles = {row.key: row.toggle for row in found.rows}
    assert toggles["giao-thong"] == "giao-thong/18523"
    assert toggles["giao-thong/18523"] == "giao-thong"
    assert toggles["HM-1"] == ""
    assert len(page(office, installation, open="all").rows) == 2 + 4 + 4
    assert len(page(office, installation, open="all,-giao-thong").rows) == 1 + 1 + 1 + 1
    assert len(page(office, installation, open="-").rows) == 2


@given(st.lists(st.integers(0, 5), max_size=8))
def test_every_press_turns_exactly_one_row_whatever_is_open(presses):
    with rolled_back():
        for number in (1, 2):
            category = factories.make_category(code=f"nhom{number}")
            for _ in range(2):
                factories.make_item(need=5, category=category)
        tree = funding_tree(item_lines(pages.WorkItem.objects.all(), TODAY))
        keys = sorted(pages._keys(tree))
        opened: set[str] = set()
        for press in presses:
            rows = {row.key: row for row in tree_rows(tree, opened)}
            row = rows.get(keys[press])
            if row is None:  # below a closed category
                continue
            after = pages._opened(tree, FundingFilter(open=row.toggle), may_open_all=True)
            assert after == opened ^ {row.key}
            assert row.is_open == (row.key in opened)
            opened = after


def test_beyond_300_items_everything_opens_one_commune_at_a_time(
    items, office, installation, monkeypatch
):
    monkeypatch.setattr(pages, "MAX_OPEN_ITEMS", 3)
    found = page(office, installation, open="all")

    assert {row.level for row in found.rows} == {1, 2}
    assert not found.may_open_all
    found = page(office, installation, open="giao-thong,giao-thong/18502")
    assert "Đường thôn" in [row.label for row in found.rows]
    assert all("all" not in row.toggle for row in found.rows)


def test_category_filter_keeps_totals_and_opens_the_category(items, office, installation):
    found = page(office, installation, category="giao-thong")

    assert shown(found)[0] == (1, "Giao thông", 140.0, True)
    assert found.money == found.rows[0].money
    assert sum(line.amount for line in found.kinds) == found.money.identified
    assert [line.control.category.name for line in found.controls] == ["Giao thông"]


def test_commune_filter_opens_everything_of_it(items, office, installation):
    found = page(office, installation, commune="18502")

    assert [(level, label) for level, label, *_rest in shown(found)] == [
        (1, "Giao thông"),
        (2, "Xã Hà Linh"),
        (3, "Đường thôn"),
        (1, "Trường học"),
        (2, "Xã Hà Linh"),
        (3, "Lớp học"),
    ]
    assert (found.money.need, found.controls) == (40 * TY, ())


def test_filter_for_what_is_not_allotted(items, office, installation):
    found = page(office, installation, commune="lien-xa")
    assert (found.money.need, found.money.credit, found.items) == (20 * TY, 5 * TY, 1)
    assert sum(line.amount for line in found.kinds) == 5 * TY


def test_a_town_is_called_a_town(roads, office, installation):
    town = factories.make_commune(name="Hương Khê", kind=UnitKind.THI_TRAN, code="18478")
    factories.make_item(need=TY, category=roads, commune=town)
    found = page(office, installation, commune="18478")
    assert [row.label for row in found.rows if row.level == 2] == ["Thị trấn Hương Khê"]


def test_the_district_of_the_office_is_what_is_counted(items, roads, office, installation):
    district = factories.make_district(code="445", name="Huyện khác")
    far = factories.make_commune(name="Xa", code="18600", district=district)
    factories.make_item(need=7 * TY, category=roads, commune=far)
    installation.focus_district = "444"

    assert page(office, installation).money.need == 150 * TY
    assert page(office, installation, commune="18600").money.need == 7 * TY
    installation.focus_district = ""
    assert page(office, installation).money.need == 157 * TY


def test_surplus_is_a_column_only_where_there_is_some(client, items, office):
    client.force_login(office)
    assert "Vượt nhu cầu" not in client.get(URL).content.decode()
    record_sources([SourceEntry(items[3], 9 * TY, TODAY)], by=None, now=NOW, today=TODAY)
    response = client.get(URL)
    html = response.content.decode()

    assert response.context["page"].money.surplus == 2 * TY
    assert '<th scope="col" class="num">Vượt nhu cầu</th>' in html
    assert "không trừ vào phần còn thiếu của công trình khác" in html


@pytest.mark.parametrize(
    ("change", "verdict", "sentence", "level"),
    [
        (100_000, Verdict.ROUNDING, "lệch 100.000 đồng, trong sai số làm tròn", ""),
        (200 * TRIEU, Verdict.DIFFERENT, "! lệch 200.000.000 đồng", 'data-level="warning"'),
    ],
)
def test_a_changed_item_is_named_beside_the_announced_figure(
    client, items, office, installation, change, verdict, sentence, level
):
    found = page(office, installation)
    assert (found.matching, found.differences) == (4, ())
    adjust_need(
        item=items[0],
        to=90 * TY + change,
        effective_on=TODAY,
        by=office,
        now=NOW,
        today=TODAY,
    )
    found = page(office, installation)
    client.force_login(office)
    html = client.get(URL).content.decode()

    assert [line.verdict for line in found.differences] == [verdict] * 3
    assert {row.code for line in found.differences for row in line.rows} == {"HM-1"}
    assert sentence in html
    assert (
        f'href="{reverse("criteria:work-item", args=["HM-1"])}">Cầu tràn</a> (Hương Bình)' in html
    )
    assert level in html
    assert ('data-level="warning"' in html) == bool(level)


def test_readers_of_one_commune_see_its_money_and_nothing_of_the_whole(
    client, items, commune_a, user_a, sponsor_b, installation
):
    installation.focus_district = "999"
    installation.save()
    village_only = factories.make_user(Role.SPONSOR)
    factories.give_access(village_only, commune_a, village=factories.make_village(commune_a))

    def seen(user):
        found = page(user, installation)
        client.force_login(user)
        html = client.get(f"{URL}?open=all").content.decode()
        names = ("Cầu tràn", "Đường thôn", "Đường liên xã", "Lớp học")
        return (
            found.money.need // TY,
            {name for name in names if name in html},
            "150,0" in html or "102,0" in html or "số công bố" in html,
        )

    assert seen(user_a) == (90, {"Cầu tràn"}, False)
    assert seen(sponsor_b) == (40, {"Đường thôn", "Lớp học"}, False)
    assert seen(village_only) == (0, set(), False)


@pytest.mark.parametrize("code", ["18502", "lien-xa", "00000"])
def test_a_commune_that_is_not_yours_is_as_one_that_does_not_exist(
    items, user_a, installation, code
):
    with pytest.raises(BadRequest) as refusal:
        page(user_a, installation, commune=code)
    assert str(refusal.value) == f"Không có xã nào mang mã “{code}” trong phạm vi bạn theo dõi."


def test_a_filter_with_one_choice_is_left_out(client, items, office, user_a, installation):
    asked = {}
    for user in (office, user_a):
        client.force_login(user)
        asked[user] = set(client.get(URL).context["form"].fields)

    assert asked == {office: {"category", "commune"}, user_a: {"category"}}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("category=duong", "Không có nội dung kinh phí nào mang mã “duong”"),
        ("commune=00000", "Không có xã nào mang mã “00000”"),
        ("category=" + "x" * 41, "Giá trị lọc dài quá 40 ký tự"),
        ("open=" + "x" * 4001, "Giá trị lọc dài quá 4000 ký tự"),
    ],
)
def test_unknown_filters_are_answered_with_a_sentence(client, items, office, query, sentence):
    client.force_login(office)
    response = client.get(f"{URL}?{query}")
    assert response.status_code == 400
    assert sentence in response.content.decode()


def test_fragments_of_the_page(client, items, office):
    client.force_login(office)

    def answer(target, **more):
        headers = {"HX-Request": "true", "HX-Target": target} | more
        return client.get(f"{URL}?open=all", headers=headers).content.decode().strip()

    assert answer("funding").startswith('<div id="funding">')
    assert answer("funding-table").startswith('<section class="section" id="funding-table"')
    assert "Theo xã" not in answer("funding-table")
    assert "<html" in answer("elsewhere")
    assert "<html" in answer("funding-table", **{"HX-History-Restore-Request": "true"})


def test_links_keep_filter_and_day(client, items, office):
    client.force_login(office)
    html = client.get(f"{URL}?category=giao-thong&as_of=2022-04-27").content.decode()
    assert 'href="?category=giao-thong&amp;as_of=2022-04-27&amp;open=' in html
    assert f'href="{URL}?commune=18502&amp;as_of=2022-04-27"' in html


def test_nothing_to_see_yet(client, office):
    client.force_login(office)
    assert "Chưa có nhu cầu kinh phí để xem" in client.get(URL).content.decode()


def test_work_item_shows_the_rows_behind_the_sums(client, items, office):
    paper = factories.make_document(number="12/QĐ-UBND", subject="Phân bổ vốn")
    adjust_need(
        item=items[0],
        to=80 * TY,
        effective_on=TODAY,
        by=office,
        now=NOW,
        today=TODAY,
        note="rà soát",
    )
    entry = SourceEntry(
        items[0], TY, TODAY, document=paper, kind=SourceKind.ENTERPRISE, provenance="illustrative"
    )
    record_sources([entry], by=office, now=NOW, today=TODAY)
    client.force_login(office)
    html = client.get(reverse("criteria:work-item", args=["HM-1"])).content.decode()

    for text in (
        "Nhu cầu ban đầu", "Điều chỉnh", "-10.000.000.000", "90.000.000.000", "80.000.000.000",
        "rà soát", "Doanh nghiệp", "Ngân sách trung ương", "1.000.000.000", "41.000.000.000",
        "12/QĐ-UBND ngày 22/04/2022", "(Phân bổ vốn)", "minh họa",
    ):  # fmt: skip
        assert text in html
    before = client.get(reverse("criteria:work-item", args=["HM-1"]), {"as_of": "2022-03-31"})
    assert "Chưa có số liệu của công trình này" in before.content.decode()


def test_work_items_of_others_do_not_exist(client, items, user_a, office):
    client.force_login(user_a)
    answers = [
        client.get(reverse("criteria:work-item", args=[code])).status_code
        for code in ("HM-1", "HM-2", "HM-3", "HM-99")
    ]
    assert answers == [200, 404, 404, 404]


@pytest.mark.parametrize("n", [1, 3])
def test_questions_do_not_grow_with_the_items(
    n, client, roads, office, installation, django_assert_num_queries
):
    for _ in range(n):
        item = factories.make_item(need=TY, identified=TRIEU, category=roads)
    factories.make_control_total(n * TY)
    reconcile(announced_on=ON, by=None, now=factories.NOW)
    with django_assert_num_queries(9):
        page(office, installation, open="all")
    client.force_login(office)
    with django_assert_num_queries(12):
        assert client.get(f"{URL}?open=all").status_code == 200
    entries = [SourceEntry(item, TRIEU, TODAY, document=factories.make_document())] * n
    record_sources(entries, by=None, now=NOW, today=TODAY)
    with django_assert_num_queries(12):
        assert client.get(reverse("criteria:work-item", args=[item.code])).status_code == 200
