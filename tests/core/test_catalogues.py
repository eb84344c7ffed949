"""The catalogues in fixtures/: what they hold, and what passes for verified in them."""

import csv
from collections import Counter
from datetime import date
from decimal import Decimal

import pytest

from communes.choices import SuccessionPart, UnitKind
from communes.models import Commune, District, UnitSuccession
from criteria.choices import Level, Measure
from criteria.models import (
    ControlTotal,
    CriteriaSet,
    Criterion,
    Department,
    FundingCategory,
    Indicator,
    Threshold,
    VillageRule,
)
from criteria.selectors.sets import set_in_force
from ntm_tracker.core.models import Document
from ntm_tracker.dashboard.catalogues import (
    FIXTURES,
    CatalogueError,
    documents_by_code,
    load_catalogues,
    load_control_totals,
)

CASE = FIXTURES / "huongkhe_2022"


@pytest.fixture
def catalogues(db):
    return load_catalogues()


def test_counts(catalogues):
    assert Counter(Criterion.objects.values_list("criteria_set__code", flat=True)) == {
        "HT20": 20,
        "QG2016": 19,
        "QG2021": 19,
        "QG2026": 10,
        "KDC2014": 10,
        "VM_HT": 5,
        "HUYEN2021": 9,
    }
    assert Counter(Indicator.objects.values_list("criterion__criteria_set__code", flat=True)) == {
        "QG2016": 49,
        "QG2021": 57,
        "HT20": 57,
    }
    # 297 territories; Sơn Kim 1 and 2 stand twice because their district ended on 30/6/2025.
    assert Commune.objects.count() == 299
    assert District.objects.count() == 13
    assert UnitSuccession.objects.count() == 233
    assert FundingCategory.objects.count() == 5


def test_units_are_keyed_by_code_and_validity(catalogues):
    keys = list(Commune.objects.values_list("code", "valid_from"))
    assert len(keys) == len(set(keys))
    old, new = Commune.objects.filter(code="18523").order_by("valid_from")
    assert (str(old), old.valid_to) == ("Xã Hương Bình", date(2025, 6, 30))
    assert (str(new), new.valid_from, new.district) == ("Xã Hương Bình", date(2025, 7, 1), None)
    assert set(new.predecessors.values_list("old__name", flat=True)) == {
        "Hương Bình",
        "Hòa Hải",
        "Phúc Đồng",
    }


def test_no_code_means_two_units_on_one_day(catalogues):
    for on in (date(2022, 4, 26), date(2025, 1, 1), date(2025, 6, 30), date(2025, 7, 1)):
        codes = list(Commune.objects.active_on(on).values_list("code", flat=True))
        assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("on", "units", "rural"),
    [(date(2022, 4, 26), 21, 20), (date(2025, 1, 1), 20, 19)],
)
def test_huong_khe_as_a_district(catalogues, on, units, rural):
    found = Commune.objects.active_on(on).filter(district__code="444")
    assert (found.count(), found.rural().count()) == (units, rural)
    assert set(found.exclude(kind=UnitKind.XA).values_list("name", flat=True)) == {"Hương Khê"}


def test_huong_khe_after_the_districts_is_seven_communes(catalogues):
    found = Commune.objects.active_on(date(2025, 7, 1))
    came = found.filter(predecessors__old__district__code="444").distinct()
    assert set(came.values_list("name", flat=True)) == {
        "Hương Khê",
        "Hà Linh",
        "Hương Bình",
        "Hương Phố",
        "Hương Xuân",
        "Phúc Trạch",
        "Hương Đô",
    }
    assert not Commune.objects.filter(valid_from=date(2025, 7, 1)).exclude(district=None)


def test_successions_join_on_the_day_between(catalogues):
    for step in UnitSuccession.objects.select_related("old", "new"):
        assert step.new.valid_from == step.on
        assert (step.on - step.old.valid_to).days == 1
    verified = Counter(UnitSuccession.objects.values_list("on", "is_verified"))
    assert verified == {(date(2025, 1, 1), False): 21, (date(2025, 7, 1), True): 212}
    parts = Counter(UnitSuccession.objects.values_list("part", flat=True))
    assert parts == {SuccessionPart.WHOLE: 228, SuccessionPart.PART: 3, SuccessionPart.REST: 2}


