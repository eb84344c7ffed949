"""Creating tasks: what they begin with, and what is refused."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from ntm_tracker.core.choices import Role
from ntm_tracker.core.models import AuditEntry
from sponsors.choices import Owner, TaskState, TaskTransition
from sponsors.models import Task, TaskUpdate
from sponsors.services import (
    TaskEntry,
    create_tasks,
)
from tests.factories import (
    NOW,
    TODAY,
    make_assignment,
    make_commune,
    make_sponsor,
    make_user,
    make_village,
)
from tests.queries import WRITER_LOCK
from tests.sponsors.build import create_task

pytestmark = pytest.mark.django_db


def facts(task):
    task.refresh_from_db()
    return (task.state, task.progress, task.version)


# --- creating -------------------------------------------------------------------------------------


def test_created_task_begins_with_the_update_that_assigned_it(office):
    commune, sponsor = make_commune(), make_sponsor()
    entry = TaskEntry(
        title="  Lắp 46 bóng đèn đường ",
        commune=commune,
        owner=Owner.SPONSOR,
        sponsor=sponsor,
        assigned_on=date(2022, 4, 26),
        due_on=date(2022, 5, 31),
    )
    (task,) = create_tasks([entry], by=office, now=NOW, today=TODAY)
    assert facts(task) == (TaskState.ASSIGNED, 0, 0)
    assert (task.title, task.search_text) == ("Lắp 46 bóng đèn đường", "lap 46 bong den duong")
    assert task.starts_on == date(2022, 4, 26)
    update = task.updates.get()
    assert (update.transition, update.state, update.effective_on, update.by) == (
        TaskTransition.ASSIGN,
        TaskState.ASSIGNED,
        date(2022, 4, 26),
        office,
    )
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.object_id, entry.commune_id, entry.sponsor_id, entry.new) == (
        "task.assign",
        task.pk,
        commune.pk,
        sponsor.pk,
        "Đơn vị đỡ đầu, hạn 31/05/2022",
    )


def test_many_tasks_take_a_constant_number_of_queries(django_assert_num_queries):
    commune, sponsor = make_commune(), make_sponsor()
    entries = [
        TaskEntry(
            title=f"Việc {n}",
            commune=commune,
            owner=Owner.SPONSOR,
            sponsor=sponsor,
            village=make_village(commune),
            assigned_on=TODAY,
            due_on=TODAY,
        )
        for n in range(30)
    ]
    # savepoint, villages, closed months, tasks, updates, audit, release
    with django_assert_num_queries(7 + WRITER_LOCK):
        create_tasks(entries, by=None, now=NOW, today=TODAY)
    assert (Task.objects.count(), TaskUpdate.objects.count()) == (30, 30)


@pytest.mark.parametrize(
    ("overrides", "sentence"),
    [
        ({"title": "  "}, "chưa có tên việc"),
        ({"assigned_on": date(2022, 5, 1)}, "ở sau ngày báo cáo"),
        ({"due_on": date(2022, 3, 1)}, "hạn ở trước ngày bắt đầu"),
        ({"sponsor": None}, "chưa ghi đơn vị đỡ đầu"),
        ({"owner": Owner.DEPARTMENT, "sponsor": None}, "chưa ghi sở, ngành"),
        ({"owner": Owner.LOCALITY, "sponsor": None}, "chưa ghi địa phương"),
    ],
)
def test_wrong_entry_is_refused_with_its_number(overrides, sentence):
    good = {
        "title": "Việc",
        "commune": make_commune(),
        "owner": Owner.SPONSOR,
        "sponsor": make_sponsor(),
        "assigned_on": date(2022, 4, 1),
        "due_on": date(2022, 5, 31),
    }
    entries = [TaskEntry(**good), TaskEntry(**good | overrides)]
    with pytest.raises(ValidationError, match=f"Việc thứ 2 .*{sentence}"):
        create_tasks(entries, by=None, now=NOW, today=TODAY)
    assert Task.objects.count() == 0


def test_task_of_another_communes_village_or_assignment_is_refused():
    commune, sponsor = make_commune(), make_sponsor()
    elsewhere = make_assignment(sponsor=sponsor)
    with pytest.raises(ValidationError, match="không thuộc"):
        create_task(commune=commune, sponsor=sponsor, village=make_village())
    with pytest.raises(ValidationError, match="không khớp"):
        create_task(commune=commune, sponsor=sponsor, assignment=elsewhere)


def test_only_the_office_assigns_tasks():
    commune = make_commune()
    entry = TaskEntry("Việc", commune, Owner.COMMUNE, TODAY, TODAY)
    for role in set(Role) - {Role.ADMIN, Role.OFFICE}:
        with pytest.raises(PermissionDenied, match="Chỉ Văn phòng Điều phối"):
            create_tasks([entry], by=make_user(role), now=NOW, today=TODAY)
