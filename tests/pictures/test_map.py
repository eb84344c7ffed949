"""The map: places, rings, labels; and boundaries that are loaded from a file."""

import json
from itertools import combinations, pairwise

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from hypothesis import given
from hypothesis import strategies as st

from communes.boundaries import parsed, read_outlines, stated_day
from communes.models import Boundary, BoundaryFile, Commune
from criteria.choices import DossierState
from ntm_tracker.core.models import AuditEntry
from ntm_tracker.core.pictures.places import BADGE, WIDTH, Place, draw_map
from ntm_tracker.dashboard.selectors.places import map_page
from tests import factories
from tests.criteria.helpers import present
from tests.dashboard.build import commune_with, set_dossier, text_of
from tests.factories import make_set
from tests.pictures.drawn import drawing, shapes

MAP = "/map/"


def place(**fields):
    usual = {"name": "Hà Linh", "lon": 105.7, "lat": 18.2, "met": 10, "total": 20, "missing": 0}
    return Place(**(usual | fields))


degrees = st.floats(105, 106, allow_nan=False)
places = st.builds(
    place,
    name=st.text("abc", min_size=1, max_size=14),
    lon=st.one_of(st.none(), degrees),
    lat=degrees.map(lambda lon: lon - 87),
    missing=st.integers(0, 10**13),
    is_done=st.booleans(),
)


@given(st.lists(places, max_size=25))
def test_everything_stays_inside_and_no_name_lies_on_another(found):
    picture = draw_map(found)

    assert len(picture.marks) + len(picture.unplaced) == len(found)
    for mark in picture.marks:
        assert mark.radius <= mark.x <= WIDTH - mark.radius
        assert mark.radius <= mark.y <= picture.height - mark.radius
    boxes = [mark.label.box for mark in picture.marks if mark.label]
    assert not any(one.meets(other) for one, other in combinations(boxes, 2))
    assert all(box.left >= 0 and box.right <= WIDTH for box in boxes)


def test_a_name_without_room_on_a_phone_stands_on_a_wide_screen():
    """So many in a row that a phone has room for the names of some of them only."""
    row = [place(name="Hương Thủy", lon=105.7 + step / 50, lat=18.2) for step in range(13)]

    labels = [mark.label for mark in draw_map(row).marks]

    assert {label.screen for label in labels if label} == {"narrow", "wide"}


def test_a_name_between_neighbours_stands_beside_the_middle():
    """Hương Thủy and those around it, as they lie in Hương Khê."""
    rows = [
        ("Hòa Hải", 105.52, 18.26, 98, False),
        ("Hương Bình", 105.64, 18.23, 47, False),
        ("Hương Giang", 105.75, 18.23, 0, True),
        ("Hương Long", 105.66, 18.2, 0, True),
        ("Hương Thủy", 105.68, 18.23, 59, False),
        ("Lộc Yên", 105.82, 18.19, 0, True),
        ("Phúc Đồng", 105.66, 18.26, 71, False),
    ]
    picture = draw_map(
        place(name=name, lon=lon, lat=lat, missing=billions * 10**9, is_done=is_done)
        for name, lon, lat, billions, is_done in rows
    )

    labels = {mark.place.name: mark.label for mark in picture.marks}
    assert all(labels.values())
    assert labels["Hương Thủy"].anchor == "start"


@given(st.lists(places, min_size=2, max_size=10))
def test_east_is_right_and_north_is_up(found):
    marks = draw_map(found).marks

    for one, other in pairwise(sorted(marks, key=lambda mark: mark.place.lon)):
        assert one.x <= other.x
    for one, other in pairwise(sorted(marks, key=lambda mark: mark.place.lat)):
        assert one.y >= other.y


def test_the_ring_is_as_large_as_the_gap():
    picture = draw_map([place(missing=100), place(missing=50), place(missing=0)])

    rings = [mark.radius**2 - BADGE**2 for mark in picture.marks]
    assert rings[1] / rings[0] == pytest.approx(0.5, abs=0.02)
    assert rings[2] == 0


@pytest.mark.parametrize(
    ("fields", "kind", "text"),
    [
        ({"met": 20}, "all", "20"),
        ({"met": 10}, "most", "10"),
        ({"met": 9}, "few", "9"),
        ({"met": None}, "silent", "?"),
        ({"met": 0, "is_done": True}, "done", "✓"),
    ],
)
def test_signs_of_a_place(fields, kind, text):
    assert (place(**fields).kind, place(**fields).text) == (kind, text)


