"""The office creates tasks, one or many at once, and changes what was asked for."""

import re
from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from criteria.models import VillageStatus
from ntm_tracker.core.models import AuditEntry
from sponsors import selectors, services
from sponsors.choices import Owner, TaskState
from sponsors.models import Task
from sponsors.services import StaleVersion, TaskAmendment, TaskDraft, amend_task, tasks_at
from tests.factories import (
    NOW,
    TODAY,
    make_assignment,
    make_commune,
    make_department,
    make_sponsor,
    make_task,
    make_village,
)
from tests.sponsors.build import create_task, on, report

pytestmark = pytest.mark.django_db
ADD = "/tasks/add/"
FIELDS = {
    "scope": "commune",
    "title": "Chỉnh trang khu dân cư",
    "owner": "commune",
    "pace": "week",
    "starts_on": "30/04/2022",
    "due_on": "31/05/2022",
}


@pytest.fixture
def signed_in(client, office, installation):
    client.force_login(office)
    return client


def seen_in(response):
    return re.search(r'name="seen" value="([0-9a-f]+)"', response.content.decode()).group(1)


def preview_and_create(client, **data):
    fields = FIELDS | data
    previewed = client.post(ADD, fields | {"preview": "1"})
    assert previewed.status_code == 200, previewed.content.decode()
    assert Task.objects.count() == 0
    return client.post(ADD, fields | {"create": "1", "seen": seen_in(previewed)})


# --- one description, many places -----------------------------------------------------------------


def test_one_task_for_every_village_of_a_commune(signed_in, commune_a, office):
    villages = [make_village(commune_a, name=name) for name in ("Thôn 1", "Thôn 2")]

    response = preview_and_create(
        signed_in, commune=commune_a.code, scope="villages", owner="people", title="Làm sạch {thôn}"
    )

    assert (response.status_code, response["Location"]) == (
        303,
        f"/tasks/?commune={commune_a.code}",
    )
    rows = Task.objects.order_by("pk").values_list("title", "village", "owner", "due_on")
    assert list(rows) == [
        (f"Làm sạch {village.name}", village.pk, "people", date(2022, 5, 31))
        for village in villages
    ]
    assert AuditEntry.objects.filter(action="task.assign", by=office).count() == 2


def test_recognised_villages_are_left_out_where_asked(signed_in, commune_a):
    met, left = (make_village(commune_a, name=name) for name in ("Thôn 1", "Thôn 2"))
    VillageStatus.objects.create(
        village=met, state="recognised", effective_on=TODAY, recorded_at=NOW, by_label="x"
    )

    preview_and_create(signed_in, commune=commune_a.code, scope="villages_left", owner="people")

    assert list(Task.objects.values_list("village", flat=True)) == [left.pk]


def test_several_communes_and_ticked_places(signed_in, commune_a, commune_b):
    village = make_village(commune_b)
    both = [commune_a.code, commune_b.code]

    preview_and_create(
        signed_in,
        commune=both,
        scope="chosen",
        place=[commune_a.code, f"{commune_b.code}:{village.pk}"],
    )

    assert set(Task.objects.values_list("commune", "village")) == {
        (commune_a.pk, None),
        (commune_b.pk, village.pk),
    }


def test_each_place_gets_its_own_sponsor(signed_in, commune_a, commune_b):
    lead = make_assignment(commune=commune_a, is_lead=True)
    make_assignment(commune=commune_a)
    village = make_village(commune_b)
    own = make_assignment(commune=commune_b, village=village)
    make_assignment(commune=commune_b)

    preview_and_create(
        signed_in,
        commune=[commune_a.code, commune_b.code],
        scope="chosen",
        place=[commune_a.code, f"{commune_b.code}:{village.pk}"],
        owner="sponsor",
        sponsor="0",
    )

    assert set(Task.objects.values_list("sponsor", "assignment")) == {
        (lead.sponsor_id, lead.pk),
        (own.sponsor_id, own.pk),
    }


