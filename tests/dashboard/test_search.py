"""Search: with and without accents, only among what the reader may see."""

import unicodedata
from datetime import date

import pytest

from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import as_of_on
from ntm_tracker.dashboard.places import PLACES
from ntm_tracker.dashboard.selectors.search import search
from tests import factories
from tests.dashboard.build import fragment, text_of
from tests.role_matrix import MATRIX

SEARCH = "/search/"


@pytest.fixture
def world(focus, commune_a, commune_b):
    """Things of every kind in two communes of the district of Hương Khê."""
    sponsor = factories.make_sponsor(name="Sở Xây dựng thử", short_name="SXD")
    factories.make_assignment(sponsor, commune_b)
    factories.make_village(commune_a, name="Thôn 3")
    factories.make_village(commune_b, name="Thôn 3")
    factories.make_task(title="Xây nhà văn hóa", commune=commune_b, sponsor=sponsor)
    other = factories.make_district(code="445", name="Huyện Vũ Quang")
    factories.make_commune(name="Hương Minh", district=other)
    return sponsor


def found(user, query, day=None):
    results = search(user, query, as_of_on(day), factories.make_province().code)
    return {group.title: [hit.label for hit in group.hits] for group in results.groups}


@pytest.mark.parametrize(
    "query",
    [
        "Hương Khê",
        "huong khe",
        "HƯƠNG  KHÊ",
        unicodedata.normalize("NFD", "Hương Khê"),
        "khe huong",
    ],
)
def test_a_district_finds_its_communes_however_it_is_written(office, world, query):
    assert found(office, query) == {"Xã, phường, thị trấn": ["Xã Hà Linh", "Xã Hương Bình"]}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("ha linh", {"Xã, phường, thị trấn": ["Xã Hà Linh"]}),
        ("hương", {"Xã, phường, thị trấn": ["Xã Hương Bình", "Xã Hương Minh", "Xã Hà Linh"]}),
        ("thon 3", {"Thôn": ["Thôn 3", "Thôn 3"]}),
        ("thon 3 binh", {"Thôn": ["Thôn 3"]}),
        ("so xay dung", {"Đơn vị đỡ đầu": ["Sở Xây dựng thử"], "Việc": ["Xây nhà văn hóa"]}),
        ("sxd", {"Đơn vị đỡ đầu": ["Sở Xây dựng thử"]}),
        ("nha van hoa ha linh", {"Việc": ["Xây nhà văn hóa"]}),
        ("nhà máy", {}),
        ("100%", {}),
        ("", {}),
        ("   ", {}),
    ],
)
def test_all_words_must_be_found(office, world, query, expected):
    assert found(office, query) == expected


def test_what_bears_the_name_comes_before_what_lies_there(office, focus):
    factories.make_commune(name="Bình An")
    factories.make_commune(name="Hương Khê Thượng")

    assert found(office, "huong khe") == {
        "Xã, phường, thị trấn": ["Xã Hương Khê Thượng", "Xã Bình An"]
    }


def test_a_code_that_ended_is_not_found_later(office, focus):
    factories.make_commune(name="Phương Mỹ", valid_to=date(2022, 3, 31))

    assert found(office, "phuong my") == {}
    assert found(office, "phuong my", date(2022, 3, 31)) == {
        "Xã, phường, thị trấn": ["Xã Phương Mỹ"]
    }


@pytest.mark.parametrize("query", ["huong khe", "thon 3", "xay", "ha linh", "so xay dung", "sxd"])
def test_others_things_are_not_found(world, user_a, sponsor_a, query):
    expected = {
        "huong khe": {"Xã, phường, thị trấn": ["Xã Hương Bình"]},
        "thon 3": {"Thôn": ["Thôn 3"]},
    }

    assert found(user_a, query) == expected.get(query, {})
    assert found(sponsor_a, query) == expected.get(query, {})


def test_a_village_sponsor_finds_its_village_only(world, commune_b):
    mine = factories.make_village(commune_b, name="Thôn 7")
    user = factories.make_sponsor_user(factories.make_sponsor())
    factories.give_access(user, commune_b, village=mine)

    assert found(user, "thon") == {"Thôn": ["Thôn 7"], "Trang": ["Thôn", "Phân công đỡ đầu"]}
    assert found(user, "ha linh") == {}


def test_more_than_twenty_are_cut_and_lead_to_the_list(client, office, focus, commune_a):
    for number in range(21):
        factories.make_village(commune_a, name=f"Thôn {number}")
    client.force_login(office)

    html = client.get(SEARCH, {"q": "thon"}).content.decode()

    assert html.count('<li class="row">') == 20 + 2  # and two pages
    assert 'href="/villages/?q=thon"' in html
    assert "20+ kết quả" in html


def test_page_and_fragment_say_the_same(client, office, world):
    client.force_login(office)

    whole = client.get(SEARCH, {"q": "thon 3"}).content.decode()
    part = client.get(SEARCH, {"q": "thon 3"}, headers=fragment("search-results")).content.decode()

    assert part.startswith('<div class="section" id="search-results"')
    assert part.strip() in whole


