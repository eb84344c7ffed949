"""The admin site: reference tables only, and no way round the services."""

from datetime import date

import pytest
from django.contrib import admin as site
from django.urls import reverse
from zeal import zeal_ignore

from communes.models import CommuneAccess
from criteria.choices import Cell
from criteria.models import Standing
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import AuditEntry, Installation
from sponsors.choices import Basis
from sponsors.models import Assignment, SponsorMember
from tests import factories

pytestmark = pytest.mark.django_db

REFERENCE = {
    "core.user",
    "core.document",
    "core.auditentry",
    "core.installation",
    "communes.province",
    "communes.district",
    "communes.commune",
    "communes.unitsuccession",
    "communes.communegroup",
    "communes.village",
    "communes.communeaccess",
    "criteria.department",
    "criteria.criteriaset",
    "criteria.criterion",
    "criteria.indicator",
    "criteria.procedurestep",
    "criteria.fundingcategory",
    "criteria.workitem",
    "criteria.controltotal",
    "sponsors.sponsor",
    "sponsors.assignment",
    "core.period",
}


@pytest.fixture
def desk(client, admin, installation):
    """An administrator signed in to the admin site."""
    client.force_login(admin)
    return client


def address(model, page="changelist", *args):
    return reverse(f"admin:{model.replace('.', '_')}_{page}", args=args)


def test_only_reference_tables_are_registered():
    assert {model._meta.label_lower for model in site.site._registry} == REFERENCE


@pytest.mark.parametrize("search", [{}, {"q": "Hương"}])
@pytest.mark.parametrize("model", sorted(REFERENCE - {"core.installation"}))
def test_lists_open_without_a_query_per_row(desk, model, search):
    for _ in range(3):
        village = factories.make_village(factories.make_commune(name="Hương Thủy"))
        commune = village.memberships.get().commune
        factories.make_assignment(commune=commune, village=village)
        factories.make_item(need=1, commune=commune)
        factories.make_control_total(1, category=factories.make_category())
        factories.give_access(factories.make_user(Role.COMMUNE), commune)
    factories.make_set(3)
    # The test settings fail a page that asks once per row.
    assert desk.get(address(model), search).status_code == 200


@pytest.mark.parametrize(
    "model", sorted(REFERENCE - {"core.auditentry", "core.installation", "core.period"})
)
def test_forms_open(desk, model):
    factories.make_set(1)
    factories.make_village()
    assert desk.get(address(model, "add")).status_code == 200


def test_the_audit_trail_is_read_only(desk):
    assert desk.get(address("core.auditentry", "add")).status_code == 403


def test_a_sponsors_access_is_neither_edited_nor_taken_back(desk, sponsor_a):
    access = CommuneAccess.objects.get(user=sponsor_a)
    page = address("communes.communeaccess", "change", access.pk)
    assert desk.post(page, {"level": "edit"}).status_code == 403
    delete = address("communes.communeaccess", "delete", access.pk)
    assert desk.post(delete, {"post": "yes"}).status_code == 403
    access.refresh_from_db()
    assert access.level == "view"


@zeal_ignore()  # who is signed in and who is chosen are single reads of one table, none per row
def test_a_clerk_is_given_a_commune_and_it_is_taken_back_with_audit(desk, commune_a):
    clerk = factories.make_user(Role.COMMUNE)
    form = {"user": clerk.pk, "commune": commune_a.pk, "level": "edit"}

    assert desk.post(address("communes.communeaccess", "add"), form).status_code == 302
    assert desk.post(address("communes.communeaccess", "add"), form).status_code == 200  # twice

    access = CommuneAccess.objects.get(user=clerk)
    assert (access.commune, access.source) == (commune_a, "member")
    delete = address("communes.communeaccess", "delete", access.pk)
    assert desk.post(delete, {"post": "yes"}).status_code == 302
    assert not CommuneAccess.objects.filter(user=clerk).exists()
    trail = AuditEntry.objects.filter(commune_id=commune_a.pk).order_by("id")
    assert [entry.action for entry in trail] == ["access.grant", "access.revoke"]


@zeal_ignore()  # who is signed in and who is chosen are single reads of one table, none per row
def test_a_sponsors_account_is_not_given_a_commune_by_hand(desk, commune_b, sponsor_a):
    form = {"user": sponsor_a.pk, "commune": commune_b.pk, "level": "edit"}

    answer = desk.post(address("communes.communeaccess", "add"), form)

    assert "chỉ tài khoản vai trò" in answer.content.decode()
    assert not CommuneAccess.objects.filter(user=sponsor_a, commune=commune_b).exists()


def test_two_communes_of_one_name_are_told_apart(desk):
    factories.make_commune(name="Hương Bình", code="18523", valid_to=date(2025, 6, 30))
    factories.make_commune(name="Hương Bình", code="18523", valid_from=date(2025, 7, 1))
    page = desk.get(address("sponsors.assignment", "add")).content.decode()
    assert "Xã Hương Bình (18523, từ 01/01/2020)" in page
    assert "Xã Hương Bình (18523, từ 01/07/2025)" in page


def assignment_form(**fields):
    return {
        "basis": Basis.ASSIGNED,
        "decided_on": "22/04/2022",
        "provenance": "entered",
        "agreement_due_on": "10/05/2022",
    } | fields


