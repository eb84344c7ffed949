"""The queue and the page of one criterion: who finds what there, and what a button does."""

from datetime import date
from itertools import permutations

import pytest

from criteria.choices import DossierState, Outcome, Stage
from criteria.models import Assessment, Standing
from criteria.selectors.review import STAGE_AT, ReviewFilter, review_page, waits_at
from criteria.selectors.revocation import fallen_communes
from criteria.selectors.sets import set_in_force
from criteria.services.dossiers import record_dossier_step
from criteria.services.judging import latest_rows
from criteria.workflow import Place, place_of
from ntm_tracker.core.models import Installation
from tests import factories
from tests.criteria.helpers import present
from tests.factories import NOW, TODAY

pytestmark = pytest.mark.django_db
QUEUE = "/review/"
EARLIER = date(2022, 4, 20)


@pytest.fixture
def criteria(installation, department):
    """Three criteria; the department leads the first."""
    criteria_set = factories.make_set(3, code="HT")
    criteria_set.criteria.filter(number=1).update(lead=department.department_member.department)
    return list(criteria_set.criteria.order_by("number"))


def page_of(commune, criterion):
    return f"/communes/{commune.code}/criteria/{criterion.number}/"


def key(row):
    return f"{row.commune_id}-{row.criterion_id}-{row.pk}"


def report(commune, criterion, outcome=Outcome.MET, **fields):
    return factories.assess(commune, criterion, outcome, **({"as_of": EARLIER} | fields))


def verified(commune, criterion, **fields):
    report(commune, criterion)
    return factories.assess(commune, criterion, stage=Stage.VERIFIED, **fields)


def queue(user, **filters):
    return review_page(user, present(), Installation.current(), ReviewFilter(**filters))


def shown(page):
    return [(row.commune.name, row.criterion.number) for group in page.groups for row in group.rows]


def test_the_office_sees_what_waits_and_no_more(criteria, commune_a, commune_b, office):
    report(commune_b, criteria[1])
    report(commune_a, criteria[2])
    verified(commune_a, criteria[0])
    factories.assess(commune_b, criteria[0], Outcome.RETURNED, Stage.VERIFIED)

    assert shown(queue(office)) == [("Hà Linh", 2), ("Hương Bình", 3)]
    assert shown(queue(office, at="verified")) == [("Hương Bình", 1)]
    assert queue(office).counts == ((Place.SUBMITTED, 2), (Place.VERIFIED, 1))
    assert shown(queue(office, commune=commune_a.code)) == [("Hương Bình", 3)]
    assert shown(queue(office, criterion="2")) == [("Hà Linh", 2)]
    by_criterion = queue(office, group="criterion")
    assert [group.title for group in by_criterion.groups] == [str(criteria[1]), str(criteria[2])]


def test_a_department_sees_what_it_leads_once_it_is_verified(
    criteria, commune_a, commune_b, department, client
):
    verified(commune_a, criteria[0])
    verified(commune_a, criteria[1])  # led by nobody
    report(commune_b, criteria[0])  # not yet verified

    assert shown(queue(department)) == [("Hương Bình", 1)]
    assert shown(queue(department, at="submitted")) == [("Hương Bình", 1)]
    homeless = factories.make_user("department")
    assert shown(queue(homeless)) == []
    client.force_login(department)
    words = client.get(QUEUE).content.decode()
    assert "chờ thẩm định" in words
    assert "Xác nhận đã chọn" not in words


def test_what_stood_before_is_shown_beside_the_report(criteria, commune_a, office):
    before = verified(commune_a, criteria[0], outcome=Outcome.NOT_MET, as_of=EARLIER)
    report(commune_a, criteria[0], as_of=TODAY)
    report(commune_a, criteria[1])

    first, second = queue(office).groups[0].rows
    assert (first.before, first.has_turned) == (before, True)
    assert (second.before, second.has_turned) == (None, False)


STEPS = [
    (Stage.SELF, Outcome.MET, 1),
    (Stage.SELF, Outcome.WITHDRAWN, 2),
    (Stage.VERIFIED, Outcome.MET, 1),
    (Stage.VERIFIED, Outcome.RETURNED, 2),
    (Stage.APPRAISED, Outcome.NOT_MET, 2),
    (Stage.APPRAISED, Outcome.WITHDRAWN, 3),
]


def test_the_question_to_the_database_is_the_rule(installation):
    """Every ordered choice of up to three rows, one in each commune."""
    (criterion,) = factories.make_set(1).criteria.all()
    for order in (order for n in (1, 2, 3) for order in permutations(STEPS, n)):
        commune = factories.make_commune()
        for stage, outcome, day in order:
            factories.assess(commune, criterion, outcome, stage, as_of=date(2022, 4, day))
    standings = Standing.objects.select_related("self_row", "verified_row", "appraised_row")
    by_rule = {row.commune_id: place_of(latest_rows(row)) for row in standings}

    for place in STAGE_AT:
        found = set(Standing.objects.filter(waits_at(place)).values_list("commune_id", flat=True))
        assert found == {pk for pk, told in by_rule.items() if told == place}


