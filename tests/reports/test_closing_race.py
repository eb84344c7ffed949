"""A writer and a closing at the same moment: what was written is in the month, or it is refused."""

from threading import Event, Thread

import pytest
from django.db import connection, connections, transaction

from ntm_tracker.core.models import Installation, Period, SnapshotRow
from ntm_tracker.reports.services.closing import (
    MovedMeanwhile,
    close_month,
    keep_closing,
    prepare_closing,
)
from tests import factories
from tests.reports.closed_month import CUT_OFF, NOW, TODAY

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite has a single writer at a time"
    ),
]


@pytest.fixture
def april():
    factories.make_installation(reporting_date=TODAY)
    commune = factories.make_commune()
    factories.make_set(2)
    factories.make_item(1_000_000, 0, commune=commune)
    return Period.objects.create(month=CUT_OFF.replace(day=1), cut_off_on=CUT_OFF, due_on=TODAY)


def test_an_entry_that_was_being_written_stops_the_closing(april):
    """The closing waits for it, sees that it came, and writes nothing."""
    written, go_on = Event(), Event()

    def write():
        try:
            with transaction.atomic():
                factories.make_item(5_000_000, 0, on=CUT_OFF)
                written.set()
                go_on.wait(10)
        finally:
            connections.close_all()

    prepared = prepare_closing(april, Installation.current(), by_label="x", now=NOW)
    writer = Thread(target=write)
    writer.start()
    assert written.wait(10)
    Thread(target=lambda: go_on.wait(0.5) or go_on.set()).start()

    with pytest.raises(MovedMeanwhile):
        keep_closing(prepared, by=None, now=NOW)

    writer.join(10)
    assert not SnapshotRow.objects.exists()
    assert close_month(april, by=None, now=NOW, today=TODAY).period.is_closed
