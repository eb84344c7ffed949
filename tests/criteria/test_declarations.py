"""Completeness and timeliness of a month's report: who declared it, what is missing, how late."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from communes.models import Commune
from criteria.choices import DossierState, Level, Outcome, Stage
from criteria.models import Declaration
from criteria.selectors.declarations import completeness, due_month, month_report, month_reports
from criteria.selectors.sets import set_in_force
from criteria.services.declarations import declare_month
from criteria.services.dossiers import record_dossier_step
from ntm_tracker.core.models import AuditEntry, Period
from tests.factories import NOW, TODAY, assess, make_commune, make_set

pytestmark = pytest.mark.django_db
APRIL, DUE = date(2022, 4, 1), date(2022, 5, 5)


@pytest.fixture
def criteria():
    make_set(size=3)
    return set_in_force(Level.COMMUNE, TODAY, "42").criteria


@pytest.fixture
def period():
    return Period.objects.create(month=APRIL, cut_off_on=date(2022, 4, 30), due_on=DUE)


def report(commune, on=TODAY):
    return month_report(commune, set_in_force(Level.COMMUNE, on, "42"), APRIL, on)


def declare(commune, *, on=TODAY, is_complete=True, **overrides):
    fields = {"by": None, "now": NOW, "today": on, "month": APRIL} | overrides
    return declare_month(commune=commune, is_complete=is_complete, **fields)


def test_completeness_counts_self_reports_of_the_month_alone(commune_a, commune_b, criteria):
    first, second, third = criteria
    assess(commune_a, first, Outcome.NOT_MET, as_of=date(2022, 4, 1))
    assess(commune_a, second, as_of=date(2022, 3, 31))
    assess(commune_a, third, as_of=TODAY, stage=Stage.VERIFIED)
    assess(commune_b, second, as_of=TODAY)

    found = report(commune_a)

    assert (found.reported, found.total, found.percent) == (1, 3, 33)
    assert found.missing == (second, third)


def test_what_was_withdrawn_is_not_reported(commune_a, criteria):
    assess(commune_a, criteria[0], as_of=date(2022, 4, 2))
    assess(commune_a, criteria[0], Outcome.WITHDRAWN, as_of=date(2022, 4, 3))

    assert report(commune_a).reported == 0


def test_what_was_taken_back_leaves_the_report_before_it(commune_a, criteria):
    assess(commune_a, criteria[0], as_of=date(2022, 4, 2))
    second = assess(commune_a, criteria[0], Outcome.NOT_MET, as_of=date(2022, 4, 3))
    assess(commune_a, criteria[0], Outcome.WITHDRAWN, as_of=date(2022, 4, 4), corrects=second)

    assert report(commune_a).reported == 1


@pytest.mark.parametrize(
    ("on", "words", "late"), [(DUE, "Đúng hạn", 0), (DUE + timedelta(2), "Chậm 2 ngày", 2)]
)
@pytest.mark.usefixtures("criteria", "period")
def test_timeliness_is_that_of_the_declaration(commune_a, on, words, late):
    declare(commune_a, on=on)

    found = report(commune_a, on + timedelta(days=30))
    assert (found.is_declared, found.days_late, found.timeliness) == (True, late, words)
    assert not report(commune_a, on - timedelta(days=1)).is_declared


@pytest.mark.usefixtures("criteria", "period")
def test_who_has_not_declared_is_overdue_the_day_after(commune_a):
    assert (report(commune_a, DUE).is_overdue, report(commune_a, DUE).days_late) == (False, None)

    late = report(commune_a, DUE + timedelta(days=1))
    assert (late.is_overdue, late.timeliness) == (True, "Quá hạn 1 ngày")


@pytest.mark.usefixtures("criteria", "period")
def test_taking_back_is_a_new_row_with_a_reason(commune_a):
    first = declare(commune_a)
    with pytest.raises(ValidationError, match="lý do"):
        declare(commune_a, is_complete=False)
    second = declare(commune_a, is_complete=False, note="Còn thiếu tiêu chí 2.")

    assert not report(commune_a).is_declared
    assert (second.corrects, Declaration.objects.count()) == (first, 2)
    assert list(AuditEntry.objects.order_by("id").values_list("action", "old", "new")) == [
        ("declaration.complete", "chưa đủ", "đã báo cáo đủ"),
        ("declaration.take_back", "đã báo cáo đủ", "chưa đủ"),
    ]


def test_the_same_is_not_declared_twice(commune_a):
    declare(commune_a)
    with pytest.raises(ValidationError, match="đã được xác nhận đủ"):
        declare(commune_a)
    assert Declaration.objects.count() == 1


@pytest.mark.parametrize("month", [date(2022, 5, 1), date(2022, 4, 15)])
def test_a_month_that_has_not_begun_is_refused(commune_a, month):
    with pytest.raises(ValidationError, match="chưa đến"):
        declare(commune_a, month=month)


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        ("user_a", True),
        ("office", True),
        ("admin", True),
        ("user_b", False),
        ("department", False),
        ("viewer", False),
        ("sponsor_a", False),
    ],
)
def test_who_reports_for_the_commune_declares(request, commune_a, role, allowed):
    user = request.getfixturevalue(role)
    if allowed:
        assert declare(commune_a, by=user).by == user
    else:
        with pytest.raises(PermissionDenied):
            declare(commune_a, by=user)


def test_a_recognised_commune_owes_no_report(commune_a, criteria):
    record_dossier_step(
        commune=commune_a,
        criteria_set=criteria[0].criteria_set,
        state=DossierState.RECOGNISED,
        effective_on=TODAY,
        by=None,
        now=NOW,
        today=TODAY,
    )
    assert report(commune_a) is None


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.usefixtures("period")
def test_sums_over_communes_in_five_queries(django_assert_num_queries, criteria, n):
    for _ in range(n):
        commune = make_commune()
        assess(commune, criteria[0])
        declare(commune)
    in_force = set_in_force(Level.COMMUNE, TODAY, "42")

    with django_assert_num_queries(5):
        rows = month_reports(Commune.objects.all(), in_force, APRIL, TODAY)

    sums = completeness(rows)
    assert (sums.communes, sums.reported, sums.total, sums.percent) == (n, n, 3 * n, 33)
    assert (sums.declared, sums.on_time, sums.overdue) == (n, n, 0)


def test_the_month_that_falls_due_next_is_asked_for(period):
    assert due_month(TODAY) == APRIL
    assert due_month(DUE) == APRIL
    assert due_month(DUE + timedelta(days=1)) == date(2022, 5, 1)
