"""Where each account starts its day."""

from django.urls import reverse

from communes.models import Commune
from criteria.choices import Level
from criteria.models import DepartmentMember
from criteria.selectors.sets import set_in_force
from ntm_tracker.core.choices import Role
from ntm_tracker.core.clock import AsOf
from ntm_tracker.core.models import Installation, User


def home_address(user: User, as_of: AsOf, installation: Installation) -> str:
    """The page a role lands on, on the day that is being looked at."""
    url = _undated_home(user, as_of, installation)
    return f"{url}?{as_of.query}" if as_of.query else url


def _undated_home(user: User, as_of: AsOf, installation: Installation) -> str:
    if user.role == Role.SPONSOR:
        return reverse("sponsors:task-list")
    if user.role == Role.COMMUNE:
        codes = list(
            Commune.objects.visible_to(user)
            .active_on(as_of.date)
            .values_list("code", flat=True)
            .order_by("sort_key", "id")[:2]
        )
        if len(codes) == 1:
            return reverse("dashboard:commune", args=codes)
    if user.role == Role.DEPARTMENT:
        numbers = _led_numbers(user, as_of, installation)
        if len(numbers) == 1:
            return reverse("criteria:criterion", args=numbers)
        return reverse("criteria:criterion-list")
    return reverse("dashboard:board")


def _led_numbers(user: User, as_of: AsOf, installation: Installation) -> list[int]:
    """The criteria of the commune set in force that the account's department leads."""
    member = DepartmentMember.objects.filter(user=user).first()
    in_force = set_in_force(Level.COMMUNE, as_of.date, installation.province_code)
    if member is None or in_force is None:
        return []
    return [
        criterion.number
        for criterion in in_force.criteria
        if criterion.lead_id == member.department_id
    ]
