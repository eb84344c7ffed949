"""The office's own assessment of sponsors: append-only, per month, in pages and workbook."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from ntm_tracker.core.models import AuditEntry, Period
from ntm_tracker.core.permits import WholeProvince
from ntm_tracker.reports.selectors.month import month_rows
from ntm_tracker.reports.workbook.annexes import sponsors_sheet
from sponsors.choices import Verdict
from sponsors.models import SponsorReview
from sponsors.selectors import review_history, sponsor_page, sponsor_rows
from sponsors.selectors.review_page import review_page
from sponsors.services import ReviewEntry, record_reviews
from tests.factories import (
    NOW,
    TODAY,
    make_assignment,
    make_commune,
    make_sponsor,
    make_sponsor_user,
)
from tests.sponsors.build import on

APRIL, MARCH = date(2022, 4, 1), date(2022, 3, 1)


@pytest.fixture
def sponsor(sponsor_a, commune_a):
    found = sponsor_a.sponsor_member.sponsor
    make_assignment(found, commune_a, decided_on=date(2022, 3, 1))
    return found


def assess(sponsor, verdict=Verdict.ON_PLAN, month=APRIL, by=None, today=TODAY, **fields):
    entry = ReviewEntry(sponsor=sponsor, month=month, verdict=verdict, **fields)
    return record_reviews([entry], by=by, now=NOW, today=today)[0]


def test_the_latest_of_a_month_counts_and_all_of_it_stays(sponsor, office, commune_a):
    assess(sponsor, Verdict.GOOD, by=office)
    assess(sponsor, Verdict.BEHIND, seen="Chưa có biên bản.", by=office)
    assess(sponsor, Verdict.ON_PLAN, commune=commune_a, by=office)
    assess(sponsor, Verdict.GOOD, month=MARCH, by=office)

    row = sponsor_rows(office, on())[0]

    assert [line.verdict_words for line in row.reviews] == [
        "Chậm so với kế hoạch",
        f"{commune_a.name}: Đúng kế hoạch",
    ]
    assert [line.verdict for line in sponsor_rows(office, on(date(2022, 3, 31)))[0].reviews] == [
        "good"
    ]
    assert len(review_history(office, on(), sponsor)) == 4
    entry = AuditEntry.objects.filter(action="sponsor.review").order_by("pk")[1]
    assert (entry.new, entry.note) == ("Chậm so với kế hoạch, tháng 04/2022", "Chưa có biên bản.")
    assert entry.sponsor_id == sponsor.pk


def test_an_assessment_written_after_the_month_belongs_to_its_end(sponsor, office):
    row = assess(sponsor, month=MARCH, by=office)
    assert (row.effective_on, row.recorded_at) == (date(2022, 3, 31), NOW)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"month": date(2022, 5, 1)}, {"month"}),
        ({"month": date(2022, 4, 2)}, {"month"}),
        ({"verdict": Verdict.BEHIND, "seen": " "}, {"seen"}),
        ({"verdict": Verdict.NOT_STARTED}, {"seen"}),
        ({"visited_on": date(2022, 4, 20)}, {"seen"}),
        ({"visited_on": date(2022, 5, 20), "seen": "Đã thấy."}, {"visited_on"}),
    ],
)
def test_an_assessment_that_makes_no_sense_is_refused(sponsor, office, fields, wrong):
    with pytest.raises(ValidationError) as refusal:
        assess(sponsor, by=office, **fields)
    assert set(refusal.value.message_dict) == wrong
    assert not SponsorReview.objects.exists()


def test_a_commune_that_it_does_not_sponsor_is_refused(sponsor, office):
    with pytest.raises(ValidationError, match="không đỡ đầu xã"):
        assess(sponsor, by=office, commune=make_commune())


@pytest.mark.parametrize("role", ["viewer", "department", "user_a", "sponsor_a"])
def test_only_the_office_assesses(role, sponsor, request):
    with pytest.raises(PermissionDenied, match="Văn phòng Điều phối"):
        assess(sponsor, by=request.getfixturevalue(role))


def test_those_without_a_verdict_come_first(sponsor, office, commune_a):
    other = make_sponsor()
    make_assignment(other, commune_a, decided_on=date(2022, 3, 1))
    assess(sponsor)

    page = review_page(office, on(), None)

    assert [bool(row.reviews) for row in page.rows] == [False, True]
    assert (page.missing, page.month) == (1, APRIL)
    assert review_page(office, on(), MARCH).missing == 2


def test_a_sponsor_reads_its_own_and_no_others(client, installation, sponsor, sponsor_a, commune_a):
    other = make_sponsor()
    make_assignment(other, commune_a)
    assess(sponsor, Verdict.BEHIND, seen="DẤU CỦA MÌNH")
    assess(other, Verdict.BEHIND, seen="DẤU CỦA BÊN KIA")
    client.force_login(sponsor_a)

    page = client.get(reverse("sponsors:review-list")).content.decode()

    assert "DẤU CỦA MÌNH" in page
    assert "DẤU CỦA BÊN KIA" not in page
    assert "Đúng kế hoạch” cho đơn vị" not in page


def test_a_commune_reads_only_what_names_it(sponsor, user_a, commune_a):
    assess(sponsor, Verdict.BEHIND, seen="Cả đơn vị")
    assess(sponsor, Verdict.GOOD, commune=commune_a, seen="Ở xã")
    assert [line.seen for line in sponsor_page(user_a, sponsor, on()).reviews] == ["Ở xã"]


@pytest.mark.parametrize("n", [1, 3])
def test_the_page_costs_the_same_for_one_and_three(n, office, commune_a, django_assert_num_queries):
    for _ in range(n):
        found = make_sponsor()
        make_assignment(found, commune_a)
        assess(found, seen="Đã thấy.", visited_on=TODAY)
    with django_assert_num_queries(8):
        assert len(review_page(office, on(), APRIL).rows) == n


def test_the_office_writes_one_and_marks_several(client, installation, sponsor, office, commune_a):
    other = make_sponsor()
    make_assignment(other, commune_a)
    client.force_login(office)
    url = reverse("sponsors:review-add", args=[sponsor.pk])
    data = {"month": "2022-04-01", "verdict": "behind", "visited_on": "27/04/2022"}
    wrong = client.post(url, data)
    assert wrong.status_code == 422
    assert "hãy ghi kết quả kiểm tra" in wrong.content.decode()
    assert "27/04/2022" in wrong.content.decode()

    answer = client.post(url, data | {"seen": "Chưa làm.", "inspectors": "Tổ theo dõi"})
    assert answer["Location"] == "/reviews/?month=2022-04"
    data = {"month": "2022-04-01", "sponsor": [sponsor.pk, other.pk]}
    answer = client.post(reverse("sponsors:review-list"), data)

    assert answer.status_code == 303
    counted = {row.pk: row.reviews[0].verdict for row in sponsor_rows(office, on())}
    assert counted == {sponsor.pk: "on_plan", other.pk: "on_plan"}
    assert SponsorReview.objects.count() == 3
    assert client.get("/reviews/?month=2022-05").status_code == 400
    assert client.get("/reviews/?month=x").status_code == 400


def test_it_goes_into_the_workbook(installation, sponsor, commune_a):
    Period.objects.create(month=APRIL, cut_off_on=TODAY, due_on=date(2022, 5, 5))
    assess(
        sponsor,
        Verdict.BEHIND,
        seen="Chưa có biên bản.",
        visited_on=date(2022, 4, 28),
        inspectors="Tổ theo dõi",
    )

    rows = month_rows(WholeProvince(), Period.objects.get(), installation)
    columns = {column.title: column for column in sponsors_sheet(rows).blocks[0].columns}

    row = rows.sponsors[0]
    assert columns["Đánh giá của Văn phòng"].get(row) == "Chậm so với kế hoạch"
    assert columns["Kết quả kiểm tra"].get(row) == "Chưa có biên bản. (28/04/2022, Tổ theo dõi)"


def test_another_sponsors_account_does_not_find_the_form(client, installation, sponsor, commune_a):
    client.force_login(make_sponsor_user(make_sponsor(), commune_a))
    assert client.get(reverse("sponsors:review-add", args=[sponsor.pk])).status_code == 404