@pytest.mark.parametrize(
    ("query", "sentence"),
    [("", "Gõ một vài chữ để tìm"), ("không có đâu", "Không tìm thấy gì")],
)
def test_nothing_is_said_in_a_sentence(client, office, focus, query, sentence):
    client.force_login(office)

    assert sentence in text_of(client.get(SEARCH, {"q": query}))


def test_what_was_typed_is_escaped_and_may_be_long(client, office, focus):
    client.force_login(office)

    response = client.get(SEARCH, {"q": "<script>" + "x" * 5000})

    assert response.status_code == 200
    assert "<script>x" not in response.content.decode()


def test_hits_keep_the_day(client, office, world):
    client.force_login(office)

    html = client.get(SEARCH, {"q": "ha linh", "as_of": "2022-03-31"}).content.decode()

    assert 'href="/communes/18502/?as_of=2022-03-31"' in html


@pytest.mark.parametrize("n", [1, 3])
def test_queries_do_not_grow(client, office, focus, commune_a, django_assert_num_queries, n):
    for _ in range(n):
        sponsor = factories.make_sponsor(name=f"Đơn vị thử nghiệm {_}")
        factories.make_commune(name=f"Thử {_}")
        factories.make_village(commune_a, name=f"Thôn thử {_}")
        task = factories.make_task(commune=commune_a, sponsor=sponsor)
        factories.make_item(name=f"Cầu thử {_}", commune=commune_a)
        factories.make_difficulty(task, text="Thử khó khăn")
    client.force_login(office)

    with django_assert_num_queries(10):
        client.get(SEARCH, {"q": "thu"})


@pytest.fixture
def more(commune_a, commune_b):
    """A work item and a difficulty of commune B, and the criteria of the province."""
    factories.make_set(size=3)
    factories.make_item(name="Cầu Rào Tre", commune=commune_b)
    task = factories.make_task(
        title="Làm đường", commune=commune_b, sponsor=factories.make_sponsor(name="Trường thử")
    )
    factories.make_difficulty(task, text="Giá cát tăng gấp đôi.")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("cau rao tre", {"Công trình": ["Cầu Rào Tre"]}),
        ("rao tre ha linh", {"Công trình": ["Cầu Rào Tre"]}),
        ("tieu chi thu 2", {"Tiêu chí": ["2. Tiêu chí thử 2"]}),
        ("gia cat", {"Khó khăn, kiến nghị": ["Giá cát tăng gấp đôi."]}),
        ("gia cat truong thu", {"Khó khăn, kiến nghị": ["Giá cát tăng gấp đôi."]}),
        ("nhat ky", {"Trang": ["Nhật ký"]}),
        ("khoa thang", {"Trang": ["Báo cáo tháng"]}),
    ],
)
def test_money_criteria_difficulties_and_pages_are_found_too(office, more, query, expected):
    assert found(office, query) == expected


@pytest.mark.parametrize("query", ["cau rao tre", "gia cat", "khoa thang", "tai khoan"])
def test_nor_others_money_difficulties_and_pages(more, user_a, query):
    expected = {"tai khoan": {"Trang": ["Đổi mật khẩu"]}}

    assert found(user_a, query) == expected.get(query, {})


def test_a_difficulty_is_found_from_the_day_it_was_raised(office, more):
    assert found(office, "gia cat", date(2022, 3, 31)) == {}


def test_the_box_names_the_first_five_and_leads_to_all(client, office, focus, commune_a):
    for number in range(6):
        factories.make_village(commune_a, name=f"Thôn {number}")
    client.force_login(office)

    html = client.get(SEARCH, {"q": "thon"}, headers=fragment("search-found")).content.decode()

    assert html.count('href="/villages/') == 5 + 1  # and the page on villages
    assert 'href="/search/?q=thon"' in html
    assert "<html" not in html


def test_the_box_says_that_there_is_nothing(client, office, focus):
    client.force_login(office)

    nothing = client.get(SEARCH, {"q": "xyz"}, headers=fragment("search-found"))
    empty = client.get(SEARCH, {"q": ""}, headers=fragment("search-found"))

    assert text_of(nothing) == "Không tìm thấy gì"
    assert text_of(empty) == ""


# The sheet of one's own commune leads everybody else to the board.
PAGES = [place for place in PLACES if place.url_name != "criteria:own-report"]


@pytest.mark.parametrize("place", PAGES, ids=lambda place: place.url_name)
def test_a_page_is_named_to_those_who_may_open_it(place):
    """As the role matrix has it, which is held against the pages themselves."""
    _arguments, statuses = MATRIX[place.url_name]
    roles = {
        role: statuses[user]
        for role, user in (
            (Role.VIEWER, "viewer"),
            (Role.SPONSOR, "sponsor_a"),
            (Role.COMMUNE, "user_a"),
            (Role.DEPARTMENT, "department"),
            (Role.OFFICE, "office"),
            (Role.ADMIN, "admin"),
        )
    }
    assert {role for role, status in roles.items() if status == 200} == set(place.roles)


def test_the_keys_are_told_on_a_page_and_in_a_dialog(client, office, focus):
    client.force_login(office)

    page = client.get("/keys/").content.decode()
    part = client.get("/keys/", headers=fragment("shown")).content.decode()

    assert "<h1>Phím tắt</h1>" in part
    assert "<html" not in part
    assert part.strip() in page
