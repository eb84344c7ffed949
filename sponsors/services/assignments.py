"""Assignments and members, and the access that follows from them."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q

from communes.choices import AccessLevel, AccessSource
from communes.models import Commune, CommuneAccess, Village, VillageMembership, valid_on
from criteria.services.assessments import refuse_future
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Provenance, Role
from ntm_tracker.core.documents import Paper, document_of
from ntm_tracker.core.models import Document, User
from ntm_tracker.core.periods import require_open
from sponsors import rules
from sponsors.choices import Basis
from sponsors.models import Assignment, Sponsor, SponsorMember


@transaction.atomic
def create_assignment(
    *,
    sponsor: Sponsor,
    commune: Commune,
    village: Village | None = None,
    basis: Basis,
    decided_on: date,
    document: Document | None = None,
    is_lead: bool = False,
    agreement_due_on: date | None = None,
    agreement_signed_on: date | None = None,
    plan_due_on: date | None = None,
    plan_done_on: date | None = None,
    by: User | None,
    now: datetime,
    today: date,
    provenance: str = Provenance.ENTERED,
    source: str = "",
) -> Assignment:
    """Bind a sponsor to a commune, or to one village of it, and give its accounts access.

    Raises ValidationError for a date after `today`, a village of another commune, or where the
    sponsor already has this commune or village.
    """
    _refuse_others(by)
    days = [day for day in (decided_on, agreement_signed_on, plan_done_on) if day]
    for day in days:
        refuse_future(day, today)
    require_open([(day, commune.pk) for day in days], today=today)
    if village is not None:
        belongs = VillageMembership.objects.filter(
            valid_on(decided_on), village=village, commune=commune
        )
        if not belongs.exists():
            raise ValidationError(
                {"village": f"{village} không thuộc {commune} vào ngày {decided_on:%d/%m/%Y}."}
            )
    same = Assignment.objects.filter(sponsor=sponsor, commune=commune, village=village)
    if same.filter(Q(ended_on=None) | Q(ended_on__gt=decided_on)).exists():
        raise ValidationError(f"{sponsor} đã được phân công đỡ đầu {village or commune}.")
    assignment = Assignment.objects.create(
        sponsor=sponsor,
        commune=commune,
        village=village,
        basis=basis,
        decided_on=decided_on,
        document=document,
        is_lead=is_lead,
        agreement_due_on=agreement_due_on,
        agreement_signed_on=agreement_signed_on,
        plan_due_on=plan_due_on,
        plan_done_on=plan_done_on,
        provenance=provenance,
        source=source,
    )
    _record(
        assignment,
        "assignment.create",
        by=by,
        now=now,
        on=decided_on,
        new=f"{assignment.get_basis_display()}{', chủ trì' if is_lead else ''}",
    )
    sync_access(today, sponsors=[sponsor.pk])
    return assignment


@transaction.atomic
def create_assignments(
    *,
    sponsor: Sponsor,
    places: Sequence[tuple[Commune, Village | None]],
    decided_on: date,
    today: date,
    **fields: Any,
) -> list[Assignment]:
    """Bind a sponsor to several communes and villages by one decision, all or none.

    The further arguments are those of `create_assignment`. Raises ValidationError with every place
    that is refused.
    """
    refuse_future(decided_on, today)
    if not places:
        raise ValidationError("Hãy chọn ít nhất một xã hoặc thôn.")
    made, errors = [], []
    for commune, village in places:
        try:
            with transaction.atomic():
                row = create_assignment(
                    sponsor=sponsor,
                    commune=commune,
                    village=village,
                    decided_on=decided_on,
                    today=today,
                    **fields,
                )
        except ValidationError as error:
            errors += error.messages
        else:
            made.append(row)
    if errors:
        raise ValidationError(errors)
    return made


@transaction.atomic
def assign_by_decision(
    *, paper: Paper, by: User | None, now: datetime, today: date, **fields: Any
) -> list[Assignment]:
    """`create_assignments` with the decision as it was typed: known by number and day, or new."""
    _refuse_others(by)
    document = document_of(paper, by=by, now=now, today=today)
    return create_assignments(document=document, by=by, now=now, today=today, **fields)


@transaction.atomic
def end_assignment(
    *,
    assignment: Assignment,
    ended_on: date,
    by: User | None,
    now: datetime,
    today: date,
    note: str,
) -> Assignment:
    """End an assignment and take back the access that only it gave.

    From `ended_on` on it no longer counts; what was promised and done stays. Raises ValidationError
    for a date after `today` or before the decision, and where it has already ended.
    """
    _refuse_others(by)
    if not note.strip():
        raise ValidationError({"note": "Hãy ghi lý do kết thúc phân công."})
    refuse_future(ended_on, today)
    row = Assignment.objects.select_for_update().get(pk=assignment.pk)
    require_open([(ended_on, row.commune_id)], today=today)
    if row.ended_on:
        raise ValidationError(f"Phân công này đã kết thúc ngày {row.ended_on:%d/%m/%Y}.")
    if ended_on < row.decided_on:
        raise ValidationError(
            f"Ngày kết thúc không thể trước ngày quyết định {row.decided_on:%d/%m/%Y}."
        )
    row.ended_on = ended_on
    row.save(update_fields=["ended_on"])
    _record(row, "assignment.end", by=by, now=now, on=ended_on, new="Kết thúc", note=note)
    sync_access(today, sponsors=[row.sponsor_id])
    return row


@transaction.atomic
def record_papers(
    *,
    assignment: Assignment,
    agreement_signed_on: date | None = None,
    plan_done_on: date | None = None,
    agreement_due_on: date | None = None,
    plan_due_on: date | None = None,
    by: User | None,
    now: datetime,
    today: date,
) -> Assignment:
    """Note that the agreement was signed, or that the plan was made, on a day up to `today`; or set
    another day by which they are due. None leaves what stands."""
    _refuse_others(by)
    row = Assignment.objects.select_for_update().get(pk=assignment.pk)
    given = {"agreement_signed_on": agreement_signed_on, "plan_done_on": plan_done_on}
    words = {"agreement_signed_on": "Ký kết", "plan_done_on": "Có kế hoạch"}
    for field, day in given.items():
        if day is None or day == getattr(row, field):
            continue
        refuse_future(day, today)
        require_open([(day, row.commune_id)], today=today)
        old = getattr(row, field)
        setattr(row, field, day)
        row.save(update_fields=[field])
        _record(
            row,
            f"assignment.{field.removesuffix('_on')}",
            by=by,
            now=now,
            on=day,
            old=f"{words[field]} {old:%d/%m/%Y}" if old else "",
            new=f"{words[field]} {day:%d/%m/%Y}",
        )
    for field, day in {"agreement_due_on": agreement_due_on, "plan_due_on": plan_due_on}.items():
        old = getattr(row, field)
        if day is None or day == old:
            continue
        if day < row.decided_on:
            raise ValidationError(
                {field: f"Hạn không thể trước ngày giao {row.decided_on:%d/%m/%Y}."}
            )
        setattr(row, field, day)
        row.save(update_fields=[field])
        word = "Hạn ký kết" if field == "agreement_due_on" else "Hạn lập kế hoạch"
        _record(
            row,
            "assignment.due",
            by=by,
            now=now,
            on=today,
            old=f"{word} {old:%d/%m/%Y}" if old else "",
            new=f"{word} {day:%d/%m/%Y}",
        )
    return row


@transaction.atomic
def add_member(
    *, sponsor: Sponsor, user: User, by: User | None, now: datetime, today: date
) -> SponsorMember:
    """Let an account report for a sponsor and see what the sponsor is assigned to.

    Raises ValidationError where the account has another role or already another unit.
    """
    _refuse_others(by)
    if user.role != Role.SPONSOR:
        raise ValidationError(
            f"Tài khoản “{user}” có vai trò {user.get_role_display()}, không phải đơn vị đỡ đầu."
        )
    other = SponsorMember.objects.filter(user=user).select_related("sponsor").first()
    if other:
        raise ValidationError(f"Tài khoản “{user}” đã thuộc {other.sponsor}.")
    member = SponsorMember.objects.create(user=user, sponsor=sponsor)
    audit.record(
        by=by,
        action="sponsor.member",
        obj=member,
        now=now,
        effective_on=today,
        new=str(user),
        sponsor_id=sponsor.pk,
    )
    sync_access(today, sponsors=[sponsor.pk])
    return member


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


def _record(
    assignment: Assignment,
    action: str,
    *,
    by: User | None,
    now: datetime,
    on: date,
    old: str = "",
    new: str = "",
    note: str = "",
) -> None:
    audit.record(
        by=by,
        action=action,
        obj=assignment,
        now=now,
        effective_on=on,
        old=old,
        new=new,
        note=note,
        commune_id=assignment.commune_id,
        village_id=assignment.village_id,
        sponsor_id=assignment.sponsor_id,
    )
