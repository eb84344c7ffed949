"""Search: with and without accents, only among what the reader may see."""

import unicodedata
from datetime import date

import pytest

from ntm_tracker.core.clock import as_of_on
from ntm_tracker.dashboard.selectors.search import search
from tests import factories
from tests.dashboard.build import fragment, text_of

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
    results = search(user, query, as_of_on(day))
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

    assert found(user, "thon") == {"Thôn": ["Thôn 7"]}
    assert found(user, "ha linh") == {}


def test_more_than_twenty_are_cut_and_lead_to_the_list(client, office, focus, commune_a):
    for number in range(21):
        factories.make_village(commune_a, name=f"Thôn {number}")
    client.force_login(office)

    html = client.get(SEARCH, {"q": "thon"}).content.decode()

    assert html.count('<li class="row">') == 20
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
        factories.make_task(commune=commune_a, sponsor=sponsor)
    client.force_login(office)

    with django_assert_num_queries(7):
        client.get(SEARCH, {"q": "thu"})
