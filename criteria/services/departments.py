"""For which department an account works."""

from collections.abc import Sequence
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
    return join_departments([(user, department)], by=by, now=now, today=today)[0]


@transaction.atomic
def join_departments(
    pairs: Sequence[tuple[User, Department]], *, by: User | None, now: datetime, today: date
) -> list[DepartmentMember]:
    """`join_department` for many, all or none; as many queries for one as for hundreds."""
    users = [user for user, _department in pairs]
    there = set(DepartmentMember.objects.filter(user__in=users).values_list("user_id", flat=True))
    for user in users:
        if user.role != Role.DEPARTMENT:
            raise ValidationError(
                f"Tài khoản {user} có vai trò “{user.get_role_display()}”; chỉ tài khoản vai trò "
                "“Sở, ngành phụ trách” được gắn với một sở, ngành."
            )
        if user.pk in there:
            raise ValidationError(f"Tài khoản {user} đã được gắn với một sở, ngành.")
    members = DepartmentMember.objects.bulk_create(
        [DepartmentMember(user=user, department=department) for user, department in pairs],
        batch_size=500,
    )
    audit.record_all(
        audit.entry(
            by=by,
            action="department.join",
            obj=member,
            now=now,
            effective_on=today,
            new=str(member.department),
        )
        for member in members
    )
    return members


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
