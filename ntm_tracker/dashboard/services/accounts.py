"""Accounts that the office makes: invited by link, bound to one unit, ended and taken up again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower

from communes.choices import AccessSource
from communes.models import Commune, CommuneAccess
from communes.services import grant_accesses, revoke_access
from criteria.models import Department, DepartmentMember
from criteria.services.departments import join_departments, leave_department
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import Permit
from ntm_tracker.dashboard import rules
from sponsors.models import Sponsor, SponsorMember
from sponsors.services import add_members, remove_member

UNIT_OF_ROLE = {Role.COMMUNE: Commune, Role.SPONSOR: Sponsor, Role.DEPARTMENT: Department}
Unit = Commune | Sponsor | Department


@dataclass(frozen=True)
class AccountEntry:
    """What the office says of an account. `unit` is what the role works for, None for the rest."""

    role: Role
    display_name: str
    phone: str = ""
    email: str = ""
    unit: Unit | None = None


class StaleAccount(Exception):
    """Somebody has changed the account since the form was drawn; nothing is written."""


@transaction.atomic
def create_account(
    *, username: str, entry: AccountEntry, by: User | None, now: datetime, today: date
) -> User:
    """An account without a password, which its invitation sets. Raises ValidationError for a name
    that is taken (whatever its case) or a unit that does not fit the role."""
    return create_accounts([(username, entry)], by=by, now=now, today=today)[0]


@transaction.atomic
def create_accounts(
    accounts: Sequence[tuple[str, AccountEntry]], *, by: User | None, now: datetime, today: date
) -> list[User]:
    """`create_account` for many, all or none; as many queries for one as for hundreds."""
    for _username, entry in accounts:
        _check(rules.may_give_role(by, entry.role) if by else None)
        _check_unit(entry)
    names = [username.lower() for username, _entry in accounts]
    taken = User.objects.annotate(name=Lower("username")).filter(name__in=names)
    if taken.exists() or len(set(names)) < len(names):
        raise ValidationError({"username": "Tên đăng nhập này đã có. Hãy chọn tên khác."})
    users = [User(username=username, **_columns(entry)) for username, entry in accounts]
    for user in users:
        user.set_unusable_password()
    users = User.objects.bulk_create(users, batch_size=500)
    _bind(
        [(user, entry.unit) for user, (_name, entry) in zip(users, accounts, strict=True)],
        by=by,
        now=now,
        today=today,
    )
    audit.record_all(
        audit.entry(
            by=by,
            action="user.create",
            obj=user,
            now=now,
            effective_on=today,
            new=_words(user, entry.unit),
        )
        for user, (_name, entry) in zip(users, accounts, strict=True)
    )
    return users


def used_accounts(users: Iterable[User]) -> set[int]:
    """Those with a password, or that somebody came in with: they can be ended, not removed."""
    return {user.pk for user in users if user.last_login or user.has_usable_password()}


@transaction.atomic
def remove_accounts(
    accounts: Sequence[User], *, by: User | None, now: datetime, today: date
) -> None:
    """Take accounts away that were made by mistake and that nobody has come in with, with what they
    could see; all or none, as many queries for one as for hundreds.

    Raises ValidationError for those that are used already.
    """
    locked = User.objects.select_for_update().filter(pk__in=[user.pk for user in accounts])
    users = list(locked.order_by("pk"))
    for user in users:
        _check(rules.may_change_account(by, user) if by else None)
    if used := used_accounts(users):
        raise ValidationError(
            [
                f"Tài khoản {user.username} đã đặt mật khẩu hoặc đăng nhập; hãy ngừng tài khoản."
                for user in users
                if user.pk in used
            ]
        )
    units = units_of(users)
    audit.record_all(
        audit.entry(
            by=by,
            action="user.remove",
            obj=user,
            now=now,
            effective_on=today,
            old=_words(user, units.get(user.pk)),
        )
        for user in users
    )
    User.objects.filter(pk__in=[user.pk for user in users]).delete()


@transaction.atomic
def change_account(
    *, user: User, entry: AccountEntry, seen: str, by: User | None, now: datetime, today: date
) -> User:
    """Change role, unit and how the account is reached; what the old unit gave is taken back.

    `seen` are the words of `account_words` when the form was drawn; StaleAccount where they differ.
    Raises ValidationError for the last administrator and for a unit that does not fit the role.
    """
    user = User.objects.select_for_update().get(pk=user.pk)
    if by is not None:
        _check(rules.may_change_account(by, user))
        _check(rules.may_give_role(by, entry.role))
    old = account_words(user)
    if old != seen:
        raise StaleAccount
    _check_unit(entry)
    if user.role == Role.ADMIN and entry.role != Role.ADMIN:
        _keep_an_admin(user)
    unit = unit_of(user)
    if user.role != entry.role or unit != entry.unit:
        _unbind(user, by=by, now=now, today=today)
    columns = _columns(entry)
    for name, value in columns.items():
        setattr(user, name, value)
    user.save(update_fields=list(columns))
    if unit_of(user) != entry.unit:
        _bind([(user, entry.unit)], by=by, now=now, today=today)
    new = account_words(user)
    if new != old:
        _record(user, "user.change", by=by, now=now, today=today, old=old, new=new)
    return user


@transaction.atomic
def renew_invitation(*, user: User, by: User | None, now: datetime, today: date) -> User:
    """Take away the password, so that the account's links and sessions end and a new link can be
    given."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _check(rules.may_change_account(by, user) if by else None)
    if not user.is_active:
        raise ValidationError("Tài khoản đã ngừng; hãy cho dùng lại trước khi cấp liên kết.")
    user.set_unusable_password()
    user.save(update_fields=["password"])
    _record(user, "user.invite", by=by, now=now, today=today)
    return user


