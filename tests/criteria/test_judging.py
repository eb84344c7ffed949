"""Verifying, returning, appraising and taking back: rows, rights, and what others did meanwhile."""

from datetime import date
from decimal import Decimal
from itertools import product

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from criteria.choices import DossierState, Outcome, Stage
from criteria.models import Assessment, Standing
from criteria.selectors.history import standing_differences
from criteria.selectors.sets import set_in_force
from criteria.selectors.standings import commune_criteria
from criteria.services.dossiers import record_dossier_step
from criteria.services.judging import (
    Seen,
    StaleJudgement,
    appraise_criteria,
    return_criteria,
    take_back_judgement,
    verify_criteria,
)
from ntm_tracker.core.models import AuditEntry
from tests import factories
from tests.criteria.helpers import nothing_overwritten, past, present
from tests.factories import NOW, TODAY
from tests.queries import WRITER_LOCK

pytestmark = pytest.mark.django_db
WHEN = {"now": NOW, "today": TODAY}
EARLIER = date(2022, 4, 20)


@pytest.fixture
def criteria(department):
    criteria_set = factories.make_set(3, code="HT")
    lead = department.department_member.department
    criteria_set.criteria.update(lead=lead)
    return list(criteria_set.criteria.order_by("number"))


def standing(commune, criterion):
    return Standing.objects.get(commune=commune, criterion=criterion)


def cell(commune, criterion):
    return standing(commune, criterion).cell


def seen(row):
    return Seen(row.commune_id, row.criterion_id, row.pk)


def report(commune, criterion, outcome=Outcome.MET, as_of=EARLIER, **fields):
    return factories.assess(commune, criterion, outcome, as_of=as_of, **fields)


def verify(row, by, **fields):
    return verify_criteria(seen=[seen(row)], by=by, **WHEN, **fields)[0]


def appraise(row, by, outcome=Outcome.MET, note="Đủ 12 km đường nhựa"):
    return appraise_criteria(seen=[seen(row)], outcome=outcome, note=note, by=by, **WHEN)[0]


def send_back(row, by, note="Thiếu ảnh"):
    return return_criteria(seen=[seen(row)], note=note, by=by, **WHEN)[0]


def take_back(row, by, note="Ghi nhầm xã"):
    return take_back_judgement(seen=seen(row), note=note, by=by, **WHEN)


def test_a_criterion_climbs_from_report_to_appraisal(commune_a, criteria, office, department):
    first = report(commune_a, criteria[0], value=Decimal("96.5"), note="11,9/12 km")
    with nothing_overwritten():
        returned = send_back(first, office)
        assert cell(commune_a, criteria[0]) == "r"
        again = report(commune_a, criteria[0], value=Decimal(98), note="12/12 km", as_of=TODAY)
        verified = verify(again, office)
        appraised = appraise(verified, department, Outcome.NOT_MET, "Còn 1 cầu hỏng")

    assert (returned.stage, returned.outcome, returned.note) == (
        "verified",
        "returned",
        "Thiếu ảnh",
    )
    assert (verified.stage, verified.outcome, verified.value) == ("verified", "met", 98)
    assert (verified.as_of, verified.by, verified.note) == (TODAY, office, "12/12 km")
    assert (appraised.stage, appraised.outcome, appraised.value) == ("appraised", "not_met", 98)
    assert appraised.note == "Còn 1 cầu hỏng"
    assert cell(commune_a, criteria[0]) == "A"
    assert standing_differences(TODAY) == []


def test_a_remark_of_the_office_takes_the_place_of_the_communes(commune_a, criteria, office):
    row = report(commune_a, criteria[0], note="của xã")
    assert verify(row, office, note="đã xem tại chỗ").note == "đã xem tại chỗ"


def test_what_does_not_apply_is_verified_as_such(commune_a, criteria, office):
    verify(report(commune_a, criteria[0], Outcome.NOT_APPLICABLE), office)
    assert cell(commune_a, criteria[0]) == "n"


def test_a_department_returns_on_its_own_rung(commune_a, criteria, office, department):
    verified = verify(report(commune_a, criteria[0]), office)
    row = send_back(verified, department)

    assert (row.stage, row.outcome) == ("appraised", "returned")
    assert cell(commune_a, criteria[0]) == "r"
    again = report(commune_a, criteria[0], as_of=TODAY)
    verify(again, office)
    assert cell(commune_a, criteria[0]) == "v"


def test_the_trail_says_what_stood_before(commune_a, criteria, office):
    row = report(commune_a, criteria[0])
    send_back(row, office)

    entry = AuditEntry.objects.latest("pk")
    assert (entry.old, entry.new) == ("Đạt (tự đánh giá)", "Trả lại (đã kiểm tra)")
    assert (entry.by, entry.note, entry.commune_id) == (office, "Thiếu ảnh", commune_a.pk)


@pytest.mark.parametrize("role", ["viewer", "user_a", "sponsor_a"])
def test_who_does_not_judge_is_refused(role, request, commune_a, criteria):
    row = report(commune_a, criteria[0])
    user = request.getfixturevalue(role)

    for act in (verify, appraise, send_back, take_back):
        with pytest.raises(PermissionDenied, match="là việc của Văn phòng Điều phối"):
            act(row, user)
    assert Assessment.objects.count() == 1


def test_a_department_neither_verifies_nor_judges_what_others_lead(
    commune_a, criteria, office, department
):
    row = report(commune_a, criteria[0])
    with pytest.raises(PermissionDenied, match="“Xác nhận” là việc của Văn phòng"):
        verify(row, department)
    other = factories.make_department_user()
    verified = verify(row, office)
    with pytest.raises(PermissionDenied, match="sở, ngành khác phụ trách"):
        appraise(verified, other)