def test_place_without_a_sponsor_is_named_and_nothing_is_created(signed_in, commune_a, commune_b):
    make_assignment(commune=commune_a)
    fields = FIELDS | {"commune": [commune_a.code, commune_b.code], "owner": "sponsor"}

    previewed = signed_in.post(ADD, fields | {"preview": "1"})
    page = previewed.content.decode()
    assert previewed.status_code == 422
    assert page.count("chưa ghi đơn vị đỡ đầu thực hiện.") == 1
    assert "1 việc chưa tạo được" in page

    forced = signed_in.post(ADD, fields | {"create": "1", "seen": seen_in(previewed)})
    assert (forced.status_code, Task.objects.count()) == (422, 0)


def test_what_was_changed_after_the_preview_is_shown_again(signed_in, commune_a):
    fields = FIELDS | {"commune": commune_a.code}
    seen = seen_in(signed_in.post(ADD, fields | {"preview": "1"}))

    response = signed_in.post(ADD, fields | {"due_on": "30/06/2022", "create": "1", "seen": seen})

    assert (response.status_code, Task.objects.count()) == (422, 0)
    assert "Bản xem trước đã đổi" in response.content.decode()


def test_creating_twice_creates_once(signed_in, commune_a):
    fields = FIELDS | {"commune": commune_a.code, "form_key": "b" * 32}
    seen = seen_in(signed_in.post(ADD, fields | {"preview": "1"}))

    for _ in range(2):
        response = signed_in.post(ADD, fields | {"create": "1", "seen": seen})
        assert response.status_code == 303
    assert Task.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"title": " "}, "Hãy ghi tên việc."),
        ({"due_on": "01/04/2022"}, "Hạn ở trước ngày bắt đầu."),
        ({"due_on": "45/04/2022"}, "Ngày không đúng"),
        ({"owner": "department"}, "Hãy chọn sở, ngành thực hiện."),
        ({"owner": "locality"}, "Hãy ghi địa phương hỗ trợ."),
        ({"commune": []}, "Hãy chọn ít nhất một xã."),
        ({"scope": "chosen"}, "Hãy đánh dấu ít nhất một xã hoặc thôn."),
        ({"scope": "villages"}, "Phạm vi đã chọn không có thôn nào"),
        ({"sponsor": "999"}, "Đơn vị này không được phân công ở các xã đã chọn."),
    ],
)
def test_what_is_wrong_stays_in_the_form(signed_in, commune_a, wrong, sentence):
    response = signed_in.post(
        ADD, FIELDS | {"commune": commune_a.code, "detail": "Ghi dở"} | wrong | {"preview": "1"}
    )

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert "Ghi dở" in response.content.decode()


def test_choosing_communes_offers_places_and_sponsors(signed_in, commune_a):
    sponsor = make_assignment(commune=commune_a).sponsor
    headers = {"HX-Request": "true", "HX-Target": "task-places"}

    part = signed_in.get(ADD, {"commune": commune_a.code}, headers=headers).content.decode()

    assert part.lstrip().startswith('<div class="form form--wide" id="task-places">')
    assert f'<option value="{sponsor.pk}">' in part
    assert signed_in.get(ADD, {"commune": "00000"}).status_code == 400


@pytest.mark.parametrize("n", [1, 3])
def test_preview_asks_a_constant_number_of_queries(
    n, office, installation, commune_a, django_assert_num_queries
):
    villages = [make_village(commune_a) for _ in range(n)]
    make_assignment(commune=commune_a)
    there = selectors.sponsors_there(office, on(), [commune_a])
    draft = TaskDraft("Việc", Owner.SPONSOR, TODAY, TODAY, TODAY)

    with django_assert_num_queries(1):
        spots = [(commune_a, village) for village in villages]
        preview = services.preview_of(tasks_at(draft, spots, there), TODAY)

    assert len(preview.lines) == n


# --- changing what was asked for ------------------------------------------------------------------


def amendment(task, **changes):
    fields = {
        "title": task.title,
        "due_on": task.due_on,
        "owner": Owner(task.owner),
        "sponsor": task.sponsor,
    }
    return TaskAmendment(**fields | changes)


def amend(task, note="Chờ thiết kế", version=None, by=None, **changes):
    return amend_task(
        task=task,
        amendment=amendment(task, **changes),
        version=version,
        note=note,
        by=by,
        now=NOW,
        today=TODAY,
    )


