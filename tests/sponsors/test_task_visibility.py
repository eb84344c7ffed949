"""Nobody sees another's tasks, on whatever way he comes to them."""

from datetime import date

import pytest

from sponsors import selectors
from sponsors.choices import Owner
from sponsors.models import Task
from sponsors.selectors import TaskFilters
from tests.factories import (
    give_access,
    make_department,
    make_department_user,
    make_sponsor,
    make_sponsor_user,
    make_user,
    make_village,
)
from tests.sponsors.build import create_task, on

pytestmark = pytest.mark.django_db


def listed(user, as_of=None, **filters):
    found = selectors.task_list(user, as_of or on(), TaskFilters(**filters))
    return [row.title for row in found.rows]


# --- who sees what --------------------------------------------------------------------------------


@pytest.fixture
def stage(commune_a, commune_b):
    """Two communes, two sponsors in each, tasks of every owner; all marked by their titles."""
    village = make_village(commune_a)
    department = make_department()
    first, second = make_sponsor(), make_sponsor()
    for sponsor, name in ((first, "1"), (second, "2")):
        for commune, place in ((commune_a, "A"), (commune_b, "B")):
            create_task(title=f"{place}{name}", sponsor=sponsor, commune=commune)
    create_task(title="thôn A", sponsor=first, commune=commune_a, village=village)
    create_task(title="dân A", owner=Owner.PEOPLE, commune=commune_a)
    create_task(title="xã B", owner=Owner.COMMUNE, commune=commune_b)
    create_task(title="sở A", owner=Owner.DEPARTMENT, department=department, commune=commune_a)
    everything = {"A1", "A2", "B1", "B2", "thôn A", "dân A", "xã B", "sở A"}
    clerk = make_user("commune")
    give_access(clerk, commune_a)
    village_sponsor = make_sponsor_user(make_sponsor())
    give_access(village_sponsor, commune_a, village)
    expected = {
        make_user("office"): everything,
        make_user("viewer"): everything,
        make_department_user(department): everything,
        clerk: {"A1", "A2", "thôn A", "dân A", "sở A"},
        make_sponsor_user(first, commune_a): {"A1", "B1", "thôn A"},
        make_sponsor_user(second, commune_b): {"A2", "B2"},
        village_sponsor: set(),
        make_user("sponsor"): set(),
        make_user("commune"): set(),
    }
    return expected, village


def test_every_way_to_tasks_obeys_who_may_see_them(stage, commune_a):
    expected, village = stage
    on_late_day = on(date(2022, 6, 30))
    for user, titles in expected.items():
        here = {title for title in titles if "A" in title}
        assert set(listed(user)) == titles
        assert selectors.task_counts(user, on()).total == len(titles)
        assert selectors.task_counts(user, on(), commune=commune_a).total == len(here)
        late = selectors.late_tasks(user, on_late_day)
        assert {row.title for row in late} == titles
        rows = selectors.tasks_for(user, on(), commune=commune_a)
        assert {row.title for row in rows} == here
        there = selectors.tasks_for(user, on(), village=village)
        assert {row.title for row in there} == titles & {"thôn A"}
        for task in Task.objects.all():
            card = selectors.task_card(user, task.pk, on())
            assert (card is not None) == (task.title in titles)
        choices = selectors.task_choices(user, on())
        assert len(choices.sponsors) == len({title[-1] for title in titles if title[-1] in "12"})


def test_who_may_report_sees_the_link_only_on_the_reporting_date(stage):
    expected, _village = stage
    reporters = {
        user.role: {row.title for row in selectors.tasks_for(user, on()) if row.can_report}
        for user, titles in expected.items()
        if titles
    }
    assert reporters == {
        "office": {"A1", "A2", "B1", "B2", "thôn A", "dân A", "xã B", "sở A"},
        "viewer": set(),
        "department": {"sở A"},
        "commune": {"dân A"},
        "sponsor": {"A2", "B2"},
    }
    for user in expected:
        rows = selectors.tasks_for(user, on(date(2022, 4, 15)))
        assert not any(row.can_report for row in rows)


def test_commune_is_linked_only_where_its_page_opens(commune_a):
    sponsor = make_sponsor()
    village = make_village(commune_a)
    create_task(commune=commune_a, village=village, sponsor=sponsor)
    whole, part = make_sponsor_user(sponsor, commune_a), make_sponsor_user(sponsor)
    give_access(part, commune_a, village)
    for user, is_open in ((whole, True), (part, False), (make_user("office"), True)):
        (row,) = selectors.tasks_for(user, on())
        assert (row.commune_name, row.commune_is_open) == ("Hương Bình", is_open)