@pytest.mark.parametrize("act", [appraise, send_back, take_back])
def test_these_need_a_sentence(act, commune_a, criteria, office):
    row = verify(report(commune_a, criteria[0]), office)
    with pytest.raises(ValidationError, match="Hãy ghi"):
        act(row, office, note="  ")


@pytest.mark.parametrize("outcome", [Outcome.NOT_APPLICABLE, Outcome.RETURNED, Outcome.WITHDRAWN])
def test_an_appraisal_says_met_or_not_met(outcome, commune_a, criteria, office):
    row = verify(report(commune_a, criteria[0]), office)
    with pytest.raises(ValidationError, match="đạt hoặc chưa đạt"):
        appraise(row, office, outcome)


def test_nothing_chosen_is_an_error(office):
    with pytest.raises(ValidationError, match="Chưa chọn"):
        verify_criteria(seen=[], by=office, **WHEN)


def test_the_second_learns_of_the_first_and_nothing_is_written(
    commune_a, criteria, office, department
):
    one, two = report(commune_a, criteria[0]), report(commune_a, criteria[1])
    newer = report(commune_a, criteria[1], Outcome.NOT_MET, as_of=TODAY)

    with pytest.raises(StaleJudgement) as caught:
        verify_criteria(seen=[seen(one), seen(two)], by=office, **WHEN)

    (conflict,) = caught.value.conflicts
    assert (conflict.commune, conflict.criterion) == (commune_a, criteria[1])
    assert (conflict.seen, conflict.now) == (two, newer)
    assert not Assessment.objects.filter(stage=Stage.VERIFIED).exists()

    verified = verify(newer, office)
    for act in (verify, send_back):  # both offices pressed the button
        with pytest.raises(StaleJudgement) as caught:
            act(newer, office)
        assert caught.value.conflicts[0].now == verified


def test_a_form_with_foreign_ids_says_nothing_about_them(commune_a, commune_b, criteria, office):
    row = report(commune_a, criteria[0])
    other = report(commune_b, criteria[0])
    mixed = Seen(commune_a.pk, criteria[0].pk, other.pk)
    with pytest.raises(StaleJudgement) as caught:
        verify_criteria(seen=[mixed], by=office, **WHEN)
    assert (caught.value.conflicts[0].seen, caught.value.conflicts[0].now) == (None, row)
    with pytest.raises(ValidationError, match="không còn trong danh sách"):
        verify_criteria(seen=[Seen(99999, criteria[0].pk, row.pk)], by=office, **WHEN)


def test_taking_back_brings_back_exactly_what_stood_before(commune_a, criteria, office, department):
    criterion = criteria[0]
    march = report(commune_a, criterion, Outcome.NOT_MET, as_of=date(2022, 3, 1))
    first = verify(march, office)
    second = report(commune_a, criterion, as_of=TODAY)
    verified = verify(second, office)
    appraised = appraise(verified, department)

    steps = [("a", appraised), ("v", verified)]
    for shown, row in steps:
        assert cell(commune_a, criterion) == shown
        with nothing_overwritten():
            undo = take_back(row, office)
        assert (undo.corrects, undo.outcome, undo.stage) == (row, "withdrawn", row.stage)
    # The verification of March counts again, and the report after it waits once more.
    now = standing(commune_a, criterion)
    assert (now.cell, now.verified_row, now.appraised_row) == ("V", first, None)
    in_force = set_in_force("commune", TODAY, "42")
    for as_of in (present(), past()):
        detail = commune_criteria(commune_a, in_force, as_of)[0]
        assert (detail.cell, detail.deciding) == ("V", first)
        assert len(detail.history) == 7
    assert verify(second, office).outcome == "met"
    assert standing_differences(TODAY) == []


def test_a_return_taken_back_leaves_the_report_waiting(commune_a, criteria, office, department):
    row = report(commune_a, criteria[0])
    returned = send_back(row, office)
    with pytest.raises(PermissionDenied, match="chỉ Văn phòng rút lại được"):
        take_back(returned, department)
    take_back(returned, office)
    assert cell(commune_a, criteria[0]) == "s"

    own = send_back(verify(row, office), department)
    take_back(own, department)
    assert cell(commune_a, criteria[0]) == "v"


def test_a_report_is_not_taken_back_by_who_judges(commune_a, criteria, office):
    with pytest.raises(PermissionDenied, match="Chưa thể “Rút lại xác nhận”"):
        take_back(report(commune_a, criteria[0]), office)


def test_what_the_dossier_rests_on_stays(commune_a, criteria, office):
    row = verify(report(commune_a, criteria[0]), office)
    record_dossier_step(
        commune=commune_a,
        criteria_set=criteria[0].criteria_set,
        state=DossierState.COMPLETE,
        effective_on=TODAY,
        by=None,
        **WHEN,
    )
    with pytest.raises(PermissionDenied, match="dựa trên kết luận này"):
        take_back(row, office)


@pytest.mark.parametrize("n", [1, 3])
def test_verifying_many_takes_as_many_questions_as_one(
    n, criteria, office, django_assert_num_queries
):
    communes = [factories.make_commune() for _ in range(n)]
    rows = [report(*pair) for pair in product(communes, criteria)]
    with django_assert_num_queries(21 + WRITER_LOCK):
        verify_criteria(seen=[seen(row) for row in rows], by=office, **WHEN)
    assert Assessment.objects.filter(stage=Stage.VERIFIED).count() == 3 * n
