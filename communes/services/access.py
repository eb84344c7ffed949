"""Giving a commune's clerk access to the commune, and taking it back."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from communes.choices import AccessLevel, AccessSource
from communes.models import Commune, CommuneAccess
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
