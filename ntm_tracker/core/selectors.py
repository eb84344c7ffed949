"""Reads over the audit trail."""

from collections.abc import Collection
from datetime import date

from django.db.models import Q

from ntm_tracker.core.models import AuditEntry


def recent_changes(
    until: date,
    *,
    commune_id: int | None = None,
    village_id: int | None = None,
    sponsor_id: int | None = None,
    since: date | None = None,
    only_sponsors: Collection[int] | None = None,
    limit: int = 10,
) -> list[AuditEntry]:
    """The latest entries that count for days up to `until`, for one commune, village or sponsor
    (or all). The caller has made sure that the reader may see that commune, village or sponsor;
    `only_sponsors` leaves out what other sponsors did there (a sponsor sees only its own)."""
    # What is typed but not sent counts nowhere, and an indicator is told by its criterion.
    unsaid = Q(action__startswith="draft.") | Q(action__startswith="indicator.")
    where = Q(effective_on__lte=until) & ~unsaid
    if since is not None:
        where &= Q(effective_on__gt=since)
    if commune_id is not None:
        where &= Q(commune_id=commune_id)
    if village_id is not None:
        where &= Q(village_id=village_id)
    if sponsor_id is not None:
        where &= Q(sponsor_id=sponsor_id)
    if only_sponsors is not None:
        where &= Q(sponsor_id=None) | Q(sponsor_id__in=only_sponsors)
    return list(AuditEntry.objects.filter(where).order_by("-effective_on", "-id")[:limit])