@transaction.atomic
def deactivate_account(
    *, user: User, reason: str, by: User | None, now: datetime, today: date
) -> User:
    """End an account: whoever is signed in with it is out at the next press."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _check(rules.may_deactivate(by, user) if by else None)
    if not user.is_active:
        raise ValidationError("Tài khoản này đã ngừng từ trước.")
    if user.role == Role.ADMIN:
        _keep_an_admin(user)
    user.is_active = False
    user.save(update_fields=["is_active"])
    _record(user, "user.deactivate", by=by, now=now, today=today, note=reason)
    return user


@transaction.atomic
def reactivate_account(
    *, user: User, reason: str, by: User | None, now: datetime, today: date
) -> User:
    """Let an account be used again, with the password it had."""
    user = User.objects.select_for_update().get(pk=user.pk)
    _check(rules.may_change_account(by, user) if by else None)
    if user.is_active:
        raise ValidationError("Tài khoản này đang được dùng.")
    user.is_active = True
    user.save(update_fields=["is_active"])
    _record(user, "user.reactivate", by=by, now=now, today=today, note=reason)
    return user


@transaction.atomic
def accept_invitation(*, user: User, token: str, password: str, now: datetime, today: date) -> User:
    """Set the password of whoever holds a link. Raises ValidationError for a link that was used,
    replaced or has expired."""
    user = User.objects.select_for_update().get(pk=user.pk)
    if not user.is_active or not default_token_generator.check_token(user, token):
        raise ValidationError("Liên kết này không còn dùng được.")
    user.set_password(password)
    user.save(update_fields=["password"])
    _record(user, "user.activate", by=user, now=now, today=today)
    return user


def unit_of(user: User) -> Unit | None:
    """What the account works for, asked anew."""
    return units_of([user]).get(user.pk)


def units_of(users: Sequence[User]) -> dict[int, Unit]:
    """What accounts work for, by their ids; one query per role that works for something."""
    ids: dict[str, list[int]] = {}
    for user in users:
        ids.setdefault(user.role, []).append(user.pk)
    found: dict[int, Unit] = {}
    if sponsors := ids.get(Role.SPONSOR):
        rows = SponsorMember.objects.filter(user__in=sponsors).select_related("sponsor")
        found |= {row.user_id: row.sponsor for row in rows}
    if departments := ids.get(Role.DEPARTMENT):
        places = DepartmentMember.objects.filter(user__in=departments).select_related("department")
        found |= {row.user_id: row.department for row in places}
    if communes := ids.get(Role.COMMUNE):
        for access in _own_access(communes):
            found.setdefault(access.user_id, access.commune)
    return found


def account_words(user: User) -> str:
    """An account in one line, as the trail writes it."""
    return _words(user, unit_of(user))


def _words(user: User, unit: Unit | None) -> str:
    parts = (user.display_name, user.get_role_display(), unit, user.phone, user.email)
    return "; ".join(str(part) for part in parts if part)


def _own_access(users: Sequence[int]) -> QuerySet[CommuneAccess]:
    rows = CommuneAccess.objects.filter(user__in=users, village=None, source=AccessSource.MEMBER)
    return rows.select_related("commune").order_by("pk")


def _columns(entry: AccountEntry) -> dict[str, object]:
    """Only what an entry may set; the admin site opens to administrators alone."""
    is_admin = entry.role == Role.ADMIN
    return {
        "role": entry.role,
        "display_name": entry.display_name,
        "phone": entry.phone,
        "email": entry.email,
        "is_staff": is_admin,
        "is_superuser": is_admin,
    }


def _check(permit: Permit | None) -> None:
    if permit is not None and not permit:
        raise PermissionDenied(permit.reason)


def _check_unit(entry: AccountEntry) -> None:
    wanted = UNIT_OF_ROLE.get(entry.role)
    if wanted is None and entry.unit is not None:
        raise ValidationError(f"Vai trò “{entry.role.label}” không gắn với đơn vị nào.")
    if wanted is not None and not isinstance(entry.unit, wanted):
        raise ValidationError(f"Vai trò “{entry.role.label}” phải gắn với một đơn vị.")


def _keep_an_admin(user: User) -> None:
    others = User.objects.select_for_update().filter(role=Role.ADMIN, is_active=True)
    if not others.exclude(pk=user.pk).exists():
        raise ValidationError(
            "Đây là tài khoản quản trị cuối cùng; hãy lập một tài khoản quản trị khác trước."
        )


def _bind(
    pairs: Sequence[tuple[User, Unit | None]], *, by: User | None, now: datetime, today: date
) -> None:
    """Let accounts work for their units."""
    written: dict[str, Any] = {"by": by, "now": now, "today": today}
    communes = [(user, unit) for user, unit in pairs if isinstance(unit, Commune)]
    sponsors = [(user, unit) for user, unit in pairs if isinstance(unit, Sponsor)]
    departments = [(user, unit) for user, unit in pairs if isinstance(unit, Department)]
    if communes:
        grant_accesses(communes, **written)
    if sponsors:
        add_members(sponsors, **written)
    if departments:
        join_departments(departments, **written)


def _unbind(user: User, *, by: User | None, now: datetime, today: date) -> None:
    for access in _own_access([user.pk]):
        revoke_access(access=access, by=by, now=now, today=today)
    for member in SponsorMember.objects.filter(user=user).select_related("sponsor", "user"):
        remove_member(member=member, by=by, now=now, today=today)
    for place in DepartmentMember.objects.filter(user=user).select_related("department", "user"):
        leave_department(member=place, by=by, now=now, today=today)


def _record(
    user: User,
    action: str,
    *,
    by: User | None,
    now: datetime,
    today: date,
    old: str = "",
    new: str = "",
    note: str = "",
) -> None:
    audit.record(
        by=by,
        action=action,
        obj=user,
        now=now,
        effective_on=today,
        old=old,
        new=new,
        note=note,
    )