def square(west, south, *, size=0.1, **properties):
    ring = [
        [west, south],
        [west + size, south],
        [west + size, south + size],
        [west, south + size],
        [west, south],
    ]
    return {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def collection(*features, **fields):
    return {"type": "FeatureCollection", "features": list(features)} | fields


def content(data) -> bytes:
    return json.dumps(data).encode()


@pytest.fixture
def units(commune_a, commune_b):
    """Hương Bình (18523) and Hà Linh (18502)."""
    return Commune.objects.filter(pk__in=[commune_a.pk, commune_b.pk])


@pytest.mark.django_db
def test_units_are_found_by_code_and_by_name(units, commune_a, commune_b):
    data = collection(
        square(105, 18, code="18523", name="Hương Bình"),
        square(105.1, 18, TEN_XA="xã Ha Linh"),
        attribution="Tự vẽ",
    )

    found = read_outlines(data, units)

    assert [one.commune for one in found.found] == [commune_a, commune_b]
    assert (found.licence, found.notes) == ("Tự vẽ", ())
    assert len(found.found[0].rings[0]) == 5


@pytest.mark.django_db
def test_a_code_that_moved_to_another_unit_is_left_out(units, commune_a):
    data = collection(
        square(105, 18, code="18502", name="Gia Phố"), square(105.1, 18, code="18523")
    )

    found = read_outlines(data, units)

    assert [one.commune for one in found.found] == [commune_a]
    assert found.notes == ("Hình 1 (Gia Phố): không khớp mã và tên của xã nào ngày ấy, bỏ qua.",)


@pytest.mark.django_db
def test_a_shape_that_crosses_itself_is_mended_and_told(units):
    feature = square(105, 18, code="18523")
    feature["geometry"]["coordinates"] = [
        [[105, 18], [105.1, 18.1], [105.1, 18], [105, 18.1], [105, 18]]
    ]

    found = read_outlines(collection(feature), units)

    assert len(found.found[0].rings) == 2
    assert found.notes[0].startswith("Hình 1 (18523): đường ranh giới tự cắt, đã sửa (Self-inter")


def point(**properties):
    return square(0, 0, **properties) | {"geometry": {"type": "Point", "coordinates": [105, 18]}}


def line(**properties):
    geometry = {"type": "Polygon", "coordinates": [[[105, 18], [105.1, 18]]]}
    return square(0, 0, **properties) | {"geometry": geometry}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("features", "sentence"),
    [
        ([square(105, 18, code="99999")], "Không hình nào trong tệp khớp mã, tên"),
        ([], "Không hình nào trong tệp khớp mã, tên"),
        (["x", {"properties": 3}], "Không hình nào trong tệp khớp mã, tên"),
        ([point(code="18523")], "Hình 1 (18523): không phải hình vùng"),
        ([square(0, 0, code="18523") | {"geometry": None}], "không phải hình vùng"),
        ([line(code="18523")], "không đọc được hoặc có ít hơn bốn điểm"),
        ([square(500000, 2000000, code="18523")], "tọa độ không phải kinh độ, vĩ độ"),
        ([square(1, 1, code="18523"), square(2, 2, code="18523")], "Hương Bình có hai hình"),
    ],
)
def test_what_cannot_be_taken_is_named(units, features, sentence):
    with pytest.raises(ValidationError) as refused:
        read_outlines(collection(*features), units)

    assert sentence in " ".join(refused.value.messages)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"\xff\xfe", "không phải GeoJSON"),
        (b"[" * 100_000, "không phải GeoJSON"),
        (b"[]", "FeatureCollection"),
        (b'{"type": "Feature"}', "FeatureCollection"),
        (
            content(collection(crs={"properties": {"name": "urn:ogc:def:crs:EPSG::3405"}})),
            "WGS 84",
        ),
    ],
)
def test_files_of_another_kind_are_refused(raw, sentence):
    with pytest.raises(ValidationError, match=sentence):
        parsed(raw)


def test_the_day_of_a_file():
    assert str(stated_day({"as_of": "2025-07-01"})) == "2025-07-01"
    assert stated_day({"as_of": "hôm nay"}) is None


@pytest.mark.django_db
def test_neighbours_keep_one_border(units):
    """Two shapes with a ragged common side: after simplifying they still meet point by point."""
    side = [[105.1 + 0.00002 * (n % 2), 18 + n / 1000] for n in range(101)]
    left = [[105, 18], *side, [105, 18.1], [105, 18]]
    right = [[105.2, 18.1], *reversed(side), [105.2, 18], [105.2, 18.1]]
    features = [square(0, 0, code="18523"), square(0, 0, code="18502")]
    for feature, ring in zip(features, (left, right), strict=True):
        feature["geometry"]["coordinates"] = [ring]

    one, other = read_outlines(collection(*features), units).found

    shared = [at for at in one.rings[0] if 105.05 < at[0] < 105.15]
    assert 2 <= len(shared) < 20
    assert all(at in other.rings[0] for at in shared)


@pytest.fixture
def file(tmp_path):
    """Writes a file to load and hands out its path."""

    def write(data) -> str:
        path = tmp_path / "ranh-gioi.geojson"
        path.write_bytes(content(data))
        return str(path)

    return write