def test_many_are_verified_at_once_and_the_place_in_the_list_is_kept(
    criteria, commune_a, commune_b, office, client
):
    rows = [report(commune, one) for commune in (commune_a, commune_b) for one in criteria]
    client.force_login(office)
    address = f"{QUEUE}?group=criterion"

    answer = client.post(address, {"move": "verify", "rows": [key(row) for row in rows[:4]]})

    assert (answer.status_code, answer["Location"]) == (303, address)
    assert Assessment.objects.filter(stage=Stage.VERIFIED, by=office).count() == 4
    assert "Đã xác nhận 4 tiêu chí." in client.get(address).content.decode()


def test_a_double_click_writes_once(criteria, commune_a, office, client):
    row = report(commune_a, criteria[0])
    client.force_login(office)
    sent = {"move": "verify", "rows": [key(row)], "form_key": "0" * 32}

    assert [client.post(QUEUE, sent).status_code for _ in range(2)] == [303, 303]
    assert Assessment.objects.filter(stage=Stage.VERIFIED).count() == 1


def test_what_is_missing_is_said_and_ticks_and_note_stay(criteria, commune_a, office, client):
    row = report(commune_a, criteria[0])
    client.force_login(office)

    answer = client.post(QUEUE, {"move": "return", "rows": [key(row)], "note": " "})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Hãy ghi lý do trả lại" in html
    assert f'value="{key(row)}" checked' in html

    answer = client.post(QUEUE, {"move": "return", "note": "Thiếu ảnh <b>"})
    html = answer.content.decode()
    assert answer.status_code == 422
    assert "Chưa chọn tiêu chí nào" in html
    assert "Thiếu ảnh &lt;b&gt;</textarea>" in html
    for wrong in ("1-2", "x", f"{10**19}-1-1"):
        assert client.post(QUEUE, {"move": "verify", "rows": [wrong]}).status_code == 422
    assert not Assessment.objects.exclude(pk=row.pk).exists()


def test_the_second_of_two_sees_what_the_first_wrote(criteria, commune_a, office, admin, client):
    row, other = report(commune_a, criteria[0]), report(commune_a, criteria[1])
    client.force_login(office)
    client.post(QUEUE, {"move": "return", "rows": [key(row)], "note": "Thiếu ảnh"})
    client.force_login(admin)

    sent = {"move": "verify", "rows": [key(row), key(other)], "note": "đã xem"}
    answer = client.post(QUEUE, sent)
    html = answer.content.decode()

    assert answer.status_code == 409
    assert f"{office} vừa ghi Trả lại (đã kiểm tra)" in html
    assert "Bản đang xem: Đạt (tự đánh giá)" in html
    assert "đã xem</textarea>" in html
    assert f'value="{key(other)}" checked' in html
    assert key(row) not in html
    assert not Assessment.objects.filter(by=admin).exists()


def test_the_second_is_told_even_where_nothing_waits_any_more(
    criteria, commune_a, office, admin, client
):
    row = report(commune_a, criteria[0])
    for user, status in ((office, 303), (admin, 409)):
        client.force_login(user)
        answer = client.post(QUEUE, {"move": "verify", "rows": [key(row)]})
        assert answer.status_code == status
    assert f"{office} vừa ghi Đạt (đã kiểm tra)" in answer.content.decode()


def test_the_fragment_is_the_list_alone(criteria, commune_a, office, client):
    report(commune_a, criteria[0])
    client.force_login(office)
    html = client.get(
        QUEUE, headers={"HX-Request": "true", "HX-Target": "review-rows"}
    ).content.decode()

    assert html.lstrip().startswith("<section")
    assert 'id="review-rows"' in html


def test_filters_that_lead_nowhere_are_refused(criteria, office, client):
    client.force_login(office)
    assert client.get(QUEUE, {"commune": "00000"}).status_code == 400
    assert client.get(QUEUE, {"criterion": "99"}).status_code == 400
    assert "Không còn tiêu chí nào đang chờ" in client.get(QUEUE).content.decode()
    assert client.get(QUEUE, {"as_of": "2022-03-31"}).status_code == 302


@pytest.mark.parametrize("n", [1, 3])
def test_the_queue_asks_the_same_questions_for_any_length(
    n, criteria, office, django_assert_num_queries
):
    for _ in range(n):
        commune = factories.make_commune()
        for criterion in criteria:
            report(commune, criterion)
    with django_assert_num_queries(10):
        page = queue(office)
        assert [row.row.note for group in page.groups for row in group.rows] == [""] * 3 * n


