"""Villages out of a file: renamed, counted, added, ended, all undone."""

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from openpyxl import load_workbook

from communes.importers import VillageImporter
from communes.models import Village, VillageMembership
from ntm_tracker.core.intake.batches import undo_batch
from ntm_tracker.core.models import AuditEntry
from tests import factories
from tests.dashboard.test_imports import WRITTEN, edited, form, pairs, sent, write

pytestmark = pytest.mark.django_db
IMPORTER = VillageImporter()


@pytest.fixture
def villages(installation, commune_a):
    return [factories.make_village(commune_a, name=f"Thôn {n}", households=n * 50) for n in (1, 2)]


def rows_of(data) -> list:
    return list(load_workbook(BytesIO(data)).worksheets[0].values)[1:]


def csv_of(*rows: str) -> bytes:
    return "\n".join(["Mã thôn;Mã xã;Xã;Tên thôn;Số hộ;Từ ngày;Đến hết ngày", *rows]).encode()


def test_the_form_comes_back_as_no_change_and_changes_are_undone(
    villages, commune_a, admin, installation
):
    first = form(IMPORTER, admin, installation)
    assert [row[3:5] for row in rows_of(first)[:2]] == [("Thôn 1", 50), ("Thôn 2", 100)]
    assert sent(IMPORTER, first, admin, installation)[1].changes == ()

    data = edited(first, D2="Thôn Đông", E2=61, G3=date(2022, 4, 1), C4="Hương Bình", D4="Thôn 3")
    batch, checked = sent(IMPORTER, data, admin, installation)
    assert checked.problems == ()
    assert pairs(checked) == [
        (2, "Tên thôn", "Thôn 1", "Thôn Đông"),
        (2, "Số hộ", "50", "61"),
        (3, "Đến hết ngày", "", "01/04/2022"),
        (4, "Xã", "", "Xã Hương Bình"),
        (4, "Tên thôn", "", "Thôn 3"),
        (4, "Từ ngày", "", f"{WRITTEN['today']:%d/%m/%Y}"),
    ]
    write(IMPORTER, batch, checked, admin, installation)
    village = Village.objects.get(pk=villages[0].pk)
    assert (village.name, village.households, village.search_text) == ("Thôn Đông", 61, "thon dong")
    ended = VillageMembership.objects.get(village=villages[1])
    assert ended.valid_to == date(2022, 4, 1)
    assert AuditEntry.objects.filter(action="village.add").get().commune_id == commune_a.pk
    # The ended one is no longer exported, and known all the same.
    assert [row[3] for row in rows_of(form(IMPORTER, admin, installation))[:2]] == [
        "Thôn 3",
        "Thôn Đông",
    ]
    assert sent(IMPORTER, data, admin, installation)[1].changes == ()
    undo_batch(batch, IMPORTER, by=admin, **WRITTEN)
    assert rows_of(form(IMPORTER, admin, installation)) == rows_of(first)


@pytest.mark.parametrize(
    ("row", "place", "sentence"),
    [
        ("999999;;Hương Bình;Thôn 9;;;", "A2", "Không có thôn mã “999999”"),
        (";;Hương Bính;Thôn 9;;;", "C2", "Có phải “Hương Bình”?"),
        (";;;Thôn 9;;;", "B2", ""),
        (";;Hương Bình;;5;;", "D2", "Chưa có tên thôn"),
        (";;Hương Bình;Thôn 9;-5;;", "E2", "không được âm"),
        (";;Hương Bình;Thôn 9;500000;;", "E2", "không hợp lý"),
        (";;Hương Bình;Thôn 9;;01/01/2010;", "F2", "chỉ có từ"),
        (";;Hương Bình;Thôn 9;;01/05/2022;01/04/2022", "G2", "trước ngày bắt đầu"),
    ],
)
def test_a_wrong_row_is_named(villages, admin, installation, row, place, sentence):
    _batch, checked = sent(IMPORTER, csv_of(row), admin, installation, "a.csv")

    assert len(checked.problems) == 1
    assert sentence in checked.problems[0].message
    assert checked.problems[0].place in (place, "C2")
    assert checked.changes == ()


def test_a_name_stands_once_in_a_commune(villages, admin, installation):
    one, two = villages
    data = csv_of(
        f"{one.pk};;;Thôn 2;;;",
        ";;Hương Bình;Thôn 2;120;;",
        ";;Hương Bình;Thôn 7;;;",
        ";;Hương Bình;thôn 7;;;",
    )
    _batch, checked = sent(IMPORTER, data, admin, installation, "a.csv")

    assert [(problem.row, problem.column) for problem in checked.problems] == [(2, "D"), (5, "D")]
    # A name that is there already is that village.
    assert pairs(checked)[0] == (3, "Số hộ", "100", "120")
    assert checked.changes[0].data.pk == two.memberships.get().pk


def test_what_rests_on_a_new_village_stops_the_undoing(villages, admin, installation):
    data = csv_of(";;Hương Bình;Thôn 9;;;")
    batch, checked = sent(IMPORTER, data, admin, installation, "a.csv")
    write(IMPORTER, batch, checked, admin, installation)
    village = Village.objects.get(name="Thôn 9")
    factories.make_item(need=5, village=village, commune=villages[0].memberships.get().commune)

    with pytest.raises(ValidationError, match="Đã có hạng mục"):
        undo_batch(batch, IMPORTER, by=admin, **WRITTEN)
    assert Village.objects.filter(name="Thôn 9").exists()


@pytest.mark.parametrize("n", [1, 2])
def test_questions_do_not_grow_with_the_rows(
    n, villages, admin, installation, django_assert_num_queries
):
    rows = [f"{village.pk};;;{village.name} mới;;;" for village in villages[:n]]
    batch, checked = sent(IMPORTER, csv_of(*rows), admin, installation, "a.csv")
    with django_assert_num_queries(19):
        write(IMPORTER, batch, checked, admin, installation)
