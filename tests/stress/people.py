"""People of all roles in the demo case: `python -m tests.stress.people COUNT`, where DATABASE_URL
names the installation. Prints who they are and what they may write, as JSON."""

import json
import sys
from dataclasses import asdict, dataclass
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

import django

PASSWORD = "stress-ntm-2022"
# Of a hundred people, as in a district: many sponsors (all the others), a few of the office.
SHARES = {"commune": 26, "office": 8, "department": 5, "viewer": 3}


@dataclass(frozen=True)
class Account:
    """Somebody who works: the tasks to report on, the commune whose sheet is theirs, the work items
    (code, need) that are theirs alone to adjust."""

    username: str
    role: str
    tasks: list[int]
    commune: str
    items: list[tuple[str, int]]


def main(count: int) -> None:
    django.setup()
    people = [asdict(account) for account in make_people(count)]
    sys.stdout.write(json.dumps(people))


def make_people(count: int) -> list[Account]:
    """Accounts by the service that the office uses; none of them is a person."""
    from django.contrib.auth.hashers import make_password
    from django.utils import timezone

    from ntm_tracker.core.choices import Role
    from ntm_tracker.core.clock import reporting_date
    from ntm_tracker.core.models import User
    from ntm_tracker.dashboard.services.accounts import AccountEntry, create_accounts

    counts = {role: max(1, count * share // 100) for role, share in SHARES.items()}
    counts["sponsor"] = count - sum(counts.values())
    entries = [
        (f"{role}-{number:03}", AccountEntry(Role(role), f"{role} {number}", unit=unit))
        for role, people in counts.items()
        for number, unit in enumerate(islice(cycle(_units(role)), people), 1)
    ]
    users = create_accounts(entries, by=None, now=timezone.now(), today=reporting_date())
    _give_tasks([entry.unit for _name, entry in entries if entry.role == Role.SPONSOR])
    # Hashed once for all: hashing is slow on purpose.
    User.objects.filter(pk__in=[user.pk for user in users]).update(password=make_password(PASSWORD))
    items = iter(_items())
    return [_account(name, entry.role, entry.unit, items) for name, entry in entries]


def _units(role: str) -> list[Any]:
    from communes.models import Commune
    from criteria.models import Department
    from sponsors.models import Sponsor

    if role == "sponsor":
        return list(Sponsor.objects.filter(tasks__in=_tasks()).distinct().order_by("pk"))
    if role == "commune":
        return list(Commune.objects.filter(standings__isnull=False).distinct().order_by("pk"))
    if role == "department":
        return list(Department.objects.order_by("pk"))
    return [None]


def _tasks() -> Any:
    """The tasks on which sponsors can report today."""
    from ntm_tracker.core.clock import reporting_date
    from sponsors.choices import OPEN_STATES, Owner
    from sponsors.models import Task

    given = Task.objects.filter(owner=Owner.SPONSOR, assigned_on__lte=reporting_date())
    return given.filter(state__in=OPEN_STATES)


def _give_tasks(sponsors: list[Any]) -> None:
    """Two more tasks for each account: with those of the demo alone, most people of one sponsor
    would meet at the same task."""
    from django.utils import timezone

    from ntm_tracker.core.clock import reporting_date
    from sponsors.choices import Owner
    from sponsors.services import TaskEntry, create_tasks

    today = reporting_date()
    where = {task.sponsor_id: task.commune for task in _tasks().select_related("commune")}
    entries = [
        TaskEntry(
            f"Việc thử tải {number} (minh họa)", where[sponsor.pk], Owner.SPONSOR,
            assigned_on=today, due_on=today + timedelta(days=30), sponsor=sponsor,
        )
        for sponsor in sponsors
        for number in (1, 2)
    ]  # fmt: skip
    create_tasks(entries, by=None, now=timezone.now(), today=today)


def _items() -> list[tuple[str, int]]:
    from criteria.models import WorkItem
    from criteria.selectors.funding import item_lines
    from ntm_tracker.core.clock import reporting_date

    lines = item_lines(WorkItem.objects.order_by("pk"), reporting_date())
    return [(line.code, line.money.need) for line in lines if line.money.need]


def _account(username: str, role: str, unit: Any, items: Any) -> Account:
    tasks = _tasks().filter(sponsor=unit) if role == "sponsor" else []
    return Account(
        username,
        role,
        [task.pk for task in tasks],
        unit.code if role == "commune" else "",
        list(islice(items, 3)) if role == "office" else [],
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
