"""Who may change what the units and villages are."""

from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import ALLOWED, Permit, refused


def may_edit_units(user: User) -> Permit:
    """Whether the account changes names, validity and villages: who looks after the reference
    tables."""
    if user.role == Role.ADMIN:
        return ALLOWED
    return refused(
        "Danh mục xã, thôn do tài khoản quản trị giữ. Cần sửa tên, thêm thôn, hãy gửi Văn phòng "
        "Điều phối."
    )
