"""Entering and correcting sponsors: the trail, likely duplicates, two people at once."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from ntm_tracker.core.models import AuditEntry
from sponsors.models import Sponsor
from sponsors.services import SponsorEntry, StaleSponsor, create_sponsor, update_sponsor
from tests.factories import NOW, TODAY, make_sponsor

pytestmark = pytest.mark.django_db
ADD = "/sponsors/add/"
FIELDS = {"name": "Sở Xây dựng", "kind": "agency", "contact": "Văn phòng", "phone": "0239 000 111"}


def written(**overrides):
    return {"by": None, "now": NOW, "today": TODAY} | overrides


# --- services -------------------------------------------------------------------------------------


def test_create_sponsor_keeps_one_spelling_and_the_trail(office):
    decomposed = "So\u031b\u0309  Tư pháp\u200b"

    sponsor = create_sponsor(entry=SponsorEntry(decomposed, "agency"), **written(by=office))

    assert (sponsor.name, sponsor.search_text) == ("Sở Tư pháp", "so tu phap")
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.sponsor_id, entry.by) == ("sponsor.create", sponsor.pk, office)
    assert entry.new.startswith("Tên: Sở Tư pháp; Loại: Sở, ban, ngành")


@pytest.mark.parametrize(("name", "sentence"), [("  ", "nhập tên"), ("Sở Y tế", "Đã có đơn vị")])
def test_create_sponsor_refuses_a_name_that_is_empty_or_taken(name, sentence):
    make_sponsor(name="Sở Y tế")

    with pytest.raises(ValidationError, match=sentence):
        create_sponsor(entry=SponsorEntry(name, "agency"), **written())


def test_update_sponsor_writes_old_and_new_of_what_changed(office):
    sponsor = make_sponsor(name="Sở Y tế", phone="1")

    update_sponsor(
        sponsor=sponsor,
        entry=SponsorEntry("Sở Y tế", "agency", short_name="SYT", phone="2"),
        **written(by=office),
    )

    sponsor.refresh_from_db()
    assert (sponsor.phone, sponsor.search_text) == ("2", "so y te syt")
    entry = AuditEntry.objects.get()
    assert (entry.old, entry.new) == (
        "Tên gọn: chưa có; Điện thoại: 1",
        "Tên gọn: SYT; Điện thoại: 2",
    )


def test_update_sponsor_without_a_change_writes_nothing():
    sponsor = make_sponsor()

    update_sponsor(sponsor=sponsor, entry=SponsorEntry.of(sponsor), **written())

    assert AuditEntry.objects.count() == 0


def test_update_sponsor_refuses_a_form_drawn_before_another_change(office):
    sponsor = make_sponsor(name="Sở Y tế")
    drawn = SponsorEntry.of(sponsor).version
    update_sponsor(
        sponsor=sponsor, entry=SponsorEntry("Sở Y tế", "agency", phone="9"), **written(by=office)
    )

    with pytest.raises(StaleSponsor) as stale:
        update_sponsor(
            sponsor=sponsor,
            entry=SponsorEntry("Sở Y tế", "agency", phone="5"),
            version=drawn,
            **written(),
        )

    assert (stale.value.sponsor.phone, stale.value.entry.by) == ("9", office)


@pytest.mark.parametrize("who", ["viewer", "sponsor_a", "user_a", "department"])
def test_only_the_office_writes_sponsors(who, request):
    user = request.getfixturevalue(who)
    sponsor = make_sponsor(name="Sở Y tế")
    entry = SponsorEntry("Sở Nội vụ", "agency")

    with pytest.raises(PermissionDenied, match="Chỉ Văn phòng"):
        create_sponsor(entry=entry, **written(by=user))
    with pytest.raises(PermissionDenied, match="Chỉ Văn phòng"):
        update_sponsor(sponsor=sponsor, entry=entry, **written(by=user))
    assert not Sponsor.objects.filter(name="Sở Nội vụ").exists()


# --- pages ----------------------------------------------------------------------------------------


@pytest.fixture
def signed_in(client, office, installation):
    client.force_login(office)
    return client


def test_adding_leads_to_the_new_sponsor(signed_in):
    response = signed_in.post(ADD, FIELDS)

    sponsor = Sponsor.objects.get()
    assert (response.status_code, response["Location"]) == (303, f"/sponsors/{sponsor.pk}/")
    assert AuditEntry.objects.get().origin == "sponsors:sponsor-add"


def test_a_second_press_of_the_button_adds_nothing(signed_in):
    fields = FIELDS | {"form_key": "a" * 32}
    first, second = signed_in.post(ADD, fields), signed_in.post(ADD, fields)

    assert Sponsor.objects.count() == 1
    assert first["Location"] == second["Location"]


def test_likely_duplicate_is_shown_and_asks_once(signed_in):
    there = make_sponsor(name="Sở Tài nguyên và Môi trường")
    fields = FIELDS | {"name": "Sở TN&MT"}

    asked = signed_in.post(ADD, fields)
    page = asked.content.decode()
    assert (asked.status_code, Sponsor.objects.count()) == (422, 1)
    assert f'<a href="/sponsors/{there.pk}/">Sở Tài nguyên và Môi trường</a>' in page
    assert "Vẫn tạo mới" in page
    assert 'value="0239 000 111"' in page

    assert signed_in.post(ADD, fields | {"confirmed": "on"}).status_code == 303


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"name": ""}, "Hãy nhập tên đơn vị."),
        ({"kind": "khac"}, "khac"),
        ({"email": "vanphong"}, "Địa chỉ thư chưa đúng"),
    ],
)
def test_what_is_wrong_stays_in_the_form(signed_in, wrong, sentence):
    response = signed_in.post(ADD, FIELDS | wrong)

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert 'value="0239 000 111"' in response.content.decode()


def test_name_being_typed_is_compared_in_place(signed_in):
    make_sponsor(name="Sở Xây dựng")
    headers = {"HX-Request": "true", "HX-Target": "similar"}

    fragment = signed_in.get("/sponsors/similar/?name=so xay dung", headers=headers)
    page = signed_in.get("/sponsors/similar/?name=Sở Y tế")

    assert fragment.content.decode().lstrip().startswith('<div id="similar"')
    assert "Có thể đơn vị này đã có" in fragment.content.decode()
    assert "Không thấy đơn vị nào" in page.content.decode()


def test_editing_shows_what_the_other_wrote_and_then_obeys(signed_in, admin):
    sponsor = make_sponsor(name="Sở Xây dựng", phone="1")
    url = reverse("sponsors:sponsor-edit", args=[sponsor.pk])
    drawn = SponsorEntry.of(sponsor).version
    update_sponsor(
        sponsor=sponsor, entry=SponsorEntry("Sở Xây dựng", "agency", phone="9"), **written(by=admin)
    )

    stale = signed_in.post(url, FIELDS | {"phone": "5", "version": drawn})
    page = stale.content.decode()
    assert stale.status_code == 409
    assert f"{admin} đã sửa đơn vị này: Điện thoại: 9" in page
    assert 'value="5"' in page

    sponsor.refresh_from_db()
    renewed = SponsorEntry.of(sponsor).version
    assert f'value="{renewed}"' in page
    assert signed_in.post(url, FIELDS | {"phone": "5", "version": renewed}).status_code == 303
    sponsor.refresh_from_db()
    assert sponsor.phone == "5"


def test_editing_without_a_new_name_asks_nothing(signed_in):
    make_sponsor(name="Sở Xây dựng tỉnh")
    sponsor = make_sponsor(name="Sở Xây dựng")
    url = reverse("sponsors:sponsor-edit", args=[sponsor.pk])

    response = signed_in.post(url, FIELDS | {"version": SponsorEntry.of(sponsor).version})

    assert response.status_code == 303
