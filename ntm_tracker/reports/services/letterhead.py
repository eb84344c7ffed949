"""What stands at the head and the foot of the reports: issuer, place, signer, recipients."""

from collections.abc import Mapping
from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from ntm_tracker.core import audit
from ntm_tracker.core.models import Installation, User
from ntm_tracker.core.permits import require
from ntm_tracker.reports.rules import may_close

FIELDS = (
    "superior_name",
    "office_name",
    "report_suffix",
    "place",
    "signer_title",
    "signer_name",
    "recipients",
)


@transaction.atomic
def change_letterhead(
    entry: Mapping[str, str], *, by: User, now: datetime, today: date
) -> Installation:
    """Keep the head and foot of the reports; months that are closed keep theirs.

    Raises PermissionDenied, and ValidationError where nothing changes.
    """
    require(may_close(by))
    row = Installation.objects.select_for_update().filter(pk=1).first() or Installation(pk=1)
    changed = [field for field in FIELDS if getattr(row, field) != entry[field]]
    if not changed:
        raise ValidationError("Chưa thay đổi gì so với hiện nay.")
    old = _words(row, changed)
    for field in changed:
        setattr(row, field, entry[field])
    row.save()
    audit.record(
        by=by,
        action="report.letterhead",
        obj=row,
        now=now,
        effective_on=today,
        old=old,
        new=_words(row, changed),
    )
    return row


def _words(row: Installation, fields: list[str]) -> str:
    names = {field: row._meta.get_field(field) for field in fields}
    return "; ".join(
        f"{getattr(one, 'verbose_name', field)}: {getattr(row, field) or '(để trống)'}"
        for field, one in names.items()
    )
