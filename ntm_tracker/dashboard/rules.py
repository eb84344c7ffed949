"""Who may look after others' debts and accounts, with the sentence where one may not."""

from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import ALLOWED, Permit, refused

CHASERS = frozenset({Role.ADMIN, Role.OFFICE, Role.VIEWER})


def may_see_everybody_due(user: User) -> Permit:
    """Whether the account sees what all units owe; everyone else sees his own."""
    if user.role in CHASERS:
        return ALLOWED
    return refused(
        "Việc quá hạn của các đơn vị khác do Văn phòng Điều phối theo dõi. "
        "Trang “Cần làm” cho thấy việc của đơn vị bạn."
    )
