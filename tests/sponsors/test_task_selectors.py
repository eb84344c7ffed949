"""Tasks as they are read: the present equals the history on every day."""

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.core.paginator import EmptyPage

from ntm_tracker.core import uploads
from ntm_tracker.core.models import User
from ntm_tracker.core.permits import WholeProvince
from sponsors import selectors, workflow
from sponsors.choices import GiftKind, Owner, TaskState, TaskTransition
from sponsors.selectors import TaskCounts, TaskFilters, task_filters
from sponsors.selectors.tasks import rows_of, visible_tasks
from sponsors.services import ContributionEntry, refresh_tasks
from tests.factories import (
    TODAY,
    make_commune,
    make_set,
    make_sponsor,
    make_sponsor_user,
    make_village,
)
from tests.sponsors.build import LAST, create_task, on, picture, report

pytestmark = pytest.mark.django_db
ALL = WholeProvince()


def listed(user, as_of=None, **filters):
    found = selectors.task_list(user, as_of or on(), TaskFilters(**filters))
    return [row.title for row in found.rows]


# --- the present and the history ------------------------------------------------------------------


def walk(task, rng):
    """Random reports, returns and acceptances on days that go forward up to the last date."""
    day = task.assigned_on
    for _step in range(rng.randrange(6)):
        day += timedelta(days=rng.randrange(30))
        if day > LAST:
            return
        task.refresh_from_db()
        moves = workflow.allowed(task, ALL)
        if not moves:
            return
        move = rng.choice(moves)
        report(task, rng.randrange(101), move.name, today=LAST, effective_on=day, note="Lý do")


@pytest.mark.parametrize("seed", range(6))
def test_present_equals_history_on_every_day(seed):
    rng = random.Random(seed)
    for _n in range(12):
        assigned = date(2022, 2, 1) + timedelta(days=rng.randrange(120))
        due = assigned + timedelta(days=rng.randrange(60))
        walk(create_task(assigned_on=assigned, due_on=due, today=LAST), rng)
    for day in (date(2022, 1, 31), date(2022, 3, 15), TODAY, date(2022, 5, 31), LAST):
        refresh_tasks(day)
        assert selectors.task_differences(day) == []
        present = on(day, reporting_date=day)
        history = on(day, reporting_date=day + timedelta(days=1))
        assert not history.is_present
        assert selectors.task_counts(ALL, present) == selectors.task_counts(ALL, history)
        for read in (selectors.tasks_for, selectors.late_tasks, selectors.due_soon_tasks):
            rows = [replace(row, can_report=False) for row in read(ALL, present)]
            assert rows == read(ALL, history)
        sums = [(row.tasks, row.last_update_on) for row in selectors.sponsor_rows(ALL, present)]
        assert sums == [
            (row.tasks, row.last_update_on) for row in selectors.sponsor_rows(ALL, history)
        ]


def test_counts_and_rows_on_three_days():
    task = create_task(assigned_on=date(2022, 2, 1), due_on=date(2022, 4, 10))
    report(task, 40, effective_on=date(2022, 3, 20))
    report(task, transition=TaskTransition.PROPOSE_DONE, effective_on=date(2022, 4, 20))
    report(task, transition=TaskTransition.ACCEPT, effective_on=TODAY)
    seen = {}
    for day in (date(2022, 1, 31), date(2022, 3, 31), date(2022, 4, 15), date(2022, 4, 25), TODAY):
        rows = selectors.tasks_for(ALL, on(day))
        seen[day.strftime("%d/%m")] = (
            selectors.task_counts(ALL, on(day)),
            [(row.state, row.progress, row.badge_word) for row in rows],
        )
    assert seen == {
        "31/01": (TaskCounts(), []),
        "31/03": (TaskCounts(open=1, total=1), [("in_progress", 40, "Đang làm")]),
        "15/04": (TaskCounts(late=1, open=1, total=1), [("in_progress", 40, "Chậm 5 ngày")]),
        "25/04": (TaskCounts(reported=1, total=1), [("reported", 100, "Đề nghị nghiệm thu")]),
        "30/04": (TaskCounts(accepted=1, total=1), [("accepted", 100, "Đã nghiệm thu")]),
    }


@pytest.mark.parametrize(
    ("due_on", "word", "is_late", "is_due_soon"),
    [
        (date(2022, 4, 29), "Chậm 1 ngày", True, False),
        (TODAY, "Hạn hôm nay", False, True),
        (date(2022, 5, 7), "Còn 7 ngày", False, True),
        (date(2022, 5, 8), "Đã giao", False, False),
    ],
)
def test_late_begins_the_day_after(due_on, word, is_late, is_due_soon):
    create_task(due_on=due_on)
    (row,) = selectors.tasks_for(ALL, on())
    assert (row.badge_word, row.is_late, row.is_due_soon) == (word, is_late, is_due_soon)
    counts = selectors.task_counts(ALL, on())
    assert (counts.late, counts.due_soon) == (is_late, is_due_soon)
    assert bool(selectors.late_tasks(ALL, on())) == is_late
    assert bool(selectors.due_soon_tasks(ALL, on())) == is_due_soon


