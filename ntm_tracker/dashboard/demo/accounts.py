"""The accounts of the demo, named by role and unit; no real person has one."""

from django.contrib.auth.hashers import make_password

from communes.services import grant_access
from criteria.models import DepartmentMember
from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import User
from ntm_tracker.dashboard.catalogues.files import Row, RowError
from ntm_tracker.dashboard.demo.case import Case, code
from sponsors.models import Sponsor
from sponsors.services import add_member

# Published in README: the demo holds nothing that needs a secret.
PASSWORD = "ntm-demo-2022"  # noqa: S105


def seed_accounts(case: Case, sponsors: dict[str, Sponsor]) -> None:
    """Create accounts.csv, each with what it works for: a commune, a sponsor, or a criterion."""
    # Hashed once for all: hashing is slow on purpose.
    password = make_password(PASSWORD)

    def build(row: Row) -> tuple[Row, User]:
        role = code(row, "role", Role)
        is_admin = role == Role.ADMIN
        return row, User.objects.create(
            username=row.text("username"),
            password=password,
            role=role,
            display_name=row.text("display_name"),
            is_staff=is_admin,
            is_superuser=is_admin,
        )

    columns = "username role display_name commune_code commune sponsor criterion"
    built = case.read("accounts.csv", columns, build)
    for row, user in built:
        if user.role == Role.COMMUNE:
            grant_access(user=user, commune=case.commune(row), **case.written)
        if user.role == Role.SPONSOR:
            sponsor = row.find(row.text("sponsor"), sponsors, "đơn vị")
            add_member(sponsor=sponsor, user=user, **case.written)
        if user.role == Role.DEPARTMENT:
            criterion = row.find(row.whole("criterion"), case.criteria, "tiêu chí")
            if criterion.lead is None:
                raise RowError(f"tiêu chí {criterion.number} chưa có sở, ngành phụ trách")
            DepartmentMember.objects.create(user=user, department=criterion.lead)
    case.wrote("tài khoản", len(built))
