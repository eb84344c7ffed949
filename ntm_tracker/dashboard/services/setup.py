"""The account with which a fresh installation begins."""

from datetime import date, datetime

from django.core.exceptions import PermissionDenied
from django.db import transaction

from ntm_tracker.core import audit
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User


@transaction.atomic
def create_first_admin(*, username: str, password: str, now: datetime, today: date) -> User:
    """Create the first administrator. Raises PermissionDenied once any account exists."""
    if User.objects.exists():
        raise PermissionDenied("Hệ thống đã có tài khoản. Hãy đăng nhập bằng tài khoản quản trị.")
    user = User.objects.create_superuser(username=username, password=password, role=Role.ADMIN)
    audit.record(
        by=user,
        action="user.create",
        obj=user,
        now=now,
        effective_on=today,
        new="Tài khoản quản trị đầu tiên",
    )
    return user
