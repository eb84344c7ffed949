"""Plans by weeks or months: templates, the days of their steps, laying one over places."""

from datetime import date

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from ntm_tracker.core.models import AuditEntry
from sponsors import selectors
from sponsors.choices import Owner
from sponsors.models import PlanTemplate, PlanTemplateStep, Task
from sponsors.services import StalePlan, StepEntry, save_template, template_version
from sponsors.services.planning import step_days
from tests.factories import NOW, TODAY, make_assignment, make_department, make_set, make_village

pytestmark = pytest.mark.django_db
SURVEY = StepEntry("Khảo sát", Owner.COMMUNE, "week", 0, 2)
GARDENS = StepEntry("Làm vườn mẫu", Owner.SPONSOR, "month", 1, 3, criterion_number=10)


def save(template=None, name="Khu dân cư 16 tuần", steps=(SURVEY, GARDENS), by=None, **fields):
    return save_template(
        template=template, name=name, steps=steps, by=by, now=NOW, today=TODAY, **fields
    )


@pytest.fixture
def signed_in(client, office, installation):
    client.force_login(office)
    return client


# --- days -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pace", "starts_after", "lasts", "first", "last"),
    [
        ("week", 0, 1, date(2022, 5, 2), date(2022, 5, 8)),
        ("week", 2, 3, date(2022, 5, 16), date(2022, 6, 5)),
        ("month", 0, 1, date(2022, 5, 2), date(2022, 6, 1)),
        ("month", 8, 1, date(2023, 1, 2), date(2023, 2, 1)),
    ],
)
def test_steps_count_weeks_and_months_from_the_start(pace, starts_after, lasts, first, last):
    step = PlanTemplateStep(pace=pace, starts_after=starts_after, lasts=lasts)

    assert step_days(step, date(2022, 5, 2)) == (first, last)


def test_month_that_is_too_short_ends_on_its_last_day():
    step = PlanTemplateStep(pace="month", starts_after=1, lasts=1)

    assert step_days(step, date(2022, 1, 31)) == (date(2022, 2, 28), date(2022, 3, 30))


# --- templates ------------------------------------------------------------------------------------


def test_template_is_written_anew_and_the_trail_keeps_both(office):
    template = save(by=office)
    save(template, steps=[SURVEY], by=office)

    assert list(template.steps.values_list("position", "title")) == [(1, "Khảo sát")]
    entry = AuditEntry.objects.get(action="plan.update")
    assert "tháng 2-4: Làm vườn mẫu (Đơn vị đỡ đầu)" in entry.old
    assert entry.new == "Khu dân cư 16 tuần; tuần 1-2: Khảo sát (Xã)"


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"name": "Có rồi"}, "Đã có mẫu kế hoạch tên"),
        ({"steps": []}, "ít nhất một việc"),
        ({"steps": [StepEntry("X", Owner.COMMUNE, "week", 0, 0)]}, "kéo dài ít nhất"),
    ],
)
def test_template_refuses_what_makes_no_sense(fields, sentence):
    PlanTemplate.objects.create(name="Có rồi")

    with pytest.raises(ValidationError, match=sentence):
        save(**fields)


def test_template_form_drawn_before_another_change_is_refused(office):
    template = save()
    drawn = template_version(template)
    save(template, steps=[SURVEY], by=office)

    with pytest.raises(StalePlan) as stale:
        save(template, version=drawn)
    assert stale.value.entry.by == office


@pytest.mark.parametrize("who", ["viewer", "department", "user_a", "sponsor_a"])
def test_only_the_office_writes_templates(who, request):
    with pytest.raises(PermissionDenied, match="Chỉ Văn phòng"):
        save(by=request.getfixturevalue(who))


def rows(*steps, total=None):
    data = {"step-TOTAL_FORMS": total or len(steps), "step-INITIAL_FORMS": 0}
    for number, step in enumerate(steps):
        base = {"owner": "commune", "pace": "week", "starts_at": 1, "lasts": 1}
        data |= {f"step-{number}-{name}": value for name, value in (base | step).items()}
    return data


