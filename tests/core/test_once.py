"""A form that is sent twice is written once."""

from uuid import uuid4

import pytest
from django.urls import reverse

from ntm_tracker.core.models import SentForm
from sponsors.models import Commitment
from tests import factories


@pytest.fixture
def promise(client, office, installation, commune_a):
    """Send the form for a promise of 50 triệu; returns what the server answers."""
    sponsor = factories.make_sponsor()
    assignment = factories.make_assignment(sponsor, commune_a)
    client.force_login(office)
    url = reverse("sponsors:commitment-add", args=[sponsor.pk])

    def send(key, *, description="Xây nhà văn hóa", **headers):
        data = {
            "form_key": key,
            "assignment": assignment.pk,
            "kind": "money",
            "amount": "50 triệu",
            "description": description,
            "effective_on": "30/04/2022",
        }
        return client.post(url, data, headers=headers)

    return send


def test_the_second_sending_is_led_to_where_the_first_went(promise):
    key = uuid4().hex

    first, second = promise(key), promise(key)

    assert Commitment.objects.count() == 1
    assert second.status_code == 303
    assert second["Location"] == first["Location"]


def test_a_fragment_request_is_led_there_by_htmx(promise):
    key = uuid4().hex

    first = promise(key)
    second = promise(key, **{"hx-request": "true"})

    assert Commitment.objects.count() == 1
    assert second["HX-Redirect"] == first["Location"]


def test_a_form_that_was_refused_can_be_sent_again(promise):
    key = uuid4().hex

    refused, corrected = promise(key, description=""), promise(key)

    assert (refused.status_code, corrected.status_code) == (422, 302)
    assert Commitment.objects.count() == 1


def test_two_forms_are_two_rows(promise):
    promise(uuid4().hex)
    promise(uuid4().hex)

    assert Commitment.objects.count() == 2


def test_a_key_that_is_none_is_not_kept(promise):
    promise("x" * 5000)

    assert (Commitment.objects.count(), SentForm.objects.count()) == (1, 0)
