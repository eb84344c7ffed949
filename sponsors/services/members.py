"""The accounts through which sponsors report, and the access that follows from assignments."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from communes.choices import AccessLevel, AccessSource
from communes.models import CommuneAccess
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User
from sponsors import rules
from sponsors.models import Assignment, Sponsor, SponsorMember


@transaction.atomic
def add_member(
    *, sponsor: Sponsor, user: User, by: User | None, now: datetime, today: date
) -> SponsorMember:
    """Let an account report for a sponsor and see what the sponsor is assigned to.

    Raises ValidationError where the account has another role or already another unit.
    """
    return add_members([(user, sponsor)], by=by, now=now, today=today)[0]


@transaction.atomic
def add_members(
    pairs: Sequence[tuple[User, Sponsor]], *, by: User | None, now: datetime, today: date
) -> list[SponsorMember]:
    """`add_member` for many, all or none; as many queries for one as for hundreds."""
    _refuse_others(by)
    users = [user for user, _sponsor in pairs]
    others = {
        member.user_id: member.sponsor
        for member in SponsorMember.objects.filter(user__in=users).select_related("sponsor")
    }
    for user in users:
        if user.role != Role.SPONSOR:
            raise ValidationError(
                f"Tài khoản “{user}” có vai trò {user.get_role_display()}, "
                "không phải đơn vị đỡ đầu."
            )
        if user.pk in others:
            raise ValidationError(f"Tài khoản “{user}” đã thuộc {others[user.pk]}.")
    members = SponsorMember.objects.bulk_create(
        [SponsorMember(user=user, sponsor=sponsor) for user, sponsor in pairs], batch_size=500
    )
    audit.record_all(
        audit.entry(
            by=by,
            action="sponsor.member",
            obj=member,
            now=now,
            effective_on=today,
            new=str(member.user),
            sponsor_id=member.sponsor_id,
        )
        for member in members
    )
    sync_access(today, sponsors={member.sponsor_id for member in members})
    return members


@transaction.atomic
def remove_member(*, member: SponsorMember, by: User | None, now: datetime, today: date) -> None:
    """Take an account away from its sponsor, with the access that came from assignments."""
    _refuse_others(by)
    audit.record(
        by=by,
        action="sponsor.member_left",
        obj=member,
        now=now,
        effective_on=today,
        old=str(member.user),
        sponsor_id=member.sponsor_id,
    )
    CommuneAccess.objects.filter(user=member.user, source=AccessSource.ASSIGNMENT).delete()
    member.delete()


@transaction.atomic
def sync_access(today: date, *, sponsors: Iterable[int] | None = None) -> int:
    """Make the access of the sponsors' accounts (all sponsors where none is named) what their
    assignments of `today` give: a commune, or only one village of it. Returns how many changed.
    """
    members = SponsorMember.objects.all()
    active = Assignment.objects.active_on(today)
    if sponsors is not None:
        sponsors = list(sponsors)
        members = members.filter(sponsor__in=sponsors)
        active = active.filter(sponsor__in=sponsors)
    places: dict[int, set[tuple[int, int | None]]] = {}
    for sponsor, commune, village in active.order_by().values_list(
        "sponsor_id", "commune_id", "village_id"
    ):
        places.setdefault(sponsor, set()).add((commune, village))
    users = dict(members.values_list("user_id", "sponsor_id"))
    wanted = {
        (user, *place) for user, sponsor in users.items() for place in places.get(sponsor, ())
    }
    rows = CommuneAccess.objects.select_for_update().filter(source=AccessSource.ASSIGNMENT)
    if sponsors is not None:
        rows = rows.filter(user__in=users)
    found = {(row.user_id, row.commune_id, row.village_id): row.pk for row in rows}
    CommuneAccess.objects.filter(pk__in=[found[key] for key in found.keys() - wanted]).delete()
    CommuneAccess.objects.bulk_create(
        [
            CommuneAccess(
                user_id=user,
                commune_id=commune,
                village_id=village,
                level=AccessLevel.VIEW,
                source=AccessSource.ASSIGNMENT,
            )
            for user, commune, village in sorted(
                wanted - found.keys(), key=lambda key: (key[0], key[1], key[2] or 0)
            )
        ],
        batch_size=500,
    )
    return len(found.keys() ^ wanted)


def _refuse_others(by: User | None) -> None:
    if by is not None and not (permit := rules.may_assign(by)):
        raise PermissionDenied(permit.reason)
