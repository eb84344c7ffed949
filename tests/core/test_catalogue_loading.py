"""Loading the catalogues: repeatable, all or nothing, and every mistake named."""

import shutil
from datetime import date
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from communes.models import Commune
from criteria.models import Criterion, Department, FundingCategory
from ntm_tracker.core.models import Document
from ntm_tracker.dashboard.catalogues import FIXTURES, CatalogueError, load_catalogues


@pytest.fixture
def catalogues(db):
    return load_catalogues()


@pytest.fixture
def copy(tmp_path):
    """The catalogues in a folder where a test may break them."""
    folder = tmp_path / "fixtures"
    shutil.copytree(FIXTURES, folder)
    return folder


def replace_in(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_second_run_changes_nothing(catalogues):
    assert all(report.created and not report.updated for report in catalogues)
    again = load_catalogues()
    assert [(report.created, report.updated, report.changes) for report in again] == [
        (0, 0, ())
    ] * len(catalogues)
    assert [report.unchanged for report in again] == [report.created for report in catalogues]


def test_second_run_needs_few_queries(catalogues, django_assert_max_num_queries):
    with django_assert_max_num_queries(25):
        load_catalogues()


def test_change_made_by_hand_is_put_back_and_said(catalogues):
    unit = Commune.objects.get(code="18502", valid_to=date(2025, 6, 30))
    unit.name = "Hà Lịnh"
    unit.save()
    output = StringIO()
    call_command("load_catalogues", stdout=output)
    assert "units.csv: 0 mới, 1 sửa, 298 giữ nguyên" in output.getvalue()
    assert "tên: Hà Lịnh → Hà Linh" in output.getvalue()
    unit.refresh_from_db()
    assert (unit.name, unit.search_text) == ("Hà Linh", "xa ha linh")


def test_rows_outside_the_catalogues_stay(catalogues):
    own = Department.objects.create(code="rieng", name="Sở riêng", short_name="Sở riêng")
    category = FundingCategory.objects.create(code="khac", name="Khác", position=9)
    category.criteria.set(Criterion.objects.filter(number=1))
    load_catalogues()
    assert Department.objects.filter(pk=own.pk).exists()
    assert category.criteria.count() == Criterion.objects.filter(number=1).count()


def test_mapping_of_a_category_follows_the_catalogue(catalogues, copy):
    category = FundingCategory.objects.get(code="giao-thong")
    category.criteria.set(Criterion.objects.filter(criteria_set__code="HT20", number=7))
    report = load_catalogues(copy)[-1]
    assert (report.created, report.updated) == (1, 1)
    assert list(category.criteria.values_list("criteria_set__code", "number")) == [("HT20", 2)]


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("units.csv", "18502,2020-01-01", "18502,2020-13-01", "“2020-13-01” không phải là ngày"),
        ("units.csv", "2025-06-30,xa,Hà Linh", "2019-06-30,xa,Hà Linh", "trước ngày bắt đầu"),
        ("units.csv", "xa,Hà Linh,42", "xa,Hà Linh,99", "không tìm thấy tỉnh “99”"),
        ("units.csv", "xa,Hà Linh", "lang,Hà Linh", "cột “kind”"),
        ("units.csv", "18502,2020-01-01", "18499,2020-01-01", "trùng với dòng"),
        ("successions.csv", "Xã Kỳ Đồng", "Xã Kỳ Đông", "không phải Xã Kỳ Đông"),
        ("criteria.csv", "HT20,2,", "HT20,hai,", "“hai” không phải là số nguyên"),
        ("thresholds.csv", ">=,80,", ">=,tám mươi,", "“tám mươi” không phải là số"),
        ("thresholds.csv", ">=,80,", ">=,,", "phép so là “?”"),
        ("indicators.csv", ",no,no,", ",có,no,", "phải là yes hoặc no"),
        ("criteria_sets.csv", ",QG2021,", ",QG1999,", "không tìm thấy bộ tiêu chí “QG1999”"),
        ("funding_categories.csv", "HT20,2,", "HT20,21,", "không tìm thấy tiêu chí “HT20, 21”"),
        ("departments.csv", "code,name", "ma,name", "thiếu cột “code”; cột lạ “ma”"),
    ],
)
def test_broken_row_is_named_and_nothing_is_loaded(db, copy, file, old, new, message):
    text = (copy / file).read_text(encoding="utf-8")
    line = text[: text.index(old)].count("\n") + 1
    replace_in(copy / file, old, new)
    with pytest.raises(CommandError) as refusal:
        call_command("load_catalogues", dir=copy)
    assert f"{file}, dòng {line}: " in str(refusal.value)
    assert message in str(refusal.value)
    assert not Document.objects.exists()


def test_all_broken_rows_of_a_file_are_named(db, copy):
    replace_in(copy / "units.csv", "xa,Hà Linh,42", "xa,,42")
    replace_in(copy / "units.csv", "xa,Điền Mỹ,42", "xa,Điền Mỹ,41")
    with pytest.raises(CatalogueError) as refusal:
        load_catalogues(copy)
    assert len(refusal.value.problems) == 2


def test_row_without_source_is_refused(db, copy):
    (copy / "provinces.csv").write_text("code,name,source\n42,Hà Tĩnh,\n", encoding="utf-8")
    with pytest.raises(CatalogueError, match=r"^provinces\.csv, dòng 2: thiếu “source”"):
        load_catalogues(copy)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"code,name,source\n42,H\xe0 T\xednh,x\n", "phải được lưu ở dạng UTF-8"),
        (b'code,name,source\n42,"a" b,x\n', "không đọc được dạng CSV"),
        (b"code,name,source\n42,a\n", "dòng 2: có 2 ô, phải có 3 ô"),
        (b"", "dòng 1: thiếu cột"),
        (None, "không mở được tệp"),
    ],
)
def test_unreadable_file_is_named(db, copy, content, message):
    path = copy / "provinces.csv"
    path.unlink()
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(CatalogueError, match=message):
        load_catalogues(copy)


def test_text_is_stored_composed(db, copy):
    replace_in(copy / "provinces.csv", "Hà Tĩnh", "Ha\u0300 Ti\u0303nh")
    load_catalogues(copy)
    assert Commune.objects.first().province.name == "Hà Tĩnh"