def test_the_page_of_one_criterion_shows_rungs_history_and_what_may_be_done(
    criteria, commune_a, office, department, viewer, client
):
    row = report(commune_a, criteria[0], note="12/12 km")
    client.force_login(office)
    html = client.get(page_of(commune_a, criteria[0])).content.decode()
    for words in ("12/12 km", "Chờ kiểm tra", ">Xác nhận</button>", "Chưa thể “Thẩm định”"):
        assert words in html
    client.force_login(department)
    html = client.get(page_of(commune_a, criteria[0])).content.decode()
    assert "Chưa thể “Thẩm định”" in html
    assert "<textarea" not in html
    client.force_login(viewer)
    assert "Việc có thể làm" not in client.get(page_of(commune_a, criteria[0])).content.decode()

    client.force_login(office)
    answer = client.post(
        page_of(commune_a, criteria[0]), {"move": "verify", "rows": [key(row)], "note": ""}
    )
    assert (answer.status_code, answer["Location"]) == (303, page_of(commune_a, criteria[0]))
    client.force_login(department)
    last = Assessment.objects.get(stage=Stage.VERIFIED)
    sent = {"move": "appraise", "rows": [key(last)], "outcome": "met"}
    answer = client.post(page_of(commune_a, criteria[0]), sent)
    assert answer.status_code == 422
    assert "Hãy ghi hiện trạng" in answer.content.decode()
    client.post(page_of(commune_a, criteria[0]), sent | {"note": "Đủ"})
    html = client.get(page_of(commune_a, criteria[0])).content.decode()
    assert "Đã ghi thẩm định 1 tiêu chí." in html
    assert ">Rút lại thẩm định</button>" in html


def test_a_conclusion_is_taken_back_on_the_page(criteria, commune_a, office, client):
    row = verified(commune_a, criteria[0])
    client.force_login(office)
    address = page_of(commune_a, criteria[0])
    client.post(address, {"move": "unverify", "rows": [key(row)], "note": "Nhầm xã"})

    html = client.get(address).content.decode()
    assert "kết quả trước đó có hiệu lực trở lại" in html
    assert "Rút lại một kết luận đã ghi trước đó." in html
    assert Standing.objects.get(commune=commune_a).cell == "s"


def test_a_refusal_is_a_403_with_its_reason(criteria, commune_a, department, client):
    row = report(commune_a, criteria[1])
    client.force_login(department)
    answer = client.post(
        page_of(commune_a, criteria[1]), {"move": "appraise", "rows": [key(row)],
                                         "outcome": "met", "note": "x"}
    )  # fmt: skip
    assert answer.status_code == 403
    assert "sở, ngành khác phụ trách" in answer.content.decode()


def test_a_past_day_is_read_only(criteria, commune_a, office, client):
    report(commune_a, criteria[0])
    client.force_login(office)
    address = page_of(commune_a, criteria[0]) + "?as_of=2022-04-25"
    html = client.get(address).content.decode()

    assert "chỉ ghi cho ngày báo cáo" in html
    assert "Việc có thể làm" not in html
    assert client.post(address, {"move": "verify"}).status_code == 302


def test_towns_and_absent_criteria_have_no_page(criteria, commune_a, office, client):
    client.force_login(office)
    town = factories.make_commune(kind="thi_tran")
    assert client.get(page_of(town, criteria[0])).status_code == 404
    assert client.get(f"/communes/{commune_a.code}/criteria/9/").status_code == 404


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_asks_the_same_questions_for_any_history(
    n, criteria, commune_a, office, client, django_assert_max_num_queries
):
    for _ in range(n):
        report(commune_a, criteria[0])
    client.force_login(office)
    with django_assert_max_num_queries(17):
        client.get(page_of(commune_a, criteria[0]))


def recognise(commune, criteria, on=date(2022, 2, 1)):
    record_dossier_step(
        commune=commune,
        criteria_set=criteria[0].criteria_set,
        state=DossierState.RECOGNISED,
        effective_on=on,
        by=None,
        now=NOW,
        today=TODAY,
    )


def test_recognised_communes_in_which_criteria_fell_are_named(
    criteria, commune_a, commune_b, office, client
):
    recognise(commune_a, criteria)
    recognise(commune_b, criteria)
    report(commune_b, criteria[0], Outcome.NOT_MET, as_of=date(2022, 1, 1))  # before: says nothing
    report(commune_a, criteria[0], Outcome.NOT_MET)
    in_force = set_in_force("commune", TODAY, "42")
    communes = type(commune_a).objects.all()

    (fallen,) = fallen_communes(communes, in_force, TODAY)
    assert (fallen.name, fallen.total, fallen.reason) == ("Hương Bình", 3, "")
    type(criteria[0]).objects.filter(pk=criteria[0].pk).update(weighs_in_revocation=True)
    in_force = set_in_force("commune", TODAY, "42")
    (fallen,) = fallen_communes(communes, in_force, TODAY)
    assert fallen.reason.startswith("1/3 tiêu chí không còn đạt (33,3%)")
    client.force_login(office)
    html = client.get(QUEUE).content.decode()
    assert "Cảnh báo thu hồi công nhận" in html
    assert "(trọng yếu)" in html

    factories.assess(commune_a, criteria[0], stage=Stage.VERIFIED)  # checked: still met
    assert fallen_communes(communes, in_force, TODAY) == []
    assert fallen_communes(communes, in_force, date(2022, 1, 15)) == []