def test_template_form_keeps_its_rows_and_skips_blank_ones(signed_in):
    sent = rows({"title": "Họp dân"}, {"title": "", "starts_at": ""}, {"title": "Làm đường"})

    response = signed_in.post("/plans/add/", {"name": "Mẫu A", **sent})

    assert response.status_code == 303
    template = PlanTemplate.objects.get()
    assert list(template.steps.values_list("position", "title")) == [
        (1, "Họp dân"),
        (2, "Làm đường"),
    ]
    page = signed_in.get(reverse("sponsors:plan-edit", args=[template.pk])).content.decode()
    assert 'value="Làm đường"' in page
    assert template_version(template) in page


def test_wrong_row_comes_back_with_what_was_typed(signed_in):
    sent = rows({"title": "Họp dân", "lasts": "0"})

    response = signed_in.post("/plans/add/", {"name": "Mẫu A", **sent})

    assert response.status_code == 422
    assert 'value="Họp dân"' in response.content.decode()
    assert PlanTemplate.objects.count() == 0


def test_editing_page_answers_a_change_in_between(signed_in, admin):
    template = save()
    drawn = template_version(template)
    save(template, steps=[SURVEY], by=admin)
    url = reverse("sponsors:plan-edit", args=[template.pk])
    sent = {"name": "Mẫu B", "version": drawn, **rows({"title": "Họp dân"})}

    stale = signed_in.post(url, sent)
    assert stale.status_code == 409
    assert f"{admin} đã sửa mẫu này" in stale.content.decode()

    sent["version"] = template_version(template)
    assert signed_in.post(url, sent).status_code == 303
    template.refresh_from_db()
    assert template.name == "Mẫu B"


@pytest.mark.parametrize("n", [1, 3])
def test_list_asks_a_constant_number_of_queries(n, django_assert_num_queries):
    for number in range(n):
        save(name=f"Mẫu {number}")

    with django_assert_num_queries(2):
        lines = selectors.plan_templates()

    assert [step.when for step in lines[0].steps] == ["Tuần 1–2", "Tháng 2–4"]


# --- laying a plan over places --------------------------------------------------------------------


def test_plan_becomes_dated_tasks_at_each_place(signed_in, commune_a):
    make_set()
    template = save()
    villages = [make_village(commune_a, name=name) for name in ("Thôn 1", "Thôn 2")]
    assignment = make_assignment(commune=commune_a, is_lead=True)
    url = reverse("sponsors:plan-lay", args=[template.pk])
    fields = {"commune": commune_a.code, "scope": "villages", "starts_on": "02/05/2022"}

    previewed = signed_in.post(url, fields | {"preview": "1"}).content.decode()
    assert "Sẽ tạo 4 việc" in previewed
    assert Task.objects.count() == 0
    seen = previewed.partition('name="seen" value="')[2].partition('"')[0]
    created = signed_in.post(url, fields | {"create": "1", "seen": seen})

    assert created.status_code == 303
    found = Task.objects.order_by("pk").values_list("title", "village", "starts_on", "due_on")
    assert list(found) == [
        row
        for village in villages
        for row in (
            ("Khảo sát", village.pk, date(2022, 5, 2), date(2022, 5, 15)),
            ("Làm vườn mẫu", village.pk, date(2022, 6, 2), date(2022, 9, 1)),
        )
    ]
    last = Task.objects.order_by("pk").last()
    assert (last.assignment, last.criterion.number, last.pace) == (assignment, 10, "month")


def test_department_step_goes_to_the_lead_of_its_criterion(signed_in, commune_a):
    department = make_department()
    make_set().criteria.filter(number=10).update(lead=department)
    steps = [StepEntry("Thẩm định", Owner.DEPARTMENT, "week", 0, 1, criterion_number=10)]
    url = reverse("sponsors:plan-lay", args=[save(steps=steps).pk])
    fields = {"commune": commune_a.code, "scope": "commune", "starts_on": "02/05/2022"}

    page = signed_in.post(url, fields | {"preview": "1"}).content.decode()

    assert f"Sở, ngành: {department.name}" in page


def test_step_that_nobody_could_do_is_named(signed_in, commune_a):
    url = reverse("sponsors:plan-lay", args=[save().pk])
    fields = {"commune": commune_a.code, "scope": "commune", "starts_on": "02/05/2022"}

    response = signed_in.post(url, fields | {"preview": "1"})

    assert response.status_code == 422
    assert "chưa ghi đơn vị đỡ đầu thực hiện." in response.content.decode()
