"""Communes out of a file: renamed, added, ended, all undone; only where nothing rests on them."""

from datetime import date
from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from openpyxl import load_workbook

from communes.importers import UnitImporter
from communes.models import Commune
from communes.services import UnitChange, UnitEntry, save_units
from ntm_tracker.core.intake.batches import undo_batch
from ntm_tracker.core.models import AuditEntry
from tests import factories
from tests.dashboard.test_imports import WRITTEN, edited, form, pairs, sent, write

pytestmark = pytest.mark.django_db
IMPORTER = UnitImporter()


@pytest.fixture
def units(installation, commune_a, commune_b):
    return sorted([commune_a, commune_b], key=lambda unit: unit.sort_key)


def rows_of(data) -> list:
    return list(load_workbook(BytesIO(data)).worksheets[0].values)[1:]


def csv_of(*rows: str) -> bytes:
    return "\n".join(["Mã xã;Loại;Tên;Huyện;Từ ngày;Đến hết ngày", *rows]).encode()


def test_the_form_comes_back_as_no_change_and_changes_are_undone(units, admin, installation):
    first = form(IMPORTER, admin, installation)
    assert [row[0] for row in rows_of(first)[:2]] == [unit.code for unit in units]
    assert sent(IMPORTER, first, admin, installation)[1].changes == ()

    data = edited(
        first,
        C2="Xã Hương Bình Mới",
        F3=date(2023, 12, 31),
        A4="18999",
        C4="Phường Nam Hồng",
        E4="01/05/2022",
    )
    batch, checked = sent(IMPORTER, data, admin, installation)
    assert checked.problems == ()
    assert pairs(checked) == [
        (2, "Tên", units[0].name, "Hương Bình Mới"),
        (3, "Đến hết ngày", "", "31/12/2023"),
        (4, "Mã xã", "", "18999"),
        (4, "Loại", "", "Phường"),
        (4, "Tên", "", "Nam Hồng"),
        (4, "Từ ngày", "", "01/05/2022"),
    ]
    write(IMPORTER, batch, checked, admin, installation)
    renamed = Commune.objects.get(code=units[0].code)
    assert (renamed.name, renamed.search_text) == ("Hương Bình Mới", "xa huong binh moi")
    assert Commune.objects.get(code="18999").kind == "phuong"
    assert sorted(
        AuditEntry.objects.filter(origin="tep.xlsx").values_list("action", flat=True)
    ) == ["import.apply", "unit.add", "unit.change", "unit.change"]
    assert sent(IMPORTER, data, admin, installation)[1].changes == ()
    undo_batch(batch, IMPORTER, by=admin, **WRITTEN)
    assert rows_of(form(IMPORTER, admin, installation)) == rows_of(first)


@pytest.mark.parametrize(
    ("row", "place", "sentence"),
    [
        ("1852x;Xã;Tên;;01/01/2022;", "A2", "mã là các chữ số"),
        ("18999;Xã;Tên;;;", "E2", "đơn vị mới cần ngày bắt đầu"),
        ("18999;;Tên;;01/01/2022;", "B2", "xã, thị trấn hay phường"),
        ("18999;Xã;;;01/01/2022;", "C2", "Chưa có tên"),
        ("18999;Xã;Tên;Hương Khế;01/01/2022;", "D2", "Không có huyện “Hương Khế”"),
        ("18523;Xã;Tên khác;;01/01/2022;", "A2", "đã là của một đơn vị khác"),
        ("18523;;Hương Bình;;;31/12/2010", "F2", "trước ngày bắt đầu"),
    ],
)
def test_a_wrong_row_is_named(units, admin, installation, row, place, sentence):
    _batch, checked = sent(IMPORTER, csv_of(row), admin, installation, "a.csv")

    assert place in [problem.place for problem in checked.problems]
    assert any(sentence in problem.message for problem in checked.problems)
    assert checked.changes == ()


def test_two_units_of_one_name_in_a_district_are_a_problem(units, admin, installation):
    district = units[0].district.name if units[0].district else ""
    data = csv_of(f"{units[0].code};;{units[1].name};{district};;")
    _batch, checked = sent(IMPORTER, data, admin, installation, "a.csv")

    assert [problem.place for problem in checked.problems] == ["C2"]
    assert "Đã có" in checked.problems[0].message


def test_what_was_changed_later_or_used_stops_the_undoing(units, admin, installation):
    data = csv_of("18999;Xã;Nam Hồng;;01/01/2022;", f"{units[0].code};;Mới;;;")
    batch, checked = sent(IMPORTER, data, admin, installation, "a.csv")
    write(IMPORTER, batch, checked, admin, installation)
    factories.make_item(need=5, commune=Commune.objects.get(code="18999"))
    unit = Commune.objects.get(pk=units[0].pk)
    before = UnitEntry.of(unit)
    after = UnitEntry(**{**before.__dict__, "name": "Mới nữa"})
    save_units([UnitChange(unit.pk, before, after)], by=admin, **WRITTEN)

    with pytest.raises(ValidationError) as refused:
        undo_batch(batch, IMPORTER, by=admin, **WRITTEN)
    assert "Đã có hạng mục" in str(refused.value)
    assert "đã được sửa" in str(refused.value)


def test_only_who_keeps_the_reference_tables_takes_units_in(admin, office, user_a, sponsor_a):
    accounts = (admin, office, user_a, sponsor_a)
    assert [bool(IMPORTER.may(user)) for user in accounts] == [True, False, False, False]


@pytest.mark.parametrize("n", [1, 2])
def test_questions_do_not_grow_with_the_rows(
    n, units, admin, installation, django_assert_num_queries
):
    rows = [f"{unit.code};;Tên {number};;;" for number, unit in enumerate(units[:n])]
    batch, checked = sent(IMPORTER, csv_of(*rows), admin, installation, "a.csv")
    with django_assert_num_queries(17):
        write(IMPORTER, batch, checked, admin, installation)
