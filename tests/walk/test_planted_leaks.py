"""The leak test finds a leak: each of these opens one door that is shut, and is noticed."""

import pytest

from ntm_tracker.core.models import AuditEntry
from tests.walk.conftest import signed_in
from tests.walk.leaks import leaks

pytestmark = pytest.mark.walk


def everything(rows, user):
    """What a queryset forgets that does not ask who reads."""
    return rows


@pytest.mark.parametrize(
    ("address", "door", "opened"),
    [
        ("/tasks/", "sponsors.models.tasks.TaskQuerySet.visible_to", everything),
        ("/contributions/", "sponsors.models.assignments.OwnedQuerySet.visible_to", everything),
        ("/sponsors/", "sponsors.models.assignments.SponsorQuerySet.visible_to", everything),
        ("/search/?q={beginning}", "communes.models.CommuneQuerySet.visible_to", everything),
        (
            "/audit/?file=csv",
            "ntm_tracker.dashboard.selectors.audit.visible_entries",
            lambda user: AuditEntry.objects.all(),
        ),
        (
            "/audit/?file=xlsx",
            "ntm_tracker.dashboard.selectors.audit.visible_entries",
            lambda user: AuditEntry.objects.all(),
        ),
    ],
)
def test_a_planted_leak_is_found(address, door, opened, whole_world, db, monkeypatch):
    client = signed_in(whole_world.users["user_a"])
    secrets = whole_world.secrets_of("B")
    address = address.format(beginning=whole_world.sides["B"].word[:4])
    assert leaks(client, [address], secrets) == []

    monkeypatch.setattr(door, opened)

    assert leaks(client, [address], secrets) != []
