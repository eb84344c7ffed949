"""The village list: counts, filters, pages, and who sees which village."""

from datetime import date

import pytest
from django.core.exceptions import BadRequest
from django.urls import reverse

from communes.models import VillageMembership
from criteria.choices import VillageState
from criteria.selectors.village_page import VillageFilter, village_page
from criteria.services.villages import VillageEntry, record_village_statuses
from ntm_tracker.core.choices import Role
from tests import factories
from tests.criteria.helpers import past, present
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
URL = reverse("criteria:village-list")


@pytest.fixture(autouse=True)
def _settings(installation):
    """The demo's clock."""


def note(village, state, on=TODAY, **fields):
    commune = village.memberships.get().commune
    entry = VillageEntry(village, commune, state, on, **fields)
    record_village_statuses([entry], by=None, now=NOW, today=TODAY)


def names(page):
    return [(row.commune_name, row.name) for row in page.rows]


@pytest.fixture
def villages(commune_a, commune_b):
    """Three villages of Hương Bình (one recognised, one declared) and one of Hà Linh."""
    made = [factories.make_village(commune_a, name=f"Thôn {n}") for n in (1, 2, 10)]
    note(made[0], VillageState.RECOGNISED, plan_percent=100, is_plan_approved=True, gardens_met=4)
    note(made[1], VillageState.DECLARED, date(2022, 4, 10), plan_percent=70, gardens_planned=9)
    made.append(factories.make_village(commune_b, name="Bình Hưng"))
    return made


def test_counts_stay_while_the_state_is_chosen(villages, office, installation):
    page = village_page(office, present(), installation, VillageFilter(state="declared"))

    assert names(page) == [("Hương Bình", "Thôn 2")]
    assert (page.counts.total, page.counts.left, page.counts.met, page.counts.declared) == (
        4,
        3,
        1,
        1,
    )
    assert (page.counts.plan_approved, page.counts.plan_70) == (1, 2)
    assert (page.counts.gardens_met, page.counts.gardens_planned) == (4, 9)


def test_another_day_shows_another_state(villages, office, installation):
    page = village_page(office, past(date(2022, 4, 9)), installation, VillageFilter())
    assert page.counts.left == 4


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("binh hung", {"Bình Hưng"}),
        ("BÌNH HƯNG", {"Bình Hưng"}),
        ("Bi\u0300nh Hư\u0301ng".replace("\u0301", ""), {"Bình Hưng"}),  # NFD
        ("huong binh", {"Thôn 1", "Thôn 2", "Thôn 10"}),  # by the commune's name
        ("thon ha linh", set()),
        ("thôn 1", {"Thôn 1", "Thôn 10"}),
        ("%", set()),
        ("không có", set()),
    ],
)
def test_search_ignores_accents_and_finds_communes_too(
    villages, office, installation, query, expected
):
    page = village_page(office, present(), installation, VillageFilter(q=query))
    assert {row.name for row in page.rows} == expected


def test_filter_by_commune(villages, office, installation):
    page = village_page(office, present(), installation, VillageFilter(commune="18502"))

    assert names(page) == [("Hà Linh", "Bình Hưng")]
    assert page.choices == (("18502", "Xã Hà Linh"), ("18523", "Xã Hương Bình"))


def test_the_district_of_the_office_narrows_but_does_not_lock_in(villages, office, installation):
    district = factories.make_district(code="445", name="Huyện khác")
    far = factories.make_commune(name="Xa", code="18600", district=district)
    factories.make_village(far, name="Thôn xa")
    installation.focus_district = "444"

    assert village_page(office, present(), installation, VillageFilter()).counts.total == 4
    page = village_page(office, present(), installation, VillageFilter(commune="18600"))
    assert names(page) == [("Xa", "Thôn xa")]
    assert page.choices[-1] == ("18600", "Xã Xa")


def test_each_reader_sees_the_own_villages(
    villages, commune_a, commune_b, user_a, sponsor_b, installation
):
    one = factories.make_user(Role.SPONSOR)
    factories.give_access(one, commune_a, village=villages[1])
    installation.focus_district = "444"

    def seen(user):
        page = village_page(user, present(), installation, VillageFilter())
        return names(page), page.counts.total, page.choices

    a = ("18523", "Xã Hương Bình")
    assert seen(user_a) == (
        [("Hương Bình", "Thôn 1"), ("Hương Bình", "Thôn 2"), ("Hương Bình", "Thôn 10")],
        3,
        (a,),
    )
    assert seen(sponsor_b) == ([("Hà Linh", "Bình Hưng")], 1, (("18502", "Xã Hà Linh"),))
    assert seen(one) == ([("Hương Bình", "Thôn 2")], 1, (a,))


