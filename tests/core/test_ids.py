"""Ids that no column can hold are answered by a sentence, not by the database."""

import pytest
from django.urls import reverse

HUGE = "1" + "0" * 30


def test_an_id_in_a_filter_is_no_error_of_the_server(client, office, installation):
    client.force_login(office)

    assert client.get(reverse("sponsors:assignment-list"), {"sponsor": HUGE}).status_code < 500


@pytest.mark.parametrize("sponsor", [HUGE, "x", "-1"])
def test_an_id_in_a_list_is_refused_with_a_sentence(client, office, installation, sponsor):
    client.force_login(office)

    answer = client.post(
        reverse("sponsors:review-list"), {"month": "2022-04-01", "sponsor": sponsor}
    )

    assert answer.status_code == 422
