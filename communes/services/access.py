"""Access of a commune's clerk to the commune, and the outlines of units."""

from datetime import date, datetime
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction

from communes.boundaries import Outlines
from communes.choices import AccessLevel, AccessSource
from communes.models import Boundary, BoundaryFile, Commune, CommuneAccess
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User


@transaction.atomic
def grant_access(
    *,
    user: User,
    commune: Commune,
    level: AccessLevel = AccessLevel.EDIT,
    by: User | None,
    now: datetime,
    today: date,
) -> CommuneAccess:
    """Let an account work for a commune. Sponsors get theirs through their assignments.

    Raises ValidationError for an account of another role, or one that has the access already.
    """
    if user.role != Role.COMMUNE:
        raise ValidationError(
            f"Tài khoản {user} có vai trò “{user.get_role_display()}”; chỉ tài khoản vai trò “Xã” "
            "được gắn với một xã."
        )
    if CommuneAccess.objects.filter(
        user=user, commune=commune, village=None, source=AccessSource.MEMBER
    ).exists():
        raise ValidationError(f"Tài khoản {user} đã được gắn với {commune}.")
    access = CommuneAccess.objects.create(
        user=user, commune=commune, level=level, source=AccessSource.MEMBER
    )
    audit.record(
        by=by,
        action="access.grant",
        obj=access,
        now=now,
        effective_on=today,
        new=access.get_level_display(),
        commune_id=commune.pk,
    )
    return access


@transaction.atomic
def revoke_access(*, access: CommuneAccess, by: User | None, now: datetime, today: date) -> None:
    """Take back what `grant_access` gave; raises ValidationError for a sponsor's access."""
    if access.source != AccessSource.MEMBER:
        raise ValidationError("Quyền này đi theo phân công đỡ đầu; hãy kết thúc phân công.")
    audit.record(
        by=by,
        action="access.revoke",
        obj=access,
        now=now,
        effective_on=today,
        old=access.get_level_display(),
        commune_id=access.commune_id,
    )
    access.delete()


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
