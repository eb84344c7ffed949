"""No NUL gets to a view: an address with one has a page, in a form it is left out."""

import pytest
from django.urls import reverse

from sponsors.models import TaskUpdate
from tests import factories

pytestmark = pytest.mark.usefixtures("installation")


@pytest.mark.parametrize(
    "address", ["/tasks/?q=a%00b", "/communes/%00/", "/search/?q=x&%00=1", "/board/?as_of=%00"]
)
def test_an_address_with_a_nul_has_a_page_with_a_sentence(client, office, address):
    client.force_login(office)

    answer = client.get(address)

    assert answer.status_code == 400
    assert "không đọc được" in answer.content.decode()


def test_a_form_with_a_nul_keeps_all_else_that_was_typed(client, commune_a, sponsor_a):
    task = factories.make_task(commune=commune_a, sponsor=sponsor_a.sponsor_member.sponsor)
    client.force_login(sponsor_a)
    sent = {"version": "0", "transition": "progress", "progress": "40", "note": "Đã\0 họp dân"}

    answer = client.post(reverse("sponsors:task-update", args=[task.pk]), sent)

    assert answer.status_code == 303
    assert TaskUpdate.objects.get().note == "Đã họp dân"
