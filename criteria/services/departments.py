"""For which department an account works."""

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.db import transaction

from criteria.models import Department, DepartmentMember
from ntm_tracker.core import audit
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User


@transaction.atomic
def join_department(
    *, department: Department, user: User, by: User | None, now: datetime, today: date
) -> DepartmentMember:
    """Let an account work for a department. Raises ValidationError for an account of another role,
    or one that has a department."""
    if user.role != Role.DEPARTMENT:
        raise ValidationError(
            f"Tài khoản {user} có vai trò “{user.get_role_display()}”; chỉ tài khoản vai trò “Sở, "
            "ngành phụ trách” được gắn với một sở, ngành."
        )
    if DepartmentMember.objects.filter(user=user).exists():
        raise ValidationError(f"Tài khoản {user} đã được gắn với một sở, ngành.")
    member = DepartmentMember.objects.create(user=user, department=department)
    audit.record(
        by=by,
        action="department.join",
        obj=member,
        now=now,
        effective_on=today,
        new=str(department),
    )
    return member


@transaction.atomic
def leave_department(
    *, member: DepartmentMember, by: User | None, now: datetime, today: date
) -> None:
    """Take back what `join_department` gave."""
    audit.record(
        by=by,
        action="department.leave",
        obj=member,
        now=now,
        effective_on=today,
        old=str(member.department),
    )
    member.delete()