def test_a_commune_that_is_not_yours_is_as_one_that_does_not_exist(villages, user_a, installation):
    sentences = []
    for code in ("18502", "99999"):
        with pytest.raises(BadRequest) as refusal:
            village_page(user_a, present(), installation, VillageFilter(commune=code))
        sentences.append(str(refusal.value).replace(code, "…"))
    assert sentences == ["Không có thôn nào của xã mang mã “…” trong phạm vi bạn xem."] * 2


def test_a_village_stands_once_after_it_changed_commune(villages, commune_b, office, installation):
    villages[0].memberships.update(valid_to=date(2022, 3, 31))
    VillageMembership.objects.create(
        village=villages[0], commune=commune_b, valid_from=date(2022, 4, 1)
    )
    page = village_page(office, present(), installation, VillageFilter(q="thon 1"))
    assert names(page) == [("Hà Linh", "Thôn 1"), ("Hương Bình", "Thôn 10")]


def test_page_shows_rows_with_their_marks(client, villages, office):
    factories.make_village(
        villages[0].memberships.get().commune, name="Thôn 11", provenance="illustrative"
    )
    client.force_login(office)
    html = client.get(URL, {"q": "huong binh"}).content.decode()

    assert "4 thôn" in html
    assert f'href="{reverse("dashboard:village", args=[villages[0].pk])}"' in html
    assert 'data-state="recognised">Đã công nhận' in html
    assert 'data-state="illustrative">minh họa' in html
    assert 'value="huong binh"' in html
    assert '<option value="18523">Xã Hương Bình</option>' in html


def test_fragment_is_the_table_alone(client, villages, office):
    client.force_login(office)
    headers = {"HX-Request": "true", "HX-Target": "village-table"}
    fragment = client.get(URL, headers=headers).content.decode()
    boosted = client.get(URL, headers=headers | {"HX-Boosted": "true"}).content.decode()

    assert fragment.strip().startswith('<div id="village-table">')
    assert "<html" in boosted


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("state=best", "Không có trạng thái “best”"),
        ("commune=00000", "Không có thôn nào của xã mang mã “00000”"),
        ("q=" + "x" * 101, "Giá trị lọc dài quá 100 ký tự"),
    ],
)
def test_unknown_filters_are_answered_with_a_sentence(client, villages, office, query, sentence):
    client.force_login(office)
    response = client.get(f"{URL}?{query}")
    assert response.status_code == 400
    assert sentence in response.content.decode()


def test_nothing_found_says_what_to_do(client, villages, office):
    client.force_login(office)
    assert "Không có thôn nào khớp" in client.get(URL, {"q": "zzz"}).content.decode()
    factories.make_user(Role.SPONSOR, username="moi")
    client.force_login(factories.make_user(Role.SPONSOR))
    assert "Chưa có thôn nào để xem" in client.get(URL).content.decode()


def test_pages_of_a_hundred_keep_filter_and_day(client, commune_a, office):
    for number in range(103):
        factories.make_village(commune_a, name=f"Thôn {number}")
    client.force_login(office)
    first = client.get(URL, {"commune": "18523", "as_of": "2022-03-31"}).content.decode()
    second = client.get(
        URL, {"commune": "18523", "as_of": "2022-03-31", "page": "2"}
    ).content.decode()

    assert "1–100 trong 103 thôn" in first
    assert "?commune=18523&amp;as_of=2022-03-31&amp;page=2" in first
    assert second.count("/villages/") >= 3
    assert "Thôn 102" in second
    assert "Thôn 102" not in first
    assert len(first.encode()) < 120_000


@pytest.mark.parametrize("n", [1, 3])
def test_questions_do_not_grow_with_the_list(
    n, client, office, installation, django_assert_num_queries
):
    for _ in range(n):
        note(factories.make_village(), VillageState.DECLARED)
    with django_assert_num_queries(3):
        village_page(office, present(), installation, VillageFilter(q="thon"))
    client.force_login(office)
    with django_assert_num_queries(6):
        assert client.get(URL).status_code == 200
