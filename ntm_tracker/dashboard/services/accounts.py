"""Accounts that the office makes: invited by link, bound to one unit, ended and taken up again."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import QuerySet

from communes.choices import AccessSource
from communes.models import Commune, CommuneAccess
from communes.services import grant_access, revoke_access
from criteria.models import Department, DepartmentMember
from criteria.services.departments import join_department, leave_department
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import Permit
from ntm_tracker.dashboard import rules
from sponsors.models import Sponsor, SponsorMember
from sponsors.services import add_member, remove_member

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
    _check(rules.may_give_role(by, entry.role) if by else None)
    _check_unit(entry)
    if User.objects.filter(username__iexact=username).exists():
        raise ValidationError({"username": "Tên đăng nhập này đã có. Hãy chọn tên khác."})
    user = User(username=username, **_columns(entry))
    user.set_unusable_password()
    user.save()
    _bind(user, entry.unit, by=by, now=now, today=today)
    _record(user, "user.create", by=by, now=now, today=today, new=account_words(user))
    return user


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
        _bind(user, entry.unit, by=by, now=now, today=today)
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
    if user.role == Role.SPONSOR:
        member = SponsorMember.objects.filter(user=user).select_related("sponsor").first()
        return member.sponsor if member else None
    if user.role == Role.DEPARTMENT:
        found = DepartmentMember.objects.filter(user=user).select_related("department").first()
        return found.department if found else None
    if user.role == Role.COMMUNE:
        access = _own_access(user).first()
        return access.commune if access else None
    return None


def account_words(user: User) -> str:
    """An account in one line, as the trail writes it."""
    parts = (user.display_name, user.get_role_display(), unit_of(user), user.phone, user.email)
    return "; ".join(str(part) for part in parts if part)


def _own_access(user: User) -> QuerySet[CommuneAccess]:
    rows = CommuneAccess.objects.filter(user=user, village=None, source=AccessSource.MEMBER)
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


def _bind(user: User, unit: Unit | None, *, by: User | None, now: datetime, today: date) -> None:
    if isinstance(unit, Commune):
        grant_access(user=user, commune=unit, by=by, now=now, today=today)
    elif isinstance(unit, Sponsor):
        add_member(sponsor=unit, user=user, by=by, now=now, today=today)
    elif isinstance(unit, Department):
        join_department(department=unit, user=user, by=by, now=now, today=today)


def _unbind(user: User, *, by: User | None, now: datetime, today: date) -> None:
    for access in _own_access(user):
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
