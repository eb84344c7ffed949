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


def may_see_forecast(user: User) -> Permit:
    """Whether the account sees the estimates of communes: they weigh all tasks, of which a sponsor
    sees only its own."""
    if user.role == Role.SPONSOR:
        return refused("Đơn vị đỡ đầu chỉ thấy việc của mình nên không có trang dự báo.")
    return ALLOWED


def may_see_system(user: User) -> Permit:
    """Whether the account sees how the server is: paths, sizes, errors of everybody's requests."""
    if user.role == Role.ADMIN:
        return ALLOWED
    return refused("Chỉ tài khoản quản trị xem tình trạng máy chủ.")


def may_manage_accounts(user: User) -> Permit:
    """Whether the account makes accounts for others."""
    if user.is_office:
        return ALLOWED
    return refused(
        "Tài khoản do Văn phòng Điều phối lập và quản lý. Cần gì, hãy liên hệ Văn phòng."
    )


def may_give_role(user: User, role: str) -> Permit:
    """Whether the account may make another one, or turn one, into this role."""
    if not (permit := may_manage_accounts(user)):
        return permit
    if role == Role.ADMIN and user.role != Role.ADMIN:
        return refused("Chỉ tài khoản quản trị lập được tài khoản quản trị.")
    return ALLOWED


def may_change_account(user: User, account: User) -> Permit:
    """Whether the account may change this other one, give it a link, or end it."""
    if not (permit := may_manage_accounts(user)):
        return permit
    if account.role == Role.ADMIN and user.role != Role.ADMIN:
        return refused("Tài khoản quản trị chỉ do tài khoản quản trị thay đổi.")
    return ALLOWED


def may_deactivate(user: User, account: User) -> Permit:
    """Whether the account may end this other one."""
    if user.pk == account.pk:
        return refused("Không ai tự ngừng tài khoản của mình; hãy nhờ một tài khoản quản lý khác.")
    return may_change_account(user, account)