@pytest.mark.parametrize(
    ("level", "on", "province", "code"),
    [
        (Level.COMMUNE, date(2022, 4, 30), "42", "HT20"),
        (Level.COMMUNE, date(2022, 4, 30), "", "QG2021"),
        (Level.COMMUNE, date(2022, 4, 30), "40", "QG2021"),
        (Level.COMMUNE, date(2018, 6, 30), "42", "QG2016"),
        (Level.COMMUNE, date(2026, 2, 14), "42", "HT20"),
        (Level.COMMUNE, date(2026, 2, 15), "42", "QG2026"),
        (Level.COMMUNE, date(2026, 3, 1), "42", "QG2026"),
        (Level.VILLAGE, date(2022, 4, 30), "42", "KDC2014"),
        (Level.GARDEN, date(2022, 4, 30), "42", "VM_HT"),
        (Level.DISTRICT, date(2022, 4, 30), "42", "HUYEN2021"),
    ],
)
def test_set_in_force(catalogues, level, on, province, code):
    assert set_in_force(level, on, province).criteria_set.code == code


def test_ha_tinh_has_twenty_criteria_each_with_a_lead(catalogues):
    in_force = set_in_force(Level.COMMUNE, date(2022, 4, 30), "42")
    assert [criterion.number for criterion in in_force.criteria] == list(range(1, 21))
    assert in_force.groups == [
        ("Quy hoạch", 1),
        ("Hạ tầng kinh tế - xã hội", 8),
        ("Kinh tế và tổ chức sản xuất", 4),
        ("Văn hóa - Xã hội - Môi trường", 4),
        ("Hệ thống chính trị", 2),
        ("Tiêu chí riêng của tỉnh", 1),
    ]
    assert all(criterion.lead.is_illustrative for criterion in in_force.criteria)
    assert all("(minh họa)" in name for name in Department.objects.values_list("name", flat=True))


def test_ha_tinh_borrows_the_indicators_unverified(catalogues):
    borrowed = Indicator.objects.filter(criterion__criteria_set__code="HT20")
    lent = Indicator.objects.filter(criterion__criteria_set__code="QG2021")
    columns = ("criterion__number", "number", "position", "text", "kind", "unit", "may_not_apply")
    assert set(borrowed.values_list(*columns)) == set(lent.values_list(*columns))
    assert not borrowed.filter(is_verified=True).exists()
    assert set(borrowed.values_list("source", flat=True)) == {
        "Mượn chỉ tiêu của QG2021; chưa xác minh cho bộ 20 tiêu chí xã nông thôn mới của Hà Tĩnh"
    }
    assert not borrowed.filter(criterion__number=20).exists()
    rule = VillageRule.objects.get()
    assert (rule.criterion.criteria_set.code, rule.criterion.number) == ("HT20", 20)
    assert (rule.min_villages, rule.min_village_percent, rule.min_gardens) == (None, None, None)
    assert rule.is_verified is False


def test_nothing_of_2021_to_2025_passes_for_verified(catalogues):
    unverified = CriteriaSet.objects.filter(code__in=["HT20", "QG2021"])
    assert not unverified.filter(is_validity_verified=True).exists()
    found = Threshold.objects.filter(indicator__criterion__criteria_set__in=unverified)
    assert found.count() == 122
    assert not found.filter(is_verified=True).exists()
    assert not Indicator.objects.filter(
        criterion__criteria_set__in=unverified, is_verified=True
    ).exists()


def test_only_sourced_thresholds_are_verified(catalogues):
    verified = Threshold.objects.filter(is_verified=True)
    assert set(
        verified.values_list(
            "indicator__criterion__criteria_set__code", "indicator__number", "group", "op", "value"
        )
    ) == {
        ("QG2016", "9.1", "", "=", Decimal(0)),
        ("QG2016", "9.2", "", ">=", Decimal(80)),
        ("QG2016", "10", "bac_trung_bo", ">=", Decimal(36)),
        ("QG2016", "12", "", ">=", Decimal(90)),
        ("QG2016", "15.1", "", ">=", Decimal(85)),
        ("QG2016", "15.3", "bac_trung_bo", "<=", Decimal("24.2")),
        ("QG2016", "17.1", "bac_trung_bo", ">=", Decimal(98)),
    }