@pytest.mark.django_db
def test_command_loads_replaces_and_leaves_a_trail(installation, units, file, capsys):
    both = collection(square(105, 18, code="18523"), square(105.1, 18, code="18502"))
    call_command("load_boundaries", file(both))
    said = capsys.readouterr().out
    call_command("load_boundaries", file(both), licence="Sở Nông nghiệp, dùng nội bộ")

    assert "Đã nạp ranh giới của 2 xã theo danh mục ngày 30/04/2022; 0 xã chưa có" in said
    assert "Tệp không nêu nguồn, giấy phép" in said
    assert Boundary.objects.count() == 2
    assert [one.licence for one in BoundaryFile.objects.all()] == ["Sở Nông nghiệp, dùng nội bộ"]
    assert AuditEntry.objects.filter(action="boundary.load", new="2 xã").count() == 2


@pytest.mark.django_db
def test_command_refuses_with_reasons_and_keeps_what_was(installation, units, file):
    call_command("load_boundaries", file(collection(square(105, 18, code="18523"))), verbosity=0)

    with pytest.raises(CommandError, match="Chưa nạp gì:\nHình 1"):
        call_command("load_boundaries", file(collection(point(code="18523"))))
    with pytest.raises(CommandError, match=r"Không mở được tệp khong-co\.json"):
        call_command("load_boundaries", "khong-co.json")
    with pytest.raises(CommandError, match="không phải là một ngày"):
        call_command("load_boundaries", file(collection()), on="mai")
    assert Boundary.objects.count() == 1


@pytest.fixture
def area(installation):
    """Three communes: one at 2/4 that lacks money, one recognised, one without coordinates."""
    criteria_set = make_set(4)
    open_one = commune_with(criteria_set, 2, name="Xã A", lon="105.7", lat="18.2", code="18001")
    done = commune_with(criteria_set, 4, name="Xã B", lon="105.8", lat="18.3")
    set_dossier(done, criteria_set, DossierState.RECOGNISED)
    factories.make_commune(name="Xã C")
    factories.make_item(need=100 * 10**9, identified=40 * 10**9, commune=open_one)
    return open_one


@pytest.mark.django_db
def test_page_draws_what_the_board_says(client, office, area):
    client.force_login(office)

    response = client.get(MAP)
    page, text = response.context["page"], text_of(response)

    assert [(mark.place.name, mark.place.text) for mark in page.picture.marks] == [
        ("Xã A", "2"),
        ("Xã B", "✓"),
    ]
    assert len(shapes(drawing(response), "map", "map__badge")) == 2
    assert "Xã A: 2/4 tiêu chí. Xã B: đã công nhận." in text
    assert "Chưa có tọa độ, chỉ có trong bảng: Xã C." in text
    assert "Sơ đồ theo tọa độ gần đúng" in text
    assert "manage.py load_boundaries" in text
    assert page.rows[0].money.missing == 60 * 10**9


@pytest.mark.django_db
def test_page_draws_outlines_with_their_licence(client, viewer, area, file):
    call_command(
        "load_boundaries", file(collection(square(105.6, 18.1, code="18001"), license="CC BY 4.0"))
    )
    client.force_login(viewer)

    response = client.get(MAP)

    assert len(shapes(drawing(response), "map", "map__land")) == 1
    assert "Nguồn, giấy phép: CC BY 4.0" in text_of(response)
    assert "load_boundaries" not in text_of(response)


@pytest.mark.django_db
def test_who_sees_one_commune_sees_no_other_place(client, area):
    user = factories.make_user("commune")
    factories.give_access(user, area)
    client.force_login(user)

    page = client.get(MAP).context["page"]

    assert [row.standing.name for row in page.rows] == ["Xã A"]
    assert [mark.place.name for mark in page.picture.marks] == ["Xã A"]


@pytest.mark.django_db
def test_page_without_coordinates_says_how_to_get_a_map(client, office, installation):
    commune_with(make_set(2), 1)
    client.force_login(office)

    assert "Chưa vẽ được bản đồ" in text_of(client.get(MAP))


@pytest.mark.django_db
def test_page_without_communes_says_so(client, office, installation):
    client.force_login(office)

    assert "Chưa có xã nào để vẽ" in text_of(client.get(MAP))


@pytest.mark.django_db
@pytest.mark.parametrize("n", [1, 3])
def test_queries_do_not_grow(n, office, installation, django_assert_num_queries):
    criteria_set = make_set(3)
    for met in range(n):
        commune = commune_with(criteria_set, met, lon=f"105.{met + 1}", lat="18.2")
        factories.make_item(need=10, identified=5, commune=commune)
        kept = BoundaryFile.objects.create(name="x", loaded_at=factories.NOW)
        Boundary.objects.create(commune=commune, file=kept, rings=[[[1, 1], [1, 2], [2, 2]]])

    with django_assert_num_queries(9):
        page = map_page(office, present(), installation)
        assert len(page.picture.marks) == n
