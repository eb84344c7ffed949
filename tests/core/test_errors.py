"""A refusal swapped into a standing page: one sentence above it, drawn as an error."""

from django.urls import reverse

HTMX = {"HX-Request": "true", "HX-Target": "task-list"}


def test_a_refusal_to_htmx_is_a_notice_of_level_error(client, office, installation):
    client.force_login(office)

    answer = client.get(reverse("sponsors:task-list"), {"state": "foo"}, headers=HTMX)

    assert answer.status_code == 400
    assert answer["HX-Retarget"] == "#messages"
    assert 'data-level="error"' in answer.content.decode()
    assert "Không có trạng thái" in answer.content.decode()
