"""Finding sponsors and departments by the names that files give."""

from criteria.models import Department
from ntm_tracker.core.intake.names import Names
from ntm_tracker.core.models import User
from sponsors.models import Sponsor


def sponsors_named(user: User) -> Names[Sponsor]:
    """The sponsors that an account sees, by name, short name or code; one query."""
    return Names(
        "đơn vị đỡ đầu",
        Sponsor.objects.visible_to(user).order_by("sort_key", "pk"),
        lambda sponsor: (sponsor.name, sponsor.short_name, str(sponsor.pk)),
        lambda sponsor: f"{sponsor.name} (mã {sponsor.pk})",
    )


def departments_named() -> Names[Department]:
    """The departments by name or short name; one query."""
    return Names(
        "sở, ngành",
        Department.objects.order_by("sort_key", "pk"),
        lambda department: (department.name, department.short_name, department.code),
        lambda department: f"{department.name} ({department.code})",
    )