def test_returned_task_says_so_beside_its_lateness(office):
    task = create_task(due_on=date(2022, 4, 20))
    report(task, transition=TaskTransition.PROPOSE_DONE)
    report(task, 70, TaskTransition.RETURN, by=office, note="Thiếu ảnh")
    (row,) = selectors.late_tasks(ALL, on())
    assert (row.badge, row.badge_word) == ("late", "Trả lại · chậm 10 ngày")


def test_latest_report_is_that_of_the_doer():
    task = create_task()
    report(task, 30, effective_on=date(2022, 4, 10), note="Đã đổ cát")
    report(
        task, transition=TaskTransition.PROPOSE_DONE, effective_on=date(2022, 4, 12), note="Xong"
    )
    report(task, transition=TaskTransition.RETURN, note="Chưa đạt")

    def row_on(day):
        (row,) = rows_of(visible_tasks(ALL, day), ALL, day, with_reports=True)
        return row

    row = row_on(on())
    assert (row.reported_on, row.note) == (date(2022, 4, 12), "Xong")
    row = row_on(on(date(2022, 4, 11)))
    assert (row.reported_on, row.note) == (date(2022, 4, 10), "Đã đổ cát")


@pytest.mark.parametrize(
    ("overrides", "doer"),
    [
        ({"owner": Owner.COMMUNE}, "Xã Hà Linh"),
        ({"owner": Owner.PEOPLE}, "Nhân dân xã Hà Linh"),
        ({"owner": Owner.LOCALITY, "helper": "Huyện bạn"}, "Huyện bạn"),
    ],
)
def test_doer_is_named(overrides, doer):
    create_task(commune=make_commune(name="Hà Linh"), **overrides)
    (row,) = selectors.tasks_for(ALL, on())
    kind = "Địa phương khác hỗ trợ: " if row.owner == Owner.LOCALITY else ""
    assert (row.doer, row.doer_words) == (doer, f"{kind}{doer}")


# --- the list -------------------------------------------------------------------------------------


def test_list_shows_late_first_then_open_then_done(office):
    late = date(2022, 4, 20)
    done = create_task(title="xong", due_on=date(2022, 4, 5))
    report(done, transition=TaskTransition.PROPOSE_DONE)
    report(done, transition=TaskTransition.ACCEPT)
    waiting = create_task(title="chờ", due_on=date(2022, 4, 6))
    report(waiting, transition=TaskTransition.PROPOSE_DONE)
    gone = create_task(title="hủy", due_on=date(2022, 4, 6))
    report(gone, transition=TaskTransition.CANCEL, note="Trùng")
    create_task(title="mở", due_on=date(2022, 5, 5))
    create_task(title="chậm", due_on=late)
    assert listed(ALL) == ["chậm", "mở", "chờ", "xong"]
    assert listed(ALL, late=True) == ["chậm"]
    assert listed(ALL, due=7) == ["mở"]
    assert listed(ALL, state="open") == ["chậm", "mở"]
    assert listed(ALL, state=TaskState.ACCEPTED) == ["xong"]
    assert listed(ALL, state=TaskState.CANCELLED) == ["hủy"]
    assert listed(ALL, state=TaskState.ACCEPTED, late=True) == []
    found = selectors.task_list(ALL, on(), TaskFilters(late=True))
    assert found.page.paginator.count == 1
    assert found.counts == TaskCounts(
        late=1, due_soon=1, open=2, reported=1, accepted=1, cancelled=1, total=4
    )


def test_list_is_narrowed_by_commune_criterion_sponsor_and_words():
    criterion = make_set(20).criteria.get(number=2)
    commune = make_commune(name="Hương Bình", code="18523")
    sponsor = make_sponsor(name="Sở minh họa 07")
    create_task(title="Đường", commune=commune, sponsor=sponsor, criterion=criterion)
    create_task(title="Điện", village=None)
    assert listed(ALL, commune="18523") == ["Đường"]
    assert listed(ALL, criterion=2) == ["Đường"]
    assert listed(ALL, sponsor=sponsor.pk) == ["Đường"]
    for words in ("duong", "huong binh", "SỞ MINH HỌA duong", "đường"):
        assert listed(ALL, q=words) == ["Đường"]
    assert listed(ALL, q="duong dien") == []
    choices = selectors.task_choices(ALL, on())
    assert choices.criteria == ((2, "Tiêu chí thử 2"),)
    assert ("18523", "Hương Bình") in choices.communes
    assert (sponsor.pk, "Sở minh họa 07") in choices.sponsors


def test_code_means_the_unit_of_that_day():
    old = make_commune(code="18523", name="Cũ", valid_to=date(2022, 4, 15))
    new = make_commune(code="18523", name="Mới", valid_from=date(2022, 4, 16))
    create_task(title="cũ", commune=old)
    create_task(title="mới", commune=new)
    assert listed(ALL, commune="18523") == ["mới"]
    assert listed(ALL, on(date(2022, 4, 10)), commune="18523") == ["cũ"]
    assert selectors.task_choices(ALL, on()).communes == (("18523", "Mới"),)


