"""The demo in May 2022, with April closed."""

from datetime import timedelta

import pytest
from django.apps import apps

from ntm_tracker.core.models import Installation
from ntm_tracker.reports.services.closing import close_month
from ntm_tracker.reports.services.months import find_period
from tests.reports.closed_month import NOW, TODAY


@pytest.fixture
def in_may(case):
    """The demo on 6/5/2022, when April is closed, as if written down the day before: it carries the
    day on which it was seeded, and a closing knows nothing that was written after it."""
    for model in apps.get_models():
        if any(field.name == "recorded_at" for field in model._meta.concrete_fields):
            model.objects.update(recorded_at=NOW - timedelta(days=1))
    installation = Installation.current()
    installation.reporting_date = TODAY
    installation.save()
    return installation


@pytest.fixture
def closed_april(in_may):
    return close_month(find_period("2022-04"), by=None, now=NOW, today=TODAY).period
