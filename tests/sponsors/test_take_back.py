"""Accepting a task, and taking one's own last word on it back."""

from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from ntm_tracker.core.models import AuditEntry
from sponsors.choices import GiftKind, TaskState, TaskTransition
from sponsors.models import Contribution, Task, TaskUpdate
from sponsors.selectors import contribution_totals, task_card, task_differences
from sponsors.selectors.gifts import Gifts
from sponsors.services import ContributionEntry
from tests.factories import TODAY, make_sponsor, make_sponsor_user
from tests.sponsors.build import create_task, on, report

RECEIVE, TAKE_BACK = TaskTransition.RECEIVE, TaskTransition.TAKE_BACK


@pytest.fixture
def clerk(commune_a):
    return make_sponsor_user(make_sponsor(), commune_a)


@pytest.fixture
def task(clerk, commune_a):
    return create_task(commune=commune_a, sponsor=clerk.sponsor_member.sponsor)


def stands(task) -> tuple[str, int]:
    task.refresh_from_db()
    return task.state, task.progress


def test_receiving_a_task_starts_it_without_progress(task, clerk):
    update = report(task, transition=RECEIVE, by=clerk)

    assert stands(task) == (TaskState.IN_PROGRESS, 0)
    assert (update.transition, update.by) == (RECEIVE, clerk)
    entry = AuditEntry.objects.get(action="task.receive")
    assert (entry.old, entry.new) == ("Đã giao, 0%", "Đang làm, 0%")
    with pytest.raises(PermissionDenied, match="chưa thể “Nhận việc”"):
        report(task, transition=RECEIVE, by=clerk)


@pytest.mark.parametrize(
    ("moves", "before"),
    [
        ([(RECEIVE, None)], (TaskState.ASSIGNED, 0)),
        ([(RECEIVE, None), (TaskTransition.PROGRESS, 40)], (TaskState.IN_PROGRESS, 0)),
        (
            [(TaskTransition.PROGRESS, 40), (TaskTransition.PROPOSE_DONE, None)],
            (TaskState.IN_PROGRESS, 40),
        ),
    ],
)
def test_taking_back_leads_to_where_the_task_stood(task, clerk, moves, before):
    for move, percent in moves:
        report(task, percent, transition=move, by=clerk)

    report(task, transition=TAKE_BACK, by=clerk)

    assert stands(task) == before
    assert task.updates.count() == len(moves) + 2  # nothing is deleted
    assert task_differences(TODAY) == []
    assert AuditEntry.objects.filter(action="task.take_back").count() == 1


def test_taking_back_after_a_return_leads_to_the_return(task, clerk, office):
    report(task, transition=TaskTransition.PROPOSE_DONE, by=clerk)
    report(task, transition=TaskTransition.RETURN, note="Thiếu ảnh.", by=office)
    report(task, 90, by=clerk)

    report(task, transition=TAKE_BACK, by=clerk)

    assert stands(task) == (TaskState.RETURNED, 100)


def test_a_report_of_an_earlier_day_is_taken_back_today(task, clerk):
    report(task, 20, by=clerk, effective_on=date(2022, 4, 10))
    report(task, 50, by=clerk, effective_on=date(2022, 4, 20))

    update = report(task, transition=TAKE_BACK, by=clerk)

    assert (update.effective_on, stands(task)) == (TODAY, (TaskState.IN_PROGRESS, 20))
    assert task_differences(date(2022, 4, 20)) != []  # then it was what was said then


@pytest.mark.parametrize("who", ["other account", "office"])
def test_only_ones_own_report_can_be_taken_back(task, clerk, office, who):
    report(task, 40, by=clerk)
    other = make_sponsor_user(task.sponsor, task.commune) if who == "other account" else office

    with pytest.raises(PermissionDenied, match="chính tài khoản này"):
        report(task, transition=TAKE_BACK, by=other)
    assert stands(task) == (TaskState.IN_PROGRESS, 40)


def test_a_report_is_taken_back_once_and_not_after_a_decision(task, clerk, office):
    report(task, 40, by=clerk)
    report(task, transition=TAKE_BACK, by=clerk)
    with pytest.raises(PermissionDenied, match="báo cáo cuối cùng"):
        report(task, transition=TAKE_BACK, by=clerk)

    report(task, transition=TaskTransition.PROPOSE_DONE, by=clerk)
    report(task, transition=TaskTransition.ACCEPT, by=office)
    with pytest.raises(PermissionDenied, match="đã nghiệm thu"):
        report(task, transition=TAKE_BACK, by=clerk)


def test_what_came_with_a_report_goes_with_it(task, clerk, commune_a):
    entries = [
        ContributionEntry(GiftKind.MONEY, amount=150_000_000),
        ContributionEntry(
            GiftKind.GOODS, quantity=Decimal(3), unit="bộ", converted_value=9_000_000
        ),
        ContributionEntry(GiftKind.LABOUR, labour_days=Decimal("12.5")),
    ]
    report(task, 40, by=clerk, contributions=entries)

    report(task, transition=TAKE_BACK, by=clerk)

    assert Contribution.objects.count() == 6
    assert contribution_totals(clerk, on())[0].all == Gifts()
    assert {row.corrects_id is None for row in Contribution.objects.filter(amount__lt=0)} == {False}


def test_the_page_offers_both_moves_as_one_button_each(client, installation, task, clerk):
    client.force_login(clerk)
    card = task_card(clerk, task.pk, on())
    assert [move.name for move in card.taps] == [RECEIVE]
    assert RECEIVE not in {move.name for move in card.form_moves}
    page = client.get(reverse("sponsors:task-list"))
    assert "Nhận việc" in page.content.decode()

    data = {"transition": RECEIVE, "version": task.version, "back": "list"}
    answer = client.post(reverse("sponsors:task-update", args=[task.pk]), data)

    assert (answer.status_code, answer["Location"]) == (303, f"/tasks/#task-{task.pk}")
    assert stands(task) == (TaskState.IN_PROGRESS, 0)
    card = task_card(clerk, task.pk, on())
    assert [move.name for move in card.taps] == [TAKE_BACK]
    assert "Nhận việc" not in client.get(reverse("sponsors:task-list")).content.decode()


def test_a_proposal_waiting_for_the_office_can_be_taken_back_on_its_page(
    client, installation, task, clerk
):
    report(task, transition=TaskTransition.PROPOSE_DONE, by=clerk)
    client.force_login(clerk)
    page = client.get(reverse("sponsors:task", args=[task.pk])).content.decode()
    assert "Rút lại báo cáo" in page
    assert "chờ Văn phòng Điều phối nghiệm thu" in page

    version = Task.objects.get(pk=task.pk).version
    data = {"transition": TAKE_BACK, "version": version}
    answer = client.post(reverse("sponsors:task-update", args=[task.pk]), data)

    assert answer.status_code == 303
    assert stands(task) == (TaskState.ASSIGNED, 0)


def test_a_report_sent_twice_is_written_once(client, installation, task, clerk):
    client.force_login(clerk)
    data = {
        "transition": "progress",
        "progress": "30",
        "version": task.version,
        "form_key": "0" * 31 + "a",
    }
    url = reverse("sponsors:task-update", args=[task.pk])

    answers = [client.post(url, data) for _press in range(2)]

    assert [answer.status_code for answer in answers] == [303, 303]
    assert TaskUpdate.objects.filter(task=task, progress=30).count() == 1
