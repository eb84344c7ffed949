"""The commune page: who sees what of it, and what it costs in queries."""

from datetime import date

import pytest

from criteria.choices import DossierState
from ntm_tracker.core.models import AuditEntry
from sponsors.choices import Giver, Owner
from tests import factories
from tests.dashboard.build import (
    TY,
    commune_url,
    commune_with,
    make_contribution,
    set_dossier,
    text_of,
)


def test_others_do_not_learn_that_a_commune_exists(client, focus, criteria_set, user_b, commune_a):
    village_only = factories.make_sponsor_user(factories.make_sponsor())
    factories.give_access(village_only, commune_a, village=factories.make_village(commune_a))

    for user in (user_b, village_only):
        client.force_login(user)
        assert client.get(commune_url(commune_a)).status_code == 404


def test_a_sponsor_sees_names_of_others_but_not_their_work(
    client, focus, criteria_set, sponsor_a, commune_a, office
):
    mine = sponsor_a.sponsor_member.sponsor
    other = factories.make_sponsor(name="Đơn vị bên cạnh")
    for sponsor in (mine, other):
        factories.make_assignment(sponsor, commune_a)
    factories.make_task(title="Việc của mình", commune=commune_a, sponsor=mine)
    factories.make_task(title="Việc bên cạnh", commune=commune_a, sponsor=other)
    factories.make_task(title="Việc của xã", commune=commune_a, owner=Owner.COMMUNE)
    make_contribution(commune_a, 77_000_000, description="Dân góp")
    make_contribution(
        commune_a, 88_000_000, Giver.SPONSOR, sponsor=other, description="Bên cạnh góp"
    )
    for sponsor_id, label, kind in (
        (mine.pk, "Nhật ký của mình", "sponsors.task"),
        (other.pk, "Nhật ký bên cạnh", "sponsors.task"),
        (None, "Nhật ký việc của xã", "sponsors.task"),
        (None, "Nhật ký tiêu chí", "criteria.assessment"),
    ):
        AuditEntry.objects.create(
            at=factories.NOW,
            effective_on=date(2022, 4, 28),
            by_label="x",
            action="task.assign",
            object_type=kind,
            object_id=1,
            object_label=label,
            commune_id=commune_a.pk,
            sponsor_id=sponsor_id,
        )
    words = [
        "Đơn vị bên cạnh",
        "Việc của mình",
        "Nhật ký của mình",
        "Nhật ký tiêu chí",
        "Việc bên cạnh",
        "Việc của xã",
        "Dân góp",
        "Bên cạnh góp",
        "Nhật ký bên cạnh",
        "Nhật ký việc của xã",
    ]

    client.force_login(sponsor_a)
    seen = text_of(client.get(commune_url(commune_a)))
    client.force_login(office)
    everything = text_of(client.get(commune_url(commune_a)))

    assert [word for word in words if word in seen] == words[:4]
    assert [word for word in words if word in everything] == words
    client.force_login(sponsor_a)
    assert f"/sponsors/{other.pk}/" not in client.get(commune_url(commune_a)).content.decode()


@pytest.mark.parametrize("n", [1, 3])
@pytest.mark.parametrize(("query", "queries"), [("", 21), ("?as_of=2022-04-29", 21)])
def test_queries_do_not_grow(
    client, office, focus, criteria_set, django_assert_num_queries, n, query, queries
):
    commune = commune_with(criteria_set, 2)
    set_dossier(commune, criteria_set, DossierState.IN_PROGRESS, date(2022, 1, 31))
    for number in range(n):
        sponsor = factories.make_sponsor()
        factories.assess(
            commune, criteria_set.criteria.first(), as_of=date(2022, 4, 1 + number), note="x"
        )
        factories.make_item(TY, commune=commune)
        village = factories.make_village(commune)
        factories.make_assignment(sponsor, commune)
        factories.make_assignment(sponsor, commune, village=village)
        factories.make_task(commune=commune, sponsor=sponsor, village=village)
        make_contribution(commune, 1_000_000)
    client.force_login(office)

    with django_assert_num_queries(queries):
        assert client.get(f"{commune_url(commune)}{query}").status_code == 200
