"""The outlines of units, as files bring them."""

from datetime import date, datetime
from hashlib import sha256

from django.db import transaction

from communes.boundaries import Outlines
from communes.models import Boundary, BoundaryFile
from ntm_tracker.core import audit
from ntm_tracker.core.models import User


@transaction.atomic
def load_boundaries(
    *, outlines: Outlines, name: str, content: bytes, by: User | None, now: datetime, today: date
) -> BoundaryFile:
    """Draw units by new outlines from now on; units that the file does not hold keep theirs.

    A file that no outline comes from any more goes with the last of them.
    """
    kept = BoundaryFile.objects.create(
        name=name[:200],
        licence=outlines.licence,
        sha256=sha256(content).hexdigest(),
        loaded_at=now,
    )
    Boundary.objects.filter(commune__in=[one.commune for one in outlines.found]).delete()
    Boundary.objects.bulk_create(
        Boundary(commune=one.commune, file=kept, rings=one.rings) for one in outlines.found
    )
    BoundaryFile.objects.filter(boundaries=None).delete()
    audit.record(
        by=by,
        action="boundary.load",
        obj=kept,
        now=now,
        effective_on=today,
        new=f"{len(outlines.found)} xã",
        note=outlines.licence[:1000],
    )
    return kept
