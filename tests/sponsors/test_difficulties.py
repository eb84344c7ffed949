"""Difficulties from being raised to being closed: services, selectors, pages."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from ntm_tracker.core.models import AuditEntry
from sponsors.choices import Answerer, DifficultyAction, DifficultyState
from sponsors.models import Difficulty, DifficultyUpdate
from sponsors.selectors import (
    DifficultyFilters,
    difficulties,
    difficulty_list,
    difficulty_page,
)
from sponsors.services import (
    DifficultyEntry,
    StaleDifficulty,
    raise_difficulty,
    turn_difficulty,
)
from tests.factories import (
    NOW,
    TODAY,
    make_assignment,
    make_department,
    make_department_user,
    make_difficulty,
    make_document,
    make_sponsor,
    make_sponsor_user,
    make_village,
)
from tests.sponsors.build import create_task, on, report

WRITTEN = {"now": NOW, "today": TODAY}
ANSWER, FORWARD = DifficultyAction.ANSWER, DifficultyAction.FORWARD
CLOSE, REOPEN = DifficultyAction.CLOSE, DifficultyAction.REOPEN


@pytest.fixture
def clerk(commune_a):
    user = make_sponsor_user(make_sponsor(), commune_a)
    make_assignment(user.sponsor_member.sponsor, commune_a)
    return user


@pytest.fixture
def task(clerk, commune_a):
    return create_task(commune=commune_a, sponsor=clerk.sponsor_member.sponsor)


@pytest.fixture
def difficulty(task, clerk):
    return make_difficulty(task, by=clerk)


def turn(difficulty, action, by=None, **fields) -> DifficultyUpdate:
    return turn_difficulty(difficulty=difficulty, action=action, by=by, **WRITTEN | fields)


def test_a_report_that_asks_for_help_reaches_the_office(task, clerk):
    report(task, 30, by=clerk, difficulty="Thiếu máy xúc.")

    row = Difficulty.objects.get()
    # 30/4/2022 is a Saturday before two days off: seven working days end on 12/5.
    assert (row.answerer, row.state, row.due_on) == ("office", "open", date(2022, 5, 12))
    assert (row.sponsor, row.task, row.by) == (task.sponsor, task, clerk)
    assert [update.action for update in row.updates.all()] == ["raise"]
    entry = AuditEntry.objects.get(action="difficulty.raise")
    assert (entry.new, entry.note) == ("Thiếu máy xúc.", "Văn phòng Điều phối")
    assert entry.sponsor_id == task.sponsor_id


def test_a_difficulty_goes_from_the_office_to_a_department_and_back(difficulty, clerk, office):
    department = make_department()
    theirs = make_department_user(department)
    turn(
        difficulty,
        FORWARD,
        office,
        text="Thuộc chuyên môn của sở.",
        answerer=Answerer.DEPARTMENT,
        department=department,
    )
    turn(difficulty, ANSWER, theirs, text="Sở hỗ trợ máy từ 10/5.")
    turn(difficulty, CLOSE, clerk)
    turn(difficulty, REOPEN, clerk, text="Máy chưa đến.", due_on=date(2022, 5, 6))

    difficulty.refresh_from_db()
    assert (difficulty.state, difficulty.version) == (DifficultyState.OPEN, 4)
    assert (difficulty.owner_name, difficulty.due_on) == (department.name, date(2022, 5, 6))
    assert list(difficulty.updates.values_list("action", "state")) == [
        ("raise", "open"),
        ("forward", "open"),
        ("answer", "answered"),
        ("close", "closed"),
        ("reopen", "open"),
    ]
    forwarded = AuditEntry.objects.get(action="difficulty.forward")
    assert forwarded.old == "Chưa trả lời, Văn phòng Điều phối"
    assert forwarded.new == f"Chưa trả lời, {department.name}"
    assert difficulty.text == "Thiếu cát xây dựng."  # what was said is never rewritten


@pytest.mark.parametrize(
    ("action", "fields", "field"),
    [
        (ANSWER, {"text": "  "}, "text"),
        (FORWARD, {"text": "x"}, "answerer"),
        (FORWARD, {"text": "x", "answerer": "office"}, "answerer"),
        (FORWARD, {"text": "x", "answerer": "department"}, "department"),
        (FORWARD, {"text": "x", "answerer": "commune", "due_on": date(2022, 4, 1)}, "due_on"),
    ],
)
def test_a_turn_that_makes_no_sense_is_refused_at_its_field(
    difficulty, office, action, fields, field
):
    with pytest.raises(ValidationError) as refusal:
        turn(difficulty, action, office, **fields)
    assert set(refusal.value.message_dict) == {field}
    difficulty.refresh_from_db()
    assert (difficulty.version, difficulty.answerer) == (0, "office")


def test_the_second_of_two_sees_the_first(difficulty, office, admin):
    turn(difficulty, ANSWER, office, text="Đã nhận.", version=0)
    with pytest.raises(StaleDifficulty) as stale:
        turn(difficulty, ANSWER, admin, text="Sẽ xem.", version=0)
    assert stale.value.update.text == "Đã nhận."


def test_a_difficulty_without_a_task_names_its_place(clerk, commune_a, commune_b, office):
    sponsor = clerk.sponsor_member.sponsor
    row = raise_difficulty(
        DifficultyEntry(
            text="Đề nghị cấp xi măng.",
            kind="request",
            commune=commune_a,
            village=make_village(commune_a),
            sponsor=sponsor,
            due_on=date(2022, 5, 20),
        ),
        by=clerk,
        **WRITTEN,
    )
    assert (row.task, row.due_on, row.kind) == (None, date(2022, 5, 20), "request")

    refused = (
        ({"commune": commune_b, "sponsor": sponsor}, clerk, PermissionDenied),
        ({"commune": commune_b, "sponsor": sponsor}, office, ValidationError),
        ({"commune": commune_a}, clerk, PermissionDenied),
        ({"commune": commune_a, "village": make_village(commune_b)}, office, ValidationError),
        ({"commune": commune_a, "answerer": "sponsor"}, office, ValidationError),
    )
    for fields, by, error in refused:
        with pytest.raises(error):
            raise_difficulty(DifficultyEntry(text="x", **fields), by=by, **WRITTEN)
    assert Difficulty.objects.count() == 1


def test_a_past_day_shows_what_stood_then(difficulty, task, office):
    early = make_difficulty(task, today=date(2022, 4, 10))
    turn(early, ANSWER, office, text="Đã bố trí.", effective_on=date(2022, 4, 20))

    then = difficulty_list(office, on(date(2022, 4, 15)), DifficultyFilters())
    now = difficulty_list(office, on(), DifficultyFilters())

    assert [(row.pk, row.state, row.answer) for row in then.rows] == [(early.pk, "open", None)]
    assert [(row.pk, row.state) for row in now.rows] == [
        (difficulty.pk, "open"),
        (early.pk, "answered"),
    ]
    assert now.rows[1].answer.text == "Đã bố trí."


def test_late_ones_come_first_and_are_counted(task, office, user_a):
    make_difficulty(task, text="Sau")
    make_difficulty(task, text="Chậm", today=date(2022, 4, 1))
    asked = make_difficulty(task, text="Xã", answerer=Answerer.COMMUNE)

    found = difficulty_list(office, on(), DifficultyFilters())

    assert [row.text for row in found.rows] == ["Chậm", "Sau", "Xã"]
    assert found.rows[0].badge_word == "Chậm trả lời 17 ngày"
    counts = found.counts
    assert (counts.total, counts.open, counts.late, counts.mine) == (3, 3, 1, 2)
    mine = difficulty_list(user_a, on(), DifficultyFilters(mine=True))
    assert [row.pk for row in mine.rows] == [asked.pk]
    late = difficulty_list(office, on(), DifficultyFilters(late=True))
    assert [row.text for row in late.rows] == ["Chậm"]


def test_a_sponsor_sees_no_other_sponsors_difficulties(difficulty, commune_a, clerk):
    other = make_sponsor_user(make_sponsor(), commune_a)

    assert difficulty_list(other, on(), DifficultyFilters()).counts.total == 0
    assert difficulty_page(other, on(), difficulty.pk) is None
    assert difficulty_page(clerk, on(), difficulty.pk) is not None


@pytest.mark.parametrize("n", [1, 3])
def test_the_list_costs_the_same_for_one_and_three(n, task, office, django_assert_num_queries):
    for _ in range(n):
        row = make_difficulty(task)
        turn(row, ANSWER, office, text="Đã rõ.")
    with django_assert_num_queries(4):
        assert len(difficulty_list(office, on(), DifficultyFilters()).rows) == n
    with django_assert_num_queries(2):
        assert len(difficulties(office, on(), task=task)) == n


def test_the_page_answers_and_refuses(client, installation, difficulty, office, viewer):
    url = reverse("sponsors:difficulty", args=[difficulty.pk])
    client.force_login(office)
    assert "Trả lời, xử lý" in client.get(url).content.decode()
    empty = client.post(url, {"action": "answer", "version": 0, "text": ""})
    assert empty.status_code == 422

    answer = client.post(url, {"action": "answer", "version": 0, "text": "<b>Đã</b> rõ"})
    assert (answer.status_code, answer["Location"]) == (303, url)
    page = client.get(url).content.decode()
    assert "&lt;b&gt;Đã&lt;/b&gt; rõ" in page
    stale = client.post(url, {"action": "answer", "version": 0, "text": "Ý kiến khác"})
    assert stale.status_code == 409
    assert "Ý kiến khác" in stale.content.decode()
    assert "Trong lúc nhập, " in stale.content.decode()

    client.force_login(viewer)
    assert "Trả lời, xử lý" not in client.get(url).content.decode()
    assert client.post(url, {"action": "answer", "version": 1, "text": "x"}).status_code == 403


@pytest.mark.parametrize("times", [1, 20])
def test_the_page_says_a_short_text_once(client, installation, difficulty, office, times):
    Difficulty.objects.update(text=" ".join(["Thiếu xi măng ở thôn."] * times))
    client.force_login(office)
    page = client.get(reverse("sponsors:difficulty", args=[difficulty.pk])).content.decode()
    main = page[page.index("<h1>") : page.index('id="thread-title"')]

    assert main.count("Thiếu xi măng ở thôn.") == (1 if times == 1 else 20 + 5)
    assert ("…</h1>" in main) is (times > 1)


def test_a_clerk_raises_one_on_the_page(client, installation, clerk, commune_a):
    client.force_login(clerk)
    url = reverse("sponsors:difficulty-add")
    assert commune_a.name in client.get(url).content.decode()  # its only commune is chosen

    data = {
        "commune": commune_a.code,
        "kind": "request",
        "text": "Đề nghị gia hạn.",
        "answerer": "office",
        "sponsor": clerk.sponsor_member.sponsor_id,
        "form_key": "b" * 32,
    }
    answers = [client.post(url, data) for _press in range(2)]

    row = Difficulty.objects.get()
    where = reverse("sponsors:difficulty", args=[row.pk])
    assert [answer["Location"] for answer in answers] == [where, where]
    assert (row.kind, row.sponsor) == ("request", clerk.sponsor_member.sponsor)
    assert client.post(url, data | {"commune": "00000", "form_key": ""}).status_code == 404
    assert client.post(url, data | {"due_on": "32/13", "form_key": ""}).status_code == 422


def test_the_list_answers_htmx_with_its_fragment_and_refuses_nonsense(
    client, installation, difficulty, office
):
    client.force_login(office)
    url = reverse("sponsors:difficulty-list")
    fragment = client.get(url, headers={"HX-Request": "true", "HX-Target": "difficulty-list"})
    assert fragment.content.decode().lstrip().startswith('<div id="difficulty-list">')
    assert client.get(f"{url}?state=x").status_code == 400
    assert client.get(f"{url}?commune=00000").status_code == 404
    assert client.get(f"{url}?page=9").status_code == 404


def test_the_task_page_shows_the_answer(client, installation, difficulty, task, office, clerk):
    turn(difficulty, ANSWER, office, text="Văn phòng đã bố trí cát.")
    client.force_login(clerk)

    page = client.get(reverse("sponsors:task", args=[task.pk])).content.decode()

    assert "Văn phòng đã bố trí cát." in page
    assert "Đã trả lời" in page


def test_a_difficulty_without_an_earlier_turn_was_open_then(task, clerk, office):
    row = Difficulty.objects.create(
        task=task,
        commune=task.commune,
        sponsor=task.sponsor,
        text="Vướng mặt bằng.",
        by=clerk,
        by_label="Đơn vị",
        effective_on=date(2022, 4, 1),
        recorded_at=NOW,
    )
    turn(row, ANSWER, by=office, text="Đã giao huyện.")

    (before,) = difficulties(office, on(date(2022, 4, 20)), task=task)
    (after,) = difficulties(office, on(TODAY), task=task)

    assert (before.state, after.state) == ("open", "answered")


def test_an_answer_names_its_document(client, difficulty, office):
    paper = make_document()
    client.force_login(office)
    url = reverse("sponsors:difficulty", args=[difficulty.pk])
    sent = {"version": 0, "action": "answer", "text": "Theo văn bản.", "document": paper.pk}

    assert client.post(url, sent | {"document": "999999"}).status_code == 422
    assert client.post(url, sent).status_code == 303

    assert DifficultyUpdate.objects.get(action="answer").document == paper
    assert str(paper) in client.get(url).content.decode()


def test_only_the_office_is_offered_the_papers_of_all(client, difficulty, office, clerk):
    paper, url = make_document(), reverse("sponsors:difficulty", args=[difficulty.pk])
    turn(difficulty, FORWARD, by=office, answerer=Answerer.SPONSOR, text="Đơn vị trả lời.")

    for user, offered in ((office, True), (clerk, False)):
        client.force_login(user)
        assert (str(paper) in client.get(url).content.decode()) is offered
