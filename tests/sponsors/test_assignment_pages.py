"""Who sponsors whom on the pages: one decision for many places, what is uncovered, papers, ends."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from ntm_tracker.core.documents import Paper
from ntm_tracker.core.models import AuditEntry, Document
from sponsors import selectors
from sponsors.models import Assignment
from sponsors.selectors import AssignmentFilters
from sponsors.services import assign_by_decision
from tests.factories import (
    NOW,
    TODAY,
    make_assignment,
    make_commune,
    make_document,
    make_sponsor,
    make_village,
)
from tests.sponsors.build import on

pytestmark = pytest.mark.django_db
LIST = "/assignments/"
DECISION = {
    "basis": "assigned",
    "number": "900/QĐ-UBND",
    "decided_on": "28/04/2022",
    "subject": "Giao đơn vị đỡ đầu",
}


@pytest.fixture
def signed_in(client, office, installation):
    client.force_login(office)
    return client


@pytest.fixture
def sponsor(commune_a, commune_b):
    return make_sponsor(name="Sở Xây dựng")


def add(client, sponsor, **data):
    return client.post(reverse("sponsors:assignment-add", args=[sponsor.pk]), DECISION | data)


# --- one decision, many places --------------------------------------------------------------------


def test_one_decision_binds_communes_and_villages(signed_in, sponsor, commune_a, commune_b, office):
    village = make_village(commune_b, name="Thôn 3")

    response = add(
        signed_in,
        sponsor,
        commune=[commune_a.code, commune_b.code],
        place=[commune_a.code, f"{commune_b.code}:{village.pk}"],
        is_lead="on",
        agreement_due_on="10/05/2022",
    )

    assert (response.status_code, response["Location"]) == (303, f"/sponsors/{sponsor.pk}/")
    rows = Assignment.objects.order_by("id")
    assert list(rows.values_list("commune", "village", "is_lead", "document__number")) == [
        (commune_a.pk, None, True, "900/QĐ-UBND"),
        (commune_b.pk, village.pk, True, "900/QĐ-UBND"),
    ]
    assert rows[0].agreement_due_on == date(2022, 5, 10)
    assert Document.objects.get().subject == "Giao đơn vị đỡ đầu"
    assert AuditEntry.objects.filter(action="assignment.create", by=office).count() == 2


def test_known_decision_is_recognised_by_number_and_day(signed_in, sponsor, commune_a):
    known = make_document(number="900/QĐ-UBND", issued_on=date(2022, 4, 28))

    add(signed_in, sponsor, commune=commune_a.code, place=commune_a.code, subject="")

    assert Assignment.objects.get().document == known
    assert Document.objects.count() == 1


def test_all_places_or_none(signed_in, sponsor, commune_a, commune_b):
    make_assignment(sponsor, commune_b)

    response = add(
        signed_in,
        sponsor,
        commune=[commune_a.code, commune_b.code],
        place=[commune_a.code, commune_b.code],
    )

    page = response.content.decode()
    assert response.status_code == 422
    assert f"{sponsor} đã được phân công đỡ đầu {commune_b}." in page
    assert f'value="{commune_a.code}" checked' in page
    assert 'value="900/QĐ-UBND"' in page
    assert Assignment.objects.count() == 1
    assert Document.objects.count() == 0


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"place": []}, "Hãy chọn ít nhất một xã hoặc thôn."),
        ({"place": ["18523:999999"]}, "Không có nơi “18523:999999”"),
        ({"number": ""}, "Hãy ghi số, ký hiệu quyết định."),
        ({"decided_on": "31/02/2022"}, "Ngày không đúng"),
        ({"decided_on": "01/05/2022"}, "chưa ban hành vào ngày 30/04/2022"),
        ({"subject": ""}, "hãy ghi trích yếu"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    signed_in, sponsor, commune_a, wrong, sentence
):
    response = add(
        signed_in, sponsor, **{"commune": commune_a.code, "place": commune_a.code} | wrong
    )

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert Assignment.objects.count() == 0


def test_choosing_communes_offers_their_villages_in_place(signed_in, sponsor, commune_a):
    village = make_village(commune_a, name="Thôn Bình Hưng")
    url = reverse("sponsors:assignment-add", args=[sponsor.pk])
    query = {"commune": commune_a.code}

    page = signed_in.get(url, query).content.decode()
    part = signed_in.get(url, query, headers={"HX-Request": "true", "HX-Target": "places"})

    assert f'value="{commune_a.code}:{village.pk}"' in page
    assert part.content.decode().lstrip().startswith("<fieldset")
    assert signed_in.get(url, {"commune": "00000"}).status_code == 400


@pytest.mark.parametrize("who", ["viewer", "department", "user_a", "sponsor_a"])
def test_only_the_office_assigns(who, request, sponsor, commune_a):
    with pytest.raises(PermissionDenied, match="Chỉ Văn phòng"):
        assign_by_decision(
            paper=Paper("1/QĐ", TODAY, subject="x"),
            sponsor=sponsor,
            places=[(commune_a, None)],
            basis="assigned",
            decided_on=TODAY,
            by=request.getfixturevalue(who),
            now=NOW,
            today=TODAY,
        )
    assert Document.objects.count() == 0


def test_no_place_is_refused(sponsor):
    with pytest.raises(ValidationError, match="ít nhất một xã"):
        assign_by_decision(
            paper=Paper("1/QĐ", TODAY, subject="x"),
            sponsor=sponsor,
            places=[],
            basis="assigned",
            decided_on=TODAY,
            by=None,
            now=NOW,
            today=TODAY,
        )


# --- papers and end -------------------------------------------------------------------------------


def test_papers_and_end_are_recorded_with_their_reason(signed_in, sponsor, commune_a):
    row = make_assignment(sponsor, commune_a)
    url = reverse("sponsors:assignment", args=[row.pk])

    signed_in.post(url, {"papers-agreement_signed_on": "25/04/2022", "papers-plan_done_on": ""})
    empty = signed_in.post(url, {"ended_on": "30/04/2022", "note": " "})
    ended = signed_in.post(url, {"ended_on": "30/04/2022", "note": "Đổi địa bàn"})

    row.refresh_from_db()
    assert (row.agreement_signed_on, row.plan_done_on) == (date(2022, 4, 25), None)
    assert (empty.status_code, ended.status_code, row.ended_on) == (422, 303, TODAY)
    assert "Hãy ghi lý do kết thúc phân công." in empty.content.decode()
    assert AuditEntry.objects.get(action="assignment.end").note == "Đổi địa bàn"


def test_reader_sees_the_assignment_without_the_forms(
    client, user_a, sponsor, commune_a, installation
):
    row = make_assignment(sponsor, commune_a)
    client.force_login(user_a)

    page = client.get(reverse("sponsors:assignment", args=[row.pk])).content.decode()

    assert "Sở Xây dựng: Xã Hương Bình" in page
    assert "Kết thúc phân công" not in page


# --- the list -------------------------------------------------------------------------------------


def test_list_counts_papers_and_narrows_by_them(office, installation, sponsor, commune_a):
    done = {"agreement_signed_on": TODAY, "plan_done_on": TODAY}
    make_assignment(sponsor, commune_a, **done)
    late = make_assignment(commune=commune_a, agreement_due_on=date(2022, 4, 1))
    make_assignment(commune=commune_a, ended_on=date(2022, 4, 25))

    found = selectors.assignment_list(office, on(), AssignmentFilters())
    narrowed = selectors.assignment_list(office, on(), AssignmentFilters(papers="late"))

    assert (found.total, found.sponsors) == (2, 2)
    assert (found.no_agreement, found.no_plan, found.late) == (1, 1, 1)
    assert [row.pk for row in narrowed.rows] == [late.pk]


def test_coverage_names_villages_and_communes(office, installation, sponsor, commune_a):
    bare, crowded = (make_village(commune_a, name=name) for name in ("Thôn 1", "Thôn 2"))
    make_village(make_commune())  # a commune that nobody sponsors is no gap between sponsors
    for _ in range(3):
        make_assignment(make_sponsor(), commune_a, village=crowded)

    coverage = selectors.assignment_list(office, on(), AssignmentFilters()).coverage

    assert [village.pk for village in coverage.none] == [bare.pk]
    assert [(village.pk, count) for village, count in coverage.many] == [(crowded.pk, 3)]
    assert list(coverage.no_lead) == [commune_a]


def test_sponsor_sees_its_own_assignments_and_no_coverage(sponsor_a, installation, commune_a):
    own = make_assignment(sponsor_a.sponsor_member.sponsor, commune_a)
    make_assignment(make_sponsor(name="Đơn vị khác"), commune_a)

    found = selectors.assignment_list(sponsor_a, on(), AssignmentFilters(view="none"))

    assert [row.pk for row in found.rows] == [own.pk]
    assert (found.total, found.coverage) == (1, None)


@pytest.mark.parametrize("n", [1, 3])
def test_list_asks_a_constant_number_of_queries(n, office, installation, django_assert_num_queries):
    for _ in range(n):
        commune = make_commune()
        make_assignment(commune=commune, village=make_village(commune), document=make_document())

    with django_assert_num_queries(11):
        found = selectors.assignment_list(office, on(), AssignmentFilters())

    assert len(found.rows) == n


@pytest.mark.parametrize("view", ["", "none", "many", "no_lead"])
def test_each_view_is_a_page_and_a_fragment(signed_in, sponsor, commune_a, view):
    village = make_village(commune_a)
    for _ in range(3):
        make_assignment(make_sponsor(), commune_a, village=village)
    headers = {"HX-Request": "true", "HX-Target": "assignment-list"}

    page = signed_in.get(LIST, {"view": view})
    part = signed_in.get(LIST, {"view": view}, headers=headers)

    assert (page.status_code, part.status_code) == (200, 200)
    assert part.content.decode().lstrip().startswith('<div id="assignment-list">')


@pytest.mark.parametrize(
    ("query", "status"), [("commune=00000", 404), ("papers=x", 400), ("page=9", 404)]
)
def test_addresses_that_make_no_sense(signed_in, query, status):
    assert signed_in.get(f"{LIST}?{query}").status_code == status


@pytest.mark.parametrize("view", ["none", "many", "no_lead"])
def test_a_sponsor_who_asks_for_the_gaps_gets_his_assignments(
    client, sponsor_a, commune_a, installation, view
):
    make_assignment(sponsor_a.sponsor_member.sponsor, commune_a)
    client.force_login(sponsor_a)

    answer = client.get(LIST, {"view": view})

    assert answer.status_code == 200
    assert commune_a.name in answer.content.decode()
