"""Which criteria set measures, by level, day and province."""

from datetime import date

import pytest

from criteria.choices import Level
from criteria.selectors.sets import set_in_force
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def catalogue():
    """The sets as the catalogue has them: the province's own beside the national ones."""
    sets = [
        ("QG2016", 19, None, date(2016, 12, 1), date(2020, 12, 31)),
        ("QG2021", 19, None, date(2021, 1, 1), date(2026, 2, 14)),
        ("HT20", 20, factories.make_province(), date(2021, 1, 1), date(2026, 2, 14)),
        ("QG2026", 10, None, date(2026, 2, 15), None),
    ]
    for code, size, province, valid_from, valid_to in sets:
        factories.make_set(
            size, code=code, province=province, valid_from=valid_from, valid_to=valid_to
        )
    factories.make_set(10, code="THON", level=Level.VILLAGE, province=factories.make_province())


@pytest.mark.parametrize(
    ("level", "on", "province", "expected"),
    [
        (Level.COMMUNE, date(2022, 4, 30), "42", ("HT20", 20)),
        (Level.COMMUNE, date(2022, 4, 30), "40", ("QG2021", 19)),
        (Level.COMMUNE, date(2022, 4, 30), "", ("QG2021", 19)),
        (Level.COMMUNE, date(2020, 12, 31), "42", ("QG2016", 19)),
        (Level.COMMUNE, date(2021, 1, 1), "42", ("HT20", 20)),
        (Level.COMMUNE, date(2026, 2, 14), "42", ("HT20", 20)),
        (Level.COMMUNE, date(2026, 2, 15), "42", ("QG2026", 10)),
        (Level.COMMUNE, date(2026, 3, 1), "42", ("QG2026", 10)),
        (Level.VILLAGE, date(2022, 4, 30), "42", ("THON", 10)),
        (Level.VILLAGE, date(2022, 4, 30), "40", None),
        (Level.COMMUNE, date(2010, 1, 1), "42", None),
    ],
)
def test_set_in_force(catalogue, level, on, province, expected):
    found = set_in_force(level, on, province)

    assert (found and (found.criteria_set.code, found.total)) == expected


def test_of_two_sets_in_force_the_newer_one_counts():
    factories.make_set(1, code="OLD", valid_from=date(2020, 1, 1))
    factories.make_set(2, code="NEW", valid_from=date(2021, 6, 1))

    assert set_in_force(Level.COMMUNE, date(2021, 5, 31), "42").criteria_set.code == "OLD"
    assert set_in_force(Level.COMMUNE, date(2021, 6, 1), "42").criteria_set.code == "NEW"


def test_criteria_come_in_order_and_the_groups_span_them():
    factories.make_set(7)
    found = set_in_force(Level.COMMUNE, date(2022, 4, 30), "42")

    assert [criterion.number for criterion in found.criteria] == [1, 2, 3, 4, 5, 6, 7]
    assert found.groups == [("Nhóm 1", 5), ("Nhóm 2", 2)]


@pytest.mark.parametrize("n", [1, 3])
def test_set_in_force_asks_two_questions(n, django_assert_num_queries):
    criteria_set = factories.make_set(n)
    criteria_set.criteria.update(lead=factories.make_department())
    with django_assert_num_queries(1):
        found = set_in_force(Level.COMMUNE, date(2022, 4, 30), "42")
        assert all(criterion.lead.name for criterion in found.criteria)
        assert found.criteria_set.document is None
