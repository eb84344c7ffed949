"""Assignments, members and the access that follows from them."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from communes.choices import AccessLevel, AccessSource
from communes.models import Commune, CommuneAccess, Village
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import AuditEntry
from sponsors.choices import Basis
from sponsors.models import Assignment
from sponsors.services import (
    add_member,
    create_assignment,
    end_assignment,
    record_papers,
    sync_access,
)
from tests.factories import (
    NOW,
    TODAY,
    give_access,
    make_assignment,
    make_commune,
    make_sponsor,
    make_user,
    make_village,
)

pytestmark = pytest.mark.django_db
DECIDED = date(2022, 4, 22)


def assign(sponsor, commune, **overrides):
    fields = {
        "sponsor": sponsor,
        "commune": commune,
        "basis": Basis.ASSIGNED,
        "decided_on": DECIDED,
        "by": None,
        "now": NOW,
        "today": TODAY,
    } | overrides
    return create_assignment(**fields)


def member(sponsor, **overrides):
    user = make_user(Role.SPONSOR)
    add_member(
        **{"sponsor": sponsor, "user": user, "by": None, "now": NOW, "today": TODAY} | overrides
    )
    return user


def access(user):
    return set(CommuneAccess.objects.filter(user=user).values_list("commune", "village", "level"))


def test_commune_assignment_opens_the_commune_to_all_members():
    sponsor, commune = make_sponsor(), make_commune()
    first = member(sponsor)
    assert access(first) == set()
    assign(sponsor, commune)
    second = member(sponsor)
    for user in (first, second):
        assert access(user) == {(commune.pk, None, AccessLevel.VIEW)}
        assert list(Commune.objects.visible_to(user)) == [commune]


def test_village_assignment_opens_only_the_village():
    sponsor, commune = make_sponsor(), make_commune()
    village, _other = make_village(commune), make_village(commune)
    user = member(sponsor)
    assign(sponsor, commune, village=village)
    assert access(user) == {(commune.pk, village.pk, AccessLevel.VIEW)}
    assert list(Commune.objects.visible_to(user)) == []
    assert list(Village.objects.visible_to(user)) == [village]


def test_ending_takes_back_only_what_that_assignment_gave():
    sponsor, commune = make_sponsor(), make_commune()
    village = make_village(commune)
    user, neighbour = member(sponsor), member(make_sponsor())
    give_access(neighbour, commune, source=AccessSource.ASSIGNMENT)
    whole = assign(sponsor, commune)
    assign(sponsor, commune, village=village)
    end_assignment(
        assignment=whole, ended_on=TODAY, by=None, now=NOW, today=TODAY, note="Đổi địa bàn"
    )
    assert access(user) == {(commune.pk, village.pk, AccessLevel.VIEW)}
    assert access(neighbour) == {(commune.pk, None, AccessLevel.EDIT)}
    whole.refresh_from_db()
    assert whole.ended_on == TODAY
    last = AuditEntry.objects.order_by("id").last()
    assert (last.action, last.note, last.sponsor_id) == (
        "assignment.end",
        "Đổi địa bàn",
        sponsor.pk,
    )


def test_access_of_commune_staff_is_not_touched():
    sponsor, commune = make_sponsor(), make_commune()
    staff = make_user(Role.COMMUNE)
    give_access(staff, commune)
    assign(sponsor, commune)
    assert sync_access(TODAY) == 0
    assert access(staff) == {(commune.pk, None, AccessLevel.EDIT)}


def test_sync_follows_the_day():
    sponsor, commune = make_sponsor(), make_commune()
    user = member(sponsor)
    assign(sponsor, commune)
    assert sync_access(date(2022, 4, 1)) == 1
    assert access(user) == set()
    assert sync_access(TODAY) == 1
    assert access(user) == {(commune.pk, None, AccessLevel.VIEW)}


def test_sync_takes_access_from_who_is_no_member_any_more():
    sponsor, commune = make_sponsor(), make_commune()
    user = member(sponsor)
    assign(sponsor, commune)
    user.sponsor_member.delete()
    assert sync_access(TODAY) == 1
    assert access(user) == set()


def test_assignment_is_recorded_with_its_papers(office):
    sponsor, commune = make_sponsor(), make_commune()
    assignment = assign(
        sponsor, commune, by=office, is_lead=True, agreement_due_on=date(2022, 5, 10)
    )
    record_papers(assignment=assignment, agreement_signed_on=TODAY, by=office, now=NOW, today=TODAY)
    record_papers(assignment=assignment, plan_done_on=TODAY, by=office, now=NOW, today=TODAY)
    assignment.refresh_from_db()
    assert (assignment.agreement_signed_on, assignment.plan_done_on) == (TODAY, TODAY)
    assert list(AuditEntry.objects.order_by("id").values_list("action", "new")) == [
        ("assignment.create", "Giao, chủ trì"),
        ("assignment.agreement_signed", "Ký kết 30/04/2022"),
        ("assignment.plan_done", "Có kế hoạch 30/04/2022"),
    ]
    record_papers(assignment=assignment, plan_done_on=TODAY, by=office, now=NOW, today=TODAY)
    assert AuditEntry.objects.count() == 3  # nothing new was said


def test_wrong_assignments_are_refused():
    sponsor, commune = make_sponsor(), make_commune()
    first = assign(sponsor, commune)
    with pytest.raises(ValidationError, match="đã được phân công"):
        assign(sponsor, commune, decided_on=TODAY)
    with pytest.raises(ValidationError, match="không thuộc"):
        assign(sponsor, commune, village=make_village())
    with pytest.raises(ValidationError, match="ở sau ngày báo cáo"):
        assign(sponsor, make_commune(), decided_on=date(2022, 5, 1))
    with pytest.raises(ValidationError, match="ở sau ngày báo cáo"):
        assign(sponsor, make_commune(), agreement_signed_on=date(2022, 5, 1))
    ending = {"assignment": first, "by": None, "now": NOW, "today": TODAY, "note": "Đổi"}
    with pytest.raises(ValidationError, match="không thể trước"):
        end_assignment(ended_on=date(2022, 4, 1), **ending)
    end_assignment(ended_on=TODAY, **ending)
    with pytest.raises(ValidationError, match="đã kết thúc ngày 30/04/2022"):
        end_assignment(ended_on=TODAY, **ending)
    assert Assignment.objects.count() == 1


def test_sponsor_can_be_assigned_again_after_the_end():
    sponsor, commune = make_sponsor(), make_commune()
    first = assign(sponsor, commune)
    end_assignment(assignment=first, ended_on=TODAY, by=None, now=NOW, today=TODAY, note="Đổi")
    assign(sponsor, commune, decided_on=TODAY)
    assert Assignment.objects.active_on(TODAY).count() == 1


def test_member_has_the_role_and_one_unit():
    sponsor = make_sponsor()
    with pytest.raises(ValidationError, match="không phải đơn vị đỡ đầu"):
        add_member(sponsor=sponsor, user=make_user(Role.COMMUNE), by=None, now=NOW, today=TODAY)
    user = member(sponsor)
    with pytest.raises(ValidationError, match=f"đã thuộc {sponsor}"):
        add_member(sponsor=make_sponsor(), user=user, by=None, now=NOW, today=TODAY)


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.ADMIN, Role.OFFICE}))
def test_only_the_office_assigns(role):
    user = make_user(role)
    with pytest.raises(PermissionDenied):
        assign(make_sponsor(), make_commune(), by=user)
    with pytest.raises(PermissionDenied):
        member(make_sponsor(), by=user)


def test_due_days_of_papers_can_be_corrected_and_are_audited(office):
    assignment = make_assignment(agreement_due_on=date(2022, 5, 10))
    later = date(2022, 5, 20)

    record_papers(assignment=assignment, agreement_due_on=later, by=office, now=NOW, today=TODAY)

    assignment.refresh_from_db()
    assert assignment.agreement_due_on == later
    entry = AuditEntry.objects.get(action="assignment.due")
    assert (entry.old, entry.new) == ("Hạn ký kết 10/05/2022", "Hạn ký kết 20/05/2022")
    with pytest.raises(ValidationError):
        record_papers(
            assignment=assignment,
            plan_due_on=date(2020, 1, 1),
            by=office,
            now=NOW,
            today=TODAY,
        )
