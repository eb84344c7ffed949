"""Giving a commune's clerk access to the commune, and taking it back."""

from collections.abc import Sequence
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
    """Let an account work for a commune.

    Raises ValidationError for an account of another role, or one that has the access already.
    """
    return grant_accesses([(user, commune)], level=level, by=by, now=now, today=today)[0]


@transaction.atomic
def grant_accesses(
    pairs: Sequence[tuple[User, Commune]],
    *,
    level: AccessLevel = AccessLevel.EDIT,
    by: User | None,
    now: datetime,
    today: date,
) -> list[CommuneAccess]:
    """`grant_access` for many, all or none; as many queries for one as for hundreds."""
    own = CommuneAccess.objects.filter(
        user__in=[user for user, _commune in pairs], village=None, source=AccessSource.MEMBER
    )
    there = set(own.values_list("user_id", "commune_id"))
    for user, commune in pairs:
        if user.role != Role.COMMUNE:
            raise ValidationError(
                f"Tài khoản {user} có vai trò “{user.get_role_display()}”; chỉ tài khoản vai trò "
                "“Xã” được gắn với một xã."
            )
        if (user.pk, commune.pk) in there:
            raise ValidationError(f"Tài khoản {user} đã được gắn với {commune}.")
    rows = CommuneAccess.objects.bulk_create(
        [
            CommuneAccess(user=user, commune=commune, level=level, source=AccessSource.MEMBER)
            for user, commune in pairs
        ],
        batch_size=500,
    )
    audit.record_all(
        audit.entry(
            by=by,
            action="access.grant",
            obj=access,
            now=now,
            effective_on=today,
            new=access.get_level_display(),
            commune_id=access.commune_id,
        )
        for access in rows
    )
    return rows


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
