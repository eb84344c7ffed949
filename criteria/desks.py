"""For whom an account works: its communes, its department, its sponsor. Every rule asks this."""

from dataclasses import dataclass

from communes.choices import AccessLevel
from communes.models import CommuneAccess
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import WholeProvince

Reader = User | WholeProvince  # who looks: an account, or a command for the whole province
OFFICE = frozenset({Role.ADMIN, Role.OFFICE})


@dataclass(frozen=True)
class Desk:
    """For whom an account reports. Asked once per request, used for every row of a list."""

    role: str
    sponsor_id: int | None = None
    department_id: int | None = None
    commune_ids: frozenset[int] = frozenset()


def desk_of(user: Reader | Desk) -> Desk:
    """The desk of an account: at most one query."""
    if isinstance(user, Desk):
        return user
    if isinstance(user, WholeProvince):
        return Desk(user.role)
    if user.role == Role.SPONSOR:
        member = getattr(user, "sponsor_member", None)
        return Desk(user.role, sponsor_id=member and member.sponsor_id)
    if user.role == Role.DEPARTMENT:
        member = getattr(user, "department_member", None)
        return Desk(user.role, department_id=member and member.department_id)
    if user.role == Role.COMMUNE:
        access = CommuneAccess.objects.filter(user=user, village=None, level=AccessLevel.EDIT)
        return Desk(user.role, commune_ids=frozenset(access.values_list("commune_id", flat=True)))
    return Desk(user.role)