def test_income_threshold_changes_every_year(catalogues):
    rows = Threshold.objects.filter(
        indicator__number="10", indicator__criterion__criteria_set__code="HT20"
    ).order_by("valid_from")
    assert [(row.valid_from.year, row.valid_to.year, row.value) for row in rows] == [
        (2021, 2021, 36),
        (2022, 2022, 39),
        (2023, 2023, 42),
        (2024, 2024, 45),
        (2025, 2025, 48),
    ]


def test_unknown_thresholds_have_no_value(catalogues):
    unknown = Threshold.objects.filter(op="?")
    assert Counter(unknown.values_list("indicator__criterion__criteria_set__code", flat=True)) == {
        "QG2016": 11,
        "QG2021": 16,
        "HT20": 16,
    }
    assert set(unknown.values_list("value", flat=True)) == {None}
    assert not Threshold.objects.filter(value=None).exclude(op="?").exists()


def test_documents_are_found_under_their_codes(catalogues):
    documents = documents_by_code()
    assert documents["qd-834"].number == "834/QĐ-UBND"
    assert documents["qd-834"].issued_on == date(2022, 4, 22)
    assert documents["bao-26-4"].issuer == "Báo Hà Tĩnh"
    assert len(documents) == Document.objects.count()


def test_search_text_is_filled_by_the_bulk_write(catalogues):
    assert Commune.objects.filter(search_text="xa huong binh").count() == 2
    assert Document.objects.get(search_text__contains="834/qd-ubnd").number == "834/QĐ-UBND"
    assert not Commune.objects.filter(sort_key="").exists()


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.csv")), ids=lambda path: path.name)
def test_every_row_names_its_source(path):
    rows = list(csv.DictReader(path.open(encoding="utf-8", newline="")))
    assert rows
    assert all(row["source"].strip() for row in rows)


# --- control totals -----------------------------------------------------------------------------


def test_announced_figures_add_up_exactly(catalogues):
    assert load_control_totals(CASE).created == 21
    money = {
        (total.category and total.category.code, total.measure): total.amount
        for total in ControlTotal.objects.select_related("category").exclude(precision=0)
    }
    codes = FundingCategory.objects.values_list("code", flat=True)
    for measure in (Measure.NEED, Measure.IDENTIFIED, Measure.MISSING):
        assert sum(money[code, measure] for code in codes) == money[None, measure]
    for code in (*codes, None):
        need, identified = money[code, Measure.NEED], money[code, Measure.IDENTIFIED]
        assert need - identified == money[code, Measure.MISSING]
    assert money[None, Measure.NEED] == 1_346_700_000_000
    assert money[None, Measure.IDENTIFIED] == 329_300_000_000
    assert money[None, Measure.MISSING] == 1_017_400_000_000


def test_announced_counts_keep_their_wording(catalogues):
    load_control_totals(CASE)
    counts = ControlTotal.objects.filter(precision=0)
    assert {(total.measure, total.amount, total.is_approximate) for total in counts} == {
        (Measure.COMMUNES_LEFT, 8, False),
        (Measure.VILLAGES_LEFT, 50, False),
        (Measure.SPONSORS, 60, True),
    }
    assert counts.get(measure=Measure.SPONSORS).wording == "hơn 60 tổ chức, đơn vị"
    economy = ControlTotal.objects.get(category__code="kinh-te", measure=Measure.NEED)
    assert (economy.wording, economy.is_approximate) == ("khoảng 101 tỷ đồng", True)


def test_control_totals_are_loaded_once(catalogues):
    load_control_totals(CASE)
    report = load_control_totals(CASE)
    assert (report.created, report.updated, report.unchanged) == (0, 0, 21)


def test_control_totals_need_the_catalogues(db):
    with pytest.raises(CatalogueError, match=r"control_totals\.csv, dòng 2: không tìm thấy"):
        load_control_totals(CASE)


def test_catalogues_leave_the_case_alone(catalogues):
    assert not ControlTotal.objects.exists()
