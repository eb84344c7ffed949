"""A dossier from declaration to recognition, its guards with figures, and what others did."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from communes.models import UnitSuccession
from criteria.choices import DossierState, Outcome, Stage
from criteria.models import DebtStatement, DossierStep, ProcedureStep
from criteria.selectors.dossier_page import dossier_page
from criteria.selectors.dossiers import procedure_on
from criteria.selectors.sets import set_in_force
from criteria.services.dossiers import (
    ContentEntry,
    StaleDossier,
    SurveyEntry,
    VoteEntry,
    record_dossier_step,
    record_survey,
    take_back_dossier_step,
    take_dossier_step,
)
from ntm_tracker.core.models import AuditEntry, Document
from tests import factories
from tests.criteria.helpers import nothing_overwritten, present
from tests.criteria.procedure import load_procedure, put
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
WHEN = {"now": NOW, "today": TODAY}
GOOD = SurveyEntry(400, 380, 360, (ContentEntry("Giao thông", 380, 310),))


@pytest.fixture
def in_force(installation):
    load_procedure()
    factories.make_set(2, code="HT")
    return set_in_force("commune", TODAY, "42")


@pytest.fixture
def ready(commune_a, in_force):
    """Commune A with both criteria appraised as met."""
    for criterion in in_force.criteria:
        factories.assess(commune_a, criterion, stage=Stage.APPRAISED)
    return commune_a


def page_of(commune):
    return f"/communes/{commune.code}/dossier/"


def steps_of(commune):
    return page_of(commune) + "steps/"


def take(commune, in_force, step, by, seen=None, effective_on=TODAY, **fields):
    if seen is None:
        last = DossierStep.objects.filter(dossier__commune=commune).last()
        seen = last.pk if last else 0
    return take_dossier_step(
        commune=commune,
        in_force=in_force,
        step=step,
        seen=seen,
        effective_on=effective_on,
        by=by,
        **WHEN,
        **fields,
    )


def undo(commune, in_force, by, seen, note="Ghi nhầm ngày"):
    return take_back_dossier_step(
        commune=commune, in_force=in_force, seen=seen, note=note, by=by, **WHEN
    )


def test_a_dossier_goes_all_the_way(ready, in_force, user_a, office):
    paper = factories.make_document()
    with nothing_overwritten():
        take(ready, in_force, "start", user_a, effective_on=date(2022, 1, 10))
        take(ready, in_force, "declare", user_a)
        take(ready, in_force, "submit", office)
        take(ready, in_force, "complete", office)
        surveyed = take(ready, in_force, "survey", office, survey=GOOD)
        voted = take(ready, in_force, "vote", office, vote=VoteEntry(15, 12, 11))
        last = take(ready, in_force, "recognise", office, document=paper)

    assert (last.state, last.document, last.by) == ("recognised", paper, office)
    assert surveyed.survey.contents.get().satisfied == 310
    assert voted.vote.in_favour == 11
    page = dossier_page(office, ready, in_force, present())
    assert [line.step.state for line in page.lines] == [
        "in_progress",
        "self_declared",
        "under_appraisal",
        "complete",
        "surveyed",
        "voted",
        "recognised",
    ]
    assert [one.passage.step for one in page.next_steps] == ["revoke"]
    assert AuditEntry.objects.latest("pk").old == "Hội đồng đã bỏ phiếu"


@pytest.mark.parametrize(
    ("step", "state", "fields", "sentence"),
    [
        ("survey", "complete", {}, "Hãy ghi kết quả lấy ý kiến"),
        (
            "survey",
            "complete",
            {"survey": SurveyEntry(400, 380, 300)},
            r"Hài lòng chung: 300/380 \(78,9%\), dưới mức 90%.",
        ),
        (
            "survey",
            "complete",
            {"survey": SurveyEntry(400, 380, 360, (ContentEntry("Điện", 100, 79),))},
            r"Nội dung “Điện”: 79/100 \(79,0%\), dưới mức 80%.",
        ),
        ("survey", "complete", {"survey": SurveyEntry(10, 20, 19)}, "không quá số hỏi"),
        ("vote", "surveyed", {}, "Hãy ghi kết quả bỏ phiếu"),
        (
            "vote",
            "surveyed",
            {"vote": VoteEntry(15, 12, 10)},
            r"Tán thành: 10/12 \(83,3%\), dưới mức 90%.",
        ),
        ("vote", "surveyed", {"vote": VoteEntry(10, 12, 12)}, "không quá số thành viên"),
        ("recognise", "voted", {}, "cần số và ngày của quyết định"),
        ("refuse", "voted", {"note": " "}, "Hãy ghi lý do"),
        ("complete", "under_appraisal", {"effective_on": date(2022, 3, 1)}, "không thể sớm hơn"),
        ("complete", "under_appraisal", {"effective_on": date(2022, 5, 1)}, "sau ngày báo cáo"),
    ],
)
def test_what_a_step_lacks_is_said_and_nothing_is_written(
    step, state, fields, sentence, ready, in_force, office
):
    put(ready, in_force.criteria_set, DossierState(state))
    with pytest.raises(ValidationError, match=sentence):
        take(ready, in_force, step, office, **fields)
    assert DossierStep.objects.count() == 1


def test_criteria_and_debt_stand_in_the_way(commune_a, in_force, office):
    factories.assess(commune_a, in_force.criteria[0])
    put(commune_a, in_force.criteria_set, DossierState.IN_PROGRESS)
    with pytest.raises(PermissionDenied, match="Mới đạt 1/2 tiêu chí; còn tiêu chí 2"):
        take(commune_a, in_force, "declare", office)
    factories.assess(commune_a, in_force.criteria[1], Outcome.NOT_APPLICABLE)
    take(commune_a, in_force, "declare", office)
    take(commune_a, in_force, "submit", office)
    with pytest.raises(PermissionDenied, match="Mới 1/2 tiêu chí được thẩm định đạt"):
        take(commune_a, in_force, "complete", office)

    put(commune_a, in_force.criteria_set, DossierState.VOTED, TODAY)
    debt = {"commune": commune_a, "recorded_at": NOW, "by_label": "xã"}
    DebtStatement.objects.create(total=9, overdue=5, effective_on=TODAY, **debt)
    with pytest.raises(PermissionDenied, match="nợ đọng xây dựng cơ bản 5 đồng"):
        take(commune_a, in_force, "recognise", office, document=factories.make_document())
    DebtStatement.objects.create(total=9, overdue=0, effective_on=TODAY, **debt)
    take(commune_a, in_force, "recognise", office, document=factories.make_document())


def test_a_refused_dossier_starts_again_and_a_revoked_one_too(ready, in_force, office, user_a):
    put(ready, in_force.criteria_set, DossierState.VOTED)
    take(ready, in_force, "refuse", office, note="Thiếu 1 tiêu chí")
    take(ready, in_force, "start", user_a)
    put(ready, in_force.criteria_set, DossierState.RECOGNISED, TODAY)
    paper = factories.make_document()
    take(ready, in_force, "revoke", office, note="Sụt 12 tiêu chí", document=paper)
    assert take(ready, in_force, "start", user_a).state == "in_progress"


def test_recognition_is_carried_over_from_a_unit_that_had_it(
    commune_a, commune_b, in_force, office
):
    paper = factories.make_document()
    with pytest.raises(PermissionDenied, match="không thấy đơn vị nào như vậy"):
        take(commune_a, in_force, "carry_over", office, document=paper)
    UnitSuccession.objects.create(old=commune_b, new=commune_a, on=TODAY, part="whole")
    put(commune_b, factories.make_set(1), DossierState.RECOGNISED)
    assert take(commune_a, in_force, "carry_over", office, document=paper).state == "carried_over"


def test_the_second_of_two_learns_of_the_first(ready, in_force, office, admin):
    put(ready, in_force.criteria_set, DossierState.SELF_DECLARED)
    seen = DossierStep.objects.get().pk
    first = take(ready, in_force, "submit", office, seen=seen)
    with pytest.raises(StaleDossier) as caught:
        take(ready, in_force, "submit", admin, seen=seen)
    assert caught.value.last == first
    with pytest.raises(StaleDossier):
        undo(ready, in_force, admin, seen)


def test_the_latest_step_is_taken_back_by_a_new_row(ready, in_force, office, user_a):
    put(ready, in_force.criteria_set, DossierState.SELF_DECLARED)
    first = DossierStep.objects.get()
    with pytest.raises(ValidationError, match="bước đầu tiên"):
        undo(ready, in_force, user_a, first.pk)
    step = take(ready, in_force, "submit", office)
    with pytest.raises(PermissionDenied, match="tài khoản này chỉ xem"):
        undo(ready, in_force, user_a, step.pk)
    with pytest.raises(ValidationError, match="lý do"):
        undo(ready, in_force, office, step.pk, note="")
    with nothing_overwritten():
        row = undo(ready, in_force, office, step.pk)

    assert (row.state, row.corrects) == ("self_declared", step)
    page = dossier_page(office, ready, in_force, present())
    assert [line.is_taken_back for line in page.lines] == [False, True, False]
    assert page.take_back is None
    with pytest.raises(PermissionDenied, match="vừa được rút lại"):
        undo(ready, in_force, office, row.pk)


def test_steps_after_the_reporting_date_say_nothing_yet(ready, in_force, office):
    put(ready, in_force.criteria_set, DossierState.SELF_DECLARED)
    seen = DossierStep.objects.get().pk
    record_dossier_step(
        commune=ready,
        criteria_set=in_force.criteria_set,
        state=DossierState.VOTED,
        effective_on=date(2022, 6, 28),
        by=None,
        now=NOW,
        today=date(2022, 6, 30),
    )
    step = take(ready, in_force, "submit", office, seen=seen)
    assert undo(ready, in_force, office, step.pk).state == "self_declared"


def test_days_are_counted_against_the_limit_of_the_day(ready, in_force, office):
    put(ready, in_force.criteria_set, DossierState.SELF_DECLARED, date(2022, 2, 1))
    put(ready, in_force.criteria_set, DossierState.UNDER_APPRAISAL, date(2022, 3, 10))

    page = dossier_page(office, ready, in_force, present())

    spell = page.lines[1].spell
    assert (spell.words, spell.is_over) == ("37/30 ngày", True)
    waited, so_far = page.waiting
    assert waited.passage.step == "complete"
    # 11/3 to 29/4 without weekends, Giỗ Tổ (its substitute day, 11/4) and 30/4, a Saturday.
    assert (so_far.words, so_far.is_over) == ("35/30 ngày làm việc", True)


def test_the_district_verifies_until_it_ends(in_force):
    before, after = procedure_on(date(2025, 6, 30)), procedure_on(date(2025, 7, 1))

    assert before["submit"].actor.startswith("UBND huyện")
    assert after["submit"].actor.startswith("Văn phòng Điều phối tỉnh")
    assert (before["submit"].day_limit, after["submit"].day_limit) == (30, None)
    assert before.keys() == after.keys()
    verified = ProcedureStep.objects.filter(is_verified=True).values_list("code", flat=True)
    assert list(verified) == ["recognise"]


def test_the_page_says_what_is_unverified_and_why_a_step_is_closed(
    commune_a, in_force, office, viewer, client
):
    put(commune_a, in_force.criteria_set, DossierState.UNDER_APPRAISAL)
    client.force_login(office)
    html = client.get(page_of(commune_a)).content.decode()
    for words in (
        "từ 90%, từng nội dung từ 80%",
        "(chưa xác minh)",
        "xã chưa báo cáo",
        "Mới 0/2 tiêu chí được thẩm định đạt.",
        "UBND huyện (Văn phòng Điều phối ghi thay)",
        "thời hạn chưa xác minh",
    ):
        assert words in html
    client.force_login(viewer)
    html = client.get(page_of(commune_a)).content.decode()
    assert "<form" not in html.split("<main")[1].split("</main>")[0]
    assert "tài khoản này chỉ xem" in html


def test_a_step_is_recorded_on_the_page(ready, in_force, office, client):
    put(ready, in_force.criteria_set, DossierState.VOTED)
    client.force_login(office)
    seen = DossierStep.objects.get().pk
    sent = {"step": "recognise", "seen": seen, "effective_on": "30/04/2022", "note": ""}

    sent |= {"number": "12/QĐ-UBND", "issued_on": "31/02/2022"}
    answer = client.post(steps_of(ready), sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Ngày không đúng" in html
    assert 'value="12/QĐ-UBND"' in html

    sent["issued_on"] = "29/04/2022"
    answer = client.post(steps_of(ready), sent)
    assert (answer.status_code, answer["Location"]) == (303, page_of(ready))
    paper = Document.objects.get(number="12/QĐ-UBND")
    assert DossierStep.objects.last().document == paper
    assert "Đã ghi: Đã công nhận." in client.get(page_of(ready)).content.decode()


def test_a_survey_of_the_form_is_kept_and_shortfalls_come_back(ready, in_force, office, client):
    put(ready, in_force.criteria_set, DossierState.COMPLETE)
    client.force_login(office)
    sent = {
        "step": "survey",
        "seen": DossierStep.objects.get().pk,
        "effective_on": "30/04/2022",
        "asked": "400",
        "answered": "380",
        "satisfied": "300",
        "content_0": "Giao thông",
        "content_0_answered": "380",
        "content_0_satisfied": "330",
    }
    answer = client.post(steps_of(ready), sent)
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Hài lòng chung: 300/380 (78,9%), dưới mức 90%." in html
    assert 'value="330"' in html
    half = client.post(steps_of(ready), sent | {"content_0_satisfied": ""}).content.decode()
    assert "Hãy ghi cả số trả lời và số hài lòng." in half

    assert client.post(steps_of(ready), sent | {"satisfied": "360"}).status_code == 303
    html = client.get(page_of(ready)).content.decode()
    assert "360 hộ hài lòng" in html
    assert ">330</td>" in html


def test_a_stale_step_answers_409_with_both(ready, in_force, office, admin, client):
    put(ready, in_force.criteria_set, DossierState.SELF_DECLARED)
    seen = DossierStep.objects.get().pk
    step = take(ready, in_force, "submit", admin)
    client.force_login(office)
    sent = {"step": "submit", "seen": seen, "effective_on": "30/04/2022", "note": "đủ giấy tờ"}

    answer = client.post(steps_of(ready), sent)
    html = answer.content.decode()

    assert answer.status_code == 409
    assert f"{admin} đã ghi “Đang trình thẩm định”" in html
    assert "Bản đang nhập: “Thẩm tra, trình thẩm định”" in html
    assert DossierStep.objects.last() == step
    client.post(steps_of(ready), {"step": "take_back", "seen": step.pk, "note": "Nhầm"})
    assert DossierStep.objects.last().corrects == step


def test_a_step_that_is_none_is_answered_with_a_sentence(ready, office, client):
    client.force_login(office)

    answer = client.post(steps_of(ready), {"step": "{ 7}% x", "seen": "0"})

    assert answer.status_code == 422
    assert "Hãy chọn bước cần ghi." in answer.content.decode()


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_asks_the_same_questions_for_any_number_of_steps(
    n, ready, in_force, office, django_assert_num_queries
):
    for _ in range(n):
        put(ready, in_force.criteria_set, DossierState.SURVEYED)
        row = DossierStep.objects.last()
        record_survey(row, GOOD)
    with django_assert_num_queries(7):
        page = dossier_page(office, ready, in_force, present())
        assert [line.survey.contents.all()[0].name for line in page.lines] == ["Giao thông"] * n
