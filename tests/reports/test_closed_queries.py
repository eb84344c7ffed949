"""What a page asks on a closed day does not grow with what was kept."""

from datetime import date

import pytest
from django.urls import reverse

from ntm_tracker.core.models import Period
from ntm_tracker.reports.services.closing import close_month
from tests import factories
from tests.reports.closed_month import CUT_OFF, LATER, TODAY

DAY = {"as_of": "2022-04-30"}


@pytest.mark.parametrize("n", [1, 3])
def test_questions_do_not_grow_with_what_was_kept(
    installation, office, n, client, django_assert_num_queries
):
    installation.reporting_date = TODAY
    installation.save()
    criteria = factories.make_set(2).criteria.all()
    for _ in range(n):
        commune = factories.make_commune()
        factories.assess(commune, criteria[0])
        factories.make_item(1_000_000, 500_000, commune=commune)
        factories.make_village(commune)
        sponsor = factories.make_sponsor()
        factories.make_assignment(sponsor, commune)
        task = factories.make_task(commune=commune, sponsor=sponsor, due_on=CUT_OFF)
        factories.make_contribution(commune, sponsor)
        factories.make_difficulty(task)
    period = Period.objects.create(
        month=date(2022, 4, 1), cut_off_on=CUT_OFF, due_on=date(2022, 5, 5)
    )
    close_month(period, by=None, now=LATER, today=TODAY)
    client.force_login(office)
    client.get(reverse("dashboard:board"), DAY)

    for address, queries in (
        (reverse("dashboard:board"), 36),
        (reverse("criteria:funding"), 19),
        (reverse("criteria:village-list"), 9),
        (reverse("sponsors:sponsor-list"), 6),
        (reverse("dashboard:commune", args=[commune.code]), 33),
        (reverse("sponsors:sponsor", args=[sponsor.pk]), 32),
        (reverse("sponsors:assignment-list"), 12),
        (reverse("sponsors:contribution-list"), 13),
        (reverse("sponsors:difficulty-list"), 13),
        (reverse("sponsors:review-list"), 15),
        (reverse("criteria:dossier", args=[commune.code]), 17),
    ):
        with django_assert_num_queries(queries):
            assert client.get(address, DAY).status_code == 200