def test_pages_are_cut_by_the_database(monkeypatch):
    monkeypatch.setattr(task_filters, "PAGE_SIZE", 2)
    for n in range(5):
        create_task(title=f"Việc {n}", due_on=date(2022, 5, 1 + n))
    titles = [
        [row.title for row in selectors.task_list(ALL, on(), TaskFilters(), n).rows]
        for n in (1, 2, 3)
    ]
    assert titles == [["Việc 0", "Việc 1"], ["Việc 2", "Việc 3"], ["Việc 4"]]
    with pytest.raises(EmptyPage):
        selectors.task_list(ALL, on(), TaskFilters(), 4)


def test_filter_value_that_does_not_exist_is_named(user_a, commune_a):
    stranger = make_sponsor()
    make_set(3)
    choices = selectors.task_choices(user_a, on())

    def missing(**filters):
        return selectors.missing_filter(user_a, on(), TaskFilters(**filters), choices)

    assert missing(commune=commune_a.code, criterion=3) == ""
    assert missing(commune="99999") == "Không có xã mang mã “99999” trong phạm vi được xem."
    assert missing(commune=make_commune().code) != ""  # there is one, but not for this reader
    assert missing(criterion=4) == "Không có tiêu chí số 4."
    assert missing(sponsor=stranger.pk) != ""


# --- one task -------------------------------------------------------------------------------------


def test_card_tells_the_history_up_to_the_day():
    task = create_task(assigned_on=date(2022, 4, 1))
    report(task, 30, effective_on=date(2022, 4, 10), difficulty="Thiếu cát")
    report(task, 60, effective_on=date(2022, 4, 20), note="Đã đổ")
    account = make_sponsor_user(task.sponsor)
    card = selectors.task_card(account, task.pk, on())
    assert [(line.progress, line.action) for line in card.updates] == [
        (60, "Cập nhật tiến độ"),
        (30, "Cập nhật tiến độ"),
        (0, "Giao việc"),
    ]
    assert [move.name for move in card.moves] == ["progress", "propose_done"]
    assert (bool(card.permit), card.version) == (True, 2)
    assert [row.text for row in card.difficulties] == ["Thiếu cát"]
    past = selectors.task_card(account, task.pk, on(date(2022, 4, 9)))
    assert [line.progress for line in past.updates] == [0]
    assert (past.moves, past.difficulties, past.row.state) == ((), (), "assigned")
    assert past.permit.reason == (
        "Đang xem số liệu ngày 09/04/2022. Báo cáo được ghi cho ngày 30/04/2022."
    )
    assert selectors.task_card(account, task.pk, on(date(2022, 3, 31))) is None


def test_photo_is_visible_with_its_task(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    task = create_task()
    account = make_sponsor_user(task.sponsor)
    update = report(task, 10, by=account, files=uploads.verify_photos([picture()]))
    pk = update.attachments.get().pk
    assert selectors.visible_attachment(account, pk) is not None
    assert selectors.visible_attachment(make_sponsor_user(make_sponsor()), pk) is None
    assert selectors.visible_attachment(ALL, pk + 1) is None


# --- queries --------------------------------------------------------------------------------------


def fill(count, sponsor, commune):
    for _n in range(count):
        task = create_task(
            sponsor=sponsor, commune=commune, village=make_village(commune), due_on=TODAY
        )
        report(task, 10, difficulty="Thiếu cát", effective_on=date(2022, 4, 10))
        report(task, 20)


@pytest.mark.parametrize("day", [TODAY, date(2022, 4, 15)])
@pytest.mark.parametrize("count", [1, 3])
def test_queries_do_not_grow_with_the_rows(count, day, django_assert_num_queries, commune_a):
    sponsor = make_sponsor()
    fill(count, sponsor, commune_a)
    as_of, account = on(day), make_sponsor_user(sponsor, commune_a)

    def user():
        return User.objects.get(pk=account.pk)  # so that nothing is cached on it

    with django_assert_num_queries(5):  # user, counts, rows, own sponsor, reports, communes
        selectors.task_list(user(), as_of, TaskFilters())
    with django_assert_num_queries(4):
        assert len(selectors.due_soon_tasks(user(), as_of, days=20)) == count
    with django_assert_num_queries(4):
        selectors.task_choices(user(), as_of)
    with django_assert_num_queries(2):
        selectors.task_counts(user(), as_of)
    with django_assert_num_queries(1):
        assert len(selectors.tasks_for(ALL, as_of)) == count


@pytest.mark.parametrize("count", [1, 3])
def test_card_takes_the_same_queries_for_any_history(count, django_assert_num_queries):
    task = create_task()
    for n in range(count):
        report(task, n, contributions=[ContributionEntry(GiftKind.MONEY, amount=1_000_000)])
    with django_assert_num_queries(7):
        selectors.task_card(ALL, task.pk, on())