def test_amendment_keeps_old_new_and_reason(office):
    task = create_task()

    amend(task, by=office, due_on=date(2022, 7, 31))

    task.refresh_from_db()
    assert (task.due_on, task.version) == (date(2022, 7, 31), 1)
    entry = AuditEntry.objects.get(action="task.amend")
    assert entry.old.endswith("hạn 31/05/2022")
    assert entry.new.endswith("hạn 31/07/2022")
    assert (entry.note, entry.by, entry.sponsor_id) == ("Chờ thiết kế", office, task.sponsor_id)


def test_amendment_gives_the_task_to_another_sponsor_with_its_assignment():
    task = create_task()
    there = make_assignment(commune=task.commune)

    amend(task, sponsor=there.sponsor)

    task.refresh_from_db()
    assert (task.sponsor, task.assignment) == (there.sponsor, there)


def test_amendment_gives_the_task_to_a_department():
    task, department = create_task(), make_department()

    amend(task, owner=Owner.DEPARTMENT, department=department)

    task.refresh_from_db()
    assert (task.owner, task.department) == ("department", department)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({}, "Chưa thay đổi gì"),
        ({"title": " "}, "Chưa có tên việc"),
        ({"due_on": date(2022, 3, 1)}, "Hạn ở trước ngày bắt đầu"),
        ({"owner": Owner.LOCALITY}, "Chưa ghi địa phương hỗ trợ"),
        ({"due_on": date(2022, 7, 1), "note": " "}, "Hãy ghi lý do"),
    ],
)
def test_amendment_refuses_what_makes_no_sense(changes, sentence):
    task = create_task()

    with pytest.raises(ValidationError, match=sentence):
        amend(task, **changes)
    assert AuditEntry.objects.filter(action="task.amend").count() == 0


@pytest.mark.parametrize("state", [TaskState.ACCEPTED, TaskState.CANCELLED])
def test_closed_task_is_not_amended(state):
    task = make_task(state=state)

    with pytest.raises(PermissionDenied, match="không cập nhật được nữa"):
        amend(task, due_on=date(2022, 7, 1))


@pytest.mark.parametrize("who", ["viewer", "department", "user_a", "sponsor_a"])
def test_only_the_office_amends(who, request):
    task = create_task()

    with pytest.raises(PermissionDenied, match="Chỉ Văn phòng"):
        amend(task, by=request.getfixturevalue(who), due_on=date(2022, 7, 1))


def test_form_drawn_before_an_amendment_is_refused_with_its_author(office):
    task = create_task()
    amend(task, by=office, due_on=date(2022, 7, 1))

    with pytest.raises(StaleVersion) as stale:
        amend(task, version=0, due_on=date(2022, 8, 1))
    assert stale.value.by_label == str(office)

    with pytest.raises(StaleVersion):
        report(task, 20, version=0)


def test_editing_page_answers_both_values_and_then_obeys(signed_in, admin):
    task = create_task()
    url = reverse("sponsors:task-edit", args=[task.pk])
    fields = {
        "title": task.title,
        "owner": "sponsor",
        "sponsor": task.sponsor_id,
        "due_on": "31/08/2022",
        "note": "Mưa lũ",
    }
    amend(task, by=admin, due_on=date(2022, 7, 1))

    stale = signed_in.post(url, fields | {"version": 0})
    page = stale.content.decode()
    assert stale.status_code == 409
    assert f"{admin} đã sửa việc này" in page
    assert "hạn 01/07/2022" in page
    assert 'value="31/08/2022"' in page
    assert 'name="version" value="1"' in page

    assert signed_in.post(url, fields | {"version": 1}).status_code == 303
    task.refresh_from_db()
    assert task.due_on == date(2022, 8, 31)
    assert signed_in.post(url, {"version": 2}).status_code == 422


def test_sponsors_offered_are_those_of_the_commune_and_the_present_one(office, installation):
    task = create_task()
    there = make_assignment(commune=task.commune)
    make_assignment(commune=make_commune())
    make_sponsor()

    offered = selectors.task_sponsors(office, on(), task)

    assert set(offered) == {task.sponsor, there.sponsor}
