"""Accounts as the office sees them."""

from dataclasses import dataclass
from datetime import date, datetime

from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.core.paginator import Page
from django.db.models import Prefetch, QuerySet

from communes.choices import AccessSource
from communes.models import CommuneAccess
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import AuditEntry, Installation, User
from ntm_tracker.core.paging import page_of
from ntm_tracker.core.text import search_text, search_words
from ntm_tracker.dashboard.selectors.trail import ACTIONS

PAGE_SIZE = 100
INVITED, USED, ENDED = "invited", "used", "ended"
STATES = {INVITED: "Chưa kích hoạt", USED: "Đang dùng", ENDED: "Đã ngừng"}
BADGES = {INVITED: "assigned", USED: "accepted", ENDED: "cancelled"}


@dataclass(frozen=True)
class AccountRow:
    """One account. `url` is where it is changed."""

    pk: int
    username: str
    name: str
    role: str
    role_label: str
    unit: str
    phone: str
    email: str
    last_login: datetime | None
    state: str

    @property
    def state_label(self) -> str:
        return STATES[self.state]

    @property
    def badge(self) -> str:
        return BADGES[self.state]


@dataclass(frozen=True)
class AccountFilters:
    """What the address narrows the list by; empty values narrow nothing."""

    q: str = ""
    role: str = ""
    state: str = ""


def state_of(user: User) -> str:
    """Whether an account has its password yet, and is in use."""
    if not user.is_active:
        return ENDED
    return INVITED if user.password.startswith(UNUSABLE_PASSWORD_PREFIX) else USED


def account_rows(accounts: QuerySet[User]) -> list[AccountRow]:
    """Rows of accounts in their order; three queries however many."""
    own = CommuneAccess.objects.filter(village=None, source=AccessSource.MEMBER)
    found = accounts.select_related("sponsor_member__sponsor", "department_member__department")
    rows = []
    for user in found.prefetch_related(
        Prefetch("commune_access", own.select_related("commune"), to_attr="own_communes")
    ):
        rows.append(
            AccountRow(
                user.pk,
                user.username,
                user.display_name,
                user.role,
                user.get_role_display(),
                _unit_name(user),
                user.phone,
                user.email,
                user.last_login,
                state_of(user),
            )
        )
    return rows


def _unit_name(user: User) -> str:
    if user.role == Role.SPONSOR and hasattr(user, "sponsor_member"):
        return str(user.sponsor_member.sponsor)
    if user.role == Role.DEPARTMENT and hasattr(user, "department_member"):
        return str(user.department_member.department)
    if user.role == Role.COMMUNE:
        return ", ".join(str(access.commune) for access in getattr(user, "own_communes", ()))
    return ""


def account_list(filters: AccountFilters, number: int | None = 1) -> Page:
    """One page of accounts by role and name. Raises EmptyPage past the last page.

    Names are searched without accents, in Python: there are hundreds, not thousands.
    """
    accounts = User.objects.order_by("role", "username")
    if filters.role:
        accounts = accounts.filter(role=filters.role)
    rows = account_rows(accounts)
    if filters.state:
        rows = [row for row in rows if row.state == filters.state]
    for word in search_words(filters.q):
        rows = [row for row in rows if word in search_text(f"{row.username} {row.name} {row.unit}")]
    return page_of(rows, number, PAGE_SIZE)


@dataclass(frozen=True)
class Event:
    """One thing that was done with an account."""

    at: datetime
    word: str
    old: str
    new: str
    note: str
    by_label: str


def account_history(user: User) -> list[Event]:
    """What was done with an account, the latest first."""
    entries = AuditEntry.objects.filter(object_type="core.user", object_id=user.pk)
    return [
        Event(row.at, ACTIONS.get(row.action, "Thay đổi"), row.old, row.new, row.note, row.by_label)
        for row in entries.order_by("-at", "-id")[:20]
    ]


def invitation_text(user: User, link: str, until: date, installation: Installation) -> str:
    """The words with which a link is sent."""
    office = installation.office_name.capitalize().replace("nông thôn mới", "Nông thôn mới")
    return (
        f"Kính gửi {user.display_name or user.username},\n\n"
        f"{office} gửi tài khoản vào hệ thống theo dõi nông thôn mới.\n"
        f"Tên đăng nhập: {user.username}\n"
        f"Mở liên kết sau để đặt mật khẩu (dùng một lần, đến hết ngày {until:%d/%m/%Y}): {link}\n\n"
        "Xin không chuyển liên kết này cho người khác. Trân trọng cảm ơn!"
    )
