"""A month that was closed when hardly anything was there."""

from datetime import date

from django.urls import reverse

from ntm_tracker.core.models import Period
from ntm_tracker.reports.services.closing import close_month
from tests.reports.closed_month import CUT_OFF, LATER, TODAY
from tests.reports.test_older_closings import LIVE


def test_a_month_without_sponsors_kept_all_there_was(installation, office, client):
    period = Period.objects.create(
        month=date(2022, 4, 1), cut_off_on=CUT_OFF, due_on=date(2022, 5, 5)
    )
    installation.reporting_date = TODAY
    installation.save()
    close_month(period, by=None, now=LATER, today=TODAY)
    client.force_login(office)

    page = client.get(reverse("sponsors:assignment-list"), {"as_of": "2022-04-30"}).content.decode()

    assert "đã chốt lúc" in page
    assert LIVE not in page
