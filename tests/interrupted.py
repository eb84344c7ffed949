"""What `test_interrupted` runs in processes of its own: `python -m tests.interrupted STEP`.

DATABASE_URL names a database that nobody else uses.
"""

import os
import sys
import time
from datetime import UTC, date, datetime

import django

NOW = datetime(2022, 5, 6, 1, 30, tzinfo=UTC)
TODAY = date(2022, 5, 6)
HALF = "half of it is written"


def build() -> None:
    """A commune with criteria, money and a late task, and April to be closed."""
    from django.core.management import call_command

    from ntm_tracker.core.models import Period
    from tests import factories

    call_command("setup_database", verbosity=0)
    factories.make_installation(reporting_date=TODAY)
    commune = factories.make_commune()
    criteria = factories.make_set(3).criteria.all()
    factories.assess(commune, criteria[0])
    factories.make_item(1_000_000, 500_000, commune=commune)
    factories.make_task(commune=commune)
    Period.objects.create(
        month=date(2022, 4, 1), cut_off_on=date(2022, 4, 30), due_on=date(2022, 5, 5)
    )


def hang() -> None:
    """Close the month, and stop for ever when its rows and its file are written."""
    from ntm_tracker.core import audit
    from ntm_tracker.core.models import SnapshotRow
    from ntm_tracker.reports.models import ReportFile

    def stop(**fields):
        if SnapshotRow.objects.exists() and ReportFile.objects.exists():
            sys.stdout.write(f"{HALF}\n")
            sys.stdout.flush()
        time.sleep(300)

    audit.record = stop
    close()


def close() -> None:
    """Close the month."""
    from ntm_tracker.reports.services.closing import close_month
    from ntm_tracker.reports.services.months import find_period

    close_month(find_period("2022-04"), by=None, now=NOW, today=TODAY)


def look() -> None:
    """Say what there is of a closing."""
    from ntm_tracker.core.models import AuditEntry, Period, SnapshotRow
    from ntm_tracker.reports.models import ReportFile

    period = Period.objects.get()
    counts = (
        SnapshotRow.objects.count() > 0,
        ReportFile.objects.count(),
        AuditEntry.objects.filter(action="period.close").count(),
        period.revision,
        period.is_closed,
    )
    sys.stdout.write(f"{counts}\n")


def hang_import() -> None:
    """Take two needs out of a file, and stop for ever when they are written, with the file still to
    be marked as taken in."""
    from criteria.importers import needs
    from criteria.services.work_items import adjust_needs

    def stop(*args, **kwargs):
        adjust_needs(*args, **kwargs)
        sys.stdout.write(f"{HALF}\n")
        sys.stdout.flush()
        time.sleep(300)

    needs.adjust_needs = stop
    take_in()


def take_in() -> None:
    """Take two needs out of a file."""
    from criteria.importers import NeedImporter
    from criteria.models import WorkItem
    from ntm_tracker.core.clock import as_of_on
    from ntm_tracker.core.intake.batches import apply_batch, check_batch
    from ntm_tracker.core.models import ImportBatch, Installation, User
    from tests import factories

    if not ImportBatch.objects.exists():
        factories.make_item(2_000_000, commune=WorkItem.objects.get().commune)
        factories.make_user()
    else:
        # Each process of the tests has files of its own: it is sent again as it was.
        ImportBatch.objects.all().delete()
    codes = WorkItem.objects.order_by("pk").values_list("code", flat=True)
    rows = "".join(f"{code},{number} triệu\n" for number, code in enumerate(codes, 7))
    by = User.objects.get()
    batch = factories.make_import(by, f"Mã công trình,Nhu cầu\n{rows}".encode())
    as_of, importer = as_of_on(None, Installation.current()), NeedImporter()
    mark = check_batch(batch, importer, by, as_of).mark
    apply_batch(batch, importer, mark=mark, skips_bad=False, by=by, as_of=as_of, now=NOW)


def hand_over() -> None:
    """Have two needs of a file written by a process of its own, and wait for its end."""
    from django.conf import settings

    from criteria.importers import NeedImporter
    from criteria.models import WorkItem
    from ntm_tracker.core.clock import as_of_on
    from ntm_tracker.core.intake import background
    from ntm_tracker.core.intake.batches import check_batch
    from ntm_tracker.core.models import Installation
    from ntm_tracker.core.models.intake import BatchState
    from tests import factories

    factories.make_item(2_000_000, commune=WorkItem.objects.get().commune)
    codes = WorkItem.objects.order_by("pk").values_list("code", flat=True)
    rows = "".join(f"{code},{number} triệu\n" for number, code in enumerate(codes, 7))
    by = factories.make_user()
    batch = factories.make_import(by, f"Mã công trình,Nhu cầu\n{rows}".encode())
    as_of = as_of_on(None, Installation.current())
    mark = check_batch(batch, NeedImporter(), by, as_of).mark
    # The settings of a server: those of the tests would give it a folder for files of its own.
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "ntm_tracker.settings",
        "MEDIA_ROOT": str(settings.MEDIA_ROOT),
    }
    background.start(batch, mark=mark, skips_bad=False, by=by, as_of=as_of, now=NOW)
    states = []
    for _ in range(600):
        batch.refresh_from_db()
        states.append(background.settled_state(batch, as_of, NOW).state)
        if batch.state != BatchState.RUNNING:
            break
        time.sleep(0.1)
    sys.stdout.write(f"{states[0]} {states[-1]}\n")


def look_import() -> None:
    """Say what there is of an import."""
    from criteria.models import FundingNeed
    from ntm_tracker.core.models import AuditEntry, ImportBatch, ImportChange

    counts = (
        FundingNeed.objects.count(),
        ImportChange.objects.count(),
        AuditEntry.objects.filter(action="import.apply").count(),
        ImportBatch.objects.get().state,
    )
    sys.stdout.write(f"{counts}\n")


STEPS = {
    "build": build,
    "hang": hang,
    "close": close,
    "look": look,
    "hang-import": hang_import,
    "import": take_in,
    "hand-over": hand_over,
    "look-import": look_import,
}

if __name__ == "__main__":
    django.setup()
    STEPS[sys.argv[1]]()
