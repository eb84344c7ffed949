"""Moving tasks: state, history, audit, and nothing half done."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ntm_tracker.core import uploads
from ntm_tracker.core.models import Attachment, AuditEntry
from sponsors.choices import GiftKind, Giver, Owner, TaskState, TaskTransition
from sponsors.models import Contribution, Difficulty, Task
from sponsors.selectors import task_differences
from sponsors.services import (
    ContributionEntry,
    StaleVersion,
    record_task_update,
    refresh_tasks,
)
from tests.factories import (
    NOW,
    TODAY,
    make_department,
    make_sponsor,
    make_sponsor_user,
)
from tests.sponsors.build import create_task, picture, report

pytestmark = pytest.mark.django_db


def facts(task):
    task.refresh_from_db()
    return (task.state, task.progress, task.version)


def stored_files(settings):
    return [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]


@pytest.fixture
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    return settings


# --- moving ---------------------------------------------------------------------------------------


def test_report_appends_and_moves_the_present():
    task = create_task()
    user = make_sponsor_user(task.sponsor, display_name="Sở minh họa 07")
    report(task, 35, by=user, note=" Đã san nền ", version=0)
    report(task, 60, by=user, note="Đã đổ bê tông", version=1)
    assert facts(task) == (TaskState.IN_PROGRESS, 60, 2)
    assert list(task.updates.values_list("transition", "state", "progress", "note")) == [
        ("assign", "assigned", 0, ""),
        ("progress", "in_progress", 35, "Đã san nền"),
        ("progress", "in_progress", 60, "Đã đổ bê tông"),
    ]
    last = AuditEntry.objects.order_by("id").last()
    assert (last.action, last.old, last.new, last.note, last.by_label) == (
        "task.progress",
        "Đang làm, 35%",
        "Đang làm, 60%",
        "Đã đổ bê tông",
        "Sở minh họa 07",
    )
    assert (last.commune_id, last.sponsor_id, last.effective_on) == (
        task.commune_id,
        task.sponsor_id,
        TODAY,
    )


def test_way_from_proposal_over_return_to_acceptance(office):
    task = create_task()
    user = make_sponsor_user(task.sponsor)
    report(task, transition=TaskTransition.PROPOSE_DONE, by=user)
    assert facts(task) == (TaskState.REPORTED, 100, 1)
    report(task, 80, TaskTransition.RETURN, by=office, note="Còn 50 m chưa đổ")
    assert facts(task) == (TaskState.RETURNED, 80, 2)
    report(task, transition=TaskTransition.PROPOSE_DONE, by=user)
    report(task, transition=TaskTransition.ACCEPT, by=office)
    assert facts(task) == (TaskState.ACCEPTED, 100, 4)
    assert task_differences(TODAY) == []


@pytest.mark.parametrize("transition", [TaskTransition.RETURN, TaskTransition.CANCEL])
def test_return_and_cancel_ask_for_a_reason(office, transition):
    task = create_task()
    report(task, transition=TaskTransition.PROPOSE_DONE)
    with pytest.raises(ValidationError) as refusal:
        report(task, transition=transition, by=office, note="  ")
    assert list(refusal.value.message_dict) == ["note"]
    assert facts(task) == (TaskState.REPORTED, 100, 1)


@pytest.mark.parametrize("progress", [None, -1, 101])
def test_progress_has_to_be_a_percentage(progress):
    task = create_task()
    with pytest.raises(ValidationError) as refusal:
        report(task, progress)
    assert list(refusal.value.message_dict) == ["progress"]
    assert facts(task) == (TaskState.ASSIGNED, 0, 0)


def test_forbidden_move_says_why():
    task = create_task()
    with pytest.raises(PermissionDenied, match="được giao cho đơn vị đỡ đầu khác"):
        report(task, 10, by=make_sponsor_user(make_sponsor()))
    with pytest.raises(PermissionDenied, match="“Nghiệm thu” là việc của Văn phòng Điều phối"):
        report(task, transition=TaskTransition.ACCEPT, by=make_sponsor_user(task.sponsor))
    assert facts(task) == (TaskState.ASSIGNED, 0, 0)


def test_stale_form_is_told_what_stands_there_now():
    task = create_task()
    report(task, 40, version=0, by_label="Sở minh họa 07")
    with pytest.raises(StaleVersion) as stale:
        report(task, 60, version=0)
    assert (stale.value.task.progress, stale.value.update.by_label) == (40, "Sở minh họa 07")
    assert facts(task) == (TaskState.IN_PROGRESS, 40, 1)


def test_stale_form_is_told_even_where_the_move_is_no_longer_allowed(office):
    task = create_task()
    report(task, transition=TaskTransition.CANCEL, note="Trùng việc", by=office)
    with pytest.raises(StaleVersion):
        report(task, 60, version=0, by=make_sponsor_user(task.sponsor))


def test_future_and_impossible_days_are_refused():
    task = create_task(assigned_on=date(2022, 4, 10))
    with pytest.raises(ValidationError, match="ở sau ngày báo cáo 30/04/2022"):
        report(task, 50, effective_on=date(2022, 5, 1))
    with pytest.raises(ValidationError, match="được giao ngày 10/04/2022"):
        report(task, 50, effective_on=date(2022, 4, 9))
    report(task, 50, effective_on=date(2022, 4, 20))
    with pytest.raises(ValidationError, match="Đã có cập nhật tính cho ngày 20/04/2022"):
        report(task, 40, effective_on=date(2022, 4, 15))
    assert facts(task) == (TaskState.IN_PROGRESS, 50, 1)


def test_report_with_everything(media):
    task = create_task(title="Làm nhà văn hóa")
    user = make_sponsor_user(task.sponsor)
    update = report(
        task,
        60,
        by=user,
        note="Xây xong phần thô",
        difficulty="Thiếu cát",
        contributions=[
            ContributionEntry(GiftKind.MONEY, amount=54_000_000),
            ContributionEntry(
                GiftKind.GOODS,
                description="Xi măng",
                quantity=Decimal(12),
                unit="tấn",
                converted_value=18_000_000,
            ),
            ContributionEntry(GiftKind.LABOUR, labour_days=Decimal("60.5")),
        ],
        files=uploads.verify_photos([picture(), picture("JPEG", name="anh.jpg")]),
    )
    assert [
        (gift.kind, gift.words, gift.description, gift.giver, gift.sponsor_id, gift.task_id)
        for gift in update.contributions.order_by("id")
    ] == [
        ("money", "54.000.000 đồng", "Làm nhà văn hóa", "sponsor", task.sponsor_id, task.pk),
        (
            "goods",
            "12 tấn, quy đổi 18.000.000 đồng",
            "Xi măng",
            "sponsor",
            task.sponsor_id,
            task.pk,
        ),
        ("labour", "60,5 ngày công", "Làm nhà văn hóa", "sponsor", task.sponsor_id, task.pk),
    ]
    difficulty = Difficulty.objects.get()
    assert (difficulty.text, difficulty.task, difficulty.sponsor_id) == (
        "Thiếu cát",
        task,
        task.sponsor_id,
    )
    assert sorted(update.attachments.values_list("content_type", "original_name")) == [
        ("image/jpeg", "anh.jpg"),
        ("image/png", "anh.png"),
    ]
    assert len(stored_files(media)) == 2
    actions = AuditEntry.objects.order_by("id").values_list("action", flat=True)
    assert list(actions) == [
        "task.assign",
        "task.progress",
        "difficulty.raise",
        *["contribution.record"] * 3,
    ]


@pytest.mark.parametrize(
    ("owner", "giver", "name"),
    [
        (Owner.PEOPLE, Giver.PEOPLE, ""),
        (Owner.COMMUNE, Giver.PEOPLE, ""),
        (Owner.LOCALITY, Giver.LOCALITY, "Xã bạn"),
        (Owner.DEPARTMENT, Giver.PEOPLE, ""),
    ],
)
def test_giver_follows_the_owner_of_the_task(owner, giver, name):
    department = make_department() if owner == Owner.DEPARTMENT else None
    task = create_task(owner=owner, department=department, helper="Xã bạn")
    report(task, 10, contributions=[ContributionEntry(GiftKind.MONEY, amount=1_000_000)])
    gift = Contribution.objects.get()
    assert (gift.giver, gift.giver_name, gift.sponsor) == (giver, name, None)


def test_nothing_is_left_of_a_report_that_fails_at_its_end(media):
    task = create_task()
    before = AuditEntry.objects.count()
    with pytest.raises(ValidationError):
        report(
            task,
            60,
            difficulty="Thiếu cát",
            contributions=[
                ContributionEntry(GiftKind.MONEY, amount=54_000_000),
                ContributionEntry(GiftKind.MONEY, amount=-5),
            ],
            files=uploads.verify_photos([picture()]),
        )
    assert facts(task) == (TaskState.ASSIGNED, 0, 0)
    assert task.updates.count() == 1
    assert (Contribution.objects.count(), Difficulty.objects.count()) == (0, 0)
    assert (Attachment.objects.count(), AuditEntry.objects.count()) == (0, before)
    assert stored_files(media) == []


def test_sponsor_speaks_only_for_itself():
    task = create_task()
    with pytest.raises(PermissionDenied):
        report(
            task,
            10,
            by=make_sponsor_user(task.sponsor),
            contributions=[ContributionEntry(GiftKind.MONEY, amount=1_000_000, giver=Giver.PEOPLE)],
        )
    assert facts(task) == (TaskState.ASSIGNED, 0, 0)


def test_report_writes_only_the_columns_it_changed():
    task = create_task()
    old = Task.objects.get(pk=task.pk)
    Task.objects.filter(pk=task.pk).update(title="Tên mới", due_on=date(2022, 6, 30))
    with CaptureQueriesContext(connection) as captured:
        report(old, 20)
    (update,) = [q["sql"] for q in captured if q["sql"].startswith('UPDATE "sponsors_task" ')]
    assert update.count(" = ") == 4  # state, progress, version, and the key of the row
    task.refresh_from_db()
    assert (task.title, task.due_on, task.progress) == ("Tên mới", date(2022, 6, 30), 20)


def test_refresh_makes_the_present_of_another_reporting_date():
    task = create_task(today=date(2022, 6, 30))
    untouched = create_task()
    for day, percent in ((date(2022, 4, 20), 30), (date(2022, 5, 20), 70)):
        report(task, percent, today=date(2022, 6, 30), effective_on=day)
    report(
        task,
        transition=TaskTransition.PROPOSE_DONE,
        today=date(2022, 6, 30),
        effective_on=date(2022, 6, 1),
    )
    assert facts(task) == (TaskState.REPORTED, 100, 3)
    assert task_differences(TODAY) == [
        f"việc {task.pk}: hiện trạng reported 100%, lịch sử in_progress 30%"
    ]
    assert refresh_tasks(TODAY) == 1
    assert facts(task) == (TaskState.IN_PROGRESS, 30, 4)
    assert refresh_tasks(TODAY) == 0
    assert task_differences(TODAY) == []
    assert refresh_tasks(date(2022, 3, 31)) == 1
    assert facts(task)[:2] == (TaskState.ASSIGNED, 0)
    assert facts(untouched) == (TaskState.ASSIGNED, 0, 0)


def test_report_of_a_past_present_leaves_later_rows_alone():
    """The demo holds rows after its reporting date; a report today must not touch them."""
    task = create_task()
    report(task, 70, today=date(2022, 6, 30), effective_on=date(2022, 5, 20))
    refresh_tasks(TODAY)
    report(task, 20, effective_on=date(2022, 4, 20))
    report(task, 45)
    assert facts(task)[:2] == (TaskState.IN_PROGRESS, 45)
    assert task_differences(TODAY) == []
    assert list(task.updates.values_list("effective_on", "progress")) == [
        (date(2022, 4, 1), 0),
        (date(2022, 4, 20), 20),
        (TODAY, 45),
        (date(2022, 5, 20), 70),
    ]
    refresh_tasks(date(2022, 6, 30))  # there, the row of the later day counts, not the last written
    assert facts(task)[:2] == (TaskState.IN_PROGRESS, 70)


def test_unknown_transition_is_a_mistake_of_the_caller():
    with pytest.raises(ValueError, match="explode"):
        record_task_update(task=create_task(), by=None, transition="explode", now=NOW, today=TODAY)