def test_assignment_goes_through_the_service(desk, commune_a):
    sponsor = factories.make_sponsor()
    user = factories.make_sponsor_user(sponsor)
    form = assignment_form(sponsor=sponsor.pk, commune=commune_a.pk)
    response = desk.post(address("sponsors.assignment", "add"), form)
    assert response.status_code == 302
    assignment = Assignment.objects.get()
    assert assignment.agreement_due_on == date(2022, 5, 10)
    assert CommuneAccess.objects.get(user=user).commune == commune_a
    assert AuditEntry.objects.filter(action="assignment.create").count() == 1

    again = desk.post(address("sponsors.assignment", "add"), form | {"decided_on": "25/04/2022"})
    assert "đã được phân công đỡ đầu" in again.content.decode()
    assert Assignment.objects.count() == 1


def test_village_of_another_commune_is_refused_at_its_field(desk, commune_a, commune_b):
    village = factories.make_village(commune_b)
    form = assignment_form(
        sponsor=factories.make_sponsor().pk, commune=commune_a.pk, village=village.pk
    )
    response = desk.post(address("sponsors.assignment", "add"), form)
    assert response.status_code == 200
    assert "không thuộc" in response.context["adminform"].form.errors["village"][0]
    assert not Assignment.objects.exists()


def test_ending_an_assignment_takes_the_access_back(desk, commune_a):
    sponsor = factories.make_sponsor()
    user = factories.make_sponsor_user(sponsor, commune_a)
    assignment = factories.make_assignment(sponsor, commune_a)
    page = address("sponsors.assignment", "change", assignment.pk)
    late = desk.post(page, assignment_form(ended_on="01/05/2022"))
    assert "sau ngày báo cáo" in late.content.decode()
    assert desk.post(page, assignment_form(ended_on="29/04/2022")).status_code == 302
    assignment.refresh_from_db()
    assert (assignment.ended_on, assignment.plan_due_on) == (date(2022, 4, 29), None)
    assert not CommuneAccess.objects.filter(user=user).exists()
    entry = AuditEntry.objects.get(action="assignment.edit")
    assert (entry.sponsor_id, entry.commune_id) == (sponsor.pk, commune_a.pk)
    delete = address("sponsors.assignment", "delete", assignment.pk)
    assert desk.post(delete, {"post": "yes"}).status_code == 403


def sponsor_form(sponsor, **fields):
    forms = {}
    for prefix in ("teams", "members"):
        forms |= {f"{prefix}-TOTAL_FORMS": 0, f"{prefix}-INITIAL_FORMS": 0}
    return {"name": sponsor.name, "kind": sponsor.kind, "provenance": "entered"} | forms | fields


@zeal_ignore()  # who is signed in and who is chosen are single reads of one table, none per row
def test_account_of_a_sponsor_goes_through_the_service(desk, commune_a, viewer):
    sponsor = factories.make_sponsor()
    factories.make_assignment(sponsor, commune_a)
    page = address("sponsors.sponsor", "change", sponsor.pk)
    new = {"members-TOTAL_FORMS": 1, "members-0-sponsor": sponsor.pk}
    wrong = desk.post(page, sponsor_form(sponsor, **new, **{"members-0-user": viewer.pk}))
    assert "không phải đơn vị đỡ đầu" in wrong.content.decode()
    assert not SponsorMember.objects.exists()

    user = factories.make_user(Role.SPONSOR)
    right = desk.post(page, sponsor_form(sponsor, **new, **{"members-0-user": user.pk}))
    assert right.status_code == 302
    assert CommuneAccess.objects.get(user=user).commune == commune_a

    member = SponsorMember.objects.get()
    gone = new | {"members-INITIAL_FORMS": 1, "members-0-id": member.pk, "members-0-DELETE": "on"}
    removed = desk.post(page, sponsor_form(sponsor, **gone, **{"members-0-user": user.pk}))
    assert removed.status_code == 302
    assert not SponsorMember.objects.exists()
    assert not CommuneAccess.objects.filter(user=user).exists()
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == ["sponsor.member", "sponsor.member_removed"]


def test_settings_are_one_row(desk):
    assert desk.get(address("core.installation")).url.endswith("/1/change/")
    assert desk.get(address("core.installation", "add")).status_code == 403
    assert desk.post(address("core.installation", "delete", 1)).status_code == 403


def test_another_reporting_date_moves_the_present(desk, commune_a):
    criterion = factories.make_set(1).criteria.get()
    factories.assess(commune_a, criterion, as_of=date(2022, 4, 20))
    assert Standing.objects.get().cell == Cell.MET_SELF
    page = address("core.installation", "change", 1)
    form = desk.get(page).context["adminform"].form
    data = {name: value for name, value in form.initial.items() if value not in (None, False)}
    data |= {"reporting_date": "31/03/2022", "first_date": "31/01/2022", "last_date": "30/06/2022"}
    assert desk.post(page, data | {"target_date": "31/12/2022"}).status_code == 302
    assert Installation.current().reporting_date == date(2022, 3, 31)
    assert set(Standing.objects.values_list("cell", flat=True)) <= {Cell.UNREPORTED}


def test_periods_are_set_up_on_their_own_page_and_only_looked_at_here(desk):
    assert desk.get(address("core.period", "add")).status_code == 403


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN}))
def test_admin_site_is_for_administrators(client, installation, role):
    client.force_login(factories.make_user(role))
    assert client.get(reverse("admin:index")).status_code == 302
